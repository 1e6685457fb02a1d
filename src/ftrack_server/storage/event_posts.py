"""Events that clients published, on their way from one server of a database to the others; kept for a minute.

Every server appends what its clients publish and reads what the others have appended. Positions grow in the order of
commits, since appending waits its turn (see `Database.side`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, case, delete, func, select

from ftrack_server.storage import dialect
from ftrack_server.storage.event_log import MARK


@dataclass(frozen=True, slots=True)
class PostedEvent:
    """One event.

    Attributes:
        position: Its place, growing by commit.
        payload: The event as JSON text; None for one of the reader's own.
    """

    position: int
    payload: str | None


def append(connection: Connection, posts: Table, server: str, events: Sequence[tuple[int, str]], *, now: int) -> None:
    """Add events of a server, as number and text, in their order; those whose number is there already are left out."""
    statement = dialect.insert_ignoring(posts, connection.dialect.name).prefix_with(MARK)
    connection.execute(
        statement,
        [{"server": server, "number": number, "posted_at": now, "payload": text} for number, text in events],
    )


def after(connection: Connection, posts: Table, server: str, position: int, *, limit: int) -> list[PostedEvent]:
    """Return the events behind a position, in order; of the server's own only the positions."""
    payload = case((posts.c.server != server, posts.c.payload), else_=None)
    wanted = (
        select(posts.c.position, payload)
        .where(posts.c.position > position)
        .order_by(posts.c.position)
        .limit(limit)
        .prefix_with(MARK)
    )
    return [PostedEvent(row[0], row[1]) for row in connection.execute(wanted)]


def newest(connection: Connection, posts: Table) -> int:
    """Return the position of the newest event, 0 when there is none."""
    return connection.execute(select(func.max(posts.c.position)).prefix_with(MARK)).scalar() or 0


def trim(connection: Connection, posts: Table, *, before: int) -> None:
    """Drop the events that were posted before a moment, in seconds."""
    connection.execute(delete(posts).where(posts.c.posted_at < before).prefix_with(MARK))
