"""What transactions say besides their statements: locks and marks."""

from __future__ import annotations

WRITES = "writes"
"""Set in the information of a connection that is for writing."""
POSTGRESQL_WRITE_LOCK = f"SELECT pg_advisory_xact_lock({int.from_bytes(b'ftrack', 'big')})"
"""Waits until no other transaction of the database has run this; the end of the transaction ends the lock."""

EDITION_MARK = "/* edition */"
"""Stands in the SQL that looks whether another server has changed the data model."""

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "ROLLBACK", "PRAGMA", "SET LOCAL", POSTGRESQL_WRITE_LOCK, EDITION_MARK)
"""How statements begin that order transactions, and are no part of what a call asks for."""
