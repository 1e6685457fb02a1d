"""One connection to the event server: a web socket, and the machine that knows what its frames mean."""

from __future__ import annotations

import contextlib
import inspect
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from ftrack_api import exception
from ftrack_api._transport.certificates import tls_context
from ftrack_protocol.socketio.machine import Acknowledged, ClientMachine, EventReceived, Malformed, Opened
from ftrack_protocol.socketio.packet import sendable

OPEN_SECONDS = 30.0
CLOSE_SECONDS = 2.0
MAX_FRAME_BYTES = 64 * 1024 * 1024
MAX_AWAITED = 1000
SILENCE_FACTOR = 1.5
DEFAULT_HEARTBEAT = 60.0

_PARAMETERS = inspect.signature(connect).parameters


class Connection:
    """A connection that is open until it is closed, lost or silent for too long.

    Writing is safe from any thread, and happens in the thread that asks for it: what was sent when a program ends has
    left the process. Reading is for one thread.

    Args:
        url: Address of the socket, session id included.
        headers: Headers of the upgrade request.
        heartbeat_timeout: Seconds in which the server promises a sign of life; 0 when it promises nothing. After half
            as much again without one, the connection counts as dead.
        on_open: Called once the server says that the connection is open.
        on_event: Called with each event that arrives, as decoded JSON.
        on_malformed: Called with the reason for each frame that makes no sense.

        The three are called by the thread that reads.

    Raises:
        EventHubConnectionError: If it cannot be opened.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        heartbeat_timeout: float,
        *,
        on_open: Callable[[], None],
        on_event: Callable[[Any], None],
        on_malformed: Callable[[str], None],
    ) -> None:
        self._on_open = on_open
        self._on_event = on_event
        self._on_malformed = on_malformed
        self._silence = (heartbeat_timeout or DEFAULT_HEARTBEAT) * SILENCE_FACTOR
        self._lock = threading.Lock()
        self._awaited: OrderedDict[int, Callable[[Any], None]] = OrderedDict()
        self._machine = ClientMachine(time.monotonic(), self._silence)
        self.connected = True
        self._opened = contextlib.ExitStack()
        self._socket = _open(self._opened, url, headers)

    def add_callback(self, callback: Callable[[Any], None]) -> int:
        """Return the number of a packet that is to be acknowledged, which the thread that reads calls back with.

        Of those that a server never acknowledges the last thousand are kept.
        """
        with self._lock:
            number = self._machine.take_number()
            self._awaited[number] = callback
            if len(self._awaited) > MAX_AWAITED:
                self._awaited.popitem(last=False)
            return number

    def pop_callback(self, number: int) -> Callable[[Any], None]:
        """Return the callback of a number, which waits no longer.

        Raises:
            KeyError: If none waits for it.
        """
        return self._awaited.pop(number)

    def send_text(self, text: str) -> None:
        """Send a frame as it is.

        Raises:
            ConnectionError: If the connection is lost; the server may have got it or not.
        """
        with self._lock:  # frames of several threads go out whole, whatever websockets does about that
            self._write(sendable(text))

    def read(self) -> str | None:
        """Return the next frame, waiting for it, or None when the connection is over."""
        try:
            frame = self._socket.recv(self._silence)
        except (TimeoutError, WebSocketException, OSError):
            self.close()
            return None
        return frame if isinstance(frame, str) else frame.decode("utf-8", errors="replace")

    def take(self, text: str) -> None:
        """Act on a frame: answer it where that is called for, and call whoever is concerned."""
        with self._lock:
            found = self._machine.receive(text, time.monotonic())
            with contextlib.suppress(ConnectionError):  # the next read tells the reader
                self._flush()
        for item in found:
            if isinstance(item, EventReceived):
                self._on_event(item.payload)
            elif isinstance(item, Acknowledged):
                self._acknowledged(item)
            elif isinstance(item, Malformed):
                self._on_malformed(item.reason)
            elif isinstance(item, Opened):
                self._on_open()
            else:
                self.close()

    def _acknowledged(self, item: Acknowledged) -> None:
        with contextlib.suppress(KeyError):  # nobody asked, or too long ago
            callback = self.pop_callback(item.number)
            callback(item.arguments[0] if item.arguments else None)

    def close(self) -> None:
        """Close the socket; a second call does nothing."""
        self.connected = False
        self._opened.close()

    def _flush(self) -> None:
        for text in self._machine.texts_to_send():
            self._write(text)

    def _write(self, text: str) -> None:
        if not self.connected:
            raise ConnectionError("The connection to the event server is closed.")
        try:
            self._socket.send(text)
        except (WebSocketException, OSError) as error:
            self.connected = False
            raise ConnectionError(f"The connection to the event server is lost: {error}") from error


def _open(stack: contextlib.ExitStack, url: str, headers: Mapping[str, str]) -> ClientConnection:
    options: dict[str, Any] = {}
    if "max_queue" in _PARAMETERS:
        options["max_queue"] = None  # a full queue would keep the server's goodbye from being read
    if url.startswith("wss:"):
        # Called ssl_context by old versions of websockets.
        options["ssl" if "ssl" in _PARAMETERS else "ssl_context"] = tls_context()
    try:
        opening: AbstractContextManager[ClientConnection] = connect(
            url,
            additional_headers=dict(headers),
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS,
            max_size=MAX_FRAME_BYTES,
            **options,
        )
        return stack.enter_context(opening)
    except (WebSocketException, OSError, ValueError) as error:
        place = url.rpartition("/")[0]  # what follows is the session id, which is as good as a key
        raise exception.EventHubConnectionError(f"No web socket could be opened at {place}: {error}") from error
