"""What an action may know and use while it runs: who calls, how, on which data, at what time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftrack_server.errors import NotFoundError
from ftrack_server.events.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ftrack_server.api.edition import Edition
    from ftrack_server.api.options import CallOptions
    from ftrack_server.api.rows import Rows
    from ftrack_server.auth.keys import Actor
    from ftrack_server.clock import Clock
    from ftrack_server.mail.mailer import Mailer
    from ftrack_server.media.files import Files


def _nobody_listens() -> None:
    """Do nothing: events stay in the log until a server reads it."""


@dataclass(frozen=True, slots=True)
class Services:
    """What actions may use besides the database.

    Attributes:
        mailer: Sends messages.
        mail_from: Address that messages come from.
        files: The files of components.
        announce: Called once events of a batch are committed, from any thread.
    """

    mailer: Mailer
    mail_from: str
    files: Files
    announce: Callable[[], None] = _nobody_listens


@dataclass(slots=True)
class RequestContext:
    """One call while it runs.

    Attributes:
        actor: Who calls.
        options: How the call wants to be treated.
        edition: The data model; actions of a batch see the object types that earlier ones have made.
        connection: The transaction of the batch, SQLAlchemy's.
        rows: The same transaction, as tables.
        clock: Time and new ids.
        now: The moment at which the batch started, naive UTC in whole seconds: one for all that it writes.
        base_url: Address under which the client reaches this server, without a slash at the end.
        services: What the server has besides its database.
        changes: What was done to rows so far.
        touched: Names of the tables in which rows were written or removed so far.
        after_commit: What to do once everything is committed, and not otherwise.
    """

    actor: Actor
    options: CallOptions
    edition: Edition
    connection: Any
    rows: Rows
    clock: Clock
    now: datetime
    base_url: str
    services: Services
    changes: Changes = field(default_factory=Changes)
    touched: set[str] = field(default_factory=set)
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    def existing(self, table: str, id_: str, name: str) -> Mapping[str, Any]:
        """Return the row with an id: one statement.

        Args:
            table: Name of the table.
            id_: The id looked for.
            name: What clients call such a row, for the error.

        Raises:
            NotFoundError: If there is none.
        """
        found = self.rows.fetch(table, [(id_,)]).get((id_,))
        if found is None:
            raise NotFoundError(f'There is no {name} with the key "{id_}".')
        return found
