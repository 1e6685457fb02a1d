"""Callbacks that wait for replies to published events, each for a limited time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

LIFETIME = 3600.0
"""Seconds after which a callback is forgotten."""


class Replies:
    """Callbacks by the id of the event they wait for. Several replies may come, so a callback stays until its time."""

    def __init__(self, *, lifetime: float = LIFETIME, clock: Callable[[], float] = time.monotonic) -> None:
        self._lifetime = lifetime
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, tuple[float, Callable[[Any], Any]]] = OrderedDict()

    def add(self, event_id: str, callback: Callable[[Any], Any]) -> None:
        """Have a callback wait for the replies to an event, for the lifetime from now on."""
        with self._lock:
            self._forget_old()
            self._waiting[event_id] = (self._clock() + self._lifetime, callback)
            self._waiting.move_to_end(event_id)

    def find(self, event_id: str) -> Callable[[Any], Any] | None:
        """Return the callback that waits for an event, or None when there is none or its time is over."""
        with self._lock:
            self._forget_old()
            found = self._waiting.get(event_id)
            return None if found is None else found[1]

    def __len__(self) -> int:
        with self._lock:
            self._forget_old()
            return len(self._waiting)

    def _forget_old(self) -> None:
        """Drop the callbacks whose time is over; the oldest come first."""
        now = self._clock()
        while self._waiting and next(iter(self._waiting.values()))[0] <= now:
            self._waiting.popitem(last=False)
