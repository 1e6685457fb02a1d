"""Rows below rows of their own table: none may come to lie below itself, since who walks them would never end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work


def refuse_circles(work: Work, table: str, column: str, drafts: Sequence[Draft]) -> None:
    """Refuse new or changed rows that their own chain of `column` leads back to, all changes of the batch counted.

    Cost: nothing when no draft sets the column, else one statement for each level above.

    Raises:
        IntegrityError: Naming the row, with the position of the operation.
    """
    changed = [draft for draft in drafts if draft.changes(column) and draft[column] is not None]
    above: dict[Any, Any] = {draft.key[0]: draft[column] for draft in changed}
    pending = set(above.values()) - above.keys()
    while pending:
        work.load_ids(table, pending)
        for identifier in pending:
            row = work.view(table, identifier)
            above[identifier] = None if row is None else row[column]
        pending = {above[identifier] for identifier in pending} - above.keys() - {None}
    for draft in changed:
        seen = {draft.key[0]}
        current = draft[column]
        while current is not None and current not in seen:
            seen.add(current)
            current = above.get(current)
        if current == draft.key[0]:
            with failing_at(draft.index):
                raise errors.IntegrityError(
                    f'{draft.definition.id}.{column} cannot be "{draft[column]}", which is {draft.key[0]} itself or '
                    "below it."
                )


def refuse_loops(drafts: Sequence[Draft], start: str, end: str) -> None:
    """Refuse rows that link an entity with itself.

    Raises:
        IntegrityError: Naming both columns, with the position of the operation.
    """
    for draft in drafts:
        if (draft.changes(start) or draft.changes(end)) and draft[start] == draft[end]:
            with failing_at(draft.index):
                raise errors.IntegrityError(
                    f'{draft.definition.id} cannot lead from "{draft[start]}" to itself; {start} and {end} must differ.'
                )
