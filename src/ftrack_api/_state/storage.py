"""The values of one entity: what the server said, what the user changed, and the collections handed out.

A value stays as it came until it is read: a tagged date-time becomes an `arrow.Arrow` on its first reading and takes
the place of the tag. The state of an entity is a handful of slots, whatever the number of attributes of its type.

Measured with CPython 3.11: an entity takes 104 bytes beside its row; reading a plain value takes 0.07 µs, the first
reading of a date-time 1 µs. Guarded by ``tests/cost/test_cost_entities.py``.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import copy
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from ftrack_api.symbol import NOT_SET

if TYPE_CHECKING:
    from ftrack_api._state.session_state import SessionState
    from ftrack_api.operation import EntityKey, Identity

CHANGEABLE: frozenset[Any] = frozenset({list, dict})
"""Classes of values that may be changed behind the back of the operation log."""

# Any below is an attribute value.


class LoadGroup:
    """Entities of one type that came with the same reply, and are therefore likely to be read alike.

    Attributes:
        members: The entities, in the order they came.
        asked: Names of the attributes that were fetched for one member alone; see `_query.prefetch`.
        withheld: Names of the attributes that the server did not tell when it was asked.
    """

    __slots__ = ("asked", "members", "withheld")

    def __init__(self) -> None:
        self.members: list[EntityState] = []
        self.asked: set[str] = set()
        self.withheld: set[str] = set()


_OWN_MODULES = "ftrack_api."


def _begun(cls: type[EntityState], *_arguments: Any, **_named: Any) -> EntityState:
    """Return an entity whose slots are filled, in place of `object.__new__`."""
    entity = object.__new__(cls)
    entity._begin()
    return entity


class EntityState:
    """The slots every entity has.

    Attributes:
        session: The session the entity belongs to.
        _remote: Last known server values by attribute name: plain JSON values, tagged dates until they are read, the
            entity itself for a reference and a tuple of entities for a collection. Names that are missing are unknown.
        _local: Values set since the last commit, or None when there are none.
        _live: Collections handed out by attribute name, or None. They follow the server's value until changed.
        _key: Primary key, or None while it is not known.
        _group: The entities it came with, or None.
        _expunged: Whether the session let go of it: deleted, or its creation rolled back.
    """

    __slots__ = ("__dict__", "__weakref__", "_group", "_key", "_live", "_local", "_remote", "session")

    entity_type: str = "Entity"
    attributes: Any = None
    primary_key_attributes: ClassVar[list[str]] = []
    _foreign_keys: ClassVar[frozenset[str]] = frozenset()
    _repeated: ClassVar[frozenset[str]] = frozenset()
    _faces: ClassVar[dict[str, tuple[str, str]]] = {}
    _standard_init: ClassVar[Any] = None
    _standard_getitem: ClassVar[Any] = None
    _expunged = False

    session: Any
    to_dict: Any
    _remote: dict[str, Any]
    _local: dict[str, Any] | None
    _live: dict[str, Any] | None
    _key: EntityKey | None
    _group: LoadGroup | None

    def __init_subclass__(cls, **named: Any) -> None:
        """Have slots filled before a constructor that is not of the client runs, as it may skip ours (usage: 6).

        Not for all classes, whose parameters would not be seen any more, and not by ``__getattr__``: reading any
        attribute of an entity would take half as long again.
        """
        super().__init_subclass__(**named)
        constructor: Any = cls.__init__
        if constructor is not object.__init__ and not str(constructor.__module__).startswith(_OWN_MODULES):
            setattr(cls, "__new__", _begun)  # noqa: B010 - checkers take an assignment for a declaration

    def _begin(self) -> None:
        """Fill the slots of an entity of which nothing is known."""
        self._remote = {}
        self._local = self._live = self._key = self._group = None

    def __copy__(self) -> EntityState:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> EntityState:
        """Return the entity itself: one entity of the server is one object, in a copied structure too."""
        return self

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        """Pickle as the plain dictionary of what is known: an entity without its session is no entity."""
        return dict, (self.to_dict(),)

    @property
    def _identity(self) -> Identity:
        """Type and key.

        Raises:
            KeyError: If the primary key is not known.
        """
        key = self._key
        if key is None:
            key = self._learn_key()
        return (self.entity_type, key)

    @property
    def _knows_key(self) -> bool:
        """Whether the whole primary key is known."""
        return self._key is not None or all(
            self._known(name) not in {NOT_SET, None} for name in self.primary_key_attributes
        )

    def _learn_key(self) -> EntityKey:
        """Return the key read from the values, and remember it."""
        names = self.primary_key_attributes
        if len(names) == 1 and self._local is not None:
            key = self._local.get(names[0])
            if key.__class__ is str:
                self._key = key
                return key
        texts = []
        for name in names:
            value = self._known(name)
            if value is NOT_SET:
                value = self._told(name)
            if value is NOT_SET or value is None:
                raise KeyError(
                    f'{self.entity_type} has no value for "{name}", a part of its primary key; '
                    "set it when creating the entity."
                )
            texts.append(str(value))
        self._key = texts[0] if len(texts) == 1 else tuple(texts)
        return self._key

    def _known(self, name: str) -> Any:
        """Return the local value, else the server's as it came, else NOT_SET; never fetches."""
        if self._local is not None:
            value = self._local.get(name, NOT_SET)
            if value is not NOT_SET:
                return value
        return self._remote.get(name, NOT_SET)

    def _told(self, name: str) -> Any:
        """Return what a subclass that keeps its values itself has of an attribute, else NOT_SET; never fetches."""
        entity: Any = self
        if type(entity).__getitem__ is self._standard_getitem:
            return NOT_SET
        with self.session.auto_populating(False):
            return entity[name]

    def _change(self, name: str, value: Any) -> None:
        """Keep a local value; recorded as an operation when the session records.

        Raises:
            KeyError: If it is recorded and the primary key is not known.
        """
        state = self.session._state
        # Local value and operation, or neither, are what a commit of another thread sees. A with statement takes three
        # times as long as calling the lock.
        state.lock.acquire()
        try:
            local = self._local
            if state.flags.all_record or state.flags.record_operations:
                old = NOT_SET if local is None else local.get(name, NOT_SET)
                if self._key is None:
                    self._learn_key()
                if old.__class__ in CHANGEABLE:
                    old = copy.copy(old)
                frozen = copy.copy(value) if value.__class__ in CHANGEABLE else value
                state.operations.fresh.append((self, name, old, frozen))
            if local is None:
                self._local = {name: value}
                state.changed[id(self)] = self
            else:
                local[name] = value
        finally:
            state.lock.release()

    def _set_local(self, name: str, value: Any, state: SessionState) -> None:
        """Keep a local value and register the entity as changed. The caller holds the session's lock."""
        if self._local is None:
            self._local = {name: value}
            state.changed[id(self)] = self
        else:
            self._local[name] = value

    def _drop_local(self, name: str, state: SessionState) -> None:
        """Forget a local value; the last one takes the entity off the changed ones. The caller holds the lock."""
        if self._local is not None and self._local.pop(name, NOT_SET) is not NOT_SET and not self._local:
            self._local = None
            state.changed.pop(id(self), None)

    # Kept for subclasses and tests.

    _ignore_data_keys = ("__entity_type__",)

    @property
    def _ftrack_attribute_storage(self) -> dict[str, dict[str, Any]]:
        """The values that are known by attribute name, each as ``{"local": value, "remote": value}``: a copy.

        What is not known is NOT_SET in both.
        """
        local = self._local or {}
        storage: dict[str, dict[str, Any]] = _Storage()
        for name in {**self._remote, **local}:
            storage[name] = {"local": local.get(name, NOT_SET), "remote": self._remote.get(name, NOT_SET)}
        return storage

    @property
    def _inflated(self) -> set[str]:
        """The names of the relations whose entities are the session's own; rows become entities when they are read."""
        known = {**self._remote, **(self._local or {})}
        relations = (attribute.name for attribute in self.attributes if attribute.kind != "value")
        return {name for name in relations if name in known and type(known[name]) not in {dict, list}}


class _Storage(dict[str, dict[str, Any]]):
    """Values by attribute name, NOT_SET where none is known."""

    def __missing__(self, name: str) -> dict[str, Any]:
        return self.setdefault(name, {"local": NOT_SET, "remote": NOT_SET})


def is_tagged_date(value: Any) -> bool:
    """Return whether a value is a date or date-time as it travels."""
    return type(value) is dict and value.get("__type__") in {"datetime", "date"}


def from_wire(value: Any) -> Any:
    """Return what the user sees of a wire value: an `arrow.Arrow` for a tagged date, everything else as it is.

    Raises:
        ValueError: If the tag holds no date.
    """
    return moment(value.get("value")) if is_tagged_date(value) else value


def moment(text: Any) -> Any:
    """Return the `arrow.Arrow` of an ISO text; UTC when it names no zone.

    Raises:
        ValueError: If the text is no date.
    """
    arrow = _arrow()
    try:
        return arrow.Arrow.fromdatetime(datetime.fromisoformat(text))
    except (TypeError, ValueError):
        return arrow.get(text)


@cache
def _arrow() -> Any:
    """Return the arrow package, loaded when the first date is read: it takes longer than the rest of the client."""
    import arrow  # noqa: PLC0415 - loaded late on purpose

    return arrow
