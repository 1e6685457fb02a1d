"""Collections of entities: lists whose changes are recorded for the next commit."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import copy
import sys
from collections.abc import Iterable, Iterator, MutableSequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, overload

from ftrack_api import exception, inspection
from ftrack_api._custom_attribute import (
    CustomAttributeCollectionProxy,
    _get_custom_attribute_configurations,
)
from ftrack_api._mapped_collection import KeyValueMappedCollectionProxy, MappedCollectionProxy
from ftrack_api._per_session import PerSessionDefaultKeyMaker, memoise_session
from ftrack_api._state.changes import Journal
from ftrack_api._state.storage import EntityState
from ftrack_api.operation import UpdateEntityOperation

if TYPE_CHECKING:
    from ftrack_api._state.changes import ChangeKind
    from ftrack_api.operation import Identity

# Any below is an entity: what a collection holds has no narrower type before a schema is known.

__all__ = [
    "Collection",
    "CustomAttributeCollectionProxy",
    "KeyValueMappedCollectionProxy",
    "MappedCollectionProxy",
    "PerSessionDefaultKeyMaker",
    "_get_custom_attribute_configurations",
    "memoise_session",
]

# Shown and documented under their public home.
for _proxy in (MappedCollectionProxy, KeyValueMappedCollectionProxy, CustomAttributeCollectionProxy):
    _proxy.__module__ = __name__
del _proxy


class Collection(MutableSequence[Any]):
    """The entities of one relation of one entity, each at most once.

    A collection that was not changed follows the server: a later answer replaces its content. Each change counts as
    one change of the attribute of the owner, whatever the number of items.

    Args:
        entity: The owner.
        attribute: The owner's attribute that the collection is the value of.
        mutable: Whether the collection may be changed.
        data: Initial items.

    Raises:
        DuplicateItemInCollectionError: If an entity occurs twice in the data.

    Cost: adding an item is O(1) amortised, testing for one is O(1) after the first test. What was read and not
    changed shares its storage with the entity.
    """

    def __init__(
        self,
        entity: Any,
        attribute: Any,
        mutable: bool = True,  # noqa: FBT001, FBT002 - signature users know
        data: Iterable[Any] | None = None,
    ) -> None:
        self.entity = entity
        self.attribute = attribute
        self.mutable = mutable
        self.version: int = 0
        self._items: tuple[Any, ...] | list[Any] = ()
        self._known: set[Identity] | None = None
        self._journal: Journal | None = None
        self._seen_expunged = 0  # whatever it is made of may hold what was let go of before
        if data is not None:
            items = tuple(data)
            self._refuse_duplicates(items, set())
            self._items = items

    @classmethod
    def of_unique(cls, entity: Any, attribute: Any, items: Iterable[Any]) -> Collection:
        """Return a collection of items known to hold no entity twice."""
        collection = cls(entity, attribute)
        collection._items = tuple(items)
        return collection

    def __deepcopy__(self, memo: dict[int, Any]) -> Collection:
        return copy.copy(self)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        """Pickle as a plain list; see `EntityState`."""
        return list, (list(self),)

    def __copy__(self) -> Collection:
        other = self.of_unique(self.entity, self.attribute, self._current())
        other.mutable = self.mutable
        return other

    def insert(self, index: int, item: Any) -> None:
        """Insert an entity before an index.

        Raises:
            ImmutableCollectionError: If the collection is read-only.
            DuplicateItemInCollectionError: If it holds the entity already.
            KeyError: If the primary key of the entity is not known.
            TypeError: If it is no entity.
        """
        self._insert(index, (item,))

    def append(self, value: Any) -> None:
        """Add an entity at the end, wherever that is when others add to the collection too; raises as `insert`."""
        self._insert(sys.maxsize, (value,))

    def extend(self, values: Iterable[Any]) -> None:
        """Append entities as one change, in their order; raises as `insert`, and appends none of them then."""
        items = tuple(values)
        if items:
            self._insert(sys.maxsize, items)

    def remove(self, value: Any) -> None:
        """Remove an entity.

        Raises:
            ImmutableCollectionError: If the collection is read-only.
            ValueError: If it does not hold the entity.
        """
        with _lock(self.entity):
            super().remove(value)

    def pop(self, index: int = -1) -> Any:
        """Remove the entity at an index and return it.

        Raises:
            ImmutableCollectionError: If the collection is read-only.
            IndexError: If there is none.
        """
        with _lock(self.entity):
            return super().pop(index)

    def clear(self) -> None:
        """Remove all entities as one change."""
        self[:] = []

    def reverse(self) -> None:
        """Reverse the order as one change."""
        with _lock(self.entity):
            self[:] = self._current()[::-1]

    def __contains__(self, value: object) -> bool:
        try:
            return self._key_of(value) in self._known_items()
        except (KeyError, TypeError, AttributeError):
            return False

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        items = self._current()
        if isinstance(index, slice):
            return list(items[index])
        try:
            return items[index]
        except IndexError:
            raise self._nothing_at(index) from None

    @overload
    def __setitem__(self, index: int, item: Any) -> None: ...
    @overload
    def __setitem__(self, index: slice, item: Iterable[Any]) -> None: ...
    def __setitem__(self, index: int | slice, item: Any) -> None:
        self._refuse_if_immutable()
        with _lock(self.entity):
            items = list(self._current())
            items[index if isinstance(index, slice) else self._place(index)] = item
            self._refuse_duplicates(items, set())
            self._change("replace", 0, tuple(items))

    def __delitem__(self, index: int | slice) -> None:
        self._refuse_if_immutable()
        with _lock(self.entity):
            if isinstance(index, slice):
                items = list(self._current())
                del items[index]
                self._change("replace", 0, tuple(items))
            else:
                self._change("delete", self._place(index), ())

    def __iter__(self) -> Iterator[Any]:
        return iter(tuple(self._current()))

    def __len__(self) -> int:
        return len(self._current())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Collection) and self._known_items() == other._known_items()

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # equal by a content that changes

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} entities>"

    @property
    def is_changed(self) -> bool:
        """Whether the content is the user's and not the server's."""
        return self._journal is not None

    def follow(self, items: tuple[Any, ...]) -> None:
        """Take over what the server says, unless the user changed the collection."""
        if self._journal is None:
            self._replace(items)

    def settle(self, items: tuple[Any, ...] | None = None) -> None:
        """End the user's changes: with the content as it stands, or with other content when it is given."""
        self._journal = None
        self._replace(tuple(self._current()) if items is None else items)

    def begin(self) -> Journal:
        """Count the content as the user's from now on; return the record of changes."""
        if self._journal is None:
            self._journal = Journal(self._holding, tuple(self._current()))
        return self._journal

    def _place(self, index: int) -> int:
        """Return an index that is counted from the beginning.

        Raises:
            IndexError: If there is no item.
        """
        try:
            return range(len(self))[index]
        except IndexError:
            raise self._nothing_at(index) from None

    def _nothing_at(self, index: int) -> IndexError:
        name = getattr(self.attribute, "name", None)
        return IndexError(f'There is no item at {index}: "{name}" of {self.entity} holds {len(self)}.')

    def _insert(self, index: int, items: tuple[Any, ...]) -> None:
        self._refuse_if_immutable()
        with _lock(self.entity):
            self._refuse_duplicates(items, self._known_items())
            count = len(self)
            self._change("insert", min(max(count + index, 0) if index < 0 else index, count), items)

    def _change(self, kind: ChangeKind, index: int, items: tuple[Any, ...]) -> None:
        """Change the items, keep the change as a delta, and record it as one change of the owner. Holds the lock."""
        if type(self._current()) is tuple:
            self._items = list(self._items)
        journal = self.begin()
        before = journal.snapshot()
        self._update_known(kind, index, items)
        self._items = journal.apply(self._items, kind, index, items)  # type: ignore[arg-type]  # a list by now
        self.version += 1
        if isinstance(self.entity, EntityState):
            self._become_local()
        self._notify(before)

    def _notify(self, old_value: Any) -> None:
        """Record that the content is no longer the old one, when the session records; for subclasses."""
        if self.entity.session.record_operations:
            _record(self.entity, self.attribute, old_value, self.begin().snapshot())

    def _update_known(self, kind: ChangeKind, index: int, items: tuple[Any, ...]) -> None:
        """Keep the set of identities in step with a change, or give it up when that is cheaper."""
        if self._known is None:
            return
        if kind == "insert":
            self._known.update(map(self._key_of, items))
        elif kind == "delete":
            self._known.discard(self._key_of(self._items[index]))
        else:
            self._known = None

    def _become_local(self) -> None:
        """Make the collection, or the mapping around it, the owner's local value. The caller holds the lock."""
        owner, name = self.entity, self.attribute.name
        if owner.attributes is None or name not in owner.attributes.by_name:
            return  # a class made by hand, or an attribute made for a collection alone
        value = (owner._live or {}).get(name)
        if value is not self and getattr(value, "collection", None) is not self:
            value = self.attribute.adapt(owner, self)
            owner._live = {**(owner._live or {}), name: value}
        owner._set_local(name, value, owner.session._state)

    def _current(self) -> tuple[Any, ...] | list[Any]:
        """Return the items, without those that were deleted since the last look."""
        if _expunged(self.entity) != self._seen_expunged:
            with _lock(self.entity):
                self._drop_expunged()
        return self._items

    def _drop_expunged(self) -> None:
        kept = tuple(item for item in self._items if not getattr(item, "_expunged", False))
        if len(kept) != len(self._items):
            if self._journal is not None:
                self._journal.apply([], "replace", 0, kept)
            self._replace(kept)
        self._seen_expunged = _expunged(self.entity)

    def _replace(self, items: tuple[Any, ...]) -> None:
        self._items = items
        self._seen_expunged = 0
        self._known = None
        self.version += 1

    def _holding(self, items: list[Any]) -> Collection:
        """Return a collection of the same owner and attribute with other items."""
        return self.of_unique(self.entity, self.attribute, items)

    def _known_items(self) -> set[Identity]:
        self._current()  # what was deleted goes first
        known = self._known
        if known is None:
            with _lock(self.entity):
                known = self._known = set(map(self._key_of, self._current()))
        return known

    def _identity_key(self, entity: Any) -> str:
        """Return the text of the identity of an entity; for subclasses and tests."""
        return str(inspection.identity(entity))

    def _key_of(self, entity: Any) -> Identity:
        """Return what tells entities apart.

        Raises:
            KeyError: If the entity has no primary key yet.
            TypeError: If it is no entity.
        """
        if isinstance(entity, EntityState):
            return entity._identity
        if not hasattr(entity, "primary_key_attributes"):
            raise TypeError(f'"{getattr(self.attribute, "name", None)}" takes entities, got {entity!r}.')
        return inspection.key_identity(entity)

    def _refuse_if_immutable(self) -> None:
        if not self.mutable:
            raise exception.ImmutableCollectionError(self)

    def _refuse_duplicates(self, items: Iterable[Any], known: set[Identity]) -> None:
        """Raise for an item that is known or occurs twice."""
        fresh: set[Identity] = set()
        for item in items:
            key = self._key_of(item)
            if key in known or key in fresh:
                raise exception.DuplicateItemInCollectionError(item, self)
            fresh.add(key)


def _expunged(owner: Any) -> int:
    """Return how many entities the owner's session has let go of."""
    return owner.session._state.expunged if isinstance(owner, EntityState) else 0


def _lock(owner: Any) -> AbstractContextManager[Any]:
    """Return the lock of the owner's session."""
    return owner.session._state.lock if isinstance(owner, EntityState) else nullcontext()


def _record(owner: Any, attribute: Any, old_value: Any, new_value: Any) -> None:
    """Record one change of a collection; the caller holds the lock."""
    operations = owner.session.recorded_operations
    if isinstance(owner, EntityState):
        if owner._key is None:
            owner._learn_key()
        operations.fresh.append((owner, attribute.name, old_value, new_value))
    else:
        key = inspection.primary_key(owner)
        operations.push(UpdateEntityOperation(owner.entity_type, key, attribute.name, old_value, new_value))
