"""What a connection is doing: told to whoever waits for it, and to a callback."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Literal, TypeAlias

State: TypeAlias = Literal["disconnected", "connecting", "connected", "reconnecting", "failed"]
"""``failed`` is the end of attempts to restore a connection, where these are limited."""

_logger = logging.getLogger(__name__)


class States:
    """The state of one connection. Safe to use from several threads.

    Attributes:
        callback: Called with each new state by the thread that causes it; what it raises is logged.
    """

    def __init__(self, callback: Callable[[State], object] | None = None) -> None:
        self.callback = callback
        self._changed = threading.Condition()
        self._state: State = "disconnected"
        self._failure: BaseException | None = None

    @property
    def current(self) -> State:
        """The state now."""
        return self._state

    @property
    def failure(self) -> BaseException | None:
        """Why the last attempt to connect failed, None when it did not."""
        return self._failure

    def change(self, state: State, failure: BaseException | None = None) -> None:
        """Set the state and tell of it; the same one again only notes the failure."""
        if self.enter(state, failure):
            self.tell(state)

    def enter(self, state: State, failure: BaseException | None = None) -> bool:
        """Set the state for those who look or wait, and leave telling the callback to `tell`; return whether it is new.

        For whoever holds a lock that a callback must not be called with.
        """
        with self._changed:
            if state in {"connected", "connecting"} or failure is not None:
                self._failure = failure
            if state == self._state:
                return False
            self._state = state
            self._changed.notify_all()
            return True

    def tell(self, state: State) -> None:
        """Call the callback with a state that was entered; what it raises is logged."""
        callback = self.callback
        if callback is not None:
            try:
                callback(state)
            except Exception:
                _logger.exception("The callback for the state %s of an event hub failed.", state)

    def wait_for(self, *states: State, timeout: float | None) -> State:
        """Return the state once it is one of these, or when the time is over."""
        end = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while self._state not in states:
                left = None if end is None else end - time.monotonic()
                if (left is not None and left <= 0) or not self._changed.wait(left):
                    break
            return self._state
