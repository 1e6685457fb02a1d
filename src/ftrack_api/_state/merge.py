"""Rows of a reply into live entities: one pass over a page, nested rows included, in the order of the wire.

A server writes an entity in full where it first occurs and as a stub of type and key afterwards (protocol: 3.3), so
rows are read through the identity map, never one by one: what any occurrence says is added to the one object. Only
names present in a row are looked at, never all attributes of a class; the row dictionary itself becomes the storage of
a new entity. How to read the rows of a class with one set of names is worked out once and kept.

Measured with CPython 3.11, 500 rows of ten attributes, parsing included: 2.1 µs and 16 calls for a new entity, 1.8 µs
for one that is known; a reference to a known entity adds 0.9 µs. Guarded by ``tests/cost/test_cost_entities.py``.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_api._state.storage import EntityState, LoadGroup, from_wire
from ftrack_api.exception import ServerError
from ftrack_api.operation import key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ftrack_api.operation import EntityKey
    from ftrack_api.typing import Row, SessionProtocol

TYPE_KEY = "__entity_type__"

_new = object.__new__

_FULL_TABLES = frozenset({5, 10, 21, 42, 85})  # items from which on one more makes a dictionary double its table

# Any below is the value of an attribute, or a row that may turn out to be no entity.


class RowShape:
    """How to read rows of one class that hold one tuple of names.

    Attributes:
        references: Names whose values are entities.
        collections: Names whose values are lists of entities.
        holds_rows: Whether there are any of these.
        shared: Names of values that repeat from row to row and are kept once.
        form: A dictionary of the names, of which a copy takes less memory than a row as parsers make it: they leave
            room for keys of any kind, and for the type.
        unknown: Names the class does not have.
        shrinks: Whether a row, which had room for its type as well, is larger than a copy of it.
    """

    __slots__ = ("collections", "form", "holds_rows", "references", "shared", "shrinks", "unknown")

    def __init__(self, kinds: dict[str, str], shared: frozenset[str], names: tuple[str, ...]) -> None:
        self.references = tuple(name for name in names if kinds.get(name) == "reference")
        self.collections = tuple(name for name in names if kinds.get(name) == "collection")
        self.holds_rows = bool(self.references or self.collections)
        self.shared = tuple(name for name in names if name in shared)
        self.unknown = tuple(name for name in names if name not in kinds)
        self.shrinks = len(names) in _FULL_TABLES
        self.form: dict[str, Any] = dict.fromkeys(name for name in names if name in kinds)


class TypeShape:
    """How to read rows of one entity class; kept as long as the session.

    Attributes:
        key_names: Primary key attributes in order.
        key_name: The only one of them, or None when there are several.
        is_plain: Whether making an instance takes no more than setting its slots.
        rows: What is known for each tuple of names seen so far.
    """

    __slots__ = ("_kinds", "_shared", "is_plain", "key_name", "key_names", "rows")

    def __init__(self, entity_class: type[EntityState]) -> None:
        self.key_names = tuple(entity_class.primary_key_attributes)
        self.key_name = self.key_names[0] if len(self.key_names) == 1 else None
        self.is_plain = entity_class.__init__ is entity_class._standard_init
        self.rows: dict[tuple[str, ...], RowShape] = {}
        self._kinds = {attribute.name: attribute.kind for attribute in entity_class.attributes}
        self._shared = entity_class._repeated

    def row(self, names: tuple[str, ...]) -> RowShape:
        """Return how to read rows with these names."""
        shape = self.rows.get(names)
        if shape is None:
            shape = self.rows[names] = RowShape(self._kinds, self._shared, names)
        return shape


class _Batch:
    """The entities of one type in one merge."""

    __slots__ = (
        "entities",
        "entity_class",
        "group",
        "is_plain",
        "join",
        "key_name",
        "names",
        "row_shape",
        "type_shape",
    )

    def __init__(
        self, entity_class: type[EntityState], shape: TypeShape, entities: dict[EntityKey, EntityState]
    ) -> None:
        self.entity_class = entity_class
        self.type_shape = shape
        self.key_name: Any = shape.key_name
        self.is_plain = shape.is_plain
        self.entities = entities
        self.group = LoadGroup()
        self.join = self.group.members.append
        self.names: tuple[str, ...] = ()
        self.row_shape = shape.row(())


class Merge:
    """One merge: of a page, of a commit's replies, or of entities from elsewhere.

    Args:
        session: Session whose entities are brought up to date.
        regroup: Whether known entities become siblings of what they came with this time, or stay with what they came
            with first.

    Attributes:
        touched: Entities that more than the key was found of, in that order; only kept when the session has caches
            below the identity map that want to be told.
        fresh: Those the session did not know before; kept likewise.
    """

    def __init__(self, session: SessionProtocol, *, regroup: bool = True) -> None:
        self._session = session
        self._state = session._state
        self._regroup = regroup
        self._batches: dict[str, _Batch] = {}
        self._waiting: list[tuple[EntityState, Row, RowShape]] = []
        self._waiting_local: list[tuple[EntityState, EntityState]] = []
        self._share: Callable[[Any, Any], Any] = {}.setdefault
        self._seen: dict[int, EntityState] = {}
        self.touched: list[EntityState] | None = [] if session._outer_caches else None
        self.fresh: list[EntityState] = []

    def rows(self, rows: Iterable[Any]) -> list[Any]:
        """Return the entities of rows, in order; a row that is no entity, as of a grouped query, comes back as it is.

        The rows are used up: they become the storage of the entities. The caller holds the lock of the session.

        Raises:
            UnrecognisedEntityTypeError: If a row is of a type the session has no class for.
            ServerError: If a row has no primary key.
        """
        result: list[Any] = []
        append, attach = result.append, self._attach
        waiting, waiting_local = self._waiting, self._waiting_local
        for row in rows:
            append(attach(row) if type(row) is dict and TYPE_KEY in row else self._other(row))
            if waiting or waiting_local:
                self._finish()
        return result

    def entity(self, other: EntityState) -> EntityState:
        """Return the session's own instance of an entity of any origin, brought up to date; ``other`` is only read.

        Raises:
            KeyError: If the primary key of the entity is not known.
        """
        with self._state.lock:
            own = self._entity(other)
            self._finish()
            return own

    def adopt(self, entity: EntityState) -> EntityState:
        """Make a new object the session's own, or bring the known one of its identity up to date and return that."""
        with self._state.lock:
            is_foreign = entity.session is not self._session
            if is_foreign or self._state.identities.get(entity._identity) is not None:
                return self.entity(entity)
            self._state.identities.add(entity)
            if self.touched is not None:
                self.touched.append(entity)
            return entity

    def complete(self, entity: EntityState, other: EntityState) -> None:
        """Give an entity the values only another object of its identity knows; rows in them wait to be read."""
        with self._state.lock:
            for name, value in other._remote.items():
                if name not in entity._remote and not isinstance(value, EntityState | tuple):
                    entity._remote[name] = _copied(value)

    def _open(self, entity_type: str) -> _Batch:
        """Return what this merge needs of a type."""
        entity_class = self._session.types[entity_type]
        shapes = self._state.shapes
        shape = shapes.get(entity_class)
        if shape is None:
            shape = shapes[entity_class] = TypeShape(entity_class)
        batch = _Batch(entity_class, shape, self._state.identities.of_type(entity_type))
        self._batches[entity_type] = batch
        return batch

    def _attach(self, row: Row) -> EntityState:
        """Return the entity of a row, which is merged now or, when it holds rows itself, put on the waiting list."""
        entity_type = row.pop(TYPE_KEY)
        batch = self._batches.get(entity_type) or self._open(entity_type)
        names = tuple(row)
        if names != batch.names:
            batch.names = names
            batch.row_shape = batch.type_shape.row(names)
        shape = batch.row_shape

        key: Any = row.get(batch.key_name)  # a key of several parts has no one name
        if type(key) is not str:
            key = _key_of(batch, row, entity_type)
        for name in shape.unknown:
            del row[name]
        share = self._share
        for name in shape.shared:
            value = row[name]
            row[name] = share(value, value)
        entity = batch.entities.get(key)
        if entity is None:
            values = {} if shape.holds_rows else dict(row) if shape.shrinks else row
            if batch.is_plain:  # written out, as a call would take as long as all of it
                entity = _new(batch.entity_class)
                entity.session = self._session
                entity._remote = values
                entity._local = entity._live = None
            else:
                entity = self._made(batch, values)
            entity._key = key
            entity._group = batch.group
            batch.join(entity)
            batch.entities[key] = entity
            if self.touched is not None:
                self.fresh.append(entity)
        else:
            if entity._group is not batch.group and (self._regroup or entity._group is None):
                entity._group = batch.group
                batch.join(entity)
            if not shape.holds_rows and entity._remote:
                entity._remote.update(row)
            elif not shape.holds_rows:
                entity._remote = dict(row) if shape.shrinks else row
        if shape.holds_rows:
            self._waiting.append((entity, row, shape))
        if self.touched is not None and len(names) > len(batch.type_shape.key_names):
            self.touched.append(entity)
        return entity

    def _made(self, batch: _Batch, values: Row) -> EntityState:
        """Return a new entity of a class that has a constructor of its own, with what the server said of it."""
        made: Any = batch.entity_class
        entity: EntityState = made(self._session, {}, reconstructing=True)
        if entity._remote:
            entity._remote.update(values)
        else:
            entity._remote = values
        return entity

    def _finish(self) -> None:
        """Merge what waits, and what is found in it, until nothing is left."""
        waiting, value_of = self._waiting, self._relation
        while waiting or self._waiting_local:
            if not waiting:
                self._merge_local(*self._waiting_local.pop())
                continue
            entity, row, shape = waiting.pop()
            for name in shape.references:
                row[name] = value_of(row[name])
            live = entity._live
            for name in shape.collections:
                items = row[name] = tuple([value_of(item) for item in row[name] or ()])
                if live is not None and name in live:
                    live[name].follow(items)
            if entity._remote:
                entity._remote.update(row)
            else:
                remote = shape.form.copy()
                remote.update(row)
                entity._remote = remote  # other threads read it from now on

    def _relation(self, value: Any) -> Any:
        """Return the entity that a value of a relation stands for, None for none."""
        if type(value) is dict and TYPE_KEY in value:
            return self._attach(value)
        return self._entity(value) if isinstance(value, EntityState) else value

    def _entity(self, other: EntityState) -> EntityState:
        if other.session is self._session and self._state.identities.holds(other):
            return other
        known = self._seen.get(id(other))
        if known is not None:
            return known
        row = _row_of(other)
        own = self._seen[id(other)] = self._attach(row)
        if other._local:
            self._waiting_local.append((own, other))
        return own

    def _merge_local(self, own: EntityState, other: EntityState) -> None:
        """Give an entity the local values of another; relations among them become the session's own."""
        for name, value in (other._local or {}).items():
            own._set_local(name, self._own_value(own, name, value), self._state)

    def _own_value(self, own: EntityState, name: str, value: Any) -> Any:
        attribute = own.attributes.get(name)
        if attribute.kind != "collection":
            return self._entity(value) if isinstance(value, EntityState) else value
        collection = attribute.adapt(own, [self._entity(item) for item in attribute.items_of(value)])
        collection.begin()
        own._live = {**(own._live or {}), name: collection}
        return collection

    def _other(self, row: Any) -> Any:
        """Return a row that is no entity, its dates as dates."""
        if type(row) is dict:
            return {name: from_wire(value) for name, value in row.items()}
        return self._entity(row) if isinstance(row, EntityState) else row


def _row_of(entity: EntityState) -> Row:
    """Return what an entity knows of the server as a row with its type and key."""
    entity_type, key = entity._identity
    row = {name: _copied(value) for name, value in entity._remote.items()}
    for name, text in zip(entity.primary_key_attributes, (key,) if isinstance(key, str) else key, strict=True):
        row.setdefault(name, text)
    row[TYPE_KEY] = entity_type
    return row


def _copied(value: Any) -> Any:
    """Return a copy of the JSON containers in a value, since rows are used up by their merge."""
    if type(value) is dict:
        return {name: _copied(item) for name, item in value.items()}
    return [_copied(item) for item in value] if type(value) is list else value


def _key_of(batch: _Batch, row: Row, entity_type: str) -> EntityKey:
    """Return the key of a row whose key is not one plain text.

    Raises:
        ServerError: If part of it is missing.
    """
    names = batch.type_shape.key_names
    missing = [name for name in names if row.get(name) is None]
    if missing:
        raise ServerError(
            f"The server sent a {entity_type} without its primary key: {', '.join(missing)} missing, "
            f"got {', '.join(row) or 'nothing'}."
        )
    return key_of([row[name] for name in names])
