"""Plans: a query compiled to the statements that answer it and to what reads their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftrack_protocol.query import ast
from ftrack_protocol.query.errors import QuerySyntaxError
from ftrack_protocol.query.parser import parse
from ftrack_server.errors import ParseError, UnknownEntityTypeError
from ftrack_server.model.definition import Mapping
from ftrack_server.query.aggregate import GroupedStatement, is_aggregate
from ftrack_server.query.computed import ComputedLoader, build_loader
from ftrack_server.query.configurations import Configurations, read_configurations
from ftrack_server.query.dense import DenseLoader
from ftrack_server.query.parameters import Parameters, Reader
from ftrack_server.query.projection import Level, Projector, root_source
from ftrack_server.query.rows import NodeReader
from ftrack_server.query.scope import Compilation
from ftrack_server.query.select import PageStatements, collection_statement
from ftrack_server.query.statement import Statement

if TYPE_CHECKING:
    import collections.abc
    from collections.abc import Sequence

    from sqlalchemy import Connection, Dialect, MetaData

    from ftrack_server.access import Access
    from ftrack_server.model.registry import Model
    from ftrack_server.query.projection import LoadedRead, Node


@dataclass(slots=True)
class LevelPlan:
    """One statement of a plan, with the plans of the collections below it."""

    statement: Statement
    level: Level
    reader: NodeReader
    collections: list[tuple[NodeReader, str, LevelPlan, Any, int | None]]
    loaders: list[tuple[NodeReader, LoadedRead, ComputedLoader | DenseLoader]]


@dataclass(slots=True)
class Walk:
    """How to pass over rows of a plan whose pages can begin after a key.

    Attributes:
        statement: Brings the keys alone, in the order of the rows.
        key_index: Where rows of the plan have their key.
        is_in_order: Whether the database finds keys in order, so that each is there as soon as it is asked for; None
            until somebody has looked.
    """

    statement: Statement
    key_index: int
    is_in_order: bool | None = None


@dataclass(slots=True)
class Plan:
    """A query ready to run once its parameters are known.

    Attributes:
        root: The levels, None for grouped queries.
        grouped: Statement, names and decoders of a grouped query.
        readers: By number, what reads the values of the text that are parameters.
        limit: Rows asked for by everything that has this plan, None where that differs or there is no limit.
        offset: Rows to pass over, likewise.
        walk: How to go on from a key, None for queries whose order is not that of the key.
        anchors: Counts the entities that the anchor may be (see `anchors`): where there are several, no rows mean that
            the query has to run without it. None for queries without anchor.
    """

    root: LevelPlan | None
    grouped: tuple[Statement, list[str], list[Any]] | None
    readers: dict[int, Reader]
    limit: int | None
    offset: int | None
    walk: Walk | None = None
    anchors: Statement | None = None

    @property
    def statement(self) -> Statement:
        """Return the statement that brings the rows of the queried type."""
        if self.grouped is not None:
            return self.grouped[0]
        if self.root is None:
            raise TypeError("a plan has either levels or groups")
        return self.root.statement


class Compiler:
    """Makes plans on one data model. Safe to share between threads."""

    def __init__(self, model: Model, metadata: MetaData) -> None:
        self._model = model
        self._metadata = metadata
        self._configurations: Configurations | None = None

    def configurations(self, connection: Connection) -> Configurations:
        """Return the custom attribute configurations; one statement when they are not known yet."""
        known = self._configurations
        if known is None:
            known = self._configurations = read_configurations(connection, self._metadata)
        return known

    def compile(
        self,
        connection: Connection,
        text: str | ast.Select,
        access: Access | None,
        *,
        strict: bool,
        after_key: bool = False,
        anchored: bool = True,
        places: collections.abc.Mapping[int, int] | None = None,
    ) -> Plan:
        """Return the plan of a query.

        Args:
            connection: Where it will run.
            text: The query.
            access: What the actor may see, None for everything.
            strict: Only what was asked for.
            after_key: Begin after the key in the parameter `AFTER`.
            anchored: Whether to try the rows of one entity (see `anchors`).
            places: Where the text has values that may be left open, with their numbers.

        Raises:
            ParseError: If the query makes no sense, with the place in its text.

        Cost: some 30 µs to parse, and a millisecond to compile.
        """
        query = parsed(text)
        context = Compilation(
            self._model,
            self._metadata,
            connection.dialect.name,
            text if isinstance(text, str) else "",
            lambda: self.configurations(connection),
            access,
            Parameters(connection.dialect.name, places or {}),
        )
        try:
            definition = self._model.type(query.entity_type)
        except UnknownEntityTypeError as error:
            raise context.located(error, query.type_offset) from None
        source = root_source(context, definition)
        if is_aggregate(query):
            found = GroupedStatement(context, query, definition, source)
            grouped = (Statement(found.statement, connection.dialect), found.names, found.decoders)
            return Plan(None, grouped, context.parameters.readers, query.limit, query.offset)
        projector = Projector(context, strict=strict)
        level = projector.root(definition, source)
        for path in _projected(query, definition.default_projections):
            projector.add(_root(level), path.segments)
        statements = PageStatements(context, query, definition, level, after_key=after_key, anchored=anchored)
        root = self._level_plan(connection.dialect, level, Statement(statements.page, connection.dialect))
        walk = None
        if statements.keys is not None:
            walk = Walk(Statement(statements.keys, connection.dialect), _root(level).key_indexes[0])
        anchors = None if statements.anchors is None else Statement(statements.anchors, connection.dialect)
        return Plan(root, None, context.parameters.readers, query.limit, query.offset, walk, anchors)

    def _level_plan(self, engine_dialect: Dialect, level: Level, statement: Statement) -> LevelPlan:
        reader = NodeReader(self._model, _root(level))
        plan = LevelPlan(statement, level, reader, [], [])
        for node in reader.walk():
            for read, _ in sorted(node.many, key=lambda pair: pair[0].is_cast):  # the whole collection gives the order
                below = self._level_plan(
                    engine_dialect, read.level, Statement(collection_statement(read.level), engine_dialect)
                )
                plan.collections.append((node, read.name, below, read.owners, read.parent_index))
            for loaded in node.loaded:
                plan.loaders.append((node, loaded, self._loader(node, loaded, engine_dialect)))
        return plan

    def _loader(self, node: NodeReader, loaded: LoadedRead, engine_dialect: Dialect) -> ComputedLoader | DenseLoader:
        table = node.definition.table
        if isinstance(loaded.attribute, Mapping):
            return DenseLoader(self._metadata, table, engine_dialect.name, engine_dialect)
        rule = loaded.attribute.rule
        return build_loader(self._metadata, table, rule.name, rule.arguments, engine_dialect)


def parsed(text: str | ast.Select) -> ast.Select:
    """Return the syntax tree of a query.

    Raises:
        ParseError: If the text does not follow the grammar.
    """
    if isinstance(text, ast.Select):
        return text
    try:
        return parse(text)
    except QuerySyntaxError as error:
        raise ParseError(str(error)) from error


def _projected(query: ast.Select, defaults: Sequence[str]) -> list[ast.Path]:
    if not query.projections:
        return [ast.Path((ast.Segment(name),)) for name in defaults]
    return [item for item in query.projections if isinstance(item, ast.Path)]


def _root(level: Level) -> Node:
    if level.root is None:
        raise TypeError("a level has a root")
    return level.root
