"""Requests to the session's own server by way of urllib3: what most sessions use, for the time it saves.

A small request costs a third of what it costs through requests, which also takes longer to load. What requests is
needed for is left to `_transport.http`: proxies, other hosts, a caller that asks for the requests session.
"""

from __future__ import annotations

import os
import ssl
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import urllib3
from urllib3 import exceptions

from ftrack_api._transport.base import Request, Response, TransportConfig
from ftrack_api._transport.certificates import tls_context
from ftrack_api._transport.cookies import Cookies
from ftrack_api._transport.failure import Failure, Opened, links

if TYPE_CHECKING:
    from ftrack_api._transport.failure import Kind

POOLED_CONNECTIONS = 32  # kept alive, one for each thread that is sending
SAFE_IN_TARGET = "/%:@!$&'()*+,;=~-._?"


def is_enough(url: str) -> bool:
    """Return whether a host is reached without a proxy, by this environment and the settings of the system."""
    if sys.platform not in {"win32", "darwin"} and not any(name.lower().endswith("_proxy") for name in os.environ):
        return True
    import urllib.request  # noqa: PLC0415 - takes a tenth of the time that urllib3 does, mostly for nothing

    parts = urlsplit(url)
    proxies = urllib.request.getproxies()
    return not (proxies.get(parts.scheme) or proxies.get("all")) or bool(urllib.request.proxy_bypass(parts.netloc))


class PoolCarrier:
    """Carries requests over a pool of connections to one server; may be used from several threads."""

    def __init__(self, config: TransportConfig) -> None:
        parts = urlsplit(config.server_url)
        tls: dict[str, Any] = {}
        if parts.scheme == "https":
            tls = {"ssl_context": tls_context()}
        self._pool = urllib3.connection_from_url(config.server_url, maxsize=POOLED_CONNECTIONS, retries=False, **tls)
        self._headers = {
            "user-agent": "ftrack-api",
            "accept": "*/*",
            "accept-encoding": "gzip, deflate",
            **{name.lower(): value for name, value in config.all_headers.items()},
            "ftrack-user": config.api_user,
            "ftrack-api-key": config.api_key,
        }
        self._is_secure = parts.scheme == "https"
        self.cookies = Cookies(config.cookies.items())

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
        parts = urlsplit(url)
        target = quote(parts.path or "/", safe=SAFE_IN_TARGET)
        if parts.query:
            target += "?" + quote(parts.query, safe=SAFE_IN_TARGET + "/")
        headers = {**self._headers, **{name.lower(): value for name, value in request.headers.items()}}
        cookies = self.cookies.header(parts.path or "/", is_secure=self._is_secure)
        if cookies:
            headers.setdefault("cookie", cookies)
        if request.body and not isinstance(request.body, bytes):
            headers["content-length"] = str(len(request.body))
        connect, wait = request.timeout if isinstance(request.timeout, tuple) else (request.timeout, request.timeout)
        try:
            answer: Any = self._pool.urlopen(
                request.method,
                target,
                body=request.body or None,
                headers=headers,
                timeout=urllib3.Timeout(connect=connect, read=wait),
                retries=False,
                redirect=False,
                preload_content=preload_content,
            )
        except (exceptions.HTTPError, OSError, ValueError) as error:
            return Failure(kind_of(error), error)
        if "set-cookie" in answer.headers:
            self.cookies.take(answer.headers.getlist("set-cookie"))
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
    return {name.lower(): value for name, value in answer.headers.items()}


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
