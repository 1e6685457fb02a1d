"""Accessors: how the data of a location are read, written and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api.accessor import base as base
    from ftrack_api.accessor import disk as disk
    from ftrack_api.accessor import server as server

if not TYPE_CHECKING:  # checkers know the submodules from above, and refuse other names
    __getattr__, __dir__ = attach(__name__, ("base", "disk", "server"))
