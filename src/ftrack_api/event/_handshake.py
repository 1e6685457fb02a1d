"""The HTTP request that opens a session with the event server and names its terms (protocol: 7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ftrack_api import exception
from ftrack_api._transport.base import Request
from ftrack_api._transport.client import HttpTransport
from ftrack_api._transport.retry import RetryPolicy
from ftrack_protocol.socketio.machine import Handshake
from ftrack_protocol.socketio.packet import PacketError

TIMEOUT = 60.0
OK = 200
REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class EventServer:
    """Address and credentials of an event server; what a transport has to know of it.

    Attributes:
        server_url: Scheme, host, port and path, without a trailing slash.
        api_user: Name of the user.
        api_key: Secret of the user; in no repr.
        all_headers: Headers of the handshake and of the socket.
        cookies: Cookies of the handshake and of the socket.
    """

    server_url: str
    api_user: str
    api_key: str = field(repr=False)
    all_headers: Mapping[str, str] = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)

    @property
    def socket_url(self) -> str:
        """Address of the socket, without the session id."""
        scheme, _, rest = self.server_url.partition("://")
        return f"{'wss' if scheme == 'https' else 'ws'}://{rest}/socket.io/1/websocket"


def shake_hands(server: EventServer) -> Handshake:
    """Return the terms of a new session. One attempt: whoever wants the connection decides how often to try.

    Raises:
        EventHubConnectionError: If the server cannot be reached, refuses, or answers something else.
    """
    transport = HttpTransport(server, policy=RetryPolicy(attempts=1))
    try:
        response = transport.send(Request("GET", f"{server.server_url}/socket.io/1/", timeout=TIMEOUT, read_only=True))
    except exception.ServerError as error:
        raise exception.EventHubConnectionError(f"The event server could not be reached. {error}") from error
    finally:
        transport.close()
    if response.status != OK:
        advice = " Check API user and key." if response.status in REFUSED else ""
        raise exception.EventHubConnectionError(
            f"The event server at {server.server_url} answered with HTTP status {response.status}.{advice}"
        )
    try:
        return Handshake.parse(response.body.decode("utf-8", errors="replace"))
    except PacketError as error:
        raise exception.EventHubConnectionError(
            f"{server.server_url} does not answer as an event server: {error}"
        ) from error
