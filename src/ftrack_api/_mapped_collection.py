"""Collections read as dictionaries: what metadata and custom attributes have in common."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from ftrack_api import inspection
from ftrack_api._state.storage import EntityState
from ftrack_api.symbol import CREATED, DELETED, NOT_SET

if TYPE_CHECKING:
    from ftrack_api._state.changes import Journal
    from ftrack_api.collection import Collection

# Any below is an entity or an attribute value.


class MappedCollectionProxy(MutableMapping[str, Any]):
    """A collection read as a dictionary; base of the kinds that know what keys and values are.

    Attributes:
        collection: The collection of the entities that hold keys and values.
    """

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    @property
    def logger(self) -> logging.Logger:
        """Logger of the class."""
        return logging.getLogger(f"{type(self).__module__}.{type(self).__name__}")

    def __copy__(self) -> MappedCollectionProxy:
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.collection = copy.copy(self.collection)
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> MappedCollectionProxy:
        return copy.copy(self)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        """Pickle as a plain dictionary; see `EntityState`."""
        return dict, (dict(self),)

    @property
    def mutable(self) -> bool:
        """Whether the collection may be changed."""
        return self.collection.mutable

    @mutable.setter
    def mutable(self, value: bool) -> None:
        self.collection.mutable = value

    @property
    def attribute(self) -> Any:
        """The attribute that the mapping is the value of."""
        return self.collection.attribute

    @attribute.setter
    def attribute(self, value: Any) -> None:
        self.collection.attribute = value

    def _changing_keys(self) -> AbstractContextManager[Any]:
        """Return what one thread holds while it looks for a key and adds or removes it."""
        owner = self.collection.entity
        return owner.session._state.keys if isinstance(owner, EntityState) else nullcontext()

    def follow(self, items: tuple[Any, ...]) -> None:
        """Take over what the server says, unless the user added or removed entities."""
        self.collection.follow(items)

    def begin(self) -> Journal:
        """Count the content as the user's from now on; return the record of changes."""
        return self.collection.begin()

    def settle(self, items: tuple[Any, ...] | None = None) -> None:
        """End the user's changes: with the content as it stands, or with other content when it is given."""
        self.collection.settle(items)


class KeyValueMappedCollectionProxy(MappedCollectionProxy):
    """A dictionary over entities of which one attribute is the key and one the value, as metadata are.

    Args:
        collection: The entities.
        creator: Called with the proxy and ``{key attribute: key, value attribute: value}``; returns the entity for a
            new key.
        key_attribute: Name of the attribute that holds the key.
        value_attribute: Name of the attribute that holds the value.

    Cost: a key is found in O(1); the index is made once, and again after the collection changed.
    """

    def __init__(
        self,
        collection: Collection,
        creator: Callable[[KeyValueMappedCollectionProxy, dict[str, Any]], Any],
        key_attribute: str,
        value_attribute: str,
    ) -> None:
        super().__init__(collection)
        self.creator = creator
        self.key_attribute = key_attribute
        self.value_attribute = value_attribute
        self._indexed: tuple[tuple[int, int] | None, dict[Any, Any]] = (None, {})

    def __getitem__(self, key: str) -> Any:
        return self._get_entity_by_key(key)[self.value_attribute]

    def __setitem__(self, key: str, value: Any) -> None:
        with self._changing_keys():
            entity = self._by_key().get(key)
            if entity is None:
                self._add({self.key_attribute: key, self.value_attribute: value})
            else:
                entity[self.value_attribute] = value

    def __delitem__(self, key: str) -> None:
        with self._changing_keys():
            entity = self._get_entity_by_key(key)
            self.collection.remove(entity)
            entity.session.delete(entity)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key())

    def __len__(self) -> int:
        return len(self._by_key())

    def __contains__(self, key: object) -> bool:
        return key in self._by_key()

    def keys(self) -> list[str]:  # type: ignore[override]  # a list, as users know it
        """Return the keys, in the order of the collection."""
        return list(self._by_key())

    def _add(self, data: dict[str, Any]) -> None:
        """Add the entity of a new key; one that is not created by the commit is no change of the owner."""
        entity = self.creator(self, data)
        session = self.collection.entity.session
        # A key that was deleted and set again before a commit counts as deleted; the owner changes all the same.
        recording = session.record_operations and inspection.state(entity) in {CREATED, DELETED}
        with session.operation_recording(recording):
            self.collection.append(entity)

    def _by_key(self) -> dict[str, Any]:
        """Return the entities by key; of two with the same key the first."""
        collection = self.collection
        len(collection)  # what was deleted elsewhere goes first, and counts as a version
        # The version is read before the items: an index may be newer than it says, and is made once more then.
        version = (id(collection), collection.version)
        indexed, index = self._indexed
        if indexed != version:
            index = {}
            for item in collection:
                index.setdefault(item[self.key_attribute], item)
            unread = index.pop(NOT_SET, None) is not None
            self._indexed = (None if unread else version, index)
        return index

    def _get_entity_by_key(self, key: str) -> Any:
        """Return the entity of a key.

        Raises:
            KeyError: If there is none.
        """
        return self._by_key()[key]
