"""Transactions: one writer at a time, and failures of the database in words."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exc

from ftrack_server.errors import DatabaseBusyError

if TYPE_CHECKING:
    from ftrack_server.storage.dialect.backend import Backend


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
def write_transaction(backend: Backend) -> Iterator[Connection]:
    """Yield a connection in a transaction that commits at the end and rolls back on any exception.

    Errors of the database come out as errors of ours where a caller can do something about them, chained.
    """
    with explained(backend), backend.writer.connect() as connection, connection.begin():
        yield connection
        backend.settle(connection)


@contextlib.contextmanager
def explained(backend: Backend) -> Iterator[None]:
    """Turn errors of the database that a caller can do something about into errors of ours, chained."""
    try:
        yield
    except exc.TimeoutError as error:
        raise DatabaseBusyError("All connections to the database are in use; try again.") from error
    except (exc.DBAPIError, backend.failure) as error:
        known = backend.refusal(error)
        if known is None:
            raise
        raise known from error
