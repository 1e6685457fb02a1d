"""Deletion: what goes along, what is only cleared, what forbids it (data_model: 6.7).

Rows are followed level by level along the foreign keys of the data model, and along the relations without one
(metadata, notes, list entries and the like): one statement per relation and level, however many rows there are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.registry import rules_of
from ftrack_server.api.actions.shape import is_one, widened
from ftrack_server.model.definition import ManyToMany, ToMany
from ftrack_server.model.definition import Mapping as MappingAttribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    from ftrack_server.api.actions.draft import Identity, Key
    from ftrack_server.api.actions.work import Work
    from ftrack_server.model.definition import EntityDefinition, OnDelete

    Rows: TypeAlias = dict[Key, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A column whose rows belong to, or refer to, rows that are deleted."""

    table: str
    column: str
    rule: OnDelete


@dataclass(slots=True)
class _Removal:
    """What is found so far: rows that go, by table, and the ids that other columns must let go of or forbid."""

    rows: dict[str, Rows] = field(default_factory=lambda: defaultdict(dict))
    cleared: dict[_Edge, set[Any]] = field(default_factory=lambda: defaultdict(set))
    refusing: dict[_Edge, set[Any]] = field(default_factory=lambda: defaultdict(set))


def delete_rows(work: Work, deletions: Mapping[Identity, int]) -> set[Identity]:
    """Delete rows and what belongs to them.

    Args:
        work: The rows of the batch; everything pending that is not to be deleted is written by now.
        deletions: What operations delete, with their positions.

    Returns:
        Every row removed.

    Raises:
        IntegrityError: If a row is still in use by one that stays, with the position of the operation.
    """
    if not deletions:
        return set()
    positions: dict[str, int] = {}
    asked: dict[str, list[Key]] = defaultdict(list)
    for (table, key), index in deletions.items():
        asked[table].append(key)
        positions.setdefault(table, index)
    for table, keys in asked.items():
        with failing_at(positions[table]):
            rules_of(table).deleting(work, keys)
    removal = _follow(work, asked)
    with failing_at(min(deletions.values())):
        _refuse_if_used(work, removal)
    for edge, ids in removal.cleared.items():
        work.context.rows.clear(edge.table, edge.column, ids)
    for table in reversed(work.shapes.table_order):
        if removal.rows.get(table):
            work.context.rows.delete(table, list(removal.rows[table]))
            for key, row in removal.rows[table].items():
                work.context.changes.removed(table, key, row)
    for table, rows in removal.rows.items():
        rules_of(table).deleted(work, list(rows.values()))
    return {(table, key) for table, rows in removal.rows.items() for key in rows}


def _follow(work: Work, asked: Mapping[str, Iterable[Key]]) -> _Removal:
    removal = _Removal()
    frontier = {table: work.context.rows.fetch(table, keys) for table, keys in asked.items()}
    while frontier:
        reached: dict[str, Rows] = defaultdict(dict)
        for table, rows in frontier.items():
            _take_along(work, table, rows)
            removal.rows[table].update(rows)
        for table, rows in frontier.items():
            for edge, ids in _edges(work, table, rows).items():
                if edge.rule == "cascade":
                    key = work.model.tables[edge.table].key
                    for row in work.context.rows.select(edge.table, {edge.column: ids}):
                        reached[edge.table][tuple(row[name] for name in key)] = row
                else:
                    (removal.cleared if edge.rule == "null" else removal.refusing)[edge] |= ids
        frontier = {
            table: fresh
            for table, rows in reached.items()
            if (fresh := {key: row for key, row in rows.items() if key not in removal.rows[table]})
        }
    return removal


def _take_along(work: Work, table: str, rows: Rows) -> None:
    """Add the rows of the same table that go together with others."""
    further = set(rules_of(table).along(work, rows)) - rows.keys()
    if further:
        rows.update(work.context.rows.fetch(table, further))


def _edges(work: Work, table: str, rows: Rows) -> dict[_Edge, set[Any]]:
    """Return the columns that point at rows of one table, each with the ids to look for."""
    if len(work.model.tables[table].key) != 1:
        return {}
    roots = [item for item in work.model.types.values() if item.table == table and not item.base]
    kinds: dict[str, tuple[EntityDefinition, list[tuple[Any, Mapping[str, Any]]]]] = {}
    for key, row in rows.items():
        definition = work.model.concrete(roots[0], row)
        kinds.setdefault(definition.id, (definition, []))[1].append((key[0], row))
    found: dict[_Edge, set[Any]] = defaultdict(set)
    for definition, members in kinds.values():
        ids = {id_ for id_, _ in members}
        for owner, column in work.model.references_to[table]:
            if owner in work.shapes.hidden and column.on_delete == "cascade":
                continue  # rows of join tables are nobody's entities: the database removes them with their owner
            if is_one(work.model, widened(work.model, column.target), members[0][1]):
                found[_Edge(owner, column.name, column.on_delete)] |= ids
        for edge in _loose_edges(work, definition):
            found[edge] |= ids
    return found


def _loose_edges(work: Work, definition: EntityDefinition) -> Iterable[_Edge]:
    """Yield the columns that hold ids of a type without a foreign key; their rows belong to the entity."""
    for attribute in definition.attributes.values():
        if isinstance(attribute, ToMany | MappingAttribute):
            table, column = work.model.type(attribute.target).table, attribute.column
        elif isinstance(attribute, ManyToMany):
            table, column = attribute.through, attribute.here
        else:
            continue
        if work.model.tables[table].columns[column].kind != "fk":
            yield _Edge(table, column, "cascade")


def _refuse_if_used(work: Work, removal: _Removal) -> None:
    for edge, ids in removal.refusing.items():
        key = work.model.tables[edge.table].key
        staying = [
            row
            for row in work.context.rows.select(edge.table, {edge.column: ids})
            if tuple(row[name] for name in key) not in removal.rows[edge.table]
        ]
        if staying:
            attribute = work.model.tables[edge.table].columns[edge.column]
            raise errors.IntegrityError(
                f'{attribute.target} "{staying[0][edge.column]}" is still in use: {len(staying)} rows of {edge.table} '
                f'refer to it by {edge.column}, "{staying[0][key[0]]}" for one. Change or delete them first.'
            )
