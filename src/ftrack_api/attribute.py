"""The attributes of an entity type: how a value is read, fetched, set and told apart from the server's.

A value is local when it was set since the last commit, and remote when it is the last known one of the server. Reading
gives the local value, else the remote one, else fetches it. Factories may return subclasses (client: 9).
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from ftrack_api import inspection
from ftrack_api._attribute import Attribute, AttributeKind, Attributes
from ftrack_api._collection_attribute import (
    AbstractCollectionAttribute,
    CollectionAttribute,
    CustomAttributeCollectionAttribute,
    KeyValueMappedCollectionAttribute,
)
from ftrack_api._state.merge import TYPE_KEY
from ftrack_api._state.storage import EntityState
from ftrack_api.symbol import NOT_SET

# Any below is an entity or an attribute value.

__all__ = [
    "AbstractCollectionAttribute",
    "Attribute",
    "Attributes",
    "CollectionAttribute",
    "CustomAttributeCollectionAttribute",
    "KeyValueMappedCollectionAttribute",
    "ReferenceAttribute",
    "ScalarAttribute",
    "merge_references",
]

# Shown and documented under their public home.
for _class in (
    Attribute,
    Attributes,
    AbstractCollectionAttribute,
    CollectionAttribute,
    CustomAttributeCollectionAttribute,
    KeyValueMappedCollectionAttribute,
):
    _class.__module__ = __name__
del _class


class ScalarAttribute(Attribute):
    """An attribute that holds a plain value.

    Args:
        name: Name of the attribute.
        data_type: string, boolean, integer, float, datetime, variable or object. Values are not checked against it.
        **kw: As for `Attribute`.
    """

    def __init__(self, name: str, data_type: str, **kw: Any) -> None:
        self.data_type = data_type
        super().__init__(name, **kw)


class ReferenceAttribute(Attribute):
    """An attribute that holds another entity, or None.

    Args:
        name: Name of the attribute.
        entity_type: Type of the entity; it may be of a type derived from it.
        **kw: As for `Attribute`.
    """

    kind: ClassVar[AttributeKind] = "reference"

    def __init__(self, name: str, entity_type: str, **kw: Any) -> None:
        self.entity_type = entity_type
        super().__init__(name, **kw)
        self.refers_plainly: bool = self.mutable and type(self).set_local_value is ReferenceAttribute.set_local_value

    def get_remote_value(self, entity: Any) -> Any:
        """Return the referenced entity as far as it is known, else NOT_SET; never fetches."""
        raw = entity._remote.get(self._name, NOT_SET)
        if type(raw) is not dict or TYPE_KEY not in raw:
            return raw
        return entity.session._entities_of_rows(entity, self._name)

    def set_local_value(self, entity: Any, value: Any) -> None:
        """Set the reference; an entity of another session is merged into this one first."""
        if isinstance(value, EntityState) and value.session is not entity.session:
            value = entity.session.merge(value)
        if self._mutable and value is not NOT_SET:
            entity._change(self._name, value)
        else:
            super().set_local_value(entity, value)

    def projections(self, session: Any) -> list[str]:
        """Return the default projections of the referenced type, below the name of the attribute.

        Raises:
            UnrecognisedEntityTypeError: If the session has no such type.
        """
        names = session.types[self.entity_type].default_projections
        return [f"{self._name}.{name}" for name in names] or [self._name]

    def is_modified(self, entity: Any) -> bool:
        """Return whether there is a local reference to something other than the known remote one."""
        local, remote = self.get_local_value(entity), self.get_remote_value(entity)
        if local is NOT_SET or remote is NOT_SET:
            return local is not NOT_SET
        if local is None or remote is None:
            return local is not remote
        return inspection.identity(local) != inspection.identity(remote)


def merge_references(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a ``get_value`` whose result belongs to the session of the entity it is read from.

    Our own attributes see to that when a value is set or merged; this is for the attributes of plugins.
    """

    @wraps(function)
    def get_value(attribute: Any, entity: Any) -> Any:
        value = function(attribute, entity)
        foreign = isinstance(value, EntityState) and not entity.session._state.identities.holds(value)
        return entity.session.merge(value) if foreign else value

    return get_value
