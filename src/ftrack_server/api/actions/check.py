"""What pending rows must satisfy together: required values, uniqueness, references that lead somewhere."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.registry import rules_of
from ftrack_server.api.actions.shape import is_one
from ftrack_server.api.actions.unique import refuse_duplicates
from ftrack_server.model.definition import UNSET

if TYPE_CHECKING:
    from ftrack_server.api.actions.draft import Draft, Identity
    from ftrack_server.api.actions.work import Work
    from ftrack_server.model.definition import Field


def check(work: Work) -> None:
    """Refuse pending rows that cannot be stored, before anything is written.

    Cost: one statement per unique group of a table whose columns change.

    Raises:
        IntegrityError: For a missing value or a second row where there can be one, with the operation's position.
    """
    for table in work.shapes.table_order:
        drafts = work.drafts(table)
        if not drafts:
            continue
        for draft in drafts:
            _check_required(work, draft)
            _check_targets(work, draft)
        for group in work.model.tables[table].unique:
            refuse_duplicates(work, table, group, drafts)
        rules_of(table).check(work, drafts)


def check_references(work: Work) -> None:
    """Refuse references to rows that do not exist when the batch ends.

    A row may be referred to before it is created, even across a query in between; so what was not found then is looked
    for once more.

    Cost: one statement per table with missing rows.

    Raises:
        IntegrityError: Naming the attribute and the missing row, with the position of the operation.
    """
    missing: dict[str, list[Identity]] = defaultdict(list)
    for identity, referral in work.referred.items():
        if work.view(identity[0], *identity[1]) is None:
            referring = work.view(referral.draft.table, *referral.draft.key)
            if referring is not None and referring[referral.column] == identity[1][0]:
                missing[identity[0]].append(identity)
    for table, identities in missing.items():
        found = work.context.rows.fetch(table, [key for _, key in identities])
        for identity in identities:
            referral = work.referred[identity]
            if identity[1] in found or any(
                work.context.rows.fetch(other, [identity[1]]) for other in referral.elsewhere
            ):
                continue
            with failing_at(referral.draft.index):
                raise errors.IntegrityError(
                    f"{referral.draft.definition.id}.{referral.column} refers to {referral.target} "
                    f'"{identity[1][0]}", which does not exist.'
                )


def _check_required(work: Work, draft: Draft) -> None:
    fillable = rules_of(draft.table).fillable
    columns = work.shapes.of(draft.definition).columns
    for name in work.shapes.of(draft.definition).required:
        if name in fillable or not (draft.is_new or name in draft.values):
            continue
        if draft[name] is None or (_names(draft, columns[name]) and not draft[name].strip()):
            with failing_at(draft.index):
                raise errors.IntegrityError(f"{draft.definition.id}.{name} must have a value.")


def _names(draft: Draft, column: Field) -> bool:
    """Return whether rows are told apart by a column: a required name, unless the schema has an empty one for it."""
    nameless = column.default is not UNSET and draft.definition.id != "Project"
    return column.name in _NAMES and not nameless and draft.changes(column.name)


_NAMES = frozenset({"email", "name", "short", "username"})


def _check_targets(work: Work, draft: Draft) -> None:
    """Refuse a reference to a row of the right table that is of another type: a group for a user, say."""
    for pointer in () if draft.trusted else work.shapes.of(draft.definition).pointers:
        value = draft.values.get(pointer.column)
        row = None if value is None else work.view(pointer.table, value)
        if row is not None and not is_one(work.model, pointer.target, row):
            with failing_at(draft.index):
                raise errors.ValidationError(
                    f'{draft.definition.id}.{pointer.column} must refer to a {pointer.target.id}. "{value}" is none.'
                )
