"""Entities: the base class, the factory of the classes of a server's types, and what some types can do beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api.entity import asset_version as asset_version
    from ftrack_api.entity import base as base
    from ftrack_api.entity import component as component
    from ftrack_api.entity import factory as factory
    from ftrack_api.entity import job as job
    from ftrack_api.entity import location as location
    from ftrack_api.entity import note as note
    from ftrack_api.entity import project_schema as project_schema
    from ftrack_api.entity import user as user

_SUBMODULES = ("asset_version", "base", "component", "factory", "job", "location", "note", "project_schema", "user")

if not TYPE_CHECKING:  # checkers know the submodules from above, and refuse other names
    __getattr__, __dir__ = attach(__name__, _SUBMODULES)
