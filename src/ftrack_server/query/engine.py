"""Run queries: a few statements each, wire rows and the next page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ftrack_server.limits import Limits
from ftrack_server.model.definition import Mapping
from ftrack_server.query.computed import Address, plain_address
from ftrack_server.query.dense import DenseLoader
from ftrack_server.query.places import places_of, series_of, walk_to
from ftrack_server.query.plan import Compiler
from ftrack_server.query.plans import Plans
from ftrack_server.query.rows import Entity, Result, documents
from ftrack_server.query.statement import AFTER, LIMIT, OFFSET

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData

    from ftrack_protocol.query import ast
    from ftrack_server.access import Access
    from ftrack_server.model.registry import Model
    from ftrack_server.query.places import Places
    from ftrack_server.query.plan import LevelPlan, Plan
    from ftrack_server.query.plans import Asked
    from ftrack_server.query.projection import LoadedRead


Members: TypeAlias = dict[Any, tuple[Entity, tuple[Any, ...]]]
"""The entities that were read for a node, by key, each with its row."""


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


class QueryEngine:
    """Runs queries on one data model. Safe to share between threads."""

    def __init__(self, model: Model, metadata: MetaData, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._compiler = Compiler(model, metadata)
        self._plans = Plans(self._compiler)

    def query(self, connection: Connection, text: str | ast.Select, options: RunOptions | None = None) -> Page:
        """Return the answer to a query.

        Raises:
            ParseError: If the query makes no sense, with the place in its text.
            RequestTooLargeError: If there are more rows than the limit of a page.

        Cost: 1 statement, plus 1 for each collection path, plus 1 for each kind of computed attribute. Far from where
        rows were read before, one more for each `places.STRIDE` rows; one or two more where a project brings none.
        """
        chosen = options or RunOptions()
        return self.run(connection, self.ask(connection, text, chosen), chosen)

    def ask(self, connection: Connection, text: str | ast.Select, options: RunOptions | None = None) -> Asked:
        """Return a query ready to run, with a plan that is kept for others like it; costs as `Plans.find`.

        Raises:
            ParseError: As `query`.
        """
        chosen = options or RunOptions()
        return self._plans.find(connection, text, _restricted(chosen.access), strict=chosen.strict)

    def run(self, connection: Connection, asked: Asked, options: RunOptions) -> Page:
        """Return the answer to a query that is ready to run.

        Raises:
            RequestTooLargeError: As `query`.
        """
        if asked.limit == 0:
            return Page([], None)
        plan, rows, places = self._rows(connection, asked, options)
        if not rows and plan.anchors is not None and plan.anchors.run(connection, asked.values)[0][0] > 1:
            access = _restricted(options.access)
            asked = self._plans.without_anchor(connection, asked, access, strict=options.strict)
            plan, rows, places = self._rows(connection, asked, options)
        next_offset = None
        if asked.limit is not None and len(rows) > asked.limit:
            rows = rows[: asked.limit]
            next_offset = asked.offset + asked.limit
            if places is not None and plan.walk is not None:
                places.keep(next_offset, rows[-1][plan.walk.key_index])
        self._limits.check_rows(rows)
        if plan.grouped:
            return Page(_grouped_rows(rows, plan.grouped[1], plan.grouped[2]), next_offset)
        if plan.root is None:
            raise TypeError("a plan has either levels or groups")
        if plan.root.reader.is_flat:
            return Page(plan.root.reader.flat(rows), next_offset)
        result = Result(shared=not options.denormalize)
        roots = plan.root.reader.read(rows, result)
        self._complete(connection, plan.root, result, options)
        return Page(documents([root for root in roots if root is not None], shared=result.shared), next_offset)

    # Rows.

    def _rows(
        self, connection: Connection, asked: Asked, options: RunOptions
    ) -> tuple[Plan, list[tuple[Any, ...]], Places | None]:
        """Return the rows of a page and one more if there is one, the plan that brought them, and known places."""
        plan, offset = asked.plan, asked.offset
        most = self._limits.max_page_rows
        values = {**asked.values, LIMIT: 1 + (most if asked.limit is None else min(asked.limit, most)), OFFSET: offset}
        if plan.walk is None or asked.text is None or (asked.limit is None and not offset):
            return plan, plan.statement.run(connection, values), None
        access = _restricted(options.access)
        if not offset:
            rows = plan.statement.run(connection, values)
            further = asked.limit is not None and len(rows) > asked.limit
            return plan, rows, places_of(connection, series_of(asked.text, access)) if further else None
        places = places_of(connection, series_of(asked.text, access))
        if places is None:
            return plan, plan.statement.run(connection, values), None
        next_ = self._plans.going_on(connection, asked, access, strict=options.strict)
        if next_.walk is not None:
            walk_to(connection, places, offset, plan.walk, next_.walk, asked.values)
        start, key = places.before(offset)
        if key is not None:
            plan = next_
            values.update({AFTER: key, OFFSET: offset - start})
        return plan, plan.statement.run(connection, values), places

    # Running.

    def _complete(self, connection: Connection, plan: LevelPlan, result: Result, options: RunOptions) -> None:
        """Load the collections and computed values of a level, then those of the levels below it."""
        for node, loaded, loader in plan.loaders:
            members = _owned(result.of(node), loaded.owners)
            if not members:
                continue
            if isinstance(loader, DenseLoader):
                known = self._compiler.configurations(connection).readable(options.access)
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
        rows = below.statement.run_about(connection, [link for link in lists if link is not None])
        for row, child in zip(rows, below.reader.read(rows, result), strict=True):
            if child is not None and not (held and id(child) in held.get(row[link_index], ())):
                lists[row[link_index]].append(child)


def _restricted(access: Access | None) -> Access | None:
    """Return what restricts an actor, None when nothing does."""
    return None if access is None or access.sees_everything else access


def _owned(members: dict[Any, Any], owners: frozenset[str] | None) -> dict[Any, Any]:
    """Return the members of a node that have an attribute which only some types have."""
    if owners is None:
        return members
    return {key: member for key, member in members.items() if member[0].data["__entity_type__"] in owners}


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
            identity = (type_id, (configuration_id, key))
            child = result.entities.get(identity)
            if child is None:
                data = {"__entity_type__": type_id, "configuration_id": configuration_id, "entity_id": key}
                data.update(key=name, value=value)
                child = result.entities[identity] = Entity(data, ("configuration_id", "entity_id"))
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
