"""The thread of a connected hub: reads frames, and restores the connection whenever it is lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from ftrack_api import exception

_logger = logging.getLogger(__name__)


class ProcessorThread(threading.Thread):
    """Reads until it is cancelled. A lost connection is restored, however long that takes.

    Failed attempts are logged: the first as a warning, the others at debug level.

    Args:
        read: Reads and handles one frame, waiting for it; returns False when the connection is over.
        lost: Called when a connection is over without anybody having asked for it.
        restore: Connects again, unless somebody else has; EventHubConnectionError when that fails.
        delays: Gives the seconds between attempts, anew for each lost connection; see `_backoff.delays`.
        attempts: Gives how many attempts are made for each lost connection, None for no limit.
        given_up: Called with the last error when that many have failed; the thread ends then.
    """

    def __init__(
        self,
        read: Callable[[], bool],
        lost: Callable[[], None],
        restore: Callable[[], None],
        delays: Callable[[], Iterable[float]],
        attempts: Callable[[], int | None],
        given_up: Callable[[exception.EventHubConnectionError], None],
    ) -> None:
        super().__init__(name="ftrack-event-hub", daemon=True)
        self._read = read
        self._lost = lost
        self._restore_once = restore
        self._delays = delays
        self._attempts = attempts
        self._given_up = given_up
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Have the thread end with the connection."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether the thread was told to end."""
        return self._cancelled.is_set()

    def run(self) -> None:
        """Read, and restore the connection when it is over.

        When cancelled, what is still to be read is read: an old version of websockets cannot close before that.
        """
        while True:
            try:
                alive = self._read()
            except Exception:
                _logger.exception("A packet from the event server could not be handled.")
                continue
            if alive:
                continue
            if self.cancelled:
                return
            self._lost()
            if not self._restore():
                return

    def _restore(self) -> bool:
        """Connect again; return False when there is an end of it."""
        _logger.warning("There is no connection to the event server; connecting again.")
        level = logging.WARNING
        limit = self._attempts()
        for number, delay in enumerate(self._delays(), 1):
            if self._cancelled.wait(delay):
                return False
            try:
                self._restore_once()
            except exception.EventHubConnectionError as error:
                _logger.log(level, "The event server cannot be reached yet: %s", error)
                level = logging.DEBUG
                if limit is not None and number >= limit:
                    self._given_up(error)
                    return False
            else:
                return True
        return False
