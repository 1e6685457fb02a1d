"""What transactions say besides their statements: locks, marks, and what tells that nobody has committed since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server.storage.dialect.types import SQLITE

if TYPE_CHECKING:
    from sqlalchemy import Connection

WRITES = "writes"
"""Set in the information of a connection that is for writing."""
POSTGRESQL_WRITE_LOCK = f"SELECT pg_advisory_xact_lock({int.from_bytes(b'ftrack', 'big')})"
"""Waits until no other transaction of the database has run this; the end of the transaction ends the lock."""

EDITION_MARK = "/* edition */"
"""Stands in the SQL that looks whether another server has changed the data model."""

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "ROLLBACK", "PRAGMA", "SET LOCAL", POSTGRESQL_WRITE_LOCK, EDITION_MARK)
"""How statements begin that order transactions, and are no part of what a call asks for."""


def content_mark(connection: Connection) -> int | None:
    """Return a mark that stays the same on one connection for as long as nobody commits; None where there is none.

    Connections that write have none: what they changed and took back again would go unseen.

    Cost: some µs on SQLite, and no statement.
    """
    if connection.dialect.name != SQLITE or connection.info.get(WRITES):
        return None
    driver: Any = connection.connection.driver_connection
    return int(driver.execute("PRAGMA data_version").fetchone()[0])
