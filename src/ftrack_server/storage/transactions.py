"""Write transactions: their order on SQLite, and their failures in words."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, exc

from ftrack_server.errors import DatabaseBusyError, DuplicateEntryError, IntegrityError
from ftrack_server.storage import dialect

_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")
_SQLITE_INDEX = re.compile(r"UNIQUE constraint failed: index '(?P<index>\w+)'")
_SQLITE_NULL = re.compile(r"NOT NULL constraint failed: (?P<column>\S+)")
_POSTGRES_DETAIL = re.compile(r"Key \((?P<columns>[^)]*)\)=\((?P<values>[^)]*)\)")


class WriteQueue:
    """One writer at a time, others wait in line."""

    def __init__(self, timeout: float) -> None:
        self._lock = threading.Lock()
        self._timeout = timeout

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn to write and hold it.

        Raises:
            DatabaseBusyError: After the timeout.
        """
        if not self._lock.acquire(timeout=self._timeout):
            raise DatabaseBusyError(f"Other writers kept the database busy for {self._timeout:g} s; try again.")
        try:
            yield
        finally:
            self._lock.release()


@contextlib.contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that commits at the end and rolls back on any exception.

    Errors of the database come out as `IntegrityError`, `DuplicateEntryError` or `DatabaseBusyError`, chained.
    """
    with engine.connect() as connection:
        try:
            with connection.begin():
                yield connection
                _commit_explaining(connection)
        except exc.IntegrityError as error:
            raise translated(error) from error
        except exc.OperationalError as error:
            if "locked" in str(error.orig):
                raise DatabaseBusyError("Another process keeps the database locked; try again.") from error
            raise


def _commit_explaining(connection: Connection) -> None:
    """Commit, naming the row of a broken reference: SQLite says no more than that there is one.

    A COMMIT that fails leaves the transaction open, so the row can still be looked for; the search reads every table,
    and only happens on failure. Engines that name the row themselves commit as usual, later.
    """
    violations = dialect.violations_query(connection.dialect.name)
    if violations is None:
        return
    try:
        connection.exec_driver_sql("COMMIT")
    except exc.IntegrityError as error:
        for table, rowid, target, _ in connection.execute(violations):
            raise IntegrityError(_broken_reference(connection, str(table), rowid, str(target))) from error
        raise


def _broken_reference(connection: Connection, table: str, rowid: Any, target: str) -> str:
    row = connection.exec_driver_sql(f'SELECT * FROM "{table}" WHERE rowid = ?', (rowid,)).mappings().first()
    key = f" {row['id']}" if row and "id" in row else ""
    for _, _, found, column, to, *_ in connection.exec_driver_sql(f'PRAGMA foreign_key_list("{table}")'):
        value = row[column] if row else None
        if found == target and value is not None and not _exists(connection, target, to, value):
            return f'{table}{key}: "{column}" refers to the {target} "{value}", which does not exist.'
    return f"{table}{key} refers to a {target} that does not exist."


def _exists(connection: Connection, table: str, column: str | None, value: Any) -> bool:
    query = f'SELECT 1 FROM "{table}" WHERE "{column or "id"}" = ?'
    return connection.exec_driver_sql(query, (value,)).first() is not None


def translated(error: exc.IntegrityError) -> IntegrityError:
    """Return the error of ours for a constraint the database found broken."""
    message = str(error.orig)
    if found := _SQLITE_INDEX.search(message):
        return DuplicateEntryError(f"the values of {found['index'].removeprefix('ix_')} are taken.")
    if found := _SQLITE_UNIQUE.search(message):
        return DuplicateEntryError(f"{found['columns']} must be unique, and another row has the same value.")
    if found := _SQLITE_NULL.search(message):
        return IntegrityError(f"{found['column']} must have a value.")
    if found := _POSTGRES_DETAIL.search(message):
        named = f"{found['columns']} = {found['values']}"
        if "already exists" in message:
            return DuplicateEntryError(f"{named} must be unique, and another row has the same value.")
        return IntegrityError(f"{named} refers to a row that does not exist.")
    return IntegrityError(f"The database refused the batch: {message}.")
