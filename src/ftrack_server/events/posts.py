"""Events for the other servers of a database, as the event server uses them: each call a transaction, in any thread."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from ftrack_server.storage import event_posts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_server.storage.dialect.backend import Side
    from ftrack_server.storage.engine import Database
    from ftrack_server.storage.event_posts import PostedEvent

KEPT_SECONDS = 60
"""How long events wait for servers that have lost their connection to the database."""

TRIM_SECONDS = 10
EVENTS, COMMITS = "events", "commits"


class Posts:
    """What this server tells the others, and what they tell.

    Args:
        database: The database that they share.
        side: How they reach each other.
    """

    def __init__(self, database: Database, side: Side) -> None:
        self._database = database
        self._side = side
        self._posts = database.metadata.tables["event_post"]
        self._server = uuid.uuid4().hex
        self._next_trim = 0

    def append(self, events: Sequence[tuple[int, str]]) -> None:
        """Tell the others of events, by number and as text; again where it is not sure whether they were told."""
        now = int(time.time())
        with self._database.explained(), self._side.transaction() as connection:
            event_posts.append(connection, self._posts, self._server, events, now=now)
            self._side.ring(connection, f"{self._server} {EVENTS}")
            if now >= self._next_trim:
                self._next_trim = now + TRIM_SECONDS
                event_posts.trim(connection, self._posts, before=now - KEPT_SECONDS)

    def announce_commits(self) -> None:
        """Tell the others that the event log has grown."""
        with self._database.explained(), self._side.transaction() as connection:
            self._side.ring(connection, f"{self._server} {COMMITS}")

    def hear(self, seconds: float) -> set[str]:
        """Return what the others have, `EVENTS` or `COMMITS`, waiting at most so long; both in doubt."""
        with self._database.explained():
            notices = self._side.hear(seconds)
        told = {notice.partition(" ")[2] for notice in notices if not notice.startswith(self._server)}
        return {EVENTS, COMMITS} if "" in told else told

    def after(self, position: int, limit: int) -> list[PostedEvent]:
        """Return the events behind a position, in order; of this server's own only the positions."""
        with self._database.read() as connection:
            return event_posts.after(connection, self._posts, self._server, position, limit=limit)

    def newest(self) -> int:
        """Return the position of the newest event."""
        with self._database.read() as connection:
            return event_posts.newest(connection, self._posts)
