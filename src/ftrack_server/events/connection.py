"""One client of the event server: its machine, its subscriptions, and the frames on their way to it."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from typing import TYPE_CHECKING, Any

from ftrack_protocol.socketio.machine import Closed, Malformed, ServerMachine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftrack_protocol.socketio.machine import MachineEvent
    from ftrack_server.auth.keys import Actor
    from ftrack_server.events.limits import EventLimits
    from ftrack_server.events.subscriptions import Subscription

COMPLAINTS = 20
NORMAL = 1000
POLICY_VIOLATION = 1008
INTERNAL_ERROR = 1011

logger = logging.getLogger(__name__)

_numbers = itertools.count(1)


class Connection:
    """One connected client. Nothing here waits: what is for the client is queued, up to a limit.

    For the thread of the event loop.

    Args:
        actor: Who shook hands.
        limits: How much may be queued, and how much nonsense may come.
        now: The time, in seconds of the loop's clock.
        origin: Address of the client, for the log.

    Attributes:
        actor: Who shook hands.
        subscriptions: What its subscribers want, by subscriber id.
        over: Set once the connection is to end.
        reason: Why, as text for the log.
        close_code: What the socket is closed with.
    """

    def __init__(self, actor: Actor, limits: EventLimits, now: float, origin: str) -> None:
        self.actor = actor
        self.subscriptions: dict[str, Subscription] = {}
        self.over = asyncio.Event()
        self.reason = ""
        self.close_code = NORMAL
        self._name = f"#{next(_numbers)} of {actor.username} at {origin}"
        self._limits = limits
        self._machine = ServerMachine(now, limits.heartbeat_seconds)
        self._frames: deque[str] = deque()
        self._waiting_characters = 0
        self._malformed = 0
        self._complaints = 0
        self._ready = asyncio.Event()
        self._collect()

    def __str__(self) -> str:
        return self._name

    def receive(self, text: str, now: float) -> list[MachineEvent]:
        """Take in a frame and return what the broker has to deal with."""
        if len(text) > self._limits.frame_characters:
            allowed = self._limits.frame_characters
            self.end(f"it sent a frame of {len(text):,} characters; event_frame_size allows {allowed:,}")
            return []
        found = self._machine.receive(text, now)
        return [event for event in found if not self._dealt_with(event)]

    def check(self, now: float) -> None:
        """Queue a heartbeat when one is due, and end the connection of a client that has gone."""
        for event in self._machine.check(now):
            self._dealt_with(event)
        self._collect()

    def acknowledge(self, number: int, **answer: Any) -> None:
        """Queue the answer to an event."""
        self._machine.acknowledge(number, **answer)
        self._collect()

    def send(self, frame: str) -> None:
        """Queue an event that is written already."""
        self._machine.send_frame(frame)
        self._collect()

    def complain(self, problem: str) -> None:
        """Log what is wrong with something the client sent: one line, and from the twentieth on at debug level."""
        self._complaints += 1
        level = logging.WARNING if self._complaints <= COMPLAINTS else logging.DEBUG
        logger.log(level, "Event connection %s: %s", self, problem.partition("\n")[0])

    def end(self, reason: str, close_code: int = POLICY_VIOLATION) -> None:
        """End the connection, for something the client did unless the code says otherwise; the first reason counts."""
        if not self.over.is_set():
            self.reason = reason
            self.close_code = close_code
            logger.warning("Event connection %s is closed: %s.", self, reason)
            self._machine.close(reason)
            self.over.set()

    async def frames(self) -> Iterable[str]:
        """Return what is to be sent, waiting for it."""
        while not self._frames:
            self._ready.clear()
            await self._ready.wait()
        frames, self._frames = self._frames, deque()
        self._waiting_characters = 0
        return frames

    def _collect(self) -> None:
        """Move what the machine has written into the queue; a queue that is too long ends the connection."""
        for text in self._machine.texts_to_send():
            self._frames.append(text)
            self._waiting_characters += len(text)
            self._ready.set()
        too_long = len(self._frames) > 1 and self._waiting_characters > self._limits.queue_characters
        if too_long or len(self._frames) > self._limits.queue_frames:
            waiting = f"{len(self._frames):,} frames of together {self._waiting_characters:,} characters"
            self._frames.clear()
            self.end(f"it reads too slowly, {waiting} were waiting for it (event_queue_frames, event_queue_size)")

    def _dealt_with(self, event: MachineEvent) -> bool:
        if isinstance(event, Malformed):
            self._malformed += 1
            self.complain(f"a frame is ignored: {event.reason}")
            if self._malformed > self._limits.malformed_frames:
                self.end(f"it sent over {self._limits.malformed_frames} frames that make no sense")
            return True
        if isinstance(event, Closed):
            if not self.over.is_set():
                self.reason = event.reason
                logger.info("Event connection %s ends: %s.", self, event.reason)
                self.over.set()
            return True
        return False
