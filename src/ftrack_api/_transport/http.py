"""Requests over HTTP by way of the requests library, which is imported when this module is: nothing else imports it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from random import random
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import requests.adapters
import requests.auth
import requests.exceptions
import urllib3.exceptions

from ftrack_api import exception
from ftrack_api._transport.base import Request, Response, TransportConfig, without_query
from ftrack_api._transport.retry import Outcome, RetryPolicy, parse_retry_after

MAX_REDIRECTS = 5
POOLED_CONNECTIONS = 32  # kept alive, one for each thread that is sending
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_logger = logging.getLogger(__name__)


class HttpConnectionError(exception.ConnectionError, requests.exceptions.ConnectionError):
    """A lost or refused connection, also to be caught as what requests raises."""

    request = response = None


class HttpTlsError(exception.ConnectionError, requests.exceptions.SSLError):
    """A certificate or TLS failure, also to be caught as what requests raises."""

    request = response = None


class HttpProxyError(exception.ConnectionError, requests.exceptions.ProxyError):
    """A proxy that does not let us through, also to be caught as what requests raises."""

    request = response = None


class HttpConnectTimeout(exception.Timeout, requests.exceptions.ConnectTimeout):
    """No connection in time, also to be caught as what requests raises."""

    request = response = None


class HttpReadTimeout(exception.Timeout, requests.exceptions.ReadTimeout):
    """No answer in time, also to be caught as what requests raises."""

    request = response = None


class SessionAuthentication(requests.auth.AuthBase):
    """Adds the credentials of an ftrack user to requests; its repr does not show the key."""

    def __init__(self, api_key: str, api_user: str) -> None:
        self.api_key = api_key
        self.api_user = api_user

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Return the request with the headers ``ftrack-api-key`` and ``ftrack-user`` set."""
        request.headers["ftrack-api-key"] = self.api_key
        request.headers["ftrack-user"] = self.api_user
        return request

    def __repr__(self) -> str:
        return f"{type(self).__name__}(api_user={self.api_user!r})"


class HttpTransport:
    """Sends requests to one server, over connections that are kept alive and shared by threads.

    Credentials, session headers and cookies go to the server of the configuration only: a request for another host
    (a signed upload address, a redirected download) carries nothing but its own headers.
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
        self._session: requests.Session | None = None
        self._lock = threading.Lock()

    @property
    def session(self) -> requests.Session:
        """The requests session, made on first use; proxies, CA files and adapters may be set on it.

        A session that is assigned is used as it is: its headers, cookies and authentication are the caller's.
        """
        with self._lock:
            if self._session is None:
                self._session = self._new_session()
            return self._session

    @session.setter
    def session(self, session: requests.Session) -> None:
        with self._lock:
            self._session = session

    def send(self, request: Request) -> Response:
        """Return the server's answer, after retries where they are safe.

        A request that is not read-only is only repeated when no connection could be established. A redirect keeps
        method and body on the same host. To another host, only GET and HEAD follow it, without credentials.

        Raises:
            ConnectionError: Of `ftrack_api.exception`, and of requests: if there is no answer.
            Timeout: Of `ftrack_api.exception`, and of requests: if the answer does not come in time.
            ServerError: If a redirect leads somewhere the request must not go.
        """
        attempt = 0
        while True:
            attempt += 1
            result = self._attempt(request)
            delay = self._delay(result, request, attempt)
            if delay is None:
                break
            _logger.info("%s is sent again in %.2f s.", request, delay)
            self._sleep(delay)
        if isinstance(result, Response):
            return result
        # Raised here, where no other exception is being handled, so that one with the key in its text is left behind.
        raise self._translated(result, request) from self._safe_cause(result)

    def close(self) -> None:
        """Close kept connections."""
        with self._lock:
            if self._session is not None:
                self._session.close()

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=POOLED_CONNECTIONS)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.cookies.update(dict(self._config.cookies))
        session.headers.update(self._config.all_headers)
        session.auth = SessionAuthentication(self._config.api_key, self._config.api_user)
        return session

    def _attempt(self, request: Request) -> Response | requests.exceptions.RequestException:
        try:
            return self._exchange(request)
        except requests.exceptions.RequestException as error:
            return error

    def _delay(
        self, result: Response | requests.exceptions.RequestException, request: Request, attempt: int
    ) -> float | None:
        """Return how long to wait before the request is sent again, or None when the result is final."""
        if isinstance(result, Response):
            outcome: Outcome | None = result.status
            asked_for = result.headers.get("retry-after")
        else:
            outcome, asked_for = _outcome(result), None
        if outcome is None:
            return None
        return self._policy.next_delay(
            outcome,
            read_only=request.read_only,
            attempt=attempt,
            retry_after=parse_retry_after(asked_for, datetime.now(timezone.utc)),
            random=random,
        )

    def _exchange(self, request: Request) -> Response:
        """Send a request once, following redirects."""
        url = request.url
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._send_to(url, request)
            target = answer.headers.get("location")
            if answer.status_code not in REDIRECTS or not target:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status_code, headers, answer.content)
            target = urljoin(url, target)
            if request.method not in {"GET", "HEAD"} and not _same_site(url, target):
                raise _refused_redirect(request, target, answer.status_code)
            url = target
        raise exception.ServerError(
            f"{request} was redirected more than {MAX_REDIRECTS} times, at last to {without_query(url)}."
        )

    def _send_to(self, url: str, request: Request) -> requests.Response:
        options: dict[str, Any] = {
            "headers": dict(request.headers),
            "data": request.body or None,
            "timeout": request.timeout,
            "allow_redirects": False,
        }
        session = self.session
        if _same_site(self._config.server_url, url):
            return session.request(request.method, url, **options)
        with requests.Session() as stranger:
            stranger.verify, stranger.cert = session.verify, session.cert
            stranger.proxies, stranger.trust_env = session.proxies, session.trust_env
            # An authentication of our own keeps requests from taking one out of a netrc file.
            return stranger.request(request.method, url, auth=_no_credentials, **options)

    def _translated(self, error: requests.exceptions.RequestException, request: Request) -> exception.NetworkError:
        """Return our exception for one of requests'; neither query string nor key is in its message."""
        if isinstance(error, requests.exceptions.ConnectTimeout):
            return HttpConnectTimeout(f"{request} timed out: no connection within {_seconds(request, 0)}.")
        if isinstance(error, requests.exceptions.Timeout):
            return HttpReadTimeout(f"{request} timed out: no answer within {_seconds(request, 1)}.")
        reason = self._redacted(f"{request} failed: {_reason(error)}")
        if isinstance(error, requests.exceptions.SSLError):
            return HttpTlsError(reason)
        if isinstance(error, requests.exceptions.ProxyError):
            return HttpProxyError(reason)
        return HttpConnectionError(reason)

    def _safe_cause(self, error: requests.exceptions.RequestException) -> Exception | None:
        """Return the error to chain, or None when its text would show the key."""
        return error if self._redacted(str(error)) == str(error) else None

    def _redacted(self, text: str) -> str:
        return text.replace(self._config.api_key, "…") if self._config.api_key else text


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _outcome(error: requests.exceptions.RequestException) -> Outcome | None:
    """Return how far a request came, or None when trying again is pointless."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "unreached"
    if isinstance(error, requests.exceptions.Timeout):
        return "timeout"
    if isinstance(error, requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return None
    if isinstance(error, requests.exceptions.ConnectionError):
        chain = list(_causes(error))
        never = any(isinstance(link, urllib3.exceptions.NewConnectionError) for link in chain)
        return "unreached" if never else "lost"
    return "lost" if isinstance(error, requests.exceptions.ChunkedEncodingError) else None


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and the errors wrapped in it, outermost first."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        inner = [getattr(link, "reason", None), *reversed(link.args), link.__cause__]
        link = next((item for item in inner if isinstance(item, BaseException)), None)
    return chain


def _reason(error: BaseException) -> str:
    """Return the text of the innermost error that has one."""
    return next((str(link) for link in reversed(_causes(error)) if str(link)), type(error).__name__)


def _seconds(request: Request, part: int) -> str:
    seconds = request.timeout[part] if isinstance(request.timeout, tuple) else request.timeout
    return f"{seconds} s"


def _same_site(first: str, second: str) -> bool:
    """Return whether two addresses lead to one server; https in place of http on standard ports is the same one."""
    one, other = urlsplit(first), urlsplit(second)
    if one.hostname != other.hostname:
        return False
    here, there = (
        (one.scheme, one.port or _PORTS.get(one.scheme)),
        (other.scheme, other.port or _PORTS.get(other.scheme)),
    )
    return here == there or (here, there) == (("http", 80), ("https", 443))


_PORTS = {"http": 80, "https": 443}


def _refused_redirect(request: Request, target: str, status: int) -> exception.ServerError:
    error = exception.ServerError(
        f"{request} was redirected to {without_query(target)}, another server, "
        "and was not sent there. If the address has changed, use the new one as server_url."
    )
    error.status = status
    return error
