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
    from ftrack_server.query.projection import LoadedRead, ManyRead, Node

Row = tuple[Any, ...]
Decoder = Callable[[Any], Any]


class Entity:
    """One entity of an answer."""

    __slots__ = ("data", "emitted", "relations", "stub")

    def __init__(self, data: dict[str, Any], stub: dict[str, Any]) -> None:
        self.data = data
        self.stub = stub
        self.relations: dict[str, Entity | list[Entity] | None] | None = None
        self.emitted = False


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
        self._key_name = node.definition.key[0]
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

    def read(self, row: Row, result: Result) -> Entity | None:
        """Return the entity of a row, None when the row has none for this node."""
        key = row[self._key_index] if self._single else tuple(row[index] for index in self._key_indexes)
        if key is None or (not self._single and None in key):
            return None
        members = result.of(self)
        known = members.get(key)
        if known is not None:
            return known[0]
        values = self._shape(row)
        layout = self._layouts.get(values) or self._layout(values)
        data = {"__entity_type__": layout.type_id}
        data.update(zip(layout.names, layout.get(row)))  # noqa: B905 - as in flat
        for name, decode in layout.decoders:
            value = data[name]
            if value is not None:
                data[name] = decode(value)
        entity = self._identified(layout, key, data, result)
        members[key] = (entity, row)
        if self.ones:
            relations = entity.relations = {} if entity.relations is None else entity.relations
            for name, reader, owners in self.ones:
                if owners is None or layout.type_id in owners:
                    other = reader.read(row, result)
                    # A cast that does not fit reads nothing, and must not hide what the attribute itself has read.
                    if other is not None or name not in relations:
                        relations[name] = other
        return entity

    def _identified(self, layout: _Layout, key: Any, data: dict[str, Any], result: Result) -> Entity:
        """Return the one entity of an identity, with the attributes read here added."""
        identity = (layout.type_id if result.shared else id(self._node.place), key)
        entity = result.entities.get(identity)
        if entity is None:
            if self._single:
                stub = {"__entity_type__": layout.type_id, self._key_name: key}
            else:
                stub = {"__entity_type__": layout.type_id, **dict(zip(self.definition.key, key, strict=True))}
            entity = result.entities[identity] = Entity(data, stub)
        else:
            entity.data.update(data)
        return entity

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
            elif child.relations:
                pending.append(_fill(child))
    return found


def _fill(entity: Entity) -> Iterator[Entity]:
    """Write an entity's relations into its document, yielding each entity that is written in full."""
    for name, value in (entity.relations or {}).items():
        if value is None:
            entity.data[name] = None
        elif isinstance(value, Entity):
            if value.emitted:
                entity.data[name] = value.stub
            else:
                value.emitted = True
                entity.data[name] = value.data
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
