"""Open a database and hand out connections: many for reading, one at a time for writing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event, func, select

from ftrack_server.storage import dialect
from ftrack_server.storage.dialect.backend import Timeouts
from ftrack_server.storage.dialect.kinds import open_backend
from ftrack_server.storage.tables import build_metadata
from ftrack_server.storage.transactions import WriteQueue, explained, write_transaction

if TYPE_CHECKING:
    from sqlalchemy import MetaData

    from ftrack_server.model.registry import Model
    from ftrack_server.storage.dialect.backend import Backend


class Database:
    """One open database.

    Attributes:
        metadata: Its tables.
        dialect: Which kind it is, for functions of `dialect` to be told.
        path: The file, where it is one.
        is_shared: Whether other processes may have it open.
        side: How its servers reach each other beside the batches, None where that is not provided for.
    """

    def __init__(self, backend: Backend, metadata: MetaData, write_timeout: float) -> None:
        self._backend = backend
        self._queue = WriteQueue(write_timeout)
        self.metadata = metadata
        self.dialect = backend.name
        self.path = backend.path
        self.is_shared = backend.is_shared
        self.side = backend.side
        self._observers: list[list[str]] = []
        for engine in (backend.reader, backend.writer):
            event.listen(engine, "before_cursor_execute", self._observe)

    @classmethod
    def open(
        cls,
        database: str | Path,
        model: Model,
        *,
        write_timeout: float = 30.0,
        query_timeout: float = 60.0,
        readers: int = 8,
        template: Path | None = None,
        metadata: MetaData | None = None,
    ) -> Database:
        """Open a database; a missing SQLite file is made, its tables are not (see `migrate`).

        Args:
            database: Path, ``:memory:`` for a private file that vanishes on `close`, or a ``postgresql://`` URL.
            model: Decides the tables.
            write_timeout: How long a writer waits for its turn, in seconds.
            query_timeout: How long one statement may run, in seconds.
            readers: Connections kept for reading.
            template: An SQLite file to start a new database from.
            metadata: The tables of the model, where they are known; making them takes 50 ms. Never those that were
                used with another kind of database: SQLAlchemy marks the foreign keys that PostgreSQL gets by ALTER
                TABLE for good, and SQLite's tables would go without them.

        Raises:
            DatabaseVersionError: If the path is no SQLite database or its folder does not exist, if no PostgreSQL
                answers at the URL, or psycopg is missing.
        """
        metadata = build_metadata(model) if metadata is None else metadata
        timeouts = Timeouts(write_timeout, query_timeout)
        return cls(open_backend(database, metadata, timeouts, readers, template), metadata, write_timeout)

    @contextlib.contextmanager
    def read(self, *, patient: bool = False) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database for as long as it is held.

        Args:
            patient: Let statements take as long as they need: for what the server asks of its own accord.

        Raises:
            ValidationError: If the database cannot take a value that is looked for, such as text with a zero byte.
            QueryTimeoutError: If a statement takes longer than the query timeout.
            DatabaseUnavailableError: If the database is gone.
        """
        with explained(self._backend), self._backend.reader.connect() as connection, connection.begin():
            if patient:
                self._backend.lift_limits(connection)
            yield connection

    @contextlib.contextmanager
    def write(self, *, patient: bool = False) -> Iterator[Connection]:
        """Yield a connection inside a transaction of its own: all of it is kept, or after any exception nothing.

        Args:
            patient: Let statements take as long as they need.

        Raises:
            DatabaseBusyError: If other writers took longer than the write timeout.
            IntegrityError: If what was written contradicts itself, found at the latest on the way out.
            QueryTimeoutError: If a statement takes longer than the query timeout.
            DatabaseUnavailableError: If the database is gone, or full.
        """
        with self._queue.turn(), write_transaction(self._backend) as connection:
            if patient:
                self._backend.lift_limits(connection)
            yield connection

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Turn errors of the database into those that `read` and `write` raise already inside of them."""
        with explained(self._backend):
            yield

    def check_now(self, connection: Connection) -> None:
        """Do the checks that are due by now, as has to be before tables are changed in which rows were."""
        self._backend.check_now(connection)

    def edition(self, connection: Connection) -> int:
        """Return how often the data model was changed so far, as a transaction sees it.

        Cost: nothing worth measuring on SQLite, one look-up by key on PostgreSQL.
        """
        return self._backend.edition(connection)

    def advance_edition(self, connection: Connection) -> None:
        """Let every server of the database know, with the commit, that the data model is another one."""
        self._backend.advance_edition(connection)

    def refresh_statistics(self) -> None:
        """Let the database know what its tables hold, where it does not find out by itself; commits do so as well.

        Cost: next to nothing when there is nothing to do.
        """
        with self._queue.turn(), explained(self._backend):
            self._backend.refresh_statistics()

    def probe(self) -> int:
        """Return the version of the tables, read anew: one statement.

        Raises:
            DatabaseUnavailableError: If the database is gone.
        """
        self._backend.check_place()
        with self.read() as connection:
            version = self.metadata.tables["migration"].c.version
            return connection.execute(select(func.max(version))).scalar() or 0

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
        self._backend.close()
