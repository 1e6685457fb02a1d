"""The transport of a session over HTTP: chooses a carrier, follows redirects that are safe, repeats what may be."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from random import random
from typing import TYPE_CHECKING, TypeAlias, TypeVar
from urllib.parse import urljoin, urlsplit

from ftrack_api import _transport, exception
from ftrack_api._transport.base import (
    Request,
    Response,
    Stream,
    same_site,
    seconds_of,
    without_query,
)
from ftrack_api._transport.cookies import Cookies
from ftrack_api._transport.failure import Failure, Opened
from ftrack_api._transport.proxies import is_direct
from ftrack_api._transport.retry import RetryPolicy, parse_retry_after

if TYPE_CHECKING:
    import ssl

    import requests

    from ftrack_api._transport.contract import TransportConfig
    from ftrack_api._transport.direct import DirectCarrier
    from ftrack_api._transport.http import RequestsCarrier
    from ftrack_api._transport.pool import PoolCarrier

Answer = TypeVar("Answer", Response, Opened)
Exchange: TypeAlias = Callable[[str], Answer | Failure]
"""Sends a request to an address."""

MAX_REDIRECTS = 5
SHORT_TIMEOUT = 0.005
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_logger = logging.getLogger(__name__)


class HttpTransport:
    """Sends requests to one server, over connections that are kept alive and shared by threads.

    Credentials, session headers and cookies go to the server of the configuration only: a request for another host
    (a signed upload address, a redirected download) carries nothing but its own headers.

    Args:
        config: Address, credentials, headers and cookies.
        policy: Limits of retrying.
        sleep: Waits before a request is repeated.
    """

    def __init__(
        self,
        config: TransportConfig,
        *,
        policy: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._config = config
        self._policy = policy or RetryPolicy()
        self._sleep = sleep
        self._lock = threading.RLock()
        self._cookies = Cookies(config.cookies.items())
        self._tls: ssl.SSLContext | None = None
        self._direct: DirectCarrier | None = None
        self._pool: PoolCarrier | None = None
        self._requests: RequestsCarrier | None = None
        self._to_others: RequestsCarrier | None = None

    @property
    def session(self) -> requests.Session:
        """The requests session, made when first asked for; proxies, CA files and adapters may be set on it.

        Once it was asked for, every request goes through it. A session that is assigned is used as it is: its headers,
        cookies and authentication are the caller's.
        """
        return self._requests_carrier().session

    @session.setter
    def session(self, session: requests.Session) -> None:
        self._requests_carrier().session = session

    def send(self, request: Request) -> Response:
        """Return the server's answer, after retries where they are safe.

        A request that is not read-only is only repeated when no connection could be established, and none where a test
        has put something in place of parts of requests. A redirect keeps method and body on the same host. To another
        host, only GET and HEAD follow it, without credentials.

        Raises:
            ConnectionError: Of `ftrack_api.exception`, and of requests: if there is no answer.
            Timeout: Of `ftrack_api.exception`, and of requests: if the answer does not come in time.
            ServerError: If a redirect leads somewhere the request must not go.
        """
        carrier = self._carrier if isinstance(request.body, bytes) else self._streaming_carrier
        result = self._until_final(request, lambda url: carrier(url).exchange(url, request))
        if isinstance(result, Response):
            return result
        # No other exception is being handled here, so that one whose text has the key in it can be left behind.
        raise self._network_error(result, request) from self._safe_cause(result)

    def stream(self, request: Request) -> Stream:
        """Return the beginning of the server's answer, found as `send` does; its body is not read again after a fault.

        Raises:
            ConnectionError: As `send`; reading the body raises it too.
            Timeout: As `send`; reading the body raises it too.
            ServerError: As `send`.
        """
        result = self._until_final(request, lambda url: self._streaming_carrier(url).open(url, request))
        if isinstance(result, Failure):
            raise self._network_error(result, request) from self._safe_cause(result)
        opened = result

        def read(size: int) -> bytes:
            piece = opened.read(size)
            if isinstance(piece, Failure):
                raise self._network_error(piece, request) from self._safe_cause(piece)
            return piece

        return Stream(opened.status, opened.headers, read, opened.close)

    def _until_final(self, request: Request, exchange: Exchange[Answer]) -> Answer | Failure:
        """Return the answer to a request, after retries where they are safe, or why there is none."""
        attempt = 0
        while True:
            attempt += 1
            result = self._follow(request, exchange)
            delay = self._delay(result, request, attempt)
            if delay is None or self._is_stood_in_for(request.url):
                return result
            _close(result)
            _logger.info("%s is sent again in %.2f s.", request, delay)
            self._sleep(delay)

    def _is_stood_in_for(self, url: str) -> bool:
        """Return whether a test answers in place of the network: it would be the same next time, and is not kept."""
        carrier = self._requests
        return _is_stood_in_for() or (carrier is not None and carrier.is_stood_in_for(url))

    def close(self) -> None:
        """Close kept connections."""
        for carrier in (self._direct, self._pool, self._requests, self._to_others):
            if carrier is not None:
                carrier.close()

    def _follow(self, request: Request, exchange: Exchange[Answer]) -> Answer | Failure:
        """Send a request once, and on to where it is redirected."""
        url = request.url
        for _ in range(MAX_REDIRECTS + 1):
            begun = time.monotonic()
            result = exchange(url)
            if isinstance(result, Failure):
                return result
            if _is_late(request, time.monotonic() - begun):
                _close(result)
                return Failure("read timeout", TimeoutError("the answer came after the timeout"))
            if result.status not in REDIRECTS or not result.headers.get("location"):
                return result
            _close(result)
            target = urljoin(url, result.headers["location"])
            if request.method not in {"GET", "HEAD"} and not same_site(url, target):
                raise _refused_redirect(request, target, result.status)
            url = target
        raise exception.ServerError(
            f"{request} was redirected more than {MAX_REDIRECTS} times, at last to {without_query(url)}."
        )

    def _carrier(self, url: str) -> DirectCarrier | PoolCarrier | RequestsCarrier:
        """Return what carries a request to an address that is sent and answered as a whole."""
        direct = self._direct
        if direct is not None and self._requests is None and self._is_own(url) and not _is_stood_in_for():
            return direct  # without the lock, which a fork may leave locked for good
        with self._lock:
            if not self._is_past_requests(url):
                return self._requests_carrier_to(url)
            if not _transport.direct.is_plain(url):
                return self._streaming_carrier(url)
            if self._direct is None:
                self._direct = _transport.direct.DirectCarrier(self._config, self._cookies, self._tls_context)
            return self._direct

    def _streaming_carrier(self, url: str) -> PoolCarrier | RequestsCarrier:
        """Return what carries a request to an address whose body or answer is a stream."""
        with self._lock:
            if not self._is_past_requests(url):
                return self._requests_carrier_to(url)
            if self._pool is None:
                self._pool = _transport.pool.PoolCarrier(self._config, self._cookies, self._tls_context)
            return self._pool

    def _is_past_requests(self, url: str) -> bool:
        """Return whether nothing of requests is needed on the way to an address, nor expected there."""
        if self._requests is not None or not self._is_own(url) or _is_stood_in_for():
            return False
        return self._direct is not None or self._pool is not None or is_direct(url)

    def _is_own(self, url: str) -> bool:
        """Return whether an address is of the session's server, and reached as that is."""
        server_url = self._config.server_url
        if url.startswith(f"{server_url}/"):
            return True
        return same_site(server_url, url) and urlsplit(server_url).scheme == urlsplit(url).scheme

    def _tls_context(self) -> ssl.SSLContext:
        """Return what verifies the server, made once for all carriers; reading the certificates takes a while."""
        if self._tls is None:
            self._tls = _transport.certificates.tls_context()
        return self._tls

    def _requests_carrier_to(self, url: str) -> RequestsCarrier:
        """Return what carries a request by requests; what goes to other hosts changes no way to the server."""
        if self._requests is not None or same_site(self._config.server_url, url) or _is_stood_in_for():
            return self._requests_carrier()
        if self._to_others is None:
            self._to_others = _transport.http.RequestsCarrier(self._config, {})
        return self._to_others

    def _requests_carrier(self) -> RequestsCarrier:
        with self._lock:
            if self._requests is None:
                self._requests = _transport.http.RequestsCarrier(self._config, self._cookies.current())
            return self._requests

    def _delay(self, result: Response | Opened | Failure, request: Request, attempt: int) -> float | None:
        """Return how long to wait before a request is sent again, or None when the result is final."""
        if not isinstance(result, Failure):
            outcome, asked_for = result.status, result.headers.get("retry-after")
            return self._policy.next_delay(
                outcome,
                read_only=request.read_only,
                attempt=attempt,
                retry_after=parse_retry_after(asked_for, datetime.now(timezone.utc)),
                random=random,
            )
        return self._policy.next_delay(result.kind, read_only=request.read_only, attempt=attempt, random=random)

    def _network_error(self, failure: Failure, request: Request) -> exception.NetworkError:
        """Return our exception for a failure; neither query string nor key is in its message."""
        error_class = _transport.http.ERRORS[failure.kind]
        if failure.kind == "connect timeout":
            return error_class(f"{request} timed out: no connection within {_seconds(request, 0)}.")
        if failure.kind == "read timeout":
            return error_class(f"{request} timed out: no answer within {_seconds(request, 1)}.")
        return error_class(f"{request} failed: {self._redacted(failure.reason)}")

    def _safe_cause(self, failure: Failure) -> Exception | None:
        """Return the error to chain, or None when its text would show the key."""
        text = str(failure.cause)
        return failure.cause if self._redacted(text) == text else None

    def _redacted(self, text: str) -> str:
        return text.replace(self._config.api_key, "…") if self._config.api_key else text


def _close(result: Response | Opened | Failure) -> None:
    """Let go of an answer that is not the last one."""
    if isinstance(result, Opened):
        result.close()


def _is_stood_in_for() -> bool:
    """Return whether a test has put something in place of what requests or http.client do, and expects to be asked."""
    if "requests.api" in sys.modules and _transport.stand_in.stands_in():
        return True
    http_client = sys.modules.get("http.client")
    return http_client is not None and http_client.HTTPConnection.__module__ != http_client.__name__


def _is_late(request: Request, seconds: float) -> bool:
    """Return whether an answer took longer than a timeout so short that sockets, which wait for whole ms, miss it."""
    timeout = seconds_of(request.timeout)[1]
    return timeout is not None and timeout < SHORT_TIMEOUT and seconds > timeout


def _seconds(request: Request, part: int) -> str:
    return f"{seconds_of(request.timeout)[part]} s"


def _refused_redirect(request: Request, target: str, status: int) -> exception.ServerError:
    error = exception.ServerError(
        f"{request} was redirected to {without_query(target)}, another server, and was not sent there. "
        "If the address has changed, use the new one as server_url."
    )
    error.status = status
    return error
