"""What brings events to clients, put together: the routing, the log of commits, and the way to other servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_server.events.broker import Broker
from ftrack_server.events.exchange import Exchange
from ftrack_server.events.history import History
from ftrack_server.events.posts import Posts
from ftrack_server.events.relay import Relay

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from ftrack_server.events.limits import EventLimits
    from ftrack_server.storage.engine import Database

OTHER_SERVERS_SECONDS = 1.0
"""How often a server looks for what others of its database have committed, should nothing tell it."""


class Delivery:
    """The parts of one server's delivery.

    Args:
        database: Where commits are logged, and what servers share.
        limits: How much one client may ask for.
        max_events: How many events the log keeps.
        max_characters: How long all of them may be together.
        recovery_seconds: How long hubs get to come back after a crash.

    Attributes:
        broker: Who is connected.
        history: The log.
    """

    def __init__(
        self, database: Database, limits: EventLimits, *, max_events: int, max_characters: int, recovery_seconds: float
    ) -> None:
        self.broker = Broker(limits)
        self.history = History(database, max_events=max_events, max_characters=max_characters)
        poll_seconds = OTHER_SERVERS_SECONDS if database.is_shared else None
        self._relay = Relay(self.history, self.broker, poll_seconds=poll_seconds, recovery_seconds=recovery_seconds)
        self._exchange: Exchange | None = None
        if database.side is not None:
            self._exchange = Exchange(Posts(database, database.side), self.broker, self._relay.wake)
            self.broker.forward = self._exchange.forward

    def announce(self) -> None:
        """Have a committed batch told to the listeners here and at other servers; from any thread."""
        self._relay.announce()
        if self._exchange is not None:
            self._exchange.announce()

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """Return what is to run in the loop until it is cancelled."""
        return [self._relay.run()] if self._exchange is None else [self._relay.run(), self._exchange.run()]
