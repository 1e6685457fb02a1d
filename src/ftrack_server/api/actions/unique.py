"""Values that may stand in one row only, compared across what is stored and what is pending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_server.api.actions.draft import Draft, Key
    from ftrack_server.api.actions.work import Work


def refuse_duplicates(work: Work, table: str, group: Sequence[str], drafts: Sequence[Draft]) -> None:
    """Refuse a new or changed row whose columns hold together what another row holds; an empty one never clashes.

    Cost: one statement, none when no draft changes these columns.

    Raises:
        DuplicateEntryError: Naming columns and values, with the position of the operation.
    """
    claims: dict[Key, Draft] = {}
    for draft in drafts:
        values = tuple(draft[column] for column in group)
        if None in values or not any(draft.changes(column) for column in group):
            continue
        if values in claims:
            _refuse(draft, group, values)
        claims[values] = draft
    if not claims:
        return
    key = work.model.tables[table].key
    columns = {column: {values[position] for values in claims} for position, column in enumerate(group)}
    for row in work.select(table, **columns):
        values = tuple(row[column] for column in group)
        claimant = claims.get(values)
        if claimant is not None and claimant.key != tuple(row[name] for name in key):
            _refuse(claimant, group, values)


def _refuse(draft: Draft, group: Sequence[str], values: Sequence[Any]) -> None:
    pairs = " and ".join(f'{column} "{value}"' for column, value in zip(group, values, strict=True))
    with failing_at(draft.index):
        raise errors.DuplicateEntryError(f"There is a {draft.definition.id} with {pairs} already.")
