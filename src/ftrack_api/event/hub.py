"""The event hub: subscribe, publish and wait, within this process and by way of the event server."""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ftrack_api import event as event_package
from ftrack_api import exception
from ftrack_api._lazy import attach
from ftrack_api.event._journalled import JournalledHub
from ftrack_api.event._local import _SubscriptionContext
from ftrack_api.event._remote import ServerDetails, SocketIoSession
from ftrack_api.event._states import State, States
from ftrack_api.event.base import Event
from ftrack_protocol.event.names import DISCONNECTED

if TYPE_CHECKING:
    from ftrack_api.event._processor import _ProcessorThread

__all__ = ["EventHub", "ServerDetails", "SocketIoSession", "_ProcessorThread", "_SubscriptionContext"]

if not TYPE_CHECKING:  # checkers know the name from above, and refuse others
    __getattr__, __dir__ = attach(__name__, (), {"_ProcessorThread": "ftrack_api.event._processor"})

JOIN_SECONDS = 4.0
# Windows does not let Ctrl-C through to a thread that waits without end.
WAIT_SLICE = 1.0 if sys.platform == "win32" else None
RETRY_SLICE = 1.0
"""Seconds after which an event log that could not be read is asked for again."""


class EventHub(JournalledHub):
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
        journal: A file that keeps how far events were handled. With it, every committed change is handled: in order,
            also those that happened while the connection or this program was away; after a crash, those that were
            being handled come again. One hub uses a file at a time: others wait, and take over when it goes. A new file
            starts with the changes from now on.
        workers: Threads that handle events while `wait` runs; those that name the same entity are handled one after
            the other, in order. With 0, `wait` handles them itself.
        reconnect_attempts: How often a lost connection is tried before `wait` raises; None for without end.
        on_state: Called with each state of the connection, see `state`, by the thread that causes it.

    Attributes:
        reconnect_attempts: As above; may be changed.

    Raises:
        ValueError: If the address has no scheme or host, or a number is negative.
        TypeError: If headers or cookies are no mappings.
        EventHubError: If the journal cannot be read, or is none.
    """

    def __init__(
        self,
        server_url: str,
        api_user: str,
        api_key: str,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        *,
        journal: str | os.PathLike[str] | None = None,
        workers: int = 0,
        reconnect_attempts: int | None = None,
        on_state: Callable[[State], object] | None = None,
    ) -> None:
        super().__init__(server_url, api_user, api_key, headers, cookies)
        self._keep_up(journal, workers)
        if reconnect_attempts is not None and reconnect_attempts < 1:
            raise ValueError(f"reconnect_attempts is at least 1, or None for no limit, not {reconnect_attempts!r}.")
        self.reconnect_attempts = reconnect_attempts
        self._states = States(on_state)
        self._connect_lock = threading.Lock()
        self._processor_thread: _ProcessorThread | None = None

    @property
    def state(self) -> State:
        """What the connection is doing: ``disconnected``, ``connecting``, ``connected``, ``reconnecting``, ``failed``.

        ``failed`` is the end of `reconnect_attempts`.
        """
        return self._states.current

    @property
    def on_state(self) -> Callable[[State], object] | None:
        """Called with each state, by the thread that causes it; what it raises is logged."""
        return self._states.callback

    @on_state.setter
    def on_state(self, callback: Callable[[State], object] | None) -> None:
        self._states.callback = callback

    def wait_connected(self, timeout: float | None = None) -> bool:
        """Wait until there is a connection, which somebody else makes: another thread, or the hub that lost it.

        Args:
            timeout: Seconds; None for as long as it takes.

        Returns:
            Whether there is one; False when the time is over.

        Raises:
            EventHubConnectionError: If attempts to restore the connection have come to their end.
        """
        state = self._states.wait_for("connected", "failed", timeout=timeout)
        if state == "failed":
            raise self._given_up_error() from self._states.failure
        return state == "connected"

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
            self._states.change("connecting")
            try:
                self._open_connection()
            except exception.EventHubConnectionError as error:
                self._states.change("disconnected", error)
                raise
            self._states.change("connected")
            self._start_processor()

    def keep_connecting(self) -> None:
        """Go on trying to connect in the background, as for a connection that is lost; unless `disconnect` was called.

        For a first attempt that failed; `Session` does so with ``auto_connect_event_hub``.
        """
        if not self._intentional_disconnect:
            with self._connect_lock:
                self._start_processor()

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
        self._states.change("disconnected")
        if not reconnect:
            self._let_go()
            self._announce(DISCONNECTED)

    def reconnect(self, attempts: int = 10, delay: float = 5) -> None:
        """Connect anew, keeping the subscribers and what waits to be sent.

        Args:
            attempts: How often to try; ten times unless told otherwise.
            delay: Seconds between attempts; none follow the last one.

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
            EventHubConnectionError: If no connection was made, nor announced by `init_connection`; or when attempts to
                restore one come to their end.
        """
        if not self._connection_initialised:
            if self._states.current == "failed":
                raise self._given_up_error() from self._states.failure
            raise exception.EventHubConnectionError(
                "Not connected to the event server; call connect() first."
            ) from self._states.failure
        end = None if duration is None else time.monotonic() + duration
        while True:
            left = None if end is None else max(0.0, end - time.monotonic())
            pause = RETRY_SLICE if self._behind else WAIT_SLICE
            try:
                event = self._event_queue.get(
                    timeout=min((item for item in (left, pause) if item is not None), default=None)
                )
            except queue.Empty:
                self._retry_log()
                if end is None or time.monotonic() < end:
                    continue
                return
            self._take(event)
            if _is_goodbye(event):
                if self._states.current == "failed":
                    raise self._given_up_error() from self._states.failure
                return
            if end is not None and time.monotonic() >= end:
                return

    def _forget_goodbyes(self) -> None:
        """Drop what earlier connections left for a `wait` that nobody called; it would end the next one at once."""
        with self._event_queue.mutex:
            waiting = [event for event in self._event_queue.queue if not _is_goodbye(event)]
            self._event_queue.queue.clear()
            self._event_queue.queue.extend(waiting)

    def _start_processor(self) -> None:
        """Have a thread read, and connect whenever there is no connection."""
        if self._processor_thread is None or not self._processor_thread.is_alive():
            self._processor_thread = event_package._processor._ProcessorThread(self)  # noqa: SLF001 - loaded when first needed
            self._processor_thread.start()

    def _delays(self) -> Iterator[float]:
        return event_package._backoff.delays()  # noqa: SLF001 - as above

    def _connection_lost(self) -> None:
        self._states.change("reconnecting")
        super()._connection_lost()

    def _restore_connection(self) -> None:
        with self._connect_lock:
            if not self.connected and not self._intentional_disconnect:
                self._open_connection()
                self._states.change("connected")

    def _give_up(self, error: exception.EventHubConnectionError) -> None:
        """End attempts to restore the connection: publishing fails from now on, and `wait` raises."""
        with self._send_lock:  # whoever publishes sees both or neither
            self._states.enter("failed", error)
            self._connection_initialised = False
        self._states.tell("failed")
        self._announce(DISCONNECTED)

    def _given_up_error(self) -> exception.EventHubConnectionError:
        return exception.EventHubConnectionError(
            f"The connection to the event server at {self.get_server_url()} was not restored in "
            f"{self.reconnect_attempts} attempts: {self._states.failure}"
        )


def _is_goodbye(event: Any) -> bool:
    return isinstance(event, Event) and event["topic"] == DISCONNECTED


for _public in (ServerDetails, SocketIoSession):
    _public.__module__ = __name__  # shown, pickled and documented under their public home
del _public
