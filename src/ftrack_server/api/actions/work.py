"""The rows that one batch reads and writes: what is known, what is new or changed, what is gone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.draft import Draft, Identity, Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ftrack_server.api.actions.shape import Shapes
    from ftrack_server.api.context import RequestContext
    from ftrack_server.model.registry import Model


@dataclass(frozen=True, slots=True)
class Referral:
    """A reference that a batch must be able to satisfy in the end.

    Attributes:
        draft: The row that refers.
        column: By which of its columns.
        target: What is expected there, for the error: the name of an entity type, or words where it may be several.
        elsewhere: Further tables in which it may be.
    """

    draft: Draft
    column: str
    target: str
    elsewhere: tuple[str, ...] = ()


class Work:
    """A view of the database in which the pending rows of a batch are already there.

    Everything is looked up in bulk: `load` and `select` cost one statement however many rows are asked for, and `load`
    reads a row once per batch.

    Attributes:
        context: The request.
        deletions: Rows to delete, with the position of the operation that says so.
        replaced: Those of them that a later operation creates anew.
        removed: Rows that this batch has deleted already, by an operation or by cascade.
        cancelled: Rows that it both creates and deletes, so that they are never written.
        links: Rows to add to and to remove from hidden join tables.
        referred: Rows that pending rows refer to, each with one that does.
        completed: Pending rows that defaults and rules were applied to.
    """

    def __init__(self, context: RequestContext) -> None:
        self.context = context
        self.deletions: dict[Identity, int] = {}
        self.replaced: set[Identity] = set()
        self.removed: set[Identity] = set()
        self.cancelled: set[Identity] = set()
        self.links: dict[str, Links] = defaultdict(Links)
        self.referred: dict[Identity, Referral] = {}
        self.completed: set[Identity] = set()
        self._drafts: dict[str, dict[Key, Draft]] = defaultdict(dict)
        self._known: dict[str, dict[Key, Mapping[str, Any] | None]] = defaultdict(dict)

    @property
    def model(self) -> Model:
        """Return the entity types, those included that the batch has made."""
        return self.context.edition.model

    @property
    def shapes(self) -> Shapes:
        """Return the stored side of the entity types."""
        return self.context.edition.shapes

    def refer(self, draft: Draft, column: str, table: str, target: str, *elsewhere: str) -> None:
        """Note that a draft refers to a row by a column; that it exists is checked once the batch is complete.

        Args:
            draft: The row that refers.
            column: Holds the id of the other.
            table: Where the other is stored.
            target: What it is called in an error.
            elsewhere: Further tables in which it may be.
        """
        self.referred.setdefault((table, (draft[column],)), Referral(draft, column, target, elsewhere))

    def load(self, table: str, keys: Iterable[Key]) -> None:
        """Read rows by primary key, unless they are new or were read before."""
        known, drafts = self._known[table], self._drafts[table]
        missing = {key for key in keys if key not in known and key not in drafts}
        if missing:
            known.update(dict.fromkeys(missing))
            known.update(self.context.rows.fetch(table, missing))

    def load_ids(self, table: str, ids: Iterable[Any]) -> None:
        """Read rows of a table with a single key column, as `load` does; None is skipped."""
        self.load(table, {(id_,) for id_ in ids if id_ is not None})

    def stored(self, table: str, key: Key) -> Mapping[str, Any] | None:
        """Return a row as the database has it, None when it has none; it must have been loaded."""
        known = self._known.get(table)
        return None if known is None else known.get(key)

    def view(self, table: str, *key: Any) -> Mapping[str, Any] | Draft | None:
        """Return a row as it is going to be, None when there is none; it must be pending or have been loaded."""
        draft = self.draft(table, key)
        return draft if draft is not None else self.stored(table, key)

    def select(self, table: str, **where: Iterable[Any]) -> list[Mapping[str, Any]]:
        """Return the rows, pending ones included, whose columns each hold one of some values; None matches nothing.

        Cost: one statement.
        """
        wanted = {column: {value for value in values if value is not None} for column, values in where.items()}
        if not all(wanted.values()):
            return []
        key = self.model.tables[table].key
        rows = {tuple(row[name] for name in key): row for row in self.context.rows.select(table, wanted)}
        for row_key, row in rows.items():
            self._known[table].setdefault(row_key, row)
        for draft in self.drafts(table):
            rows.pop(draft.key, None)
            if all(draft[column] in values for column, values in wanted.items()):
                rows[draft.key] = draft.row()
        return [row for row_key, row in rows.items() if not self.is_deleted(table, row_key)]

    def is_deleted(self, table: str, key: Key) -> bool:
        """Return whether an operation deletes the stored row and none creates it anew."""
        return (table, key) in self.deletions and (table, key) not in self.replaced

    def drafts(self, table: str) -> list[Draft]:
        """Return the pending rows of a table in the order they came."""
        drafts = self._drafts.get(table)
        return [] if drafts is None else list(drafts.values())

    def every_draft(self) -> Iterator[Draft]:
        """Yield all pending rows, table by table."""
        for drafts in list(self._drafts.values()):
            yield from list(drafts.values())

    def draft(self, table: str, key: Key) -> Draft | None:
        """Return the pending row with a key."""
        drafts = self._drafts.get(table)
        return None if drafts is None else drafts.get(key)

    def create(self, type_name: str, values: Mapping[str, Any], index: int) -> Draft:
        """Add a row that a rule wants, a history row for example; parts of the key that `values` lacks are made.

        Raises:
            DuplicateEntryError: If such a row is pending already.
        """
        definition = self.model.type(type_name)
        row = {**values, **{column: allowed[0] for column, allowed in definition.discriminator}}
        for name in definition.key:
            if row.get(name) is None:
                row[name] = self.context.clock.new_id()
        key = tuple(row[name] for name in definition.key)
        return self.add(Draft(definition, key, index, None, row, trusted=True))

    def add(self, draft: Draft) -> Draft:
        """Add a pending row.

        Raises:
            DuplicateEntryError: If there is one with the same key.
        """
        if draft.key in self._drafts[draft.table]:
            key = ", ".join(str(part) for part in draft.key)
            raise errors.DuplicateEntryError(f"{draft.definition.id} {key} is created twice in one request.")
        self._drafts[draft.table][draft.key] = draft
        return draft

    def drop(self, draft: Draft) -> None:
        """Take back a pending row that is not to be written after all."""
        del self._drafts[draft.table][draft.key]

    def change(self, type_name: str, key: Key, index: int) -> Draft | None:
        """Return the draft that changes a pending or loaded row, None when there is no such row.

        Args:
            type_name: Any type of the row's family.
            key: Primary key.
            index: Position of the operation that changes it.
        """
        root = self.model.bases(type_name)[-1]
        draft = self.draft(root.table, key)
        if draft is None:
            row = self.stored(root.table, key)
            if row is None:
                return None
            draft = self.add(Draft(self.model.concrete(root, row), key, index, row))
        return draft

    def settle(self, removed_before: Iterable[Identity], removed_after: Iterable[Identity]) -> None:
        """Take note that everything pending was written, and of what was removed before and after that."""
        self._note_removed(removed_before)
        for table, drafts in self._drafts.items():
            self._known[table].update({key: draft.row() for key, draft in drafts.items()})
            self.removed.difference_update((table, key) for key in drafts)
        self._note_removed(removed_after)
        self._drafts.clear()
        self.deletions.clear()
        self.replaced.clear()
        self.links.clear()
        self.completed.clear()

    def _note_removed(self, identities: Iterable[Identity]) -> None:
        for table, key in identities:
            self._known[table][key] = None
            self.removed.add((table, key))


class Links:
    """What changes in one hidden join table: rows with all their columns."""

    def __init__(self) -> None:
        self.added: list[dict[str, Any]] = []
        self.removed: list[dict[str, Any]] = []
