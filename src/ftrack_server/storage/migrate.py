"""Bring a database to the tables of this server, one numbered and recorded step after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData, func, insert, inspect, select

from ftrack_server.errors import DatabaseVersionError

if TYPE_CHECKING:
    from ftrack_server.storage.engine import Database

Step = Callable[[Connection, MetaData], None]


def _create_all(connection: Connection, metadata: MetaData) -> None:
    metadata.create_all(connection)


STEPS: Mapping[int, Step] = {1: _create_all}
"""What each version does to the one before; a step that has been released never changes."""

CURRENT = max(STEPS)


def migrate(database: Database) -> int:
    """Apply the steps a database lacks, in one transaction, and return how many there were.

    Raises:
        DatabaseVersionError: If the database was made by a newer server, or holds tables of something else.
    """
    with database.read() as connection:
        found = version_of(connection)
    if found == CURRENT:
        return 0
    if found > CURRENT:
        raise DatabaseVersionError(
            f"The database has version {found}, this server knows versions up to {CURRENT}. Use a newer server."
        )
    with database.write() as connection:
        missing = [number for number in sorted(STEPS) if number > version_of(connection)]
        for number in missing:
            STEPS[number](connection, database.metadata)
            moment = datetime.now(timezone.utc).isoformat(timespec="seconds")
            connection.execute(insert(database.metadata.tables["migration"]), {"version": number, "applied_at": moment})
    return len(missing)


def version_of(connection: Connection) -> int:
    """Return the version of a database, 0 for an empty one.

    Raises:
        DatabaseVersionError: If there are tables, but none of this server.
    """
    names = set(inspect(connection).get_table_names())
    if not names:
        return 0
    if "migration" not in names:
        raise DatabaseVersionError(
            f"The database holds tables of something else ({', '.join(sorted(names)[:3])}, …); choose another one."
        )
    metadata = MetaData()
    metadata.reflect(connection, only=["migration"])
    return connection.execute(select(func.max(metadata.tables["migration"].c.version))).scalar() or 0
