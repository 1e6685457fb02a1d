"""The thread of a connected hub: reads frames, and restores the connection whenever it is lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import Protocol

from ftrack_api import exception

_logger = logging.getLogger(__name__)


class Client(Protocol):
    """What the thread works for: a hub."""

    reconnect_attempts: int | None

    def _delays(self) -> Iterable[float]:
        """Return the seconds between attempts, anew for each lost connection."""
        ...

    def _receive_packet(self) -> bool:
        """Read and handle one packet, waiting for it; return False when the connection is over."""
        ...

    def _connection_lost(self) -> None:
        """Take note that a connection is over without anybody having asked for it."""
        ...

    def _restore_connection(self) -> None:
        """Connect again, unless somebody else has; EventHubConnectionError when that fails."""
        ...

    def _give_up(self, error: exception.EventHubConnectionError) -> None:
        """Take note that as many attempts as allowed have failed, the last of them so."""
        ...


class _ProcessorThread(threading.Thread):
    """Reads until it is cancelled. A lost connection is restored, however long that takes.

    Failed attempts are logged: the first as a warning, the others at debug level.

    Args:
        client: The hub.
    """

    daemon = True  # on the class, where programs look for it

    def __init__(self, client: Client) -> None:
        super().__init__(name="ftrack-event-hub")
        self.client = client
        self._read = client._receive_packet  # noqa: SLF001 - steps of a hub that its subclasses override
        self._lost = client._connection_lost  # noqa: SLF001 - as above
        self._restore_once = client._restore_connection  # noqa: SLF001
        self._delays = client._delays  # noqa: SLF001
        self._given_up = client._give_up  # noqa: SLF001
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
        limit = self.client.reconnect_attempts
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


# Shown under its public home.
_ProcessorThread.__module__ = "ftrack_api.event.hub"
