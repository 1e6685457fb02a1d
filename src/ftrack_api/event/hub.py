"""The event hub: subscribe, publish and wait, within this process and by way of the event server."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from ftrack_api import exception
from ftrack_api.event._backoff import delays
from ftrack_api.event._processor import ProcessorThread
from ftrack_api.event._remote import RemoteHub, ServerDetails, SocketIoSession
from ftrack_api.event.base import Event
from ftrack_protocol.event.envelope import DISCONNECTED

__all__ = ["EventHub", "ServerDetails", "SocketIoSession"]

JOIN_SECONDS = 4.0
# Windows does not let Ctrl-C through to a thread that waits without end.
WAIT_SLICE = 1.0 if sys.platform == "win32" else None


class EventHub(RemoteHub):
    """Subscribers and publishers of events, connected to an event server or not.

    A connection that is lost is restored, with growing pauses and without end; what is published meanwhile is sent
    afterwards, up to 10,000 events. The local topics ``ftrack.meta.connected``, ``ftrack.meta.connection-lost`` and
    ``ftrack.meta.disconnected`` tell of the state, by way of `wait`.

    Args:
        server_url: Address of the server; a path in front of ``socket.io`` is kept.
        api_user: Name of the user.
        api_key: Secret of the user.
        headers: Further headers of requests.
        cookies: Cookies of requests.

    Raises:
        ValueError: If the address has no scheme or host.
        TypeError: If headers or cookies are no mappings.
    """

    _delays = staticmethod(delays)

    def __init__(
        self,
        server_url: str,
        api_user: str,
        api_key: str,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(server_url, api_user, api_key, headers, cookies)
        self._connect_lock = threading.Lock()
        self._processor_thread: ProcessorThread | None = None

    def init_connection(self) -> None:
        """Announce that a connection will be made: what is published until then waits instead of failing."""
        self._connection_initialised = True

    def connect(self) -> None:
        """Connect to the event server, tell it of all subscribers and send what waits.

        Raises:
            EventHubConnectionError: If the hub is connected, the server cannot be reached or refuses, or `disconnect`
                is called meanwhile.
        """
        self.init_connection()
        self._intentional_disconnect = False
        with self._connect_lock:
            if self.connected:
                raise exception.EventHubConnectionError(f"Already connected to {self.get_server_url()}.")
            self._forget_goodbyes()
            self._open_connection()
            if self._processor_thread is None or not self._processor_thread.is_alive():
                self._processor_thread = ProcessorThread(
                    self._receive_packet, self._connection_lost, self._restore_connection, self._delays
                )
                self._processor_thread.start()

    def disconnect(
        self,
        unsubscribe: bool = True,  # noqa: FBT001, FBT002 - the signature users know
        reconnect: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> None:
        """End the connection, or the attempt to make or restore one. `wait` returns.

        Args:
            unsubscribe: Whether to forget all subscribers too.
            reconnect: Whether a connection will be made again: what is published until then waits, and `wait` goes on.

        Raises:
            EventHubConnectionError: If there is nothing to end.
        """
        thread = self._processor_thread
        if not self.connected and not self._connecting and (thread is None or not thread.is_alive()):
            raise exception.EventHubConnectionError("Not currently connected to the event server.")
        self._intentional_disconnect = True
        if not reconnect:
            self._connection_initialised = False
        if unsubscribe:
            for subscriber in self._subscribers:
                with contextlib.suppress(exception.NotFoundError):  # somebody else was faster
                    self.unsubscribe(subscriber.metadata["id"])
        if thread is not None:
            thread.cancel()
        connection = self._connection
        if connection is not None:
            connection.close()
        if thread is not None and thread is not threading.current_thread():
            thread.join(JOIN_SECONDS)
        with self._send_lock:
            if self._connection is connection:
                self._connection = None
        if not reconnect:
            self._announce(DISCONNECTED)

    def reconnect(self, attempts: int = 10, delay: float = 5) -> None:
        """Connect anew, keeping the subscribers.

        Args:
            attempts: How often to try.
            delay: Seconds between attempts.

        Raises:
            EventHubConnectionError: If no attempt succeeds.
        """
        with contextlib.suppress(exception.EventHubConnectionError):
            self.disconnect(unsubscribe=False, reconnect=True)
        failure: Exception | None = None
        for attempt in range(attempts):
            if attempt:
                time.sleep(delay)
            try:
                self.connect()
            except exception.EventHubConnectionError as error:
                failure = error
            else:
                return
        raise exception.EventHubConnectionError(
            f"Failed to reconnect to event server at {self.get_server_url()} after {attempts} attempts."
        ) from failure

    def wait(self, duration: float | None = None) -> None:
        """Handle events as they arrive, in this thread, until the hub is disconnected.

        Args:
            duration: Seconds after which to return; None goes on. Events that came before the call are handled too.

        Raises:
            EventHubConnectionError: If no connection was made, nor announced by `init_connection`.
        """
        if not self._connection_initialised:
            raise exception.EventHubConnectionError("Not connected to the event server; call connect() first.")
        end = None if duration is None else time.monotonic() + duration
        while True:
            left = WAIT_SLICE if end is None else max(0.0, end - time.monotonic())
            try:
                event = self._event_queue.get(timeout=left)
            except queue.Empty:
                if end is None:
                    continue
                return
            try:
                self._handle(event)
            except Exception:
                self.logger.exception("Event %s could not be handled.", event)
            if _is_goodbye(event) or (end is not None and time.monotonic() >= end):
                return

    def _forget_goodbyes(self) -> None:
        """Drop what earlier connections left for a `wait` that nobody called; it would end the next one at once."""
        with self._event_queue.mutex:
            waiting = [event for event in self._event_queue.queue if not _is_goodbye(event)]
            self._event_queue.queue.clear()
            self._event_queue.queue.extend(waiting)

    def _restore_connection(self) -> None:
        with self._connect_lock:
            if not self.connected and not self._intentional_disconnect:
                self._open_connection()


def _is_goodbye(event: Any) -> bool:
    return isinstance(event, Event) and event["topic"] == DISCONNECTED


for _public in (ServerDetails, SocketIoSession):
    _public.__module__ = __name__  # shown, pickled and documented under their public home
del _public
