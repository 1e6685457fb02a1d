"""Requests to the session's own server by way of urllib3: streams up and down, and hosts of unusual names.

It reads and sends bodies piece by piece at a third of what requests takes, which is also slower to load. What requests
is needed for is left to `_transport.http`: proxies, other hosts, a caller that asks for the requests session.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import urllib3
from urllib3 import exceptions

from ftrack_api._transport.base import Request, Response, seconds_of
from ftrack_api._transport.failure import Failure, Opened, links
from ftrack_api._transport.outgoing import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_api._transport.contract import TransportConfig
    from ftrack_api._transport.cookies import Cookies
    from ftrack_api._transport.failure import Kind

POOLED_CONNECTIONS = 32  # kept alive, one for each thread that is sending


class PoolCarrier:
    """Carries requests over a pool of connections to one server; may be used from several threads.

    Args:
        config: Address, credentials and headers.
        cookies: What the server asked to be sent back.
        tls: Makes what verifies the server, for https.
    """

    def __init__(self, config: TransportConfig, cookies: Cookies, tls: Callable[[], ssl.SSLContext]) -> None:
        more: dict[str, Any] = {}
        if urlsplit(config.server_url).scheme == "https":
            more = {"ssl_context": tls()}
        self._pool = urllib3.connection_from_url(config.server_url, maxsize=POOLED_CONNECTIONS, retries=False, **more)
        self._outgoing = Outgoing(config, cookies)
        self._cookies = cookies

    def exchange(self, url: str, request: Request) -> Response | Failure:
        """Return the answer to one request to this server, redirects not followed, or why there is none."""
        answer = self._sent(url, request, preload_content=True)
        return answer if isinstance(answer, Failure) else Response(answer.status, _headers(answer), answer.data)

    def open(self, url: str, request: Request) -> Opened | Failure:
        """Return the beginning of the answer to one request, as `exchange` does."""
        answer = self._sent(url, request, preload_content=False)
        if isinstance(answer, Failure):
            return answer
        return Opened(answer.status, _headers(answer), lambda size: read(answer, size), answer.close)

    def _sent(self, url: str, request: Request, *, preload_content: bool) -> Any:
        headers = self._outgoing.headers(url, request)
        if request.body and not isinstance(request.body, bytes):
            headers["content-length"] = str(len(request.body))
        connecting, waiting = seconds_of(request.timeout)
        try:
            answer: Any = self._pool.urlopen(
                request.method,
                self._outgoing.target(url),
                body=request.body or None,
                headers=headers,
                timeout=urllib3.Timeout(connect=connecting, read=waiting),
                retries=False,
                redirect=False,
                preload_content=preload_content,
            )
        except (exceptions.HTTPError, OSError, ValueError) as error:
            return Failure(kind_of(error), error)
        if "set-cookie" in answer.headers:
            self._cookies.take(answer.headers.getlist("set-cookie"))
        return answer

    def close(self) -> None:
        """Close kept connections."""
        self._pool.close()


def read(answer: Any, size: int) -> bytes | Failure:
    """Return a piece of the body of an answer of urllib3, or why there is none."""
    try:
        return bytes(answer.read(size))
    except (exceptions.HTTPError, OSError, ValueError) as error:
        return Failure(kind_of(error), error)


def _headers(answer: Any) -> dict[str, str]:
    return {name.lower(): answer.headers[name] for name in answer.headers}  # several of one name as one


def kind_of(error: Exception) -> Kind:
    """Return how far a request came before an error of urllib3."""
    if isinstance(error, ValueError):  # of http.client: a header or an address that cannot be written
        return "invalid"
    chain = list(links(error))
    for types, kind in _KINDS:
        if any(isinstance(link, types) for link in chain):
            return kind
    return "lost"


# In this order: a connection that could not be made is a kind of connect timeout to urllib3.
_KINDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Kind], ...] = (
    (exceptions.NewConnectionError, "unreached"),
    (exceptions.ConnectTimeoutError, "connect timeout"),
    (exceptions.ReadTimeoutError, "read timeout"),
    ((exceptions.SSLError, ssl.SSLError), "tls"),
    ((exceptions.LocationValueError, exceptions.InvalidHeader, UnicodeError), "invalid"),
)
