"""The event log of a database as the event server uses it: each call a transaction of its own, in any thread."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ftrack_server.storage import event_log

if TYPE_CHECKING:
    from ftrack_server.storage.engine import Database
    from ftrack_server.storage.event_log import LoggedEvent

LEASE_SECONDS = 300


class History:
    """Events that were committed, where sending has got to, and who runs what for which event.

    Args:
        database: Where the log is.
        max_events: How many events are kept.
        max_characters: How long all of them may be together.
    """

    def __init__(self, database: Database, *, max_events: int, max_characters: int) -> None:
        self._database = database
        self._max_events = max_events
        self._max_characters = max_characters
        self._log = database.metadata.tables["event_log"]
        self._state = database.metadata.tables["server_state"]
        self._leases = database.metadata.tables["event_lease"]

    def after(self, position: int, *, limit: int, characters: int) -> list[LoggedEvent]:
        """Return the events behind a position, in the order of their commits, up to a number and a length."""
        with self._database.read() as connection:
            return event_log.after(connection, self._log, position, limit=limit, characters=characters)

    def has(self, event_id: str) -> bool:
        """Return whether an event is in the log."""
        with self._database.read() as connection:
            return event_log.has(connection, self._log, event_id)

    def bounds(self) -> tuple[int, int]:
        """Return the positions of the oldest and the newest event, both 0 when there is none."""
        with self._database.read() as connection:
            return event_log.bounds(connection, self._log)

    def sent(self) -> int:
        """Return the position up to which events were sent for sure."""
        with self._database.read() as connection:
            return event_log.sent(connection, self._state)

    def mark_sent(self, position: int) -> None:
        """Note that events up to a position were sent."""
        with self._database.write() as connection:
            event_log.mark_sent(connection, self._state, position)

    def trim(self) -> int:
        """Drop the oldest events beyond what is kept; return how many."""
        with self._database.write() as connection:
            return event_log.trim(connection, self._log, events=self._max_events, characters=self._max_characters)

    def claim(self, name: str, event_id: str, holder: str, seconds: int = LEASE_SECONDS) -> bool:
        """Return whether a holder may run what is called by a name for an event; of several only one may.

        Args:
            name: What is to be run once: an action, a listener.
            event_id: For which event.
            holder: Who asks; whoever was given the lease is given it again.
            seconds: How long others wait before one of them may take over.
        """
        with self._database.write() as connection:
            now = int(time.time())
            return event_log.claim(connection, self._leases, name, event_id, holder, now=now, seconds=seconds)
