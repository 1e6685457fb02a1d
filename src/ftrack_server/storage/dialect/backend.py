"""What a kind of database does its own way, for `Database` to ask for; and words that both kinds use."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ftrack_server.errors import DatabaseBusyError, DatabaseUnavailableError, IntegrityError, ServerError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long things may take, in seconds.

    Attributes:
        write: How long a writer waits for others.
        query: How long one statement may run.
    """

    write: float = 30.0
    query: float = 60.0


class Side(Protocol):
    """What servers of one database tell each other beside the batches."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """Yield a connection in a transaction that waits for others of this kind only, and not for the disk."""
        ...

    def ring(self, connection: Connection, text: str) -> None:
        """Send a notice to every server, this one included, with the commit of a transaction."""
        ...

    def hear(self, seconds: float) -> list[str]:
        """Return the notices that came since the last call, waiting for one at most so long; for one thread.

        Empty text stands for what may have come while nobody listened.
        """
        ...


class Backend(Protocol):
    """One open database of one kind.

    Attributes:
        name: What SQLAlchemy calls the kind.
        path: The file, where the database is one.
        is_shared: Whether other processes may have it open.
        reader: Connections that see one state of the database for as long as a transaction lasts, and cannot write.
        writer: The connection for writing; its transactions are alone in the database.
        failure: What the driver raises where SQLAlchemy is not in between.
    """

    name: str
    path: Path | None
    is_shared: bool
    reader: Engine
    writer: Engine
    failure: type[Exception]

    @property
    def side(self) -> Side | None:
        """How servers of the database reach each other, None where that is not provided for."""
        ...

    def lift_limits(self, connection: Connection) -> None:
        """Let statements of this transaction take as long as they need."""
        ...

    def edition(self, connection: Connection) -> int:
        """Return the number that `advance_edition` counts, as the transaction sees it."""
        ...

    def advance_edition(self, connection: Connection) -> None:
        """Count one further, as part of the transaction."""
        ...

    def check_now(self, connection: Connection) -> None:
        """Do the checks that are due by now, where tables cannot be changed before.

        Raises:
            IntegrityError: SQLAlchemy's, if references lead nowhere.
        """
        ...

    def settle(self, connection: Connection) -> None:
        """Check what is only checked at the end of a transaction, so that COMMIT has no reason to fail.

        Raises:
            IntegrityError: For a reference that leads nowhere, with row, column and value.
        """
        ...

    def refresh_statistics(self) -> None:
        """Let the database count its tables where it does not do so by itself, so that it chooses indexes well."""
        ...

    def refusal(self, error: Exception) -> ServerError | None:
        """Return what to tell a caller about an error of the database, None for what is a fault of the server."""
        ...

    def check_place(self) -> None:
        """Find out whether the database is still where it was opened.

        Raises:
            DatabaseUnavailableError: If it is not.
        """
        ...

    def close(self) -> None:
        """Close all connections and remove what was only there for this process."""
        ...


def busy() -> DatabaseBusyError:
    """Return the error for a database that somebody else keeps from being used."""
    return DatabaseBusyError("Another process keeps the database locked; try again.")


def unavailable(reason: str) -> DatabaseUnavailableError:
    """Return the error for a database that cannot be used at the moment.

    Args:
        reason: What everybody may read; where the database is belongs to the log.
    """
    return DatabaseUnavailableError(
        f"The database cannot be used at the moment: {reason}. "
        "Look whether a batch that was just sent is stored before you send it again."
    )


def broken_reference(table: Table, row: Mapping[str, Any], column: str, target: str) -> IntegrityError:
    """Return the error for a row that refers to something that does not exist.

    Args:
        table: The row's table.
        row: Its columns, none where it is not known.
        column: The column that holds the reference.
        target: Table that it leads to.
    """
    key = " / ".join(str(row[name]) for name in (item.name for item in table.primary_key) if name in row)
    named = f"{table.name} {key}".rstrip()
    if row.get(column) is None:
        return IntegrityError(f"{named} refers to a {target} that does not exist.")
    return IntegrityError(f'{named}: "{column}" refers to the {target} "{row[column]}", which does not exist.')
