"""Between the servers of one database: what clients of this one publish goes to the others, and theirs comes here.

An event is a row, and a notice tells that it is there. Clients never wait for either: what they publish reaches those
of this server at once, and the others some milliseconds later, in the order in which this server received it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections import deque
from typing import TYPE_CHECKING

from ftrack_protocol import json
from ftrack_protocol.event.envelope import Envelope
from ftrack_protocol.socketio.packet import sendable
from ftrack_server.events.posts import COMMITS, EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from ftrack_server.events.broker import Broker
    from ftrack_server.events.posts import Posts

MAX_WAITING = 10_000
MAX_WAITING_CHARACTERS = 64 * 1024 * 1024
"""What may wait for a database that does not answer; what comes beyond it stays with this server."""

BATCH = 100
BATCH_CHARACTERS = 8 * 1024 * 1024
PAGE = 50
RETRY_SECONDS = 1.0
LISTEN_SECONDS = 1.0
"""How long at most a notice that got lost delays what it tells of."""

logger = logging.getLogger(__name__)


class Exchange:
    """Passes events on, and takes in those of others.

    Args:
        posts: What the servers tell each other.
        broker: Whom to give the events of others.
        on_commits: Called in the loop when others have committed changes.
    """

    def __init__(self, posts: Posts, broker: Broker, on_commits: Callable[[], None]) -> None:
        self._posts = posts
        self._broker = broker
        self._on_commits = on_commits
        self._numbers = itertools.count(1)
        self._waiting: deque[tuple[int, str]] = deque()
        self._characters = 0
        self._is_full = False
        self._commits = False
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def forward(self, text: str) -> None:
        """Have an event, as JSON text, told to the other servers; in the loop."""
        if len(self._waiting) >= MAX_WAITING or self._characters + len(text) > MAX_WAITING_CHARACTERS:
            if not self._is_full:
                self._is_full = True
                logger.error("Events stay with this server: too many wait for the database to pass them on.")
            return
        self._is_full = False
        self._waiting.append((next(self._numbers), sendable(text)))
        self._characters += len(text)
        self._wake.set()

    def announce(self) -> None:
        """Have the other servers look at the event log; from any thread."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended; the others look by themselves within a second
                loop.call_soon_threadsafe(self._note_commits)

    async def run(self) -> None:
        """Pass events on in both directions until cancelled; what was received by then is passed on before the end."""
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.ensure_future(work) for work in (self._tell_all(), self._hear_all())]
        try:
            await asyncio.gather(*tasks)
        finally:
            self._loop = None
            for task in tasks:
                task.cancel()
            await asyncio.to_thread(self._end)
            await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self) -> None:
        """Tell what is left, and so wake the thread that listens."""
        with contextlib.suppress(Exception):
            while batch := self._next_batch():
                self._posts.append(batch)
                self._drop(batch)
            self._posts.announce_commits()

    def _note_commits(self) -> None:
        self._commits = True
        self._wake.set()

    async def _tell_all(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await _patiently(self._tell, "Events could not be passed on to the other servers; they will be.")

    async def _tell(self) -> None:
        while batch := self._next_batch():
            await asyncio.to_thread(self._posts.append, batch)
            self._drop(batch)
        if self._commits:
            self._commits = False
            await asyncio.to_thread(self._posts.announce_commits)

    def _next_batch(self) -> list[tuple[int, str]]:
        batch: list[tuple[int, str]] = []
        characters = 0
        for number, text in itertools.islice(self._waiting, BATCH):
            if batch and characters + len(text) > BATCH_CHARACTERS:
                break
            batch.append((number, text))
            characters += len(text)
        return batch

    def _drop(self, batch: list[tuple[int, str]]) -> None:
        for _, text in batch:
            self._waiting.popleft()
            self._characters -= len(text)

    async def _hear_all(self) -> None:
        position: int | None = None

        async def hear() -> None:
            nonlocal position
            if position is None:
                position = await asyncio.to_thread(self._posts.newest)
            told = await asyncio.to_thread(self._posts.hear, LISTEN_SECONDS)
            if COMMITS in told:
                self._on_commits()
            if EVENTS in told or not told:
                position = await self._take(position)

        while True:
            await _patiently(hear, "Events of other servers cannot be heard; they will be.")

    async def _take(self, position: int) -> int:
        """Give clients the events of others behind a position; return the position of the last one."""
        while page := await asyncio.to_thread(self._posts.after, position, PAGE):
            for posted in page:
                if posted.payload is not None:
                    try:
                        self._broker.publish(Envelope.from_wire(json.loads(posted.payload)), written=posted.payload)
                    except ValueError:  # of a newer server, perhaps
                        logger.exception("An event of another server makes no sense here.")
            position = page[-1].position
        return position


async def _patiently(work: Callable[[], Coroutine[Any, Any, None]], failure: str) -> None:
    """Do some work until it succeeds; the first failure is logged as an error."""
    level = logging.ERROR
    while not await _succeeded(work, failure, level):
        level = logging.DEBUG
        await asyncio.sleep(RETRY_SECONDS)


async def _succeeded(work: Callable[[], Coroutine[Any, Any, None]], failure: str, level: int) -> bool:
    try:
        await work()
    except Exception:
        logger.log(level, failure, exc_info=True)
        return False
    return True
