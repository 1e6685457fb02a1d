"""Fill what operations left open: defaults, server rules and values derived from related rows, all rows at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.registry import rules_of
from ftrack_server.model.definition import UNSET

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ftrack_server.api.actions.draft import Draft, Key
    from ftrack_server.api.actions.work import Work
    from ftrack_server.model.definition import Field


def complete(work: Work) -> None:
    """Make every pending row whole that is not so yet.

    Tables go in the order in which they depend on each other, rows of one table likewise, so that a rule finds what it
    derives from complete. Rules may add rows; those are completed too.

    Cost: one statement per table that is referred to, and what the rules of the tables take.
    """
    load_references(work, (draft for draft in work.every_draft() if draft.identity not in work.completed))
    while True:
        table = next((name for name in work.shapes.table_order if _open(work, name)), None)
        if table is None:
            return
        drafts = _open(work, table)
        work.completed.update(draft.identity for draft in drafts)
        load_references(work, drafts)
        new = in_order(work, [draft for draft in drafts if draft.is_new])
        changed = [draft for draft in drafts if not draft.is_new]
        if new:
            rules_of(table).fill(work, new)
            for draft in new:
                _fill_defaults(work, draft)
        if changed:
            rules_of(table).change(work, changed)


def load_references(work: Work, drafts: Iterable[Draft]) -> None:
    """Read the rows that drafts refer to, and remember which references the batch must be able to satisfy."""
    wanted: dict[str, set[Key]] = defaultdict(set)
    for draft in drafts:
        for table, column, target in () if draft.trusted else references(work, draft):
            wanted[table].add((draft[column],))
            work.refer(draft, column, table, target)
    for table, keys in wanted.items():
        work.load(table, keys)


def references(work: Work, draft: Draft) -> Iterable[tuple[str, str, str]]:
    """Yield table, column and expected type of every row that the values of a draft refer to."""
    shape = work.shapes.of(draft.definition)
    for pointer in shape.pointers:
        if draft.values.get(pointer.column) is not None:
            yield pointer.table, pointer.column, shape.columns[pointer.column].target
    for pair in shape.polymorphic:
        kind = draft[pair.type_column]
        if kind is not None and draft.values.get(pair.id_column) is not None:
            target = work.model.type(work.model.public_parent_type(kind))
            if len(target.key) == 1 and target.attributes[target.key[0]].kind == "uid":  # type: ignore[union-attr]  # keys are fields
                yield target.table, pair.id_column, target.id


def in_order(work: Work, drafts: Sequence[Draft]) -> list[Draft]:
    """Return drafts of one table with those that others of them refer to first.

    Raises:
        IntegrityError: If rows that cannot be without each other refer to each other in a circle.
    """
    if len(drafts) < 2:
        return list(drafts)
    columns = {
        draft.definition.id: [
            pointer.column for pointer in work.shapes.of(draft.definition).pointers if pointer.table == draft.table
        ]
        for draft in drafts
    }
    by_key = {draft.key: draft for draft in drafts}
    ordered: dict[Key, Draft] = {}
    for draft in drafts:
        path = [draft]
        on_path = {draft.key}
        while path:
            current = path[-1]
            pending = [(current[column],) for column in columns[current.definition.id]]
            ahead = next((key for key in pending if key in by_key and key not in ordered and key != current.key), None)
            if ahead is None:
                ordered.setdefault(current.key, path.pop())
                on_path.discard(current.key)
            elif ahead in on_path:
                with failing_at(current.index):
                    raise errors.IntegrityError(f"{current.definition.id} rows refer to each other in a circle.")
            else:
                path.append(by_key[ahead])
                on_path.add(ahead)
    return list(ordered.values())


def _open(work: Work, table: str) -> list[Draft]:
    return [draft for draft in work.drafts(table) if draft.identity not in work.completed]


def _fill_defaults(work: Work, draft: Draft) -> None:
    """Apply server rules and defaults (data_model: 8.1); an explicit null leaves a value to the server's rules."""
    for name, column in work.shapes.of(draft.definition).columns.items():
        if draft.values.get(name) is None:
            draft.values[name] = _initial(work, column, sent=name in draft.values)


def _initial(work: Work, column: Field, *, sent: bool) -> Any:
    if column.create_rule is not None:
        return _MADE[column.create_rule.name](work)
    if column.default is UNSET or (sent and not column.required):
        return None
    return work.context.clock.new_id() if column.default == "{uid}" else column.default


_MADE = {
    "now": lambda work: work.context.now,
    "user": lambda work: work.context.actor.user_id,
}
