"""Write what is pending: changed rows, new rows, join rows, deletions - in bulk, table by table."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ftrack_server.api.actions.cascade import delete_rows
from ftrack_server.api.actions.rules.registry import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ftrack_server.api.actions.draft import Draft, Key
    from ftrack_server.api.actions.work import Work


def write(work: Work) -> None:
    """Bring the database in line with the pending rows of a segment, and take note of it in `work`.

    Deletions come last, so that they spare rows that were moved away from what is deleted. Only rows that make room
    for others under a unique constraint go before those; keys are checked when the transaction ends.

    Cost: one statement per table and set of changed columns for updates, one per table for inserts and deletions, and
    what cascades and rules take; none depends on the number of rows.
    """
    touched = {table: work.drafts(table) for table in work.shapes.table_order if work.drafts(table)}
    crowded = {table for table in touched if work.model.tables[table].unique}
    first = {
        identity: index
        for identity, index in work.deletions.items()
        if identity in work.replaced or identity[0] in crowded
    }
    last = {identity: index for identity, index in work.deletions.items() if identity not in first}

    _update(work, (draft for table, drafts in touched.items() if table not in crowded for draft in drafts))
    removed_first = delete_rows(work, first)
    _update(work, (draft for table in crowded for draft in touched[table]))
    for table, drafts in touched.items():
        new = [draft.values for draft in drafts if draft.is_new]
        if new:
            work.context.rows.insert(table, new)
    _write_links(work)
    for drafts in touched.values():
        for draft in drafts:
            work.context.changes.written(draft.table, draft.key, draft.before, draft.row())
    for table, drafts in touched.items():
        rules_of(table).written(work, drafts)
    removed_last = delete_rows(work, last)
    work.context.touched.update(touched, work.links, (table for table, _ in removed_first | removed_last))
    work.settle(removed_first, removed_last)


def _update(work: Work, drafts: Iterable[Draft]) -> None:
    """Write changed columns of existing rows; drafts that change nothing cost nothing."""
    changes: dict[str, list[tuple[Key, Mapping[str, Any]]]] = defaultdict(list)
    for draft in drafts:
        if not draft.is_new and not work.is_deleted(*draft.identity):
            changed = {column: draft.values[column] for column in draft.values if draft.changes(column)}
            if changed:
                changes[draft.table].append((draft.key, changed))
    for table, rows in changes.items():
        work.context.rows.update(table, rows)


def _write_links(work: Work) -> None:
    for table, links in work.links.items():
        key = work.model.tables[table].key
        if links.removed:
            work.context.rows.delete(table, [tuple(row[name] for name in key) for row in links.removed])
        if links.added:
            work.context.rows.insert(table, links.added)
