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
    """

    def __init__(
        self,
        read: Callable[[], bool],
        lost: Callable[[], None],
        restore: Callable[[], None],
        delays: Callable[[], Iterable[float]],
    ) -> None:
        super().__init__(name="ftrack-event-hub", daemon=True)
        self._read = read
        self._lost = lost
        self._restore_once = restore
        self._delays = delays
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
            self._restore()

    def _restore(self) -> None:
        _logger.warning("The connection to the event server is lost; connecting again.")
        level = logging.WARNING
        for delay in self._delays():
            if self._cancelled.wait(delay):
                return
            try:
                self._restore_once()
            except exception.EventHubConnectionError as error:
                _logger.log(level, "The event server cannot be reached yet: %s", error)
                level = logging.DEBUG
            else:
                return
