"""From the log to listeners: committed events are sent in order, those that a crash left over first."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING

from ftrack_protocol import json
from ftrack_protocol.event.envelope import Envelope
from ftrack_server.events.visibility import Narrowing

if TYPE_CHECKING:
    from ftrack_server.events.broker import Broker
    from ftrack_server.events.history import History
    from ftrack_server.storage.event_log import LoggedEvent

MARK_SECONDS = 1.0
"""How often it is written down what was sent. After a crash, what was sent since then is sent again, same id."""

TRIM_EVENTS = 500
"""After so many events the log is trimmed."""

PAGE_EVENTS = 100
PAGE_CHARACTERS = 8 * 1024 * 1024

logger = logging.getLogger(__name__)


class Relay:
    """Sends committed events. What it reads and notes is done beside the event loop; it sends in the loop.

    Args:
        history: The log.
        broker: Whom to give the events.
        poll_seconds: How often to look for events of other servers of the same database, None where there are none.
        recovery_seconds: How long hubs get to come back after a crash.
    """

    def __init__(
        self,
        history: History,
        broker: Broker,
        *,
        poll_seconds: float | None = None,
        recovery_seconds: float = 0.0,
    ) -> None:
        self._history = history
        self._broker = broker
        self._poll_seconds = poll_seconds
        self._recovery_seconds = recovery_seconds
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sent = 0
        self._marked = 0
        self._since_trim = 0
        self._next_mark = time.monotonic() + MARK_SECONDS

    def announce(self) -> None:
        """Have committed events sent; from any thread."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended; the next server sends what is left
                loop.call_soon_threadsafe(self.wake)

    def wake(self) -> None:
        """Have committed events sent; in the loop."""
        self._wake.set()

    async def run(self) -> None:
        """Send events as they are committed, until cancelled; then note what was sent."""
        self._loop = asyncio.get_running_loop()
        try:
            await self._recover()
            while True:
                await self._send_all()
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._patience())
                self._wake.clear()
        finally:
            self._loop = None
            if self._sent != self._marked:
                self._history.mark_sent(self._sent)

    async def _recover(self) -> None:
        """Find where an earlier server got to; if it left something over, give hubs the time to come back."""
        self._sent = self._marked = await asyncio.to_thread(self._history.sent)
        _, newest = await asyncio.to_thread(self._history.bounds)
        if newest > self._sent:
            logger.info("Events that an earlier server left over will be sent in %g s.", self._recovery_seconds)
            await asyncio.sleep(self._recovery_seconds)

    def _patience(self) -> float | None:
        return self._poll_seconds if self._sent == self._marked else MARK_SECONDS

    async def _send_all(self) -> None:
        """Send whatever is committed and not sent; a failure is logged, and tried again soon."""
        try:
            while page := await asyncio.to_thread(self._page):
                for logged, event in page:
                    self._send(logged, event)
                await self._note()
            await self._note()
        except Exception:
            logger.exception("Committed events could not be sent; they will be.")
            await asyncio.sleep(MARK_SECONDS)
            self._wake.set()

    async def _note(self) -> None:
        """Write down what was sent, now and then, and keep the log within its bounds."""
        now = time.monotonic()
        if self._sent == self._marked or now < self._next_mark:
            return
        sent, self._next_mark = self._sent, now + MARK_SECONDS
        await asyncio.to_thread(self._history.mark_sent, sent)
        self._marked = sent
        if self._since_trim >= TRIM_EVENTS:
            self._since_trim = 0
            await asyncio.to_thread(self._history.trim)

    def _page(self) -> list[tuple[LoggedEvent, Envelope]]:
        logged = self._history.after(self._sent, limit=PAGE_EVENTS, characters=PAGE_CHARACTERS)
        return [(item, Envelope.from_wire(json.loads(item.payload))) for item in logged]

    def _send(self, logged: LoggedEvent, event: Envelope) -> None:
        narrowing = Narrowing(event, logged.private_projects)
        self._broker.publish(event, lambda actor: narrowing.for_access(actor.access), logged.payload)
        self._sent = logged.position
        self._since_trim += 1
