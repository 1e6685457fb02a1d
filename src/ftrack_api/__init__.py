"""A typed, fast client for ftrack servers.

``ftrack_api.Session`` and the submodules appear on first touch: the import itself loads no network library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach
from ftrack_api._mixin import mixin as mixin

if TYPE_CHECKING:
    from ftrack_api import accessor as accessor
    from ftrack_api import attribute as attribute
    from ftrack_api import cache as cache
    from ftrack_api import collection as collection
    from ftrack_api import data as data
    from ftrack_api import entity as entity
    from ftrack_api import event as event
    from ftrack_api import exception as exception
    from ftrack_api import formatter as formatter
    from ftrack_api import inspection as inspection
    from ftrack_api import logging as logging
    from ftrack_api import operation as operation
    from ftrack_api import plugin as plugin
    from ftrack_api import query as query
    from ftrack_api import resource_identifier_transformer as resource_identifier_transformer
    from ftrack_api import session as session
    from ftrack_api import structure as structure
    from ftrack_api import symbol as symbol
    from ftrack_api import typing as typing
    from ftrack_api.session import Session as Session

__version__ = "4.0.0a1"

_SUBMODULES = (
    "_centralized_storage_scenario",
    "_python_ntpath",
    "_version",
    "_weakref",
    "accessor",
    "attribute",
    "cache",
    "collection",
    "data",
    "entity",
    "event",
    "exception",
    "formatter",
    "inspection",
    "logging",
    "operation",
    "plugin",
    "query",
    "resource_identifier_transformer",
    "session",
    "structure",
    "symbol",
    "typing",
)

if not TYPE_CHECKING:  # checkers know the submodules from above, and refuse other names
    __getattr__, __dir__ = attach(__name__, _SUBMODULES, {"Session": "ftrack_api.session"})
