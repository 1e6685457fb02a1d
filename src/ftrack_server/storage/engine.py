"""Open a database and hand out connections: many for reading, one at a time for writing."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.pool import QueuePool

from ftrack_server.errors import DatabaseVersionError
from ftrack_server.storage import dialect
from ftrack_server.storage.tables import build_metadata
from ftrack_server.storage.transactions import WriteQueue, explained, write_transaction

if TYPE_CHECKING:
    from sqlalchemy import URL, MetaData

    from ftrack_server.model.registry import Model

MEMORY = ":memory:"


class Database:
    """One open database.

    Attributes:
        metadata: Its tables.
        dialect: ``sqlite`` or ``postgresql``.
        path: The file, for SQLite.
    """

    def __init__(self, reader: Engine, writer: Engine, metadata: MetaData, write_timeout: float) -> None:
        self._reader = reader
        self._writer = writer
        self._queue = WriteQueue(write_timeout)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.metadata = metadata
        self.dialect: str = reader.dialect.name
        self.path: Path | None = Path(reader.url.database) if self.dialect == dialect.SQLITE else None  # type: ignore[arg-type]  # a file always has a path
        self._observers: list[list[str]] = []
        for engine in (reader, writer):
            event.listen(engine, "before_cursor_execute", self._observe)

    @classmethod
    def open(
        cls,
        database: str | Path,
        model: Model,
        *,
        write_timeout: float = 30.0,
        readers: int = 8,
        template: Path | None = None,
    ) -> Database:
        """Open a database; a missing SQLite file is made, its tables are not (see `migrate`).

        Args:
            database: Path, ``:memory:`` for a private file that vanishes on `close`, or a ``postgresql://`` URL.
            model: Decides the tables.
            write_timeout: How long a writer waits for its turn, in seconds.
            readers: Connections kept for reading.
            template: An SQLite file to start a new database from.

        Raises:
            DatabaseVersionError: If the path is no SQLite database or its folder does not exist, if no PostgreSQL
                answers at the URL, or psycopg is missing.
        """
        metadata = build_metadata(model)
        name = str(database)
        if re.match(r"postgres(ql)?(\+\w+)?://", name):
            url = make_url(re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg://", name))
            reader = _postgresql_engine(url, readers, write_timeout, write=False)
            _check_server(reader)
            return cls(reader, _postgresql_engine(url, 1, write_timeout, write=True), metadata, write_timeout)
        folder = None
        if name == MEMORY:
            folder = tempfile.TemporaryDirectory(prefix="ftrack-server-")
            name = str(Path(folder.name) / "database.sqlite3")
        path = Path(name)
        _check_file(path)
        if template is not None and not path.exists():
            shutil.copyfile(template, path)
        opened = cls(
            _sqlite_engine(path, readers, write_timeout, write=False, lasting=folder is None),
            _sqlite_engine(path, 1, write_timeout, write=True, lasting=folder is None),
            metadata,
            write_timeout,
        )
        opened._folder = folder
        return opened

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database for as long as it is held.

        Raises:
            ValidationError: If PostgreSQL cannot take a value that is looked for, such as text with a zero byte.
        """
        with explained(), self._reader.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection inside a transaction of its own: all of it is kept, or after any exception nothing.

        Raises:
            DatabaseBusyError: If other writers took longer than the write timeout.
            IntegrityError: If what was written contradicts itself, found at the latest on the way out.
        """
        with self._queue.turn(), write_transaction(self._writer) as connection:
            yield connection

    @contextlib.contextmanager
    def observing(self) -> Iterator[list[str]]:
        """Yield a list that receives the text of every statement run meanwhile, transaction control aside."""
        statements: list[str] = []
        self._observers.append(statements)
        try:
            yield statements
        finally:
            self._observers = [observer for observer in self._observers if observer is not statements]

    def _observe(self, _c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: Any) -> None:
        if self._observers and not statement.startswith(dialect.CONTROL):
            for observer in self._observers:
                observer.append(statement)

    def close(self) -> None:
        """Close every connection; a private file is removed."""
        self._reader.dispose()
        self._writer.dispose()
        if self._folder is not None:
            self._folder.cleanup()


def _sqlite_engine(path: Path, size: int, write_timeout: float, *, write: bool, lasting: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0 if write else size * 4,
        connect_args={"check_same_thread": False, "timeout": write_timeout, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        for pragma in dialect.SQLITE_PRAGMAS:
            connection.execute(pragma)
        if not lasting:
            connection.execute("PRAGMA synchronous = OFF")
        if not write:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _postgresql_engine(url: URL, size: int, write_timeout: float, *, write: bool) -> Engine:
    """Return an engine whose readers see one state per transaction, and whose writer is alone in the whole database.

    A batch decides by what it has read: the highest number, the sum of bids, the paths above, names that are taken. Row
    locks cover what is there and not what another batch is about to add, so one lock is held for the whole batch, by
    every server of the database. Waiting for the turn inside a process takes no connection (see `WriteQueue`).

    Raises:
        DatabaseVersionError: If psycopg is missing.
    """
    try:
        engine = create_engine(
            url,
            pool_size=size,
            max_overflow=0 if write else size,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED" if write else "REPEATABLE READ",
        )
    except ModuleNotFoundError as error:
        raise DatabaseVersionError(
            "PostgreSQL needs psycopg, which is not installed: pip install 'ftrack-api[server,postgres]'."
        ) from error

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute(dialect.lock_timeout(write_timeout))
        connection.commit()
        connection.read_only = not write

    if write:

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(dialect.POSTGRESQL_WRITE_LOCK)

    return engine


def _check_server(engine: Engine) -> None:
    try:
        engine.connect().close()
    except exc.OperationalError as error:
        reason = " ".join(str(error.orig).split()).rstrip(".?")
        raise DatabaseVersionError(f"The database {engine.url} cannot be opened: {reason}.") from error


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise DatabaseVersionError(f"{path} is a folder; name a file, such as {path / 'ftrack.sqlite3'}.")
    if not path.parent.is_dir():
        raise DatabaseVersionError(f"The folder {path.parent} of the database does not exist; make it first.")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            if file.read(15) != b"SQLite format 3":
                raise DatabaseVersionError(f"{path} is no SQLite database; choose another file.")
