"""Rows of statements to entities of an answer, and entities to the document that travels.

An entity met in several places is one object: its attributes unite, it is written in full where it comes first, depth
first, and as a stub afterwards (protocol: 3.3).

Measured: reading a flat row of ten attributes costs about 1.3 µs, 20 function calls for a whole page aside from
decoded values; a nested row about 3 µs (guarded by tests/cost).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftrack_server.model.registry import Model
    from ftrack_server.query.projection import LoadedRead, ManyRead, Node, Owners

Row = tuple[Any, ...]
Decoder = Callable[[Any], Any]


class Entity:
    """One entity of an answer.

    Attributes:
        data: Its document, relations aside until it is written.
        relations: What it leads to, None for nothing.
        emitted: Whether it is written in full somewhere.
    """

    __slots__ = ("_keys", "_stub", "data", "emitted", "relations")

    def __init__(self, data: dict[str, Any], keys: tuple[str, ...]) -> None:
        self.data = data
        self.relations: dict[str, Entity | list[Entity] | None] | None = None
        self.emitted = False
        self._keys = keys
        self._stub: dict[str, Any] | None = None

    @property
    def stub(self) -> dict[str, Any]:
        """Return what stands for it wherever it is not written in full; one object however often."""
        stub = self._stub
        if stub is None:
            data = self.data
            stub = self._stub = {"__entity_type__": data["__entity_type__"]}
            for name in self._keys:
                stub[name] = data[name]
        return stub


class Result:
    """The entities of one answer while it is put together."""

    def __init__(self, *, shared: bool) -> None:
        self.shared = shared
        self.entities: dict[tuple[Any, Any], Entity] = {}
        self.members: dict[int, dict[Any, tuple[Entity, Row]]] = {}

    def of(self, node: NodeReader) -> dict[Any, tuple[Entity, Row]]:
        """Return the entities read for a node so far, by key, each with the row it was read from."""
        return self.members.setdefault(id(node), {})


class NodeReader:
    """Reads the entities of one node from rows; made once with the plan."""

    def __init__(self, model: Model, node: Node) -> None:
        self.definition = node.definition
        self._model = model
        self._node = node
        self._key_indexes = node.key_indexes
        self._single = len(node.key_indexes) == 1
        self._key_index = node.key_indexes[0]
        columns = model.discriminator_columns(node.definition.table)
        self._discriminators = columns[: len(node.type_indexes)]
        self._shape: Callable[[Row], Any] = itemgetter(*node.type_indexes) if node.type_indexes else _no_shape
        self._layouts: dict[Any, _Layout] = {}
        self.ones = [(read.name, NodeReader(model, read.node), read.owners) for read in node.ones.values()]
        self.many: list[tuple[ManyRead, NodeReader | None]] = [(read, None) for read in node.many.values()]
        self.loaded: list[LoadedRead] = list(node.loaded.values())
        self.is_flat = not (self.ones or self.many or self.loaded)

    def walk(self) -> Iterator[NodeReader]:
        """Yield this node and every node joined to it."""
        yield self
        for _, reader, _ in self.ones:
            yield from reader.walk()

    def flat(self, rows: list[Row]) -> list[dict[str, Any]]:
        """Return the documents of rows that have neither relations nor loaded values."""
        layouts, shape = self._layouts, self._shape
        found = []
        for row in rows:
            values = shape(row)
            own = layouts.get(values) or self._layout(values)
            data = {"__entity_type__": own.type_id}
            data.update(zip(own.names, own.get(row)))  # noqa: B905 - of one length by construction, and this is a hot loop
            for name, decode in own.decoders:
                value = data[name]
                if value is not None:
                    data[name] = decode(value)
            found.append(data)
        return found

    def read(self, rows: list[Row], result: Result) -> list[Entity | None]:
        """Return the entities of rows, None where a row has none for this node; all rows of a node at once."""
        members = result.of(self)
        entities, layouts, shape = result.entities, self._layouts, self._shape
        single, index, indexes = self._single, self._key_index, self._key_indexes
        keys = self.definition.key
        place = None if result.shared else id(self._node.place)
        found: list[Entity | None] = []
        fresh: list[tuple[Entity, Row]] = []
        for row in rows:
            key = row[index] if single else tuple([row[at] for at in indexes])
            if key is None or (not single and None in key):
                found.append(None)
                continue
            known = members.get(key)
            if known is not None:
                found.append(known[0])
                continue
            values = shape(row)
            layout = layouts.get(values) or self._layout(values)
            data = {"__entity_type__": layout.type_id}
            data.update(zip(layout.names, layout.get(row)))  # noqa: B905 - as in flat
            for name, decode in layout.decoders:
                value = data[name]
                if value is not None:
                    data[name] = decode(value)
            identity = (place or layout.type_id, key)
            entity = entities.get(identity)
            if entity is None:
                entity = entities[identity] = Entity(data, keys)
            else:
                entity.data.update(data)
            member = members[key] = (entity, row)
            found.append(entity)
            fresh.append(member)
        for name, reader, owners in self.ones:
            self._read_one(name, reader, owners, fresh, result)
        return found

    def _read_one(
        self, name: str, reader: NodeReader, owners: Owners, fresh: list[tuple[Entity, Row]], result: Result
    ) -> None:
        """Read what a reference of entities leads to, where their type has it."""
        if owners is not None:
            fresh = [member for member in fresh if member[0].data["__entity_type__"] in owners]
        others = reader.read([row for _, row in fresh], result)
        for (entity, _), other in zip(fresh, others, strict=True):
            relations = entity.relations
            if relations is None:
                entity.relations = {name: other}
            # A cast that does not fit reads nothing, and must not hide what the attribute itself has read.
            elif other is not None or name not in relations:
                relations[name] = other

    def _layout(self, values: Any) -> _Layout:
        """Return how rows of a shape are read, worked out when the shape is first met."""
        parts = values if isinstance(values, tuple) else (values,)
        facts = dict(zip(self._discriminators, parts, strict=True))
        concrete = self._model.concrete(self.definition, facts).id
        layout = self._layouts[values] = _Layout(self._model, self._node, concrete)
        return layout


def _no_shape(_row: Row) -> tuple[()]:
    """Return the shape of rows that can be of one type only."""
    return ()


class _Layout:
    """Which columns of a row become which attributes, for one concrete type."""

    __slots__ = ("decoders", "get", "names", "type_id")

    def __init__(self, model: Model, node: Node, type_id: str) -> None:
        reads = [read for read in node.columns.values() if read.owners is None or type_id in read.owners]
        self.type_id = type_id
        self.names = tuple(read.name for read in reads)
        indexes = [read.index for read in reads]
        self.get: Callable[[Row], tuple[Any, ...]] = (
            itemgetter(*indexes) if len(indexes) > 1 else lambda row: tuple(row[index] for index in indexes)
        )
        self.decoders = tuple(
            (read.name, decoder) for read in reads if (decoder := wire_decoder(model, read.kind)) is not None
        )


def wire_decoder(model: Model, kind: str) -> Decoder | None:
    """Return how a stored value becomes a wire value, None when it already is one."""
    decoders: Mapping[str, Decoder] = {
        "datetime": _moment,
        "boolean": bool,
        "json": json.loads,
        "variable": json.loads,
        "table": model.public_parent_type,
    }
    return decoders.get(kind)


def _moment(value: Any) -> dict[str, str]:
    text = value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
    return {"__type__": "datetime", "value": text}


def documents(roots: list[Entity], *, shared: bool) -> list[dict[str, Any]]:
    """Return entities as they travel.

    Args:
        roots: The queried entities, in order.
        shared: Whether a second occurrence is a stub; otherwise every occurrence is written in full.
    """
    if not shared:
        for root in roots:
            _expand(root)
        return [root.data for root in roots]
    found = []
    for root in roots:
        if root.emitted:
            found.append(root.stub)
            continue
        root.emitted = True
        found.append(root.data)
        # Depth may equal the number of entities in a chain of links, so it lives on a list, not on the call stack.
        pending = [_fill(root)]
        while pending:
            child = next(pending[-1], None)
            if child is None:
                pending.pop()
            else:
                pending.append(_fill(child))
    return found


def _fill(entity: Entity) -> Iterator[Entity]:
    """Write an entity's relations into its document, yielding each that is written in full and has some itself."""
    for name, value in (entity.relations or {}).items():
        if value is None:
            entity.data[name] = None
        elif isinstance(value, Entity):
            if value.emitted:
                entity.data[name] = value.stub
            else:
                value.emitted = True
                entity.data[name] = value.data
                if value.relations:
                    yield value
        else:
            items: list[dict[str, Any]] = []
            entity.data[name] = items
            for item in value:
                if item.emitted:
                    items.append(item.stub)
                else:
                    item.emitted = True
                    items.append(item.data)
                    if item.relations:
                        yield item


def _expand(entity: Entity) -> None:
    """Write every relation in full; paths end, so this does."""
    if entity.emitted:
        return
    entity.emitted = True
    for name, value in (entity.relations or {}).items():
        if isinstance(value, Entity):
            _expand(value)
            entity.data[name] = value.data
        elif value is None:
            entity.data[name] = None
        else:
            for item in value:
                _expand(item)
            entity.data[name] = [item.data for item in value]
