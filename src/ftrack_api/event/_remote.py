"""The half of a hub that talks to the event server: makes connections, sends, and takes in what arrives."""

from __future__ import annotations

import contextlib
import functools
import queue
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from ftrack_api import event as event_package
from ftrack_api import exception
from ftrack_api.event._packets import PacketHub
from ftrack_api.event._router import only_meets
from ftrack_api.event._wire import Plain, event_from_wire, plain
from ftrack_api.event.base import Event
from ftrack_protocol.event.names import CONNECTED, DISCONNECTED, EVENT_NAME, REPLY, SUBSCRIBE, UNSUBSCRIBE
from ftrack_protocol.record import Record

if TYPE_CHECKING:
    from ftrack_api.event._connection import Connection
    from ftrack_api.event._handshake import EventServer
    from ftrack_api.event.subscriber import Subscriber

CONNECTION_LOST = "ftrack.meta.connection-lost"
"""Topic of the local event that a lost connection, which is being restored, gives."""

MAX_QUEUED = 10_000
SENDING_FAILED = "Error sending event %s."
LOCAL_TOPICS = ("ftrack.api.session.", CONNECTED, DISCONNECTED, CONNECTION_LOST)

# Events hold any JSON value: the Any below.


_Waiting: TypeAlias = "tuple[Event, Plain, Callable[[Any], Any]]"
"""An event that waits for a connection, as it travels, and who is told what the server says of it."""


class SocketIoSession(Record):
    """Terms of a session with the event server; seconds."""

    id: str
    heartbeatTimeout: float  # noqa: N815 - a known name
    supportedTransports: list[str]  # noqa: N815 - a known name


class ServerDetails(Record):
    """Where an event server is."""

    scheme: str
    hostname: str
    port: int | None


class RemoteHub(PacketHub):
    """A hub that can have a connection, and queues what is published while it has none.

    Arguments and errors are those of `ftrack_api.event.hub.EventHub`.
    """

    def __init__(
        self,
        server_url: str,
        api_user: str,
        api_key: str,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(api_user)
        self._api_key = api_key
        self._headers = _checked("headers", headers)
        self._cookies = _checked("cookies", cookies)
        parts = urlsplit(server_url)
        if not parts.scheme or not parts.hostname:
            raise ValueError(
                f'server_url {server_url!r} needs a scheme and a host, as in "https://studio.example.com".'
            )
        self.server: ServerDetails = ServerDetails(parts.scheme, parts.hostname, parts.port)
        self._path = parts.path.rstrip("/")
        self._connection_initialised = False
        self._intentional_disconnect = False
        self._connecting = False
        self._send_lock = threading.RLock()
        self._event_queue: queue.Queue[Any] = queue.Queue()
        self._event_send_queue: queue.Queue[_Waiting] = queue.Queue(MAX_QUEUED)

    def get_server_url(self) -> str:
        """Return scheme, host and port, as in ``https://studio.example.com:8080``; the port only where it was given."""
        return f"{self.server.scheme}://{self.get_network_location()}"

    def get_network_location(self) -> str:
        """Return host and port, as in ``studio.example.com:8080``; the port only where it was given."""
        host = f"[{self.server.hostname}]" if ":" in self.server.hostname else self.server.hostname
        return host if self.server.port is None else f"{host}:{self.server.port}"

    @property
    def secure(self) -> bool:
        """Whether the connection is encrypted."""
        return self.server.scheme == "https"

    @property
    def connected(self) -> bool:
        """Whether there is a connection to the event server at this moment."""
        connection = self._connection
        return connection is not None and connection.connected

    def _subscriber_added(self, subscriber: Subscriber) -> None:
        self._notify_server_about_subscriber(subscriber)

    def _subscriber_removed(self, subscriber: Subscriber) -> None:
        if only_meets(subscriber.subscription.expression, LOCAL_TOPICS):
            return
        data = {"subscriber": subscriber.metadata}
        self._tell_server(UNSUBSCRIBE, data, functools.partial(self._on_unsubscribed, subscriber))

    def _notify_server_about_subscriber(self, subscriber: Subscriber) -> None:
        """Tell the server of a subscriber, unless it listens for what never leaves the process."""
        if not self.connected:
            return  # who makes a connection sets it first and looks at the subscribers afterwards
        if only_meets(subscriber.subscription.expression, LOCAL_TOPICS):
            return
        data = {"subscriber": subscriber.metadata, "subscription": str(subscriber.subscription)}
        self._tell_server(SUBSCRIBE, data, functools.partial(self._on_subscribed, subscriber))

    def _tell_server(self, topic: str, data: dict[str, Any], callback: Callable[[Any], None]) -> None:
        """Send an event if there is a connection; a new connection tells the server everything anyway."""
        with self._send_lock, contextlib.suppress(ConnectionError):
            connection = self._connection
            if connection is None or not connection.connected:
                return
            try:
                self._emit_event_packet(EVENT_NAME, self._prepare_event(Event(topic=topic, data=data)), callback)
            except TypeError as error:
                self.logger.error("The server cannot be told: %s", error)  # noqa: TRY400 - the place says all

    def _send(self, event: Event, on_reply: Callable[[Any], Any] | None, callback: Callable[[Any], Any] | None) -> Any:
        payload = Plain(plain(event, convert=self._encode_object_hook))
        answered = functools.partial(self._on_published, event) if callback is None else callback
        with self._send_lock:
            connection = self._connection
            if (connection is None or not connection.connected) and not self._connection_initialised:
                raise exception.EventHubConnectionError(
                    "Not currently connected to the event server. Call connect(), or publish with synchronous=True to "
                    "reach the subscribers of this hub."
                )
            if on_reply is not None:
                self._replies.add(event["id"], on_reply)
            if connection is not None and self._sent(event, payload, answered):
                return None
            try:
                self._event_send_queue.put_nowait((event, payload, answered))
            except queue.Full:
                raise exception.EventHubConnectionError(
                    f"{MAX_QUEUED} events wait for a connection to {self.get_server_url()}; this one is not kept."
                ) from None
            return True

    def _sent(self, event: Event, payload: Plain, answered: Callable[[Any], Any]) -> bool:
        """Send an event; return False when the connection is lost. Other failures of steps in between are logged."""
        try:
            self._emit_event_packet(EVENT_NAME, payload, answered)
        except ConnectionError:
            self.logger.warning(SENDING_FAILED, event)
            self.logger.warning("The event is sent again once there is a connection.")
            return False
        except Exception:
            self.logger.exception(SENDING_FAILED, event)
        return True

    def _on_subscribed(self, subscriber: Subscriber, response: Any) -> None:
        if not _succeeded(response):
            self.logger.warning("The server refused subscriber %s: %s", subscriber, response)

    def _on_unsubscribed(self, subscriber: Subscriber, response: Any) -> None:
        if not _succeeded(response):
            self.logger.warning("The server did not unsubscribe %s: %s", subscriber, response)

    def _on_published(self, event: Event, response: Any) -> None:
        if not _succeeded(response):
            self.logger.error("The server refused event %s: %s", event, response)

    # The connection, in the thread that calls connect() or in the one that reads.

    def _open_connection(self) -> None:
        """Make a connection and bring the server up to date, in one go: nobody publishes in between."""
        self._connecting = True
        try:
            connection = self._new_connection()
            with self._send_lock:
                self._connection = connection
                if self.get_subscriber_by_identifier(self.id) is None:
                    self._add_subscriber(f"topic={REPLY}", self._handle_reply, {"id": self.id})
                for subscriber in self._subscribers:
                    self._notify_server_about_subscriber(subscriber)
                self._send_waiting()
        except (exception.EventHubError, OSError) as error:
            raise exception.EventHubConnectionError(
                "Failed to connect to event server at {server_url} with error: {error}",
                details={"error": str(error), "server_url": self.get_server_url()},
            ) from error
        finally:
            self._connecting = False

    def _new_connection(self) -> Connection:
        session = self._get_socket_io_session()
        if "websocket" not in session.supportedTransports:
            raise exception.EventHubConnectionError("Server does not support websocket sessions.")
        headers = dict(self._headers)
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        url = f"{self._server.socket_url}/{session.id}"
        connection = event_package._connection.Connection(  # noqa: SLF001 - loaded when first needed
            url,
            headers,
            float(session.heartbeatTimeout or 0),
            on_open=lambda: self._announce(CONNECTED),
            on_event=self._receive_event,
            on_malformed=lambda reason: self.logger.warning("A packet from the server was passed over. %s", reason),
        )
        if self._intentional_disconnect:
            connection.close()
            raise exception.EventHubConnectionError("Disconnected while connecting.")
        return connection

    def _get_socket_io_session(self) -> SocketIoSession:
        handshake = event_package._handshake.shake_hands(self._server)  # noqa: SLF001 - loaded when first needed
        return SocketIoSession(handshake.session_id, handshake.heartbeat_timeout, list(handshake.transports))

    @property
    def _server(self) -> EventServer:
        url = self.get_server_url() + self._path
        return event_package._handshake.EventServer(  # noqa: SLF001 - as above
            url, self._api_user, self._api_key, self._headers, self._cookies
        )

    def _send_waiting(self) -> None:
        """Send the events that wait, in order; what cannot be sent waits on."""
        while True:
            try:
                event, payload, answered = self._event_send_queue.get_nowait()
            except queue.Empty:
                return
            if not self._sent(event, payload, answered):
                with self._event_send_queue.mutex:
                    self._event_send_queue.queue.appendleft((event, payload, answered))
                return

    def _connection_lost(self) -> None:
        self._announce(CONNECTION_LOST)

    def _announce(self, topic: str) -> None:
        """Have `wait` come across a local event that tells of the connection."""
        self._event_queue.put(self._prepare_event(Event(topic=topic)))

    def _receive_event(self, payload: Any) -> None:
        try:
            event = event_from_wire(payload)
        except ValueError as error:
            self.logger.warning("An event from the server was passed over. %s", error)
            return
        self._event_queue.put(event)


def _checked(name: str, value: Mapping[str, str] | None) -> dict[str, str]:
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping, not {type(value).__name__}.")
    return dict(value or {})


def _succeeded(response: Any) -> bool:
    """Return whether a server that answers an event is content; one that says nothing is."""
    return not isinstance(response, Mapping) or bool(response.get("success", True))
