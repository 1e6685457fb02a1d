"""Structures: where in a location the data of a component lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api.structure import base as base
    from ftrack_api.structure import entity_id as entity_id
    from ftrack_api.structure import id as id  # noqa: A004 - known name of the module
    from ftrack_api.structure import origin as origin
    from ftrack_api.structure import standard as standard

if not TYPE_CHECKING:  # checkers know the submodules from above, and refuse other names
    __getattr__, __dir__ = attach(__name__, ("base", "entity_id", "id", "origin", "standard"))
