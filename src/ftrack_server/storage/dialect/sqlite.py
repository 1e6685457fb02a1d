"""SQLite's part of the dialect: how a file is opened, read while somebody writes, checked and complained about."""

from __future__ import annotations

import math
import re
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, exc
from sqlalchemy.pool import QueuePool

from ftrack_server.errors import (
    DatabaseUnavailableError,
    DatabaseVersionError,
    DuplicateEntryError,
    IntegrityError,
    QueryTimeoutError,
    ServerError,
    ValidationError,
)
from ftrack_server.storage.dialect.backend import broken_reference, busy, unavailable
from ftrack_server.storage.dialect.sqlite_statistics import GROWTH, GROWTH_AT_THE_END, Statistics
from ftrack_server.storage.dialect.transaction import WRITES

if TYPE_CHECKING:
    from ftrack_server.storage.dialect.backend import Side, Timeouts

MEMORY = ":memory:"
FILE_MARK = b"SQLite format 3\x00"

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # what was acknowledged survives a power failure; 0.15 ms per batch on a fast disk
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 4000",  # 16 MB: a large batch is put into the file after several of its kind
    "PRAGMA cache_size = -65536",
    "PRAGMA mmap_size = 268435456",
)
# Steps of SQLite's machine between two looks at the clock: a few milliseconds, and too rare to be measured.
_STEPS_BETWEEN_LOOKS = 100_000

_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")
_INDEX = re.compile(r"UNIQUE constraint failed: index '(?P<index>\w+)'")
_NULL = re.compile(r"NOT NULL constraint failed: (?P<column>\S+)")
_OVERFLOW = "integer overflow"
_UNAVAILABLE = ("disk is full", "disk i/o error", "readonly database", "unable to open", "malformed", "not a database")


class SqliteBackend:
    """One SQLite file in WAL mode: many readers and one writer at a time, in any number of processes."""

    name = "sqlite"
    failure: type[Exception] = sqlite3.Error
    side: Side | None = None

    def __init__(
        self, name: str, metadata: MetaData, timeouts: Timeouts, readers: int, template: Path | None = None
    ) -> None:
        self._metadata = metadata
        self._timeouts = timeouts
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if name == MEMORY:
            self._folder = tempfile.TemporaryDirectory(prefix="ftrack-server-")
            name = str(Path(self._folder.name) / "database.sqlite3")
        self.path: Path | None = Path(name)
        self.is_shared = self._folder is None
        _check_file(self.path)
        if template is not None and not self.path.exists():
            shutil.copyfile(template, self.path)
        self.reader = self._engine(self.path, readers, write=False)
        self.writer = self._engine(self.path, 1, write=True)
        self._statistics = Statistics()
        self._inode = self.path.stat().st_ino if self.path.exists() else None  # the first transaction makes a new file

    def lift_limits(self, connection: Connection) -> None:
        """Let statements of this transaction take as long as they need."""
        connection.info["deadline"].seconds = math.inf

    def edition(self, connection: Connection) -> int:
        """Return the number in the file's header, which costs about 10 µs and no statement."""
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

    def advance_edition(self, connection: Connection) -> None:
        """Count one further, as part of the transaction."""
        connection.exec_driver_sql(f"PRAGMA user_version = {self.edition(connection) + 1}")

    def check_now(self, connection: Connection) -> None:
        """Do nothing: checks that are due keep nobody from changing tables."""

    def settle(self, connection: Connection) -> None:
        """Commit, naming the row of a broken reference: SQLite says no more than that there is one.

        A COMMIT that fails leaves the transaction open, so the row can still be looked for; the search reads every
        table, and only happens on failure.

        Raises:
            IntegrityError: For a reference that leads nowhere.
        """
        try:
            connection.exec_driver_sql("COMMIT")
        except exc.IntegrityError as error:
            for table, rowid, target, number in connection.exec_driver_sql("PRAGMA foreign_key_check"):
                raise self._broken(connection, str(table), rowid, str(target), number) from error
            raise
        self._statistics.refresh(_driver(connection))

    def refresh_statistics(self) -> None:
        """Count the tables anew if the file has grown a good deal since that was done."""
        self._refresh(GROWTH)

    def _refresh(self, growth: float) -> None:
        with self.writer.connect() as connection:
            connection.info["deadline"].start()
            self._statistics.refresh(_driver(connection), growth)

    def _broken(self, connection: Connection, table: str, rowid: object, target: str, number: object) -> IntegrityError:
        found = connection.exec_driver_sql(f'SELECT * FROM "{table}" WHERE rowid = ?', (rowid,)).mappings().first()
        keys = connection.exec_driver_sql(f'PRAGMA foreign_key_list("{table}")').mappings()
        column = next(str(key["from"]) for key in keys if key["id"] == number)
        return broken_reference(self._metadata.tables[table], dict(found or {}), column, target)

    def refusal(self, error: Exception) -> ServerError | None:
        """Return what to tell a caller about an error of the database, None for what is a fault of the server."""
        message = str(getattr(error, "orig", None) or error)
        if isinstance(error, exc.IntegrityError):
            return _contradiction(message)
        if isinstance(error, exc.DataError):
            return ValidationError(f"The database cannot take a value: {message.rstrip('.')}.")
        if _OVERFLOW in message:
            return ValidationError(f"A sum is larger than the 64 bits of the database: {message}.")
        if message == "interrupted":
            return QueryTimeoutError(self._timeouts.query)
        if "locked" in message:
            return busy()
        if any(words in message.lower() for words in _UNAVAILABLE):
            return unavailable(message)
        return None

    def check_place(self) -> None:
        """Find out whether the file is still the one that was opened: SQLite would go on with a deleted one.

        Raises:
            DatabaseUnavailableError: If it was removed or replaced.
        """
        try:
            found = None if self.path is None else self.path.stat().st_ino
        except OSError as error:
            raise DatabaseUnavailableError(f"The database file {self.path} is gone: {error.strerror}.") from error
        if self._inode is None:
            self._inode = found
        if found != self._inode:
            raise DatabaseUnavailableError(f"The database file {self.path} was replaced; start the server again.")

    def close(self) -> None:
        """Close all connections; a private file is removed, another one left with statistics of what it holds."""
        if self.is_shared and self.writer.pool.checkedin():  # type: ignore[attr-defined]  # a QueuePool
            self._refresh(GROWTH_AT_THE_END)
        self.reader.dispose()
        self.writer.dispose()
        if self._folder is not None:
            self._folder.cleanup()

    def _engine(self, path: Path, size: int, *, write: bool) -> Engine:
        engine = create_engine(
            f"sqlite:///{path}",
            poolclass=QueuePool,
            pool_size=size,
            pool_use_lifo=True,  # who reads page after page meets the connection that knows the last one
            max_overflow=0 if write else size * 4,
            connect_args={"check_same_thread": False, "timeout": self._timeouts.write, "isolation_level": None},
        )

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, record: Any) -> None:
            record.info[WRITES] = write
            _configure(connection, self._timeouts.write)
            if self._folder is not None:
                connection.execute("PRAGMA synchronous = OFF")
            if not write:
                connection.execute("PRAGMA query_only = ON")
            deadline = record.info["deadline"] = _Deadline(self._timeouts.query)
            connection.set_progress_handler(deadline.has_passed, _STEPS_BETWEEN_LOOKS)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.info["deadline"].seconds = math.inf  # waiting for the turn has a limit of its own
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
            connection.info["deadline"].seconds = self._timeouts.query

        @event.listens_for(engine, "before_cursor_execute")
        def _start(connection: Connection, _c: Any, _s: Any, _p: Any, _context: Any, _many: Any) -> None:
            connection.info["deadline"].start()

        return engine


def _driver(connection: Connection) -> sqlite3.Connection:
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # SQLAlchemy's protocol
    return driver


class _Deadline:
    """When the statement that a connection runs has to be done."""

    __slots__ = ("_until", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = math.inf

    def start(self) -> None:
        """Give a statement its time."""
        self._until = time.monotonic() + self.seconds

    def has_passed(self) -> bool:
        """Return whether to stop; SQLite asks while it works."""
        return time.monotonic() > self._until


def _configure(connection: sqlite3.Connection, patience: float) -> None:
    """Set up a connection; two processes that make one new file get in each other's way, so that may take two tries."""
    until = time.monotonic() + patience
    for pragma in _PRAGMAS:
        while True:
            try:
                connection.execute(pragma)
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.01)


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise DatabaseVersionError(f"{path} is a folder; name a file, such as {path / 'ftrack.sqlite3'}.")
    if not path.parent.is_dir():
        raise DatabaseVersionError(f"The folder {path.parent} of the database does not exist; make it first.")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            if file.read(len(FILE_MARK)) != FILE_MARK:
                raise DatabaseVersionError(f"{path} is no SQLite database; choose another file.")


def _contradiction(message: str) -> IntegrityError:
    if found := _INDEX.search(message):
        return DuplicateEntryError(f"the values of {found['index'].removeprefix('ix_')} are taken.")
    if found := _UNIQUE.search(message):
        return DuplicateEntryError(f"{found['columns']} must be unique, and another row has the same value.")
    if found := _NULL.search(message):
        return IntegrityError(f"{found['column']} must have a value.")
    return IntegrityError(f"The database refused the batch: {message}.")
