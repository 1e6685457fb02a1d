"""Requests and answers, whoever carries them, and what their addresses mean."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from ftrack_protocol.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from ftrack_api._transport.contract import Content

# Seconds for the whole of connecting and for each wait for data, or one figure for each of the two; None waits forever.
Timeout: TypeAlias = float | tuple[float | None, float | None] | None

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Request(Record):
    """One HTTP request, before credentials are added; its text shows method and address without secrets.

    Attributes:
        method: Upper-case method.
        url: Absolute address.
        headers: Headers beside those the transport adds (credentials, the session's own headers).
        body: Bytes to send, or content that is made while it is sent.
        timeout: Seconds; see `Timeout`.
        read_only: Whether doing it twice is doing it once, as for all that changes nothing and for uploads to one
            place, so that the request may be sent again after any fault.
    """

    method: str
    url: str
    headers: Mapping[str, str] = _NO_HEADERS
    body: bytes | Content = b""
    timeout: Timeout = 60
    read_only: bool = False

    def __str__(self) -> str:
        return f"{self.method} {without_query(self.url)}"

    def __repr__(self) -> str:
        return f"Request({str(self)!r}, timeout={self.timeout!r}, read_only={self.read_only!r})"


class Response(Record):
    """A whole answer.

    Attributes:
        status: HTTP status code.
        headers: Header values by lower-case name.
        body: Bytes after content decoding (gzip and the like).
    """

    status: int
    headers: Mapping[str, str] = _NO_HEADERS
    body: bytes = b""

    def __repr__(self) -> str:
        return f"Response(status={self.status!r})"


class Stream:
    """An answer whose body is read piece by piece; to be closed, which a ``with`` block does.

    Args:
        status: HTTP status code.
        headers: Header values by lower-case name.
        read: Returns at most so many bytes, ``b""`` at the end; raises `ftrack_api.exception.NetworkError`.
        close: Frees the connection.
    """

    def __init__(
        self, status: int, headers: Mapping[str, str], read: Callable[[int], bytes], close: Callable[[], None]
    ) -> None:
        self.status = status
        self.headers = headers
        self.read = read
        self.close = close

    def __enter__(self) -> Stream:  # noqa: PYI034 - Self is not in typing before Python 3.11
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def seconds_of(timeout: Timeout) -> tuple[float | None, float | None]:
    """Return the seconds for connecting and for each wait for data."""
    return timeout if isinstance(timeout, tuple) else (timeout, timeout)


def without_query(url: str) -> str:
    """Return an address fit for messages and logs: without user, query and fragment, which may hold secrets."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def same_site(first: str, second: str) -> bool:
    """Return whether two addresses lead to one server; https in place of http on standard ports is the same one."""
    one, other = urlsplit(first), urlsplit(second)
    if one.hostname != other.hostname:
        return False
    here = (one.scheme, one.port or _STANDARD_PORTS.get(one.scheme))
    there = (other.scheme, other.port or _STANDARD_PORTS.get(other.scheme))
    return here == there or (here, there) == tuple(_STANDARD_PORTS.items())


_STANDARD_PORTS = {"http": 80, "https": 443}
