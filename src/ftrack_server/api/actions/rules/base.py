"""The hooks through which a table adds its own behaviour to the general rules of writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ftrack_server.api.actions.attach import Listing
    from ftrack_server.api.actions.draft import Draft, Key
    from ftrack_server.api.actions.work import Work
    from ftrack_server.model.definition import EntityDefinition


class TableRules:
    """Rules of a table without any; subclasses override what differs.

    Every hook gets all rows of a batch at once and may cost a fixed number of statements, never one per row.

    Attributes:
        refused: Actions that clients may not do; the server does them itself.
        instead: What clients do instead of a refused action.
        create_overwrites: Creating a row that exists changes it (data_model: 8.2, Metadata).
        update_inserts: Updating a row that does not exist creates it (protocol: 3.9).
        owned: Foreign keys that leaving a row out of its owner's collection does not clear, as the row would lose its
            place: a stale client must not detach what others have added meanwhile (data_model: 8.1).
        fillable: Required attributes that may stay empty after all rules have run.
        conflicting: Attributes for which a wrong value counts as a conflict rather than as a wrong value.
    """

    refused: ClassVar[frozenset[str]] = frozenset()
    instead: ClassVar[str] = ""
    create_overwrites: ClassVar[bool] = False
    update_inserts: ClassVar[bool] = False
    owned: ClassVar[frozenset[str]] = frozenset()
    fillable: ClassVar[frozenset[str]] = frozenset()
    conflicting: ClassVar[frozenset[str]] = frozenset()

    def refuse(self, definition: EntityDefinition, action: str) -> None:
        """Refuse an action that clients cannot do on a type at all.

        Raises:
            PermissionDeniedError: Saying what to do instead.
        """
        if action in self.refused:
            message = f"{definition.id} rows are written by the server; {action} is not possible."
            raise errors.PermissionDeniedError(f"{message} {self.instead}".rstrip())

    def prepare(self, definition: EntityDefinition, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the data of a create or update in the form the general rules expect."""
        del definition
        return data

    def classify(self, values: dict[str, Any]) -> None:
        """Fill discriminator columns that a create through a base type has left open."""

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Complete new rows; rows they refer to come first, also within `drafts`, and are loaded."""

    def change(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Check and complete changes of existing rows; rows they refer to are loaded."""

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse new or changed rows that cannot be, once all rows of the batch are complete."""

    def written(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Bring up to date what depends on rows just written."""

    def along(self, work: Work, keys: Collection[Key]) -> Collection[Key]:
        """Return further rows of the table that go when some go, where following keys would take a step per level."""
        del work, keys
        return ()

    def deleting(self, work: Work, keys: Collection[Key]) -> None:
        """Refuse deletions that clients ask for, by raising; rows are loaded. Not called for rows that cascade."""

    def deleted(self, work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
        """Bring up to date what depended on rows just deleted."""

    def assign(self, work: Work, listings: Sequence[Listing]) -> None:
        """Write the entries of dictionaries that were sent with their owners (data_model: 6.6)."""
        del work
        first = listings[0]
        with failing_at(first.index):
            raise errors.ValidationError(f"{first.where} cannot be set; create its rows instead.")
