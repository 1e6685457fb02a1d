"""Requests by way of the requests library, which is imported with this module and by nothing else."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import requests
import requests.adapters
import requests.auth
import requests.exceptions
import urllib3.exceptions

from ftrack_api import exception
from ftrack_api._transport.base import Request, Response, same_site
from ftrack_api._transport.failure import Failure, Opened, links
from ftrack_api._transport.pool import read
from ftrack_api._transport.stand_in import is_stand_in, posts_elsewhere, stands_in_at, told

if TYPE_CHECKING:
    from ftrack_api._transport.contract import TransportConfig
    from ftrack_api._transport.failure import Kind

POOLED_CONNECTIONS = 32  # kept alive, one for each thread that is sending


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


ERRORS: dict[Kind, type[exception.NetworkError]] = {
    "unreached": HttpConnectionError,
    "lost": HttpConnectionError,
    "invalid": HttpConnectionError,
    "connect timeout": HttpConnectTimeout,
    "read timeout": HttpReadTimeout,
    "tls": HttpTlsError,
    "proxy": HttpProxyError,
}
"""What is raised for each kind of failure."""


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


class RequestsCarrier:
    """Carries requests through a `requests.Session`, which callers may set up or replace.

    A request for another host than the session's server (a signed upload address, a redirected download) is sent
    without credentials, session headers and cookies.

    Args:
        config: Address, credentials and headers.
        cookies: What is sent to the server until it sets others.
    """

    def __init__(self, config: TransportConfig, cookies: Mapping[str, str]) -> None:
        self._config = config
        self._cookies = dict(cookies)
        self._session: requests.Session | None = None
        self._lock = threading.Lock()

    @property
    def session(self) -> requests.Session:
        """The requests session, made on first use."""
        with self._lock:
            if self._session is None:
                self._session = self._new_session()
            return self._session

    @session.setter
    def session(self, session: requests.Session) -> None:
        with self._lock:
            self._session = session

    def exchange(self, url: str, request: Request) -> Response | Failure:
        """Return the answer to one request, redirects not followed, or why there is none."""
        with contextlib.ExitStack() as stack:
            try:
                return told(self._sent(url, request, stack, stream=False))
            except (requests.exceptions.RequestException, UnicodeError) as error:
                return Failure(_kind(error), error)

    def open(self, url: str, request: Request) -> Opened | Failure:
        """Return the beginning of the answer to one request, as `exchange` does."""
        with contextlib.ExitStack() as stack:
            try:
                answer = self._sent(url, request, stack, stream=True)
            except (requests.exceptions.RequestException, UnicodeError) as error:
                return Failure(_kind(error), error)
            stack.callback(answer.close)
            close = stack.pop_all().close
            return Opened(answer.status_code, _headers(answer), lambda size: read(answer.raw, size), close)

    def _sent(self, url: str, request: Request, stack: contextlib.ExitStack, *, stream: bool) -> requests.Response:
        """Return the answer; what a stranger's connections need is closed with the stack."""
        options: dict[str, Any] = {
            "headers": dict(request.headers),
            "data": request.body or None,
            "timeout": request.timeout,
            "allow_redirects": False,
            "stream": stream,
        }
        verb = request.method.lower()
        if verb in {"get", "put"} and is_stand_in("requests.api", verb):
            return getattr(requests, verb)(url, **options)  # type: ignore[no-any-return]
        if same_site(self._config.server_url, url):
            if verb == "post":
                if posts_elsewhere(self.session):
                    options = {"headers": options["headers"], "data": _text(request.body), "timeout": request.timeout}
                return self.session.post(url, **options)
            return self.session.request(request.method, url, **options)
        session = stack.enter_context(self._stranger())
        # An authentication that adds nothing keeps requests from taking one out of a netrc file.
        return session.request(request.method, url, auth=_no_credentials, **options)

    def is_stood_in_for(self, url: str) -> bool:
        """Return whether a test has put something in place of what carries requests to an address."""
        return stands_in_at(self.session, url)

    def close(self) -> None:
        """Close kept connections."""
        session = self._session
        if session is not None:
            session.close()

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=POOLED_CONNECTIONS)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.cookies.update(self._cookies)
        session.headers.update(self._config.all_headers)
        session.auth = SessionAuthentication(self._config.api_key, self._config.api_user)
        return session

    def _stranger(self) -> requests.Session:
        """Return a session that reaches the network as ours does, and knows nothing of the user."""
        ours, stranger = self.session, requests.Session()
        stranger.verify, stranger.cert = ours.verify, ours.cert
        stranger.proxies, stranger.trust_env = ours.proxies, ours.trust_env
        return stranger


def _text(body: Any) -> Any:
    """Return JSON as the text that a replaced ``post`` knows, with blanks; any other content as it is."""
    if not isinstance(body, bytes):
        return body
    with contextlib.suppress(ValueError):
        return json.dumps(json.loads(body), sort_keys=True)
    return body


def _headers(answer: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _kind(error: requests.exceptions.RequestException | UnicodeError) -> Kind:
    """Return how far a request came before an error of requests."""
    for error_class, kind in _KINDS:
        if isinstance(error, error_class):
            return kind
    if isinstance(error, requests.exceptions.ConnectionError):
        chain = list(links(error))
        if any(isinstance(link, urllib3.exceptions.ReadTimeoutError) for link in chain):  # in the middle of a body
            return "read timeout"
        never = any(isinstance(link, urllib3.exceptions.NewConnectionError) for link in chain)
        return "unreached" if never else "lost"
    return "lost" if isinstance(error, requests.exceptions.ChunkedEncodingError) else "invalid"


_KINDS: tuple[tuple[type[requests.exceptions.RequestException], Kind], ...] = (
    (requests.exceptions.ConnectTimeout, "connect timeout"),
    (requests.exceptions.Timeout, "read timeout"),
    (requests.exceptions.SSLError, "tls"),
    (requests.exceptions.ProxyError, "proxy"),
)
