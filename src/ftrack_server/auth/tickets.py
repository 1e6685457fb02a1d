"""Short-lived tokens that stand for one page and one person, so that an address needs no key."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftrack_server.auth.keys import Actor

VALID_SECONDS = 360.0
KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token opens.

    Attributes:
        actor: On whose behalf.
        name: Which page.
        theme: ``light`` or ``dark``.
        entity_type: Type of what the page is about, empty for none.
        entity_key: Its primary key.
        base_url: Address of the server as the caller knows it.
    """

    actor: Actor
    name: str
    theme: str
    entity_type: str
    entity_key: tuple[str, ...]
    base_url: str


class Tickets:
    """The tokens given out lately; kept in memory, at most 10,000 and for six minutes (protocol: 2.10)."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Ticket]] = OrderedDict()

    def give(self, ticket: Ticket) -> str:
        """Return a new token for a ticket: 128 random bits and more."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._kept[token] = (self._monotonic() + VALID_SECONDS, ticket)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return token

    def find(self, token: str) -> Ticket | None:
        """Return the ticket of a token, None for one that is unknown or no longer valid."""
        with self._lock:
            until, ticket = self._kept.get(token, (0.0, None))
            if ticket is not None and self._monotonic() >= until:
                del self._kept[token]
                return None
        return ticket
