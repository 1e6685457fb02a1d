"""What a database tells about itself: whether anybody has committed, and how it goes about a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server.storage.dialect.transaction import WRITES
from ftrack_server.storage.dialect.types import SQLITE

if TYPE_CHECKING:
    from sqlalchemy import Connection


def content_mark(connection: Connection) -> int | str | None:
    """Return a mark that stays the same on one connection for as long as nobody commits; None where there is none.

    Connections that write have none: what they changed and took back again would go unseen. On PostgreSQL it is the
    snapshot of the transaction, which says which others it sees.

    Cost: some µs on SQLite, a round trip on PostgreSQL; nothing that counts as a statement.
    """
    if connection.info.get(WRITES):
        return None
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == SQLITE:
        return int(driver.execute("PRAGMA data_version").fetchone()[0])
    return str(driver.execute("SELECT pg_current_snapshot()").fetchone()[0])


def finds_in_order(connection: Connection, text: str, parameters: Any) -> bool:
    """Return whether a statement brings its rows as it finds them, rather than sorting them first; runs no row of it.

    Args:
        connection: Where it would run.
        text: The statement as the driver takes it.
        parameters: Its parameters, likewise.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == SQLITE:
        steps = [str(row[3]) for row in driver.execute(f"EXPLAIN QUERY PLAN {text}", parameters)]
        return not any("TEMP B-TREE" in step for step in steps)
    steps = [str(row[0]) for row in driver.execute(f"EXPLAIN {text}", parameters)]
    return not any("Sort" in step for step in steps)
