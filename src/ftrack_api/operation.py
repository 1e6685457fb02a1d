"""The operation log: what was created, changed and deleted since the last commit, indexed by entity.

Reading the state of an entity costs one look-up however long the log is. A change to a collection is kept as a delta:
the full old and new values are made when somebody reads them.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import copy
import functools
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ftrack_api._state.pushes import PushedLog
from ftrack_api.symbol import CREATED, DELETED, MODIFIED, NOT_SET, Symbol

# Any below is the value of an attribute, which has no narrower type before a schema is known.
EntityKey: TypeAlias = "str | tuple[str, ...]"
"""The primary key of an entity: its text, or a tuple of texts when it has several attributes."""

Identity: TypeAlias = "tuple[str, EntityKey]"
"""Entity type and key: what names one entity of a server."""


class Deferred:
    """A value that is made when it is read, because keeping it would cost as much as the thing it belongs to."""

    __slots__ = ()

    def resolve(self) -> Any:
        """Return the value."""
        raise NotImplementedError


def key_of(values: Iterable[Any]) -> EntityKey:
    """Return the key that primary key values make, in the order of the primary key."""
    texts = tuple(map(str, values))
    return texts[0] if len(texts) == 1 else texts


class Operation:
    """Base of the recorded operations."""

    __slots__ = ()


class EntityOperation(Operation):
    """An operation on one entity; knows it by type and key, never by object, as it may not have been loaded."""

    __slots__ = ("_names", "identity")

    identity: Identity

    def __init__(self, entity_type: str, entity_key: Mapping[str, Any]) -> None:
        self._names: Sequence[str] = tuple(entity_key)
        self.identity = (str(entity_type), key_of(entity_key.values()))

    @property
    def entity_type(self) -> str:
        """Type of the entity."""
        return self.identity[0]

    @property
    def key_names(self) -> Sequence[str]:
        """Names of the attributes of the primary key, in order."""
        return self._names

    @property
    def entity_key(self) -> dict[str, str]:
        """Primary key as name to text, in the order of the primary key."""
        key = self.identity[1]
        return OrderedDict(zip(self._names, (key,) if isinstance(key, str) else key, strict=False))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.identity[0]} {self.identity[1]}>"


class CreateEntityOperation(EntityOperation):
    """The creation of an entity.

    Args:
        entity_type: Type of the entity, which need not be loaded.
        entity_key: Primary key as name to value, in the order of the primary key.
        entity_data: Initial values by attribute name, those of the key among them.

    Attributes:
        entity_data: Initial values by attribute name, copied one level deep.
    """

    __slots__ = ("entity_data",)

    def __init__(self, entity_type: str, entity_key: Mapping[str, Any], entity_data: Mapping[str, Any]) -> None:
        super().__init__(entity_type, entity_key)
        self.entity_data: dict[str, Any] = {name: frozen(value) for name, value in entity_data.items()}

    @classmethod
    def of_parts(cls, entity: Any, entity_data: dict[str, Any]) -> CreateEntityOperation:
        """Return an operation of parts that nobody else keeps or changes; see `Operations.fresh`."""
        operation = cls.__new__(cls)
        operation._names = entity.primary_key_attributes
        operation.identity = entity._identity
        operation.entity_data = entity_data
        return operation


class UpdateEntityOperation(EntityOperation):
    """The change of one attribute of an entity.

    Args:
        entity_type: Type of the entity, which need not be loaded.
        entity_key: Primary key as name to value, in the order of the primary key.
        attribute_name: Name of the attribute.
        old_value: Local value before, NOT_SET where there was none; it is not sent.
        new_value: Value to be sent. Lists, dictionaries and collections are copied one level deep.

    Attributes:
        attribute_name: Name of the attribute.
    """

    __slots__ = ("_new", "_old", "attribute_name")

    def __init__(
        self, entity_type: str, entity_key: Mapping[str, Any], attribute_name: str, old_value: Any, new_value: Any
    ) -> None:
        super().__init__(entity_type, entity_key)
        self.attribute_name: str = attribute_name
        self._old = frozen(old_value)
        self._new = frozen(new_value)

    @classmethod
    def of_parts(cls, entity: Any, attribute_name: str, old_value: Any, new_value: Any) -> UpdateEntityOperation:
        """Return an operation of parts that nobody changes any more; see `Operations.fresh`."""
        operation = cls.__new__(cls)
        operation._names = entity.primary_key_attributes
        operation.identity = entity._identity
        operation.attribute_name = attribute_name
        operation._old = old_value
        operation._new = new_value
        return operation

    @property
    def old_value(self) -> Any:
        """Local value before the change; a collection as it was then."""
        return self._old.resolve() if isinstance(self._old, Deferred) else self._old

    @old_value.setter
    def old_value(self, value: Any) -> None:
        self._old = value

    @property
    def new_value(self) -> Any:
        """Local value after the change; a collection as it was then."""
        return self._new.resolve() if isinstance(self._new, Deferred) else self._new

    @new_value.setter
    def new_value(self, value: Any) -> None:
        self._new = value

    @property
    def raw_new_value(self) -> Any:
        """The new value as it was recorded, which may be `Deferred`."""
        return self._new


class DeleteEntityOperation(EntityOperation):
    """The deletion of an entity.

    Args:
        entity_type: Type of the entity, which need not be loaded.
        entity_key: Primary key as name to value, in the order of the primary key.
    """

    __slots__ = ()


UNCHANGING: frozenset[Any] = frozenset({str, int, float, bool, type(None)})
"""Classes of values that nobody can change."""

PLAIN: frozenset[Any] = UNCHANGING - {float}
"""Classes of values that are JSON as they are."""

# What an update is until somebody looks at it: the entity, the name of the attribute, old and new value.
_Update: TypeAlias = "tuple[Any, str, Any, Any]"

# And a creation: the entity, its initial values, and the names of those whose class is not among `PLAIN`.
_Creation: TypeAlias = "tuple[Any, dict[str, Any], Sequence[str]]"

Entry: TypeAlias = "Operation | _Update | _Creation"
"""An operation of the log, or the parts of one that nobody has looked at."""


class Operations(PushedLog):
    """The operations of a session, oldest first.

    May be used from several threads. Adding, removing and asking for the state of an entity cost the same however
    many operations there are. Creations and updates are put down as they come; numbers and the index by entity are
    made when somebody asks for them, which most commits do not.

    Attributes:
        lock: Held while the log is changed; a session puts its own in place.
        fresh: What has no number yet: operations, and parts that nobody changes any more: of an update, an entity
            whose key is known, the name of an attribute, the local value before (or NOT_SET) and after; of a
            creation, such an entity, its values, and the names of those whose class is not among `PLAIN`. Whoever
            adds to it holds ``lock``; this is cheaper than `push`, and goes through it where it was replaced.
    """

    def __init__(self) -> None:
        self.lock: Any = threading.RLock()
        self.fresh: list[Entry] = []
        self._entries: dict[int, Entry] = {}
        self._unindexed: list[int] = []
        self._numbers: dict[Identity, list[int]] = {}
        self._states: dict[Identity, Symbol] = {}
        self._next = [0]  # the next number, in a list since setting an attribute of a log takes three calls
        super().__init__()

    def pop(self) -> Operation:
        """Remove and return the newest operation.

        Raises:
            IndexError: If there is none.
        """
        with self.lock:
            self._number_fresh()
            if not self._entries:
                raise IndexError("There is no operation to pop: the log is empty.")
            number = next(reversed(self._entries))
            operation = self._operation(number)
            self._remove([number])
            return operation

    def clear(self) -> None:
        """Remove all operations."""
        with self.lock:
            self.fresh.clear()
            self._entries.clear()
            self._unindexed.clear()
            self._numbers.clear()
            self._states.clear()

    def __len__(self) -> int:
        with self.lock:  # some may be on their way from one to the other
            return len(self._entries) + len(self.fresh)

    def __iter__(self) -> Iterator[Operation]:
        return iter(list(self.numbered().values()))

    def numbered(self) -> dict[int, Operation]:
        """Return a copy of the log by number, oldest first; the numbers are what `discard` takes."""
        with self.lock:
            return {number: self._operation(number) for number in self.entries()}

    def entries(self) -> dict[int, Entry]:
        """Return what `numbered` does, without making operations of parts."""
        with self.lock:
            self._number_fresh()
            return self._entries.copy()

    def discard(self, numbers: Iterable[int]) -> None:
        """Remove the operations of these numbers; those that are gone already are skipped. Cost: one step each."""
        with self.lock:
            found = [number for number in numbers if number in self._entries]
            if len(found) == len(self):
                self.clear()
            else:
                self._remove(found)

    def state(self, identity: Identity) -> Symbol:
        """Return NOT_SET, CREATED, MODIFIED or DELETED: what the log makes of an entity (client: 5)."""
        if self.fresh or self._unindexed:
            self._index()
        return self._states.get(identity, NOT_SET)

    def in_state(self, state: Symbol) -> list[Identity]:
        """Return the entities in a state, in the order of their first operation. Cost: entities with operations."""
        with self.lock:
            if self.fresh or self._unindexed:
                self._index()
            return [identity for identity, found in self._states.items() if found is state]

    def numbers_of(self, identity: Identity) -> list[int]:
        """Return the numbers of the operations on an entity, oldest first."""
        with self.lock:
            self._index()
            return list(self._numbers.get(identity, ()))

    def pending_attributes(self, identity: Identity) -> set[str]:
        """Return the names of the attributes of an entity that operations of the log hold a value for."""
        names: set[str] = set()
        with self.lock:
            for operation in map(self._operation, self.numbers_of(identity)):
                if isinstance(operation, UpdateEntityOperation):
                    names.add(operation.attribute_name)
                elif isinstance(operation, CreateEntityOperation):
                    names.update(operation.entity_data)
        return names

    def withdraw(self, identity: Identity, attribute_name: str) -> None:
        """Take one attribute of an entity out of the log: its updates, and its value in a pending creation."""
        with self.lock:
            obsolete = []
            for number in self.numbers_of(identity):
                operation = self._operation(number)
                if isinstance(operation, UpdateEntityOperation) and operation.attribute_name == attribute_name:
                    obsolete.append(number)
                elif isinstance(operation, CreateEntityOperation):
                    operation.entity_data.pop(attribute_name, None)
            self._remove(obsolete)

    def _number_fresh(self) -> None:
        """Give what is fresh its numbers. The lock is held."""
        if self.fresh:
            numbers = range(self._next[0], self._next[0] + len(self.fresh))
            self._entries.update(zip(numbers, self.fresh, strict=True))
            self._unindexed.extend(numbers)
            self._next[0] = numbers.stop
            self.fresh.clear()

    def _index(self) -> None:
        """Enter what came since the last time into the index by entity."""
        with self.lock:
            self._number_fresh()
            for number in self._unindexed:
                operation = self._operation(number)
                if isinstance(operation, EntityOperation):
                    identity = operation.identity
                    self._numbers.setdefault(identity, []).append(number)
                    self._states[identity] = next_state(self._states.get(identity, NOT_SET), operation)
            self._unindexed.clear()

    def _operation(self, number: int) -> Operation:
        """Return the operation of a number, made now if nobody looked at it before."""
        entry = self._entries[number]
        if isinstance(entry, tuple):
            entry = self._entries[number] = self._made(entry)
        return entry

    def _made(self, entry: Entry) -> Operation:
        """Return the operation that an entry is or holds the parts of."""
        if not isinstance(entry, tuple):
            return entry
        if len(entry) == 3:
            return CreateEntityOperation.of_parts(entry[0], entry[1])
        return UpdateEntityOperation.of_parts(*entry)

    def _remove(self, numbers: list[int]) -> None:
        """Remove operations, and work out the states of their entities again."""
        self._index()
        gone: dict[Identity, set[int]] = {}
        for number in numbers:
            operation = self._operation(number)
            del self._entries[number]
            if isinstance(operation, EntityOperation):
                gone.setdefault(operation.identity, set()).add(number)
        for identity, removed in gone.items():
            left = [number for number in self._numbers[identity] if number not in removed]
            if not left:
                del self._numbers[identity], self._states[identity]
                continue
            self._numbers[identity] = left
            self._states[identity] = functools.reduce(next_state, map(self._operation, left), NOT_SET)


def next_state(state: Symbol, operation: Operation) -> Symbol:
    """Return the state of an entity after one more operation: created stays created, deleted stays deleted."""
    if state is DELETED or isinstance(operation, DeleteEntityOperation):
        return DELETED
    if state is not NOT_SET:
        return state
    return CREATED if isinstance(operation, CreateEntityOperation) else MODIFIED


def frozen(value: Any) -> Any:
    """Return a copy of what could change behind the log's back: lists, dictionaries, collections."""
    if value.__class__ in UNCHANGING:
        return value
    if isinstance(value, Deferred):
        return value
    return copy.copy(value) if isinstance(value, list | dict) or hasattr(value, "mutable") else value
