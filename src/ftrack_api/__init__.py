"""A typed, fast client for ftrack servers.

``ftrack_api.Session`` and the submodules appear on first touch: the import itself loads no network library.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
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
    from ftrack_api import session as session
    from ftrack_api import symbol as symbol
    from ftrack_api import typing as typing
    from ftrack_api.session import Session as Session

__version__ = "4.0.0a1"

_SUBMODULES = (
    "_weakref",
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
    "session",
    "symbol",
    "typing",
)

if not TYPE_CHECKING:  # checkers know the submodules from above, and refuse other names
    __getattr__, __dir__ = attach(__name__, _SUBMODULES, {"Session": "session"})


def mixin(instance: object, mixin_class: type, name: str | None = None) -> None:
    """Add a class to the bases of one instance; other instances of its class are untouched.

    Nothing happens when the instance has the class among its bases already.

    Args:
        instance: Object whose class is replaced by a new one with the bases ``(mixin_class, old class)``.
        mixin_class: Class to add; its methods come first. For an entity: a plain class, or one with the metaclass
            of entities.
        name: Name of the new class; the two names joined, the old one first, when omitted.

    Raises:
        TypeError: If the two classes cannot be combined.
    """
    current = type(instance)
    if mixin_class in current.__mro__:
        return
    bases = (mixin_class, current)
    module = {"__module__": current.__module__}
    instance.__class__ = types.new_class(
        name or f"{current.__name__}{mixin_class.__name__}", bases, exec_body=lambda namespace: namespace.update(module)
    )
