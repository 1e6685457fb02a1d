"""Run queries: plans kept by text, a few statements each, wire rows and the next page."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from ftrack_protocol.query import ast
from ftrack_protocol.query.errors import QuerySyntaxError
from ftrack_protocol.query.parser import parse
from ftrack_server.errors import ParseError, UnknownEntityTypeError
from ftrack_server.limits import Limits
from ftrack_server.model.definition import Mapping
from ftrack_server.query.aggregate import GroupedStatement, is_aggregate
from ftrack_server.query.computed import Address, ComputedLoader, build_loader, plain_address
from ftrack_server.query.configurations import Configurations, read_configurations
from ftrack_server.query.dense import DenseLoader
from ftrack_server.query.places import Series, has_one_key, keep, last_key, series_of
from ftrack_server.query.projection import Level, Projector, root_source
from ftrack_server.query.rows import Entity, NodeReader, Result, documents
from ftrack_server.query.scope import Compilation
from ftrack_server.query.select import collection_statement, page_statement
from ftrack_server.query.statement import Statement

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect, MetaData

    from ftrack_server.access import Access
    from ftrack_server.model.definition import EntityDefinition
    from ftrack_server.model.registry import Model
    from ftrack_server.query.projection import LoadedRead, Node

PlanKey: TypeAlias = "tuple[str | ast.Select, bool, Access | None]"
"""What plans are kept by: the text of a query, or one that begins after a key, with strictness and access."""
Members: TypeAlias = dict[Any, tuple[Entity, tuple[Any, ...]]]
"""The entities that were read for a node, by key, each with its row."""

MAX_PLANS = 1024
MAX_KEPT_TEXT = 64 * 1024
"""Plans of longer texts, mostly lists of identifiers, are used once and not kept."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How an answer is wanted.

    Attributes:
        strict: Only what was asked for: no system attributes (protocol: 3.4).
        denormalize: Every occurrence of an entity in full.
        address: Makes the address of a component's file (``get``) or ``thumbnail`` from that word and the id.
        access: What the actor may see, None for everything.
    """

    strict: bool = False
    denormalize: bool = False
    address: Address = plain_address
    access: Access | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: wire rows, and where to go on, None at the end (protocol: 6)."""

    rows: list[dict[str, Any]]
    next_offset: int | None


@dataclass(slots=True)
class LevelPlan:
    """One statement of a plan, with the plans of the collections below it."""

    statement: Statement
    level: Level
    reader: NodeReader
    collections: list[tuple[NodeReader, str, LevelPlan, Any, int | None]]
    loaders: list[tuple[NodeReader, LoadedRead, ComputedLoader | DenseLoader]]


@dataclass(slots=True)
class Plan:
    """A query ready to run.

    Attributes:
        query: What was asked.
        root: The levels, None for grouped queries.
        grouped: Statement, names and decoders of a grouped query.
        configurations: What the plan was made for when it depends on custom attributes.
        series: Which pages it is one of, and where rows have their key; None when pages cannot go on from a key.
    """

    query: ast.Select
    root: LevelPlan | None
    grouped: tuple[Statement, list[str], list[Any]] | None
    configurations: Configurations | None
    series: tuple[Series, int] | None = None


class QueryEngine:
    """Plans and runs queries on one data model. Safe to share between threads."""

    def __init__(self, model: Model, metadata: MetaData, limits: Limits | None = None) -> None:
        self._model = model
        self._metadata = metadata
        self._limits = limits or Limits()
        self._plans: OrderedDict[PlanKey, Plan] = OrderedDict()
        self._lock = threading.Lock()
        self._configurations: Configurations | None = None

    def configurations(self, connection: Connection) -> Configurations:
        """Return the custom attribute configurations; one statement when they are not known yet."""
        known = self._configurations
        if known is None:
            known = self._configurations = read_configurations(connection, self._metadata)
        return known

    def query(self, connection: Connection, text: str | ast.Select, options: RunOptions | None = None) -> Page:
        """Return the answer to a query.

        Raises:
            ParseError: If the query makes no sense, with the place in its text.
            RequestTooLargeError: If there are more rows than the limit of a page.

        Cost: 1 statement, plus 1 for each collection path, plus 1 for each kind of computed attribute.
        """
        chosen = options or RunOptions()
        return self._next_page(connection, text, chosen) or self.run(
            connection, self.plan(connection, text, chosen), chosen
        )

    def _next_page(self, connection: Connection, text: str | ast.Select, chosen: RunOptions) -> Page | None:
        """Return the answer to a query that goes on where a page ended, None when it does not."""
        if not isinstance(text, str) or "offset" not in text.lower() or len(text) > MAX_KEPT_TEXT:
            return None
        query = _parsed(text)
        access = _restricted(chosen.access)
        series = series_of(query, access) if query.offset else None
        key = last_key(connection, series, query.offset or 0) if series is not None else None
        if key is None:
            return None
        plan = self._kept(
            (replace(query, offset=None), chosen.strict, access),
            lambda: self._compile(connection, text, access, strict=chosen.strict, after_key=True),
        )
        return self.run(connection, plan, chosen, offset=query.offset or 0, after=key)

    def plan(self, connection: Connection, text: str | ast.Select, options: RunOptions | None = None) -> Plan:
        """Return the plan of a query, kept by its text; about 1 µs when it is known.

        Raises:
            ParseError: As `query`.
        """
        chosen = options or RunOptions()
        access = _restricted(chosen.access)
        if not isinstance(text, str) or len(text) > MAX_KEPT_TEXT:
            return self._compile(connection, text, access, strict=chosen.strict)
        return self._kept(
            (text, chosen.strict, access), lambda: self._compile(connection, text, access, strict=chosen.strict)
        )

    def _kept(self, key: PlanKey, compiled: Callable[[], Plan]) -> Plan:
        with self._lock:
            known = self._plans.get(key)
            if known is not None:
                self._plans.move_to_end(key)
        if known is not None and (known.configurations is None or known.configurations is self._configurations):
            return known
        plan = compiled()
        with self._lock:
            self._plans[key] = plan
            while len(self._plans) > MAX_PLANS:
                self._plans.popitem(last=False)
        return plan

    def run(
        self, connection: Connection, plan: Plan, options: RunOptions, *, offset: int | None = None, after: Any = None
    ) -> Page:
        """Return the answer of a plan; one that begins after a key is told the offset that this stands for."""
        query = plan.query
        if query.limit == 0:
            return Page([], None)
        statement = plan.grouped[0] if plan.grouped else plan.root.statement if plan.root else None
        if statement is None:
            raise TypeError("a plan has either levels or groups")
        rows = statement.run(connection, after=after)
        next_offset = None
        if query.limit is not None and len(rows) > query.limit:
            rows = rows[: query.limit]
            next_offset = (query.offset or 0 if offset is None else offset) + query.limit
            if plan.series is not None:
                keep(connection, plan.series[0], next_offset, rows[-1][plan.series[1]])
        self._limits.check_rows(rows)
        if plan.grouped:
            return Page(_grouped_rows(rows, plan.grouped[1], plan.grouped[2]), next_offset)
        if plan.root is None:
            raise TypeError("a plan has either levels or groups")
        if plan.root.reader.is_flat:
            return Page(plan.root.reader.flat(rows), next_offset)
        result = Result(shared=not options.denormalize)
        roots = [plan.root.reader.read(row, result) for row in rows]
        self._complete(connection, plan.root, result, options)
        return Page(documents([root for root in roots if root is not None], shared=result.shared), next_offset)

    # Compiling.

    def _compile(
        self,
        connection: Connection,
        text: str | ast.Select,
        access: Access | None,
        *,
        strict: bool,
        after_key: bool = False,
    ) -> Plan:
        query = _parsed(text)
        if after_key:
            query = replace(query, offset=None)
        context = Compilation(
            self._model,
            self._metadata,
            connection.dialect.name,
            text if isinstance(text, str) else "",
            lambda: self.configurations(connection),
            access,
        )
        try:
            definition = self._model.type(query.entity_type)
        except UnknownEntityTypeError as error:
            raise context.located(error, query.type_offset) from None
        source = root_source(context, definition)
        most = self._limits.max_page_rows
        fetched = 1 + (most if query.limit is None else min(query.limit, most))
        root: LevelPlan | None = None
        grouped = None
        series = None
        if is_aggregate(query):
            found = GroupedStatement(context, query, definition, source, fetched)
            grouped = (Statement(found.statement, connection.dialect), found.names, found.decoders)
        else:
            projector = Projector(context, strict=strict)
            level = projector.root(definition, source)
            for path in _projected(query, definition.default_projections):
                projector.add(_root(level), path.segments)
            series = _series(query, access, definition, level)
            page = page_statement(context, query, definition, level, fetched, after_key=after_key)
            statement = Statement(page, connection.dialect)
            root = self._level_plan(connection.dialect, level, statement)
            if any(isinstance(loader, DenseLoader) for _, _, loader in _all_loaders(root)):
                context.custom_attributes()
        return Plan(query, root, grouped, self._configurations if context.uses_configurations else None, series)

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

    # Running.

    def _complete(self, connection: Connection, plan: LevelPlan, result: Result, options: RunOptions) -> None:
        """Load the collections and computed values of a level, then those of the levels below it."""
        for node, loaded, loader in plan.loaders:
            members = _owned(result.of(node), loaded.owners)
            if not members:
                continue
            if isinstance(loader, DenseLoader):
                known = self.configurations(connection).readable(options.access)
                found = loader.load(connection, known, _facts(loaded, members))
                _add_custom_attributes(loaded, members, found, result)
            else:
                values = loader.load(connection, list(members), options.address)
                for key, (entity, _) in members.items():
                    entity.data[loaded.name] = values.get(key[0] if isinstance(key, tuple) else key)
        for node, name, below, owners, parent_index in plan.collections:
            members = _owned(result.of(node), owners)
            if members:
                self._load_collection(connection, name, below, members, parent_index, result)
                self._complete(connection, below, result, options)

    def _load_collection(
        self,
        connection: Connection,
        name: str,
        below: LevelPlan,
        members: Members,
        parent_index: int | None,
        result: Result,
    ) -> None:
        lists: dict[Any, list[Entity]] = {}
        held: dict[Any, set[int]] = {}  # what another path or cast has read of the same collections
        for key, (entity, row) in members.items():
            link = row[parent_index] if parent_index is not None else key
            items = lists.setdefault(link, [])
            relations = entity.relations = {} if entity.relations is None else entity.relations
            read_before = relations.get(name)
            if isinstance(read_before, list) and read_before is not items:
                items.extend(read_before)
                held.setdefault(link, set()).update(map(id, read_before))
            relations[name] = items
        link_index = below.level.link_index
        for row in below.statement.run(connection, [link for link in lists if link is not None]):
            child = below.reader.read(row, result)
            if child is not None and not (held and id(child) in held.get(row[link_index], ())):
                lists[row[link_index]].append(child)


def _restricted(access: Access | None) -> Access | None:
    """Return what restricts an actor, None when nothing does."""
    return None if access is None or access.sees_everything else access


def _series(
    query: ast.Select, access: Access | None, definition: EntityDefinition, level: Level
) -> tuple[Series, int] | None:
    series = series_of(query, access)
    if series is None or not has_one_key(definition) or level.source is None:
        return None
    key = level.source.c[definition.key[0]]
    return next(((series, index) for index, column in enumerate(level.columns) if column is key), None)


def _parsed(text: str | ast.Select) -> ast.Select:
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


def _all_loaders(plan: LevelPlan) -> list[tuple[NodeReader, LoadedRead, ComputedLoader | DenseLoader]]:
    return [*plan.loaders, *(item for _, _, below, _, _ in plan.collections for item in _all_loaders(below))]


def _owned(members: dict[Any, Any], owners: frozenset[str] | None) -> dict[Any, Any]:
    """Return the members of a node that have an attribute which only some types have."""
    if owners is None:
        return members
    return {key: member for key, member in members.items() if member[0].stub["__entity_type__"] in owners}


def _facts(loaded: LoadedRead, members: Members) -> dict[str, dict[str, Any]]:
    """Return what decides which custom attributes each member has."""
    return {key: {name: row[at] for name, at in loaded.facts.items()} for key, (_, row) in members.items()}


def _add_custom_attributes(
    loaded: LoadedRead, members: Members, found: dict[str, list[tuple[str, str, Any]]], result: Result
) -> None:
    """Give each member its custom attributes, as entities of their own."""
    type_id = loaded.attribute.target if isinstance(loaded.attribute, Mapping) else ""
    for key, (entity, _) in members.items():
        items = []
        for configuration_id, name, value in found[key]:
            stub = {"__entity_type__": type_id, "configuration_id": configuration_id, "entity_id": key}
            identity = (type_id, (configuration_id, key))
            child = result.entities.get(identity)
            if child is None:
                child = result.entities[identity] = Entity({**stub, "key": name, "value": value}, stub)
            items.append(child)
        relations = entity.relations = {} if entity.relations is None else entity.relations
        relations[loaded.name] = items


def _grouped_rows(rows: list[tuple[Any, ...]], names: list[str], decoders: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            name: decode(value) if decode is not None and value is not None else value
            for name, decode, value in zip(names, decoders, row, strict=True)
        }
        for row in rows
    ]
