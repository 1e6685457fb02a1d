"""Projections to levels of SQL: one statement for a type with all its to-one paths, one more for each collection.

A `Node` is one entity in the shape of the answer, a `Level` the statement that brings it and the nodes joined to it.
Every node carries its key and, unless the caller is strict, its system attributes (protocol: 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_

from ftrack_server.model.definition import AnyAttribute, Computed, EntityDefinition, Field, ManyToMany, Mapping, ToOne
from ftrack_server.model.definition import ToMany as ToManyAttribute
from ftrack_server.query.dense import OWNER_FACTS, dense_source
from ftrack_server.query.permissions import is_bound, visible
from ftrack_server.query.scope import Compilation, Resolved, is_collection, is_relation, restrict, type_condition
from ftrack_server.query.statement import MEMBERS
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from sqlalchemy.sql.selectable import FromClause, NamedFromClause

    from ftrack_protocol.query import ast

METADATA_ATTRIBUTES = ("parent_id", "key", "value", "parent_type")

Owners = frozenset[str] | None


@dataclass(slots=True)
class ColumnRead:
    """A stored value in the answer: where it stands in a row and how it becomes a wire value."""

    name: str
    index: int
    kind: str
    owners: Owners


@dataclass(slots=True)
class LoadedRead:
    """A value that a batch loader works out for all entities of a node at once.

    ``facts`` are columns the loader needs of each entity, by name, with their place in a row.
    """

    name: str
    attribute: Computed | Mapping
    owners: Owners
    facts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class OneRead:
    """A reference to one entity, joined in the same level."""

    name: str
    node: Node
    owners: Owners


@dataclass(slots=True)
class ManyRead:
    """A collection, brought by a level of its own; ``is_cast`` says that it holds items of one type only."""

    name: str
    level: Level
    owners: Owners
    is_cast: bool = False
    parent_index: int | None = None


@dataclass(slots=True)
class Node:
    """One entity of the answer.

    ``place`` is the same object for nodes that one attribute leads to under several casts: what they read of a row is
    one entity of the answer.
    """

    definition: EntityDefinition
    level: Level
    source: NamedFromClause | None
    key_indexes: tuple[int, ...] = ()
    type_indexes: tuple[int, ...] = ()
    columns: dict[str, ColumnRead] = field(default_factory=dict)
    ones: dict[str, OneRead] = field(default_factory=dict)
    many: dict[str, ManyRead] = field(default_factory=dict)
    loaded: dict[str, LoadedRead] = field(default_factory=dict)
    join: Any = None
    place: object = field(default_factory=object)


@dataclass(slots=True)
class Level:
    """One statement: the rows of a type, and what is joined to them.

    The first ``inner_joins`` of ``joins`` bring rows, the others only add to them. ``link_index`` is where a row tells
    the entity whose collection it belongs to.
    """

    columns: list[ColumnElement[Any]] = field(default_factory=list)
    positions: dict[tuple[str, str], int] = field(default_factory=dict)
    joins: list[tuple[FromClause, ColumnElement[bool]]] = field(default_factory=list)
    source: FromClause | None = None
    criteria: list[ColumnElement[bool]] = field(default_factory=list)
    order: list[Any] = field(default_factory=list)
    root: Node | None = None
    link_index: int = 0
    inner_joins: int = 0

    def position(self, column: ColumnElement[Any], source: str) -> int:
        """Return where a column stands in a row, adding it when it is new."""
        key = (source, column.key or "")
        if key not in self.positions:
            self.positions[key] = len(self.columns)
            self.columns.append(column)
        return self.positions[key]


class Projector:
    """Builds the levels of one query."""

    def __init__(self, context: Compilation, *, strict: bool) -> None:
        self._context = context
        self._strict = strict

    def root(self, definition: EntityDefinition, source: NamedFromClause) -> Level:
        """Return the level of the queried type."""
        level = Level(source=source)
        level.root = self._node(definition, level, source)
        return level

    def add(self, node: Node, segments: tuple[ast.Segment, ...]) -> None:
        """Add a path to what a node answers; every prefix of it is answered as a reference.

        Raises:
            ParseError: For a name the type does not have, one that only criteria may use, or a path through a value.
        """
        segment, rest = segments[0], segments[1:]
        if segment.name.startswith("__"):
            return
        resolved = self._context.resolve(node.definition, segment, as_relation=True)
        attribute = resolved.attribute
        if attribute.restricted:
            raise self._context.refuse(
                f'"{segment.name}" can be used in criteria, not selected; query its entity type instead', segment.offset
            )
        if not is_relation(attribute):
            if rest:
                raise self._context.refuse(
                    f'"{segment.name}" of {node.definition.id} is a value and has no "{rest[0].name}"', rest[0].offset
                )
            self._add_value(node, segment.name, resolved)
        elif isinstance(attribute, Mapping) and attribute.target.endswith("CustomAttributeValue"):
            self._add_custom_attributes(node, segment.name, attribute, resolved.owners)
        elif is_collection(attribute):
            self._add_collection(node, segment, rest, resolved)
        else:
            self._add_reference(node, segment, rest, resolved)

    # Values.

    def _add_value(self, node: Node, name: str, resolved: Resolved) -> None:
        attribute = resolved.attribute
        if isinstance(attribute, Field):
            self._add_column(node, name, attribute, resolved.owners)
        elif isinstance(attribute, Computed) and attribute.rule.name == "configuration_key":
            source = self._joined(node)
            index = node.level.position(source.c.key, source.name)
            node.columns[name] = ColumnRead(name, index, "string", resolved.owners)
        elif isinstance(attribute, Computed):
            node.loaded.setdefault(name, LoadedRead(name, attribute, resolved.owners))

    def _add_column(self, node: Node, name: str, attribute: Field, owners: Owners) -> None:
        if name in node.columns:
            return
        stored = attribute.synonym_of or attribute.name
        if node.source is None and node.definition.key == (stored,):
            node.columns[name] = ColumnRead(name, node.key_indexes[0], attribute.kind, owners)
            return
        source = self._joined(node)
        node.columns[name] = ColumnRead(
            name, node.level.position(source.c[stored], source.name), attribute.kind, owners
        )

    def _add_custom_attributes(self, node: Node, name: str, attribute: Mapping, owners: Owners) -> None:
        source = self._joined(node)
        facts = {
            column: node.level.position(source.c[column], source.name) for column in OWNER_FACTS if column in source.c
        }
        node.loaded.setdefault(name, LoadedRead(name, attribute, owners, facts))

    # Nodes.

    def _node(self, definition: EntityDefinition, level: Level, source: NamedFromClause) -> Node:
        node = Node(definition, level, source)
        self._complete(node)
        return node

    def _complete(self, node: Node) -> None:
        """Add to a node with a source what every answer carries."""
        source, definition = self._joined(node), node.definition
        node.key_indexes = tuple(node.level.position(source.c[name], source.name) for name in definition.key)
        columns = self._context.model.discriminator_columns(definition.table)
        node.type_indexes = tuple(
            node.level.position(source.c[name], source.name) for name in columns if name in source.c
        )
        names = definition.key if self._strict else (*definition.key, *definition.system_attributes)
        for name in names:
            self._add_value(node, name, Resolved(definition.attributes[name]))

    def _joined(self, node: Node) -> NamedFromClause:
        """Return the source of a node, joining it now if nothing but its key was asked for so far."""
        if node.source is None:
            node.source, criterion = node.join()
            node.level.joins.append((node.source, criterion))
            node.columns.clear()
            self._complete(node)
        return node.source

    def _add_reference(
        self, node: Node, segment: ast.Segment, rest: tuple[ast.Segment, ...], resolved: Resolved
    ) -> None:
        read = node.ones.get(_way(segment))
        if read is None:
            target = self._context.target(resolved.attribute, segment)
            child = self._reference(node, segment, resolved.attribute, target)
            child.place = next(
                (other.node.place for other in node.ones.values() if other.name == segment.name), child.place
            )
            read = node.ones[_way(segment)] = OneRead(segment.name, child, resolved.owners)
        if rest:
            self.add(read.node, rest)

    def _reference(self, node: Node, segment: ast.Segment, attribute: AnyAttribute, target: EntityDefinition) -> Node:
        source = self._joined(node)
        columns = attribute.columns if isinstance(attribute, ToOne) else ("latest_version_id",)
        names = columns if set(columns) == set(target.key) else target.key

        def join() -> tuple[NamedFromClause, ColumnElement[bool]]:
            alias = self._context.alias(target.table)
            own = (alias.c[name] == source.c[column] for name, column in zip(names, columns, strict=True))
            narrowed = restrict(type_condition(self._context.model, target), alias)
            return alias, and_(*own, *narrowed, *visible(self._context, target.table, alias))

        plain = (
            segment.cast is None
            and len(columns) == 1
            and not self._context.model.discriminator_columns(target.table)
            and (self._strict or not target.system_attributes)
            and (self._context.access is None or not is_bound(target.table))
        )
        child = Node(target, node.level, None, join=join)
        if plain:
            child.key_indexes = (node.level.position(source.c[columns[0]], source.name),)
            child.columns[target.key[0]] = ColumnRead(target.key[0], child.key_indexes[0], "fk", None)
        else:
            self._joined(child)
        return child

    # Collections.

    def _add_collection(
        self, node: Node, segment: ast.Segment, rest: tuple[ast.Segment, ...], resolved: Resolved
    ) -> None:
        read = node.many.get(_way(segment))
        if read is None:
            target = self._context.target(resolved.attribute, segment)
            level = self._collection(resolved.attribute, target, node)
            read = ManyRead(segment.name, level, resolved.owners, is_cast=segment.cast is not None)
            if isinstance(resolved.attribute, Computed) and "context_id" in self._joined(node).c:
                source = self._joined(node)
                read.parent_index = node.level.position(source.c.context_id, source.name)
            if level.root is not None:
                others = (other.level.root for other in node.many.values() if other.name == segment.name)
                level.root.place = next((root.place for root in others if root is not None), level.root.place)
            node.many[_way(segment)] = read
            if target.id == "Metadata" and level.root is not None:
                for name in METADATA_ATTRIBUTES:
                    self._add_value(level.root, name, Resolved(target.attributes[name]))
        if rest and read.level.root is not None:
            self.add(read.level.root, rest)

    def _collection(self, attribute: AnyAttribute, target: EntityDefinition, node: Node) -> Level:
        alias = self._context.alias(target.table)
        level = Level(source=alias)
        level.criteria.extend(restrict(type_condition(self._context.model, target), alias))
        level.criteria.extend(visible(self._context, target.table, alias))
        keys = [alias.c[name] for name in target.key]
        if isinstance(attribute, ManyToMany):
            through = self._context.alias(attribute.through)
            level.joins.append((through, through.c[attribute.there] == alias.c[target.key[0]]))
            level.inner_joins = 1
            link: ColumnElement[Any] = through.c[attribute.here]
            level.order = [link, *keys]
        elif isinstance(attribute, Computed):
            link = self._along_the_path(attribute, level, alias, node)
        else:
            link = self._pointing_back(attribute, level, alias)
            level.order = [link, *keys]
        level.link_index = level.position(link, "link")
        level.criteria.append(dialect.member(link, MEMBERS, self._context.dialect))
        level.root = self._node(target, level, alias)
        return level

    def _pointing_back(self, attribute: AnyAttribute, level: Level, alias: NamedFromClause) -> ColumnElement[Any]:
        if isinstance(attribute, ToManyAttribute | Mapping):
            where = attribute.where if isinstance(attribute, ToManyAttribute) else ()
            level.criteria.extend(alias.c[column] == value for column, value in where)
            if attribute.parent_types:
                level.criteria.append(alias.c.parent_type.in_(attribute.parent_types))
            return alias.c[attribute.column]
        raise TypeError(f"{attribute.name} is no collection")  # the caller has asked is_collection

    def _along_the_path(
        self, attribute: Computed, level: Level, alias: NamedFromClause, node: Node
    ) -> ColumnElement[Any]:
        path = self._context.alias("context_path")
        upwards = attribute.rule.name == "ancestors"
        far, near = (
            (path.c.ancestor_id, path.c.descendant_id) if upwards else (path.c.descendant_id, path.c.ancestor_id)
        )
        level.joins.append((path, far == alias.c.id))
        level.inner_joins = 1
        level.criteria.append(path.c.depth >= (0 if node.definition.table == "asset" else 1))
        level.order = [near, path.c.depth.desc() if upwards else path.c.depth, alias.c.id]
        return near


def _way(segment: ast.Segment) -> str:
    """Return what tells apart the ways an attribute is followed: its name, and the type it is narrowed to."""
    return segment.name if segment.cast is None else f"{segment.name}[{segment.cast}]"


def root_source(context: Compilation, definition: EntityDefinition) -> NamedFromClause:
    """Return what the rows of a queried type come from: its table, or the dense view of custom attribute values."""
    if definition.table == "custom_attribute_value" and definition.id != "CustomAttributeValue":
        return dense_source(context, definition)
    return context.alias(definition.table)
