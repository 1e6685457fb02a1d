"""Attributes that hold several entities, as a list or as a dictionary."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from ftrack_api import collection, exception
from ftrack_api._attribute import Attribute, AttributeKind
from ftrack_api.symbol import NOT_SET

# Any below is an entity, a collection or an attribute value.


class _NoCollectionError(TypeError, NotImplementedError):
    """A value that is no collection of entities; programs know the latter class."""


class AbstractCollectionAttribute(Attribute):
    """An attribute that holds several entities.

    Attributes:
        collection_class: Class of the values.
    """

    kind: ClassVar[AttributeKind] = "collection"
    collection_class: ClassVar[type | None] = None

    def get_value(self, entity: Any) -> Any:
        """Return the collection, the same object each time; fetched when the session populates automatically.

        A collection that is not known and cannot be fetched is empty; what the server says later replaces that.

        Cost: one request when it is not known.
        """
        live = entity._live
        value = None if live is None else live.get(self._name)
        known = self._name in entity._remote or (entity._local is not None and self._name in entity._local)
        if not known and entity.session.auto_populate:
            self.populate_remote_value(entity)
            live = entity._live
            value = None if live is None else live.get(self._name)
        return self._live_of_remote(entity) if value is None else value

    def get_remote_value(self, entity: Any) -> Any:
        """Return the server's collection, read-only, as far as it is known, else NOT_SET; never fetches."""
        if self._name not in entity._remote:
            return NOT_SET
        value = self._collection_of_remote(entity)
        value.mutable = False
        return value

    def set_local_value(self, entity: Any, value: Any) -> None:
        """Replace the collection; recorded as one operation.

        Args:
            entity: The owner.
            value: Entities in any iterable, a collection of this attribute, or None for an empty one.

        Raises:
            ImmutableAttributeError: If the attribute is read-only and has a value.
            AttributeError: Of `ftrack_api.exception`: if the value is the collection of another attribute.
            TypeError: If the value is no collection of entities; also a `NotImplementedError`, as is known.
        """
        if value is NOT_SET:
            self.withdraw(entity)
            return
        if not self._mutable and self.is_set(entity):
            raise exception.ImmutableAttributeError(self)
        adapted = self.adapt(entity, value)
        adapted.mutable = self._mutable
        state = entity.session._state
        with state.lock:
            old = self.get_local_value(entity)
            before = old if old is NOT_SET else old.begin().snapshot()
            after = adapted.begin().snapshot()
            if entity.session.record_operations:
                if entity._key is None:
                    entity._learn_key()
                state.operations.fresh.append((entity, self._name, before, after))
            entity._set_local(self._name, adapted, state)
            entity._live = {**(entity._live or {}), self._name: adapted}

    def set_remote_value(self, entity: Any, value: Any) -> None:
        """Set what counts as the server's collection; never recorded. NOT_SET makes it unknown.

        Raises:
            AttributeError: Of `ftrack_api.exception`: if the value is the collection of another attribute.
            DuplicateItemInCollectionError: If an entity occurs twice.
            TypeError: If the value is no collection of entities.
        """
        if value is NOT_SET:
            entity._remote.pop(self._name, None)
            return
        items = tuple(self.items_of(self.adapt(entity, value)))
        with entity.session._state.lock:
            entity._remote[self._name] = items
            if entity._live is not None and self._name in entity._live:
                entity._live[self._name].follow(items)

    def withdraw(self, entity: Any) -> None:
        """Return to the server's collection, and take the attribute out of the recorded operations."""
        with entity.session._state.lock:
            super().withdraw(entity)
            self.restore(entity)

    def restore(self, entity: Any) -> None:
        """Make the collection that was handed out, if any, hold what the server said."""
        if entity._live is not None and self._name in entity._live:
            entity._live[self._name].settle(self._remote_items(entity))

    def adapt(self, entity: Any, value: Any) -> Any:
        """Return a value as a collection of this attribute."""
        return self._adapt_to_collection(entity, value)

    def items_of(self, value: Any) -> Iterable[Any]:
        """Return the entities in a value of this attribute."""
        items: Iterable[Any] = self._list_of(value)
        return items

    def _adapt_to_collection(self, entity: Any, value: Any) -> Any:
        """Return a value as a collection of this attribute; for subclasses."""
        raise NotImplementedError

    def _list_of(self, value: Any) -> Any:
        """Return the `Collection` in a value of this attribute."""
        return getattr(value, "collection", value)

    def _remote_items(self, entity: Any) -> tuple[Any, ...]:
        """Return the entities of the server's collection; rows that nobody read yet are merged first."""
        raw = entity._remote.get(self._name) or ()
        if type(raw) is not tuple:
            raw = entity.session._entities_of_rows(entity, self._name) or ()
        items: tuple[Any, ...] = raw
        return items

    def _live_of_remote(self, entity: Any) -> Any:
        """Return the collection to hand out from now on: one that another thread made meanwhile, if any."""
        self._remote_items(entity)
        with entity.session._state.lock:
            value = (entity._live or {}).get(self._name)
            if value is None:
                value = self._collection_of_remote(entity)
                value.mutable = self._mutable
                entity._live = {**(entity._live or {}), self._name: value}
        return value

    def _collection_of_remote(self, entity: Any) -> Any:
        items = collection.Collection.of_unique(entity, self, self._remote_items(entity))
        return self._adapt_to_collection(entity, items)

    def _as_collection(self, entity: Any, value: Any) -> collection.Collection:
        """Return entities as a collection bound to this attribute."""
        if isinstance(value, collection.Collection):
            if value.attribute is not self:
                raise exception.AttributeError(
                    f'A collection of "{getattr(value.attribute, "name", None)}" cannot be the value of '
                    f'"{self.name}"; assign a list of its entities instead.'
                )
            return value
        items = () if value is None else value
        if isinstance(items, str | bytes | Mapping) or not isinstance(items, Iterable):
            raise _NoCollectionError(f'"{self.name}" takes entities in a list or another iterable, got {value!r}.')
        return collection.Collection(entity, self, data=items)


class CollectionAttribute(AbstractCollectionAttribute):
    """An attribute that holds a `ftrack_api.collection.Collection`."""

    collection_class: ClassVar[type | None] = collection.Collection

    def _adapt_to_collection(self, entity: Any, value: Any) -> Any:
        return self._as_collection(entity, value)


class KeyValueMappedCollectionAttribute(AbstractCollectionAttribute):
    """An attribute that holds entities as a dictionary: metadata, dense custom attributes.

    Args:
        name: Name of the attribute.
        creator: Makes the entity of a new key; see `KeyValueMappedCollectionProxy`.
        key_attribute: Name of the items' attribute that holds the key.
        value_attribute: Name of the items' attribute that holds the value.
        **kw: As for `Attribute`; ``removable`` tells whether assigning a dictionary deletes the keys it lacks.
    """

    is_mapping = True
    collection_class: ClassVar[type | None] = collection.KeyValueMappedCollectionProxy

    def __init__(
        self,
        name: str,
        creator: Callable[[Any, dict[str, Any]], Any],
        key_attribute: str,
        value_attribute: str,
        *,
        removable: bool = True,
        **kw: Any,
    ) -> None:
        self.creator = creator
        self.key_attribute = key_attribute
        self.value_attribute = value_attribute
        self._removable = removable
        super().__init__(name, **kw)

    def set_local_value(self, entity: Any, value: Any) -> None:
        """Make the mapping hold the pairs of a dictionary: keys are created, updated and, where possible, deleted.

        Anything but a dictionary is taken as by `AbstractCollectionAttribute`. Each key counts as a change of its own.

        Raises:
            KeyError: If a custom attribute is not among those of an entity that exists on the server.
            ValueError: If no custom attribute of this name is configured for a new entity.

        Cost: one request when the mapping is not known yet.
        """
        if not isinstance(value, Mapping) or isinstance(value, collection.MappedCollectionProxy):
            super().set_local_value(entity, value)
            return
        current = self.get_value(entity)
        if self._removable:
            for key in [key for key in current if key not in value]:
                del current[key]
        for key, item in value.items():
            current[key] = item

    def _adapt_to_collection(self, entity: Any, value: Any) -> Any:
        if isinstance(value, collection.KeyValueMappedCollectionProxy):
            self._as_collection(entity, value.collection)
            return value
        items = self._as_collection(entity, value)
        return collection.KeyValueMappedCollectionProxy(items, self.creator, self.key_attribute, self.value_attribute)


class CustomAttributeCollectionAttribute(AbstractCollectionAttribute):
    """An attribute that holds the sparse custom attributes of old servers."""

    is_mapping = True
    collection_class: ClassVar[type | None] = collection.CustomAttributeCollectionProxy

    def set_local_value(self, entity: Any, value: Any) -> None:
        """Make the mapping hold the values of a dictionary; keys that are not in it lose the value they had.

        Anything but a dictionary is taken as by `AbstractCollectionAttribute`.

        Raises:
            KeyError: If no configuration of a key applies to the entity; those before it are set then.
        """
        if not isinstance(value, Mapping) or isinstance(value, collection.MappedCollectionProxy):
            super().set_local_value(entity, value)
            return
        current = self.get_value(entity)
        for key in [key for key in current if key not in value and current.is_stored(key)]:
            del current[key]
        for key, item in value.items():
            current[key] = item

    def _adapt_to_collection(self, entity: Any, value: Any) -> Any:
        if isinstance(value, collection.CustomAttributeCollectionProxy):
            self._as_collection(entity, value.collection)
            return value
        return collection.CustomAttributeCollectionProxy(self._as_collection(entity, value))
