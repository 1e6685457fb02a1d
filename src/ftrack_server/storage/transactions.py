"""Transactions: one writer at a time, and failures of the database in words."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, exc

from ftrack_server.errors import DatabaseBusyError, DuplicateEntryError, IntegrityError, ServerError, ValidationError
from ftrack_server.storage import dialect

_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")
_SQLITE_INDEX = re.compile(r"UNIQUE constraint failed: index '(?P<index>\w+)'")
_SQLITE_OVERFLOW = "integer overflow"
_SQLITE_NULL = re.compile(r"NOT NULL constraint failed: (?P<column>\S+)")
# The values may hold anything, so what follows them is looked for from the end.
_POSTGRES_KEY = re.compile(r"\((?P<columns>[^)]*)\)=\((?P<values>.*)\)(?P<rest>[^)]*)", re.DOTALL)
_POSTGRES_LAST_NAME = re.compile(r'"(?P<name>[^"]+)"\W*$')
_POSTGRES_IN_USE = "still referenced"
_UNIQUE, _NULL, _REFERENCE, _TOO_LONG = "23505", "23502", "23503", "54000"
_BUSY = frozenset({"55P03", "40P01", "40001"})
"""States of PostgreSQL: a lock not had in time, a deadlock, a serialisation failure."""


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

    Errors of the database come out as `IntegrityError`, `DuplicateEntryError`, `ValidationError` or
    `DatabaseBusyError`, chained.
    """
    with explained(), engine.connect() as connection, connection.begin():
        yield connection
        _commit_explaining(connection)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn errors of the database that a caller can do something about into errors of ours, chained."""
    try:
        yield
    except exc.IntegrityError as error:
        raise translated(error) from error
    except exc.DataError as error:
        raise ValidationError(f"The database cannot take a value: {_reason(error)}.") from error
    except exc.OperationalError as error:
        known = _operational(error)
        if known is None:
            raise
        raise known from error


def _operational(error: exc.OperationalError) -> ServerError | None:
    state = _state(error)
    if "locked" in str(error.orig) or state in _BUSY:
        return DatabaseBusyError("Another process keeps the database locked; try again.")
    if _SQLITE_OVERFLOW in str(error.orig):
        return ValidationError(f"A sum is larger than the 64 bits of the database: {_reason(error)}.")
    if state == _TOO_LONG:
        return ValidationError(f"A value is too long for the database: {_reason(error)}.")
    return None


def _state(error: exc.DBAPIError) -> str | None:
    """Return the five characters by which PostgreSQL tells errors apart, None on SQLite."""
    return getattr(error.orig, "sqlstate", None)


def _reason(error: exc.DBAPIError) -> str:
    return str(error.orig).splitlines()[0].rstrip(".")


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
    if _state(error) is not None:
        return _translated_postgresql(error)
    message = str(error.orig)
    if found := _SQLITE_INDEX.search(message):
        return DuplicateEntryError(f"the values of {found['index'].removeprefix('ix_')} are taken.")
    if found := _SQLITE_UNIQUE.search(message):
        return DuplicateEntryError(f"{found['columns']} must be unique, and another row has the same value.")
    if found := _SQLITE_NULL.search(message):
        return IntegrityError(f"{found['column']} must have a value.")
    return IntegrityError(f"The database refused the batch: {message}.")


def _translated_postgresql(error: exc.IntegrityError) -> IntegrityError:
    state, details = _state(error), getattr(error.orig, "diag", None)
    table = getattr(details, "table_name", None)
    if state == _NULL:
        return IntegrityError(f"{table}.{getattr(details, 'column_name', None)} must have a value.")
    found = _POSTGRES_KEY.search(getattr(details, "message_detail", None) or "")
    if found is None or state not in {_UNIQUE, _REFERENCE}:
        return IntegrityError(f"The database refused the batch: {_reason(error)}.")
    columns, values, rest = found["columns"], found["values"], found["rest"]
    if state == _UNIQUE:
        named = ", ".join(f"{table}.{column}" for column in columns.split(", "))
        return DuplicateEntryError(f'{named} must be unique, and another row has the same value: "{values}".')
    if _POSTGRES_IN_USE in rest:
        return IntegrityError(f'A row of {table} refers to "{values}", which does not exist any more.')
    target = _POSTGRES_LAST_NAME.search(rest)
    kind = f"{target['name']} " if target else ""
    return IntegrityError(f'{table}: "{columns}" refers to the {kind}"{values}", which does not exist.')
