"""Backup, restore and check: of files by this server, of PostgreSQL by its own tools."""

from __future__ import annotations

from pathlib import Path

from ftrack_server.errors import BackupError
from ftrack_server.storage.dialect.kinds import own_tool
from ftrack_server.storage.dialect.sqlite import MEMORY
from ftrack_server.storage.dialect.sqlite_files import Sound, copy_while_serving, look_over, put_back
from ftrack_server.storage.migrate import CURRENT


def backup(database: str, target: Path, *, replace: bool = False) -> Sound:
    """Copy a database while servers use it.

    Args:
        database: Path of an SQLite file.
        target: The file to make.
        replace: Whether a file that is there may go.

    Raises:
        BackupError: If that cannot be done; for PostgreSQL with the command that does it.
    """
    if (command := own_tool("backup", database, target)) is not None:
        raise BackupError(f"PostgreSQL has a tool of its own for this: {command}")
    if database == MEMORY:
        raise BackupError("There is no file to back up; name the database with --database.")
    return copy_while_serving(Path(database), target, replace=replace)


def restore(database: str, source: Path, *, replace: bool = False) -> Sound:
    """Make a backup the database of a server, after it was checked.

    Args:
        database: Path of the SQLite file to make.
        source: A backup.
        replace: Whether a database that is there may go; not while a server has it open.

    Raises:
        BackupError: If that cannot be done; for PostgreSQL with the commands that do it.
    """
    if (command := own_tool("restore", database, source)) is not None:
        raise BackupError(f"PostgreSQL has a tool of its own for this: {command}")
    if database == MEMORY:
        raise BackupError("There is no file to restore; name the database with --database.")
    return put_back(source, Path(database), newest_version=CURRENT, replace=replace)


def check(database: str) -> Sound:
    """Look for damage in a database, while servers use it.

    Args:
        database: Path of an SQLite file.

    Raises:
        BackupError: If there is any, with what was found; for PostgreSQL with the command that looks for it.
    """
    if (command := own_tool("check", database)) is not None:
        raise BackupError(f"PostgreSQL has a tool of its own for this: {command}")
    return look_over(Path(database))
