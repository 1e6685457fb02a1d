"""Which kind of database an address means, and what that kind does with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ftrack_server.storage.dialect import postgresql
from ftrack_server.storage.dialect.postgresql import PostgresqlBackend
from ftrack_server.storage.dialect.sqlite import SqliteBackend

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from ftrack_server.storage.dialect.backend import Backend, Timeouts


def kind_of(database: str | Path) -> str:
    """Return which kind of database an address means, as `Database.dialect` tells it; opens nothing."""
    return PostgresqlBackend.name if postgresql.is_address(str(database)) else SqliteBackend.name


def is_missing(database: str | Path) -> bool:
    """Return whether a database is a file that is not there; a PostgreSQL database has to be opened to know."""
    return not postgresql.is_address(str(database)) and not Path(database).exists()


def shown(database: str | Path) -> str:
    """Return the name of a database as messages may show it: an address without its password."""
    return postgresql.without_password(str(database)) if postgresql.is_address(str(database)) else str(database)


def open_backend(
    database: str | Path, metadata: MetaData, timeouts: Timeouts, readers: int, template: Path | None
) -> Backend:
    """Return an open database of the kind that an address means; only files start from a template.

    Raises:
        DatabaseVersionError: If there is no such database, or none that can be used.
    """
    name = str(database)
    if postgresql.is_address(name):
        return PostgresqlBackend(name, metadata, timeouts, readers)
    return SqliteBackend(name, metadata, timeouts, readers, template)


def own_tool(task: Literal["backup", "restore", "check"], database: str, file: Path | None = None) -> str | None:
    """Return the command of a database's own tool for a task, None where this server does it.

    Args:
        task: What to do.
        database: Its address; a password is left out of the command.
        file: Where a backup is, or is to be.
    """
    if not postgresql.is_address(database):
        return None
    if file is None or task == "check":
        return postgresql.check_command(database)
    return (postgresql.dump_command if task == "backup" else postgresql.restore_command)(database, file)
