"""What rows belong to, step by step upwards: what decides over their project and over who may write them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

from ftrack_server.model.bounds import CONTAINERS, OF_ANYTHING, OWNERS, PARENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work
    from ftrack_server.model.registry import Model

    Row: TypeAlias = Mapping[str, Any] | Draft

_NAMED = {"metadata": "parent_type", "note": "parent_type", "entity_setting": "parent_type"}
"""Tables with a column that says of what kind their owner is; others may belong to anything."""


def owners(model: Model, table: str, row: Row) -> Iterable[tuple[str, Any]]:
    """Yield where a row may belong, as table and id: one place for most, any of several for values and the like."""
    if table in OWNERS:
        column, owner = OWNERS[table]
        if row[column] is not None:
            yield owner, row[column]
        if table in CONTAINERS and row[CONTAINERS[table]] is not None:
            yield table, row[CONTAINERS[table]]
    elif table in OF_ANYTHING or table == "note":
        kind = row[_NAMED[table]] if table in _NAMED else None
        named = None if kind is None else model.types.get(model.public_parent_type(kind))
        for owner in PARENTS if named is None else (named.table,):
            yield owner, row[OF_ANYTHING.get(table, "parent_id")]


def owner_of(work: Work, table: str, row: Row) -> tuple[str, Row] | None:
    """Return the table and the row that a row belongs to, None for nothing; it must be pending or loaded."""
    for owner, identifier in owners(work.model, table, row):
        found = work.view(owner, identifier)
        if found is not None:
            return owner, found
    return None


def load_upwards(work: Work, rows: Iterable[tuple[str, Row]], is_last: Callable[[str], bool]) -> None:
    """Read what rows belong to, all of them together, up to tables that are the last to look at.

    Cost: one statement for each table on the way.
    """
    pending: dict[str, set[Any]] = defaultdict(set)
    for table, row in rows:
        _want(work, pending, table, row)
    while pending:
        table = next(iter(pending))
        ids = pending.pop(table)
        work.load_ids(table, ids)
        for identifier in ids if not is_last(table) else ():
            found = work.view(table, identifier)
            if found is not None:
                _want(work, pending, table, found)


def _want(work: Work, pending: dict[str, set[Any]], table: str, row: Row) -> None:
    for owner, identifier in owners(work.model, table, row):
        pending[owner].add(identifier)
