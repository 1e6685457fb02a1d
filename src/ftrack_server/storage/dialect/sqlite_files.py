"""SQLite files as a whole: copied while a server writes, checked, put in the place of another one."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ftrack_server.errors import BackupError
from ftrack_server.storage.dialect.sqlite import FILE_MARK

# What SQLite keeps beside a file that is in use.
COMPANIONS = ("-wal", "-shm")
FINDINGS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that was found to be sound.

    Attributes:
        size_bytes: Its size.
        version: Version of its tables.
    """

    size_bytes: int
    version: int


def copy_while_serving(source: Path, target: Path, *, replace: bool) -> Sound:
    """Copy a database into one file that holds all that was committed when the copy began.

    Servers go on reading and writing meanwhile. The target appears complete or not at all.

    Raises:
        BackupError: If the source is no database of a server, the target is there and is not to be replaced, or the
            copy turns out damaged.
    """
    _need_database(source)
    _need_free(target, "--to", replace=replace)
    if target.exists() and target.samefile(source):
        raise BackupError(f"{target} is the database itself; name another file.")
    with _beside(target) as part:
        made = _copied(source, part)
        _put(part, target, replace=replace)
    return made


def put_back(source: Path, target: Path, *, newest_version: int, replace: bool) -> Sound:
    """Make a copy of a backup the database of a server.

    Args:
        source: A backup.
        target: Where the database is to be.
        newest_version: The newest version of tables that this server can use.
        replace: Whether a database that is there may go.

    Raises:
        BackupError: If the backup is damaged, no database of a server or of a newer one; if the target is there and is
            not to be replaced, or in use.
    """
    _need_database(source)
    _need_free(target, "--database", replace=replace)
    if target.exists() and target.samefile(source):
        raise BackupError(f"{target} is the backup itself; name another file.")
    with _beside(target) as part:
        made = _copied(source, part)
        if made.version > newest_version:
            raise BackupError(
                f"{source} has version {made.version}, this server knows versions up to {newest_version}. "
                "Use a newer server."
            )
        if target.exists():
            shutil.copymode(target, part)
        with _unused(target):
            _put(part, target, replace=replace)
    return made


def look_over(path: Path) -> Sound:
    """Look for damage in a database, while servers use it; reads all of it.

    Raises:
        BackupError: If there is any, or it is no database of a server.
    """
    _need_database(path)
    try:
        with closing(_opened_for_reading(path)) as connection:
            return Sound(path.stat().st_size, _checked(connection, path))
    except sqlite3.Error as error:
        raise BackupError(f"{path} is damaged, or cannot be read: {error}.") from error


def _opened_for_reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _need_database(path: Path) -> None:
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    with path.open("rb") as file:
        if file.read(len(FILE_MARK)) != FILE_MARK:
            raise BackupError(f"{path} is no SQLite database.")


def _need_free(path: Path, option: str, *, replace: bool) -> None:
    if path.is_dir():
        raise BackupError(f"{path} is a folder; name a file with {option}.")
    if not path.parent.is_dir():
        raise BackupError(f"The folder {path.parent} does not exist; make it first.")
    if path.exists() and not replace:
        raise BackupError(f"{path} exists already; name another file with {option}, or allow it to go with --replace.")


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Yield a name next to a file, for one that is to take its place; whatever is left there at the end is removed."""
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        yield part
    finally:
        for path in (part, *(Path(f"{part}{companion}") for companion in ("-journal", *COMPANIONS))):
            path.unlink(missing_ok=True)


def _copied(source: Path, part: Path) -> Sound:
    """Copy a database and check the copy: one step, since writers never wait for readers and a copy is one of those."""
    try:
        with (
            closing(_opened_for_reading(source)) as original,
            closing(sqlite3.connect(part)) as copy,
        ):
            original.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without companions
            version = _checked(copy, source)
    except sqlite3.Error as error:
        raise BackupError(f"{source} is damaged, or cannot be copied: {error}.") from error
    shutil.copymode(source, part)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    return Sound(part.stat().st_size, version)


def _checked(connection: sqlite3.Connection, source: Path) -> int:
    """Return the version of a database.

    Raises:
        BackupError: If it is damaged, or none of a server.
    """
    findings = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    if findings != ["ok"]:
        raise BackupError(f"{source} is damaged: {'; '.join(findings[:FINDINGS_SHOWN])}.")
    broken = {str(row[0]) for row in connection.execute("PRAGMA foreign_key_check")}
    if broken:
        raise BackupError(f"{source} has rows that refer to nothing, in {', '.join(sorted(broken)[:FINDINGS_SHOWN])}.")
    names = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"migration", "server_state"} <= names:
        raise BackupError(f"{source} is no database of this server.")
    return int(connection.execute("SELECT max(version) FROM migration").fetchone()[0] or 0)


@contextlib.contextmanager
def _unused(path: Path) -> Iterator[None]:
    """Hold a database that nobody else has open, so that it can go.

    Raises:
        BackupError: If somebody has it open; each connection of a server keeps the file from leaving WAL mode.
    """
    if not path.exists():
        yield
        return
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise BackupError(f"A server has {path} open ({error}); stop it first.") from error
        except sqlite3.DatabaseError:
            pass  # what is no database is in no server's use
        yield


def _put(part: Path, target: Path, *, replace: bool) -> None:
    """Give a finished file its name, at once or not at all."""
    if not replace:
        try:
            os.link(part, target)
        except FileExistsError as error:
            raise BackupError(f"{target} appeared meanwhile; it was left alone.") from error
        except OSError:  # a file system without links
            part.rename(target)
    else:
        for companion in COMPANIONS:
            if Path(f"{target}{companion}").exists():
                raise BackupError(f"{target} is in use: there is a {target}{companion} beside it.")
        part.replace(target)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(target.parent, os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
