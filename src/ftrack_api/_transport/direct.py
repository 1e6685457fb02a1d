"""Whole requests to the session's own server by way of ``http.client``, which takes little to load and little to use.

An HTTP library takes as long to load as all else that starting a session needs. The protocol is that of the standard
library; what is here keeps its connections for the next request. Streams are left to `_transport.pool`, and what
requests is needed for to `_transport.http`.
"""

from __future__ import annotations

import http.client
import os
import select
import socket
import ssl
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ftrack_api._transport.base import Request, Response, seconds_of
from ftrack_api._transport.coding import CodingError, UnknownCodingError, unpacked
from ftrack_api._transport.failure import Failure, Kind
from ftrack_api._transport.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_api._transport.contract import TransportConfig
    from ftrack_api._transport.cookies import Cookies

KEPT_CONNECTIONS = 32  # for the next requests, those used last first
FIRST_FINAL_STATUS = 200

_HAS_POLL = hasattr(select, "poll")


def is_plain(url: str) -> bool:
    """Return whether a host is named so that it needs no translation: no international name, no zone of IPv6."""
    host = urlsplit(url).hostname or ""
    return host.isascii() and "%" not in host and not host.endswith(".")


class DirectCarrier:
    """Carries whole requests to one server over connections that are kept; may be used from several threads.

    A connection serves one thread at a time. It is looked at before it is used again: one that the server has closed
    meanwhile gives way to a new one. A forked process leaves those of its parent alone. No lock is ever held, so that
    a fork cannot leave one locked for good.

    Args:
        config: Address, credentials and headers.
        cookies: What the server asked to be sent back.
        tls: Makes what verifies the server, for https.
    """

    def __init__(self, config: TransportConfig, cookies: Cookies, tls: Callable[[], ssl.SSLContext]) -> None:
        parts = urlsplit(config.server_url)
        self._host, self._port = parts.hostname or "", parts.port
        self._tls = tls() if parts.scheme == "https" else None
        self._outgoing = Outgoing(config, cookies)
        self._cookies = cookies
        self._kept: deque[http.client.HTTPConnection] = deque()
        weakref.finalize(self, _close_all, self._kept)  # for a session that nobody closed
        self._process = os.getpid()
        self._is_closed = False

    def exchange(self, url: str, request: Request) -> Response | Failure:
        """Return the answer to one request to this server, redirects not followed, or why there is none."""
        connecting, waiting = seconds_of(request.timeout)
        connection = self._kept_connection()
        if connection is None:
            try:
                connection = self._new_connection(connecting)
            except (http.client.HTTPException, OSError, ValueError) as error:
                return Failure(_kind_without_connection(error), error)
        is_usable = False
        try:
            connection.sock.settimeout(waiting)
            is_sent = self._ask(connection, url, request)
            answer = connection.getresponse()
            body = answer.read()
            is_usable = is_sent and answer.status >= FIRST_FINAL_STATUS and not answer.will_close
        except (http.client.HTTPException, OSError, ValueError) as error:
            return Failure(_kind(error), error)
        finally:
            if is_usable:
                self._keep(connection)
            else:
                connection.close()
        return self._response(answer, body)

    def close(self) -> None:
        """Close kept connections, and those in use when they are given back."""
        self._is_closed = True
        _close_all(self._kept)

    def _ask(self, connection: http.client.HTTPConnection, url: str, request: Request) -> bool:
        """Send a request; return whether the server took all of it: one that refuses it early may have answered."""
        body = request.body if isinstance(request.body, bytes) else b"".join(request.body)
        headers = self._outgoing.headers(url, request)
        try:
            connection.request(request.method, self._outgoing.target(url), body or None, headers)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def _response(self, answer: http.client.HTTPResponse, body: bytes) -> Response | Failure:
        headers: dict[str, str] = {}
        for name, value in answer.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        if "set-cookie" in headers:
            self._cookies.take(answer.headers.get_all("set-cookie", ()))
        if "content-encoding" in headers:
            try:
                body = unpacked(body, headers["content-encoding"])
            except CodingError as error:
                return Failure("invalid" if isinstance(error, UnknownCodingError) else "lost", error)
        return Response(answer.status, headers, body)

    def _new_connection(self, connecting: float | None) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection
        if self._tls is None:
            connection = _Connection(self._host, self._port, timeout=connecting)
        else:
            connection = http.client.HTTPSConnection(self._host, self._port, timeout=connecting, context=self._tls)
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        return connection

    def _kept_connection(self) -> http.client.HTTPConnection | None:
        """Return the connection that was used last and can be used again; it is nobody else's from now on."""
        if self._process != os.getpid():
            self._process = os.getpid()
            _close_all(self._kept)  # which ends them here, and not in the parent process
        while True:
            try:
                connection = self._kept.pop()
            except IndexError:
                return None
            if not _has_ended(connection.sock):
                return connection
            connection.close()

    def _keep(self, connection: http.client.HTTPConnection) -> None:
        self._kept.append(connection)
        if self._is_closed:
            _close_all(self._kept)
        elif len(self._kept) > KEPT_CONNECTIONS:
            _close_one(self._kept)


class _Connection(http.client.HTTPConnection):
    """Connects by a host in bytes, for which the tables of international names are not loaded."""

    def connect(self) -> None:
        """Connect, within the timeout for each address of the host."""
        host: Any = self.host.encode("ascii")
        self.sock = socket.create_connection((host, self.port), self.timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _close_all(connections: deque[http.client.HTTPConnection]) -> None:
    while _close_one(connections):
        pass


def _close_one(connections: deque[http.client.HTTPConnection]) -> bool:
    """Close the connection that was kept the longest; return whether there was one."""
    try:
        connections.popleft().close()
    except IndexError:
        return False
    return True


def _has_ended(connected: Any) -> bool:
    """Return whether a socket nothing is awaited from has something to read, which is its end or nonsense."""
    if not _HAS_POLL:
        return bool(select.select([connected], [], [], 0)[0])
    poll = select.poll()
    poll.register(connected, select.POLLIN)
    return bool(poll.poll(0))


def _kind_without_connection(error: Exception) -> Kind:
    if isinstance(error, TimeoutError):
        return "connect timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    return "unreached" if isinstance(error, OSError) else "invalid"


def _kind(error: Exception) -> Kind:
    """Return how far a request came before an error on its connection."""
    if isinstance(error, TimeoutError):
        return "read timeout"
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "tls"
    return "invalid" if isinstance(error, ValueError) else "lost"  # a header that cannot be written
