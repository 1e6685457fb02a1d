"""What servers of one PostgreSQL database tell each other: short transactions beside the batches, and notices.

A notice is only a bell: what there is to tell is in rows, so neither its limit of 8,000 bytes nor one that is lost
matters much.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select

CHANNEL = "ftrack"
_LOCK = int.from_bytes(b"events", "big")
_BEGIN = f"SET LOCAL synchronous_commit = off; SELECT pg_advisory_xact_lock({_LOCK})"
_PATIENCE = "SET statement_timeout = 10000; SET lock_timeout = 10000"


class PostgresqlSide:
    """Two further connections to a database, made when they are first used.

    Args:
        url: Its address.
    """

    def __init__(self, url: URL) -> None:
        self._engine: Engine = create_engine(url, pool_size=1, max_overflow=1, pool_pre_ping=True)
        self._lock = threading.Lock()
        self._ear: Any = None

        @event.listens_for(self._engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            connection.execute(_PATIENCE)
            connection.commit()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection in a transaction of its own, which others of this kind wait for and batches do not.

        They commit in the order of their statements. The last ones may be lost when the machine of the database fails,
        since nobody waits for its disk.
        """
        with self._engine.begin() as connection:
            connection.exec_driver_sql(_BEGIN, execution_options={"no_parameters": True})
            yield connection

    def ring(self, connection: Connection, text: str) -> None:
        """Send a notice to every server of the database, this one included, with the commit of a transaction."""
        connection.execute(select(func.pg_notify(CHANNEL, text)))

    def hear(self, seconds: float) -> list[str]:
        """Return the notices that came since the last call, waiting for one at most so long; for one thread.

        After an error the next call connects anew; what was sent meanwhile is not heard.
        """
        try:
            with self._lock:
                if self._ear is None:
                    pooled = self._engine.raw_connection()
                    self._ear = pooled.driver_connection
                    pooled.detach()
                    self._ear.autocommit = True
                    self._ear.execute(f"LISTEN {CHANNEL}")
                    return [""]  # what was told before it listened
                ear = self._ear
            return [notice.payload for notice in ear.notifies(timeout=seconds, stop_after=1)]
        except BaseException:
            self._hang_up()
            raise

    def close(self) -> None:
        """Close the connections."""
        self._hang_up()
        self._engine.dispose()

    def _hang_up(self) -> None:
        with self._lock:
            ear, self._ear = self._ear, None
        if ear is not None:
            ear.close()
