"""Session ids between the handshake, which tells who comes, and the socket, which only has the id (protocol: 7.1)."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from ftrack_server.events.tickets import LIFETIME

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_server.auth.keys import Actor


class Handshakes:
    """Who has shaken hands and not connected yet. An id is as good as a key: it serves once, and for a minute.

    For one thread.

    Args:
        monotonic: The time, in seconds.
        new_id: Makes the id of a person.
    """

    def __init__(self, monotonic: Callable[[], float], new_id: Callable[[Actor], str]) -> None:
        self._monotonic = monotonic
        self._new_id = new_id
        self._expected: OrderedDict[str, tuple[float, Actor]] = OrderedDict()

    def __len__(self) -> int:
        self._forget_old()
        return len(self._expected)

    def issue(self, actor: Actor) -> str:
        """Return a new session id for a person."""
        self._forget_old()
        session_id = self._new_id(actor)
        self._expected[session_id] = (self._monotonic() + LIFETIME, actor)
        return session_id

    def redeem(self, session_id: str) -> Actor | None:
        """Return whose id it is, once; None for an id that is unknown, used or too old."""
        self._forget_old()
        _, actor = self._expected.pop(session_id, (0.0, None))
        return actor

    def _forget_old(self) -> None:
        now = self._monotonic()
        while self._expected and next(iter(self._expected.values()))[0] <= now:
            self._expected.popitem(last=False)
