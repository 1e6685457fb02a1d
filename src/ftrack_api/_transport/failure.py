"""A request that got no answer: how far it came, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeAlias

from ftrack_protocol.record import Record

# "unreached" and "connect timeout": no connection was established, so that the server saw nothing. "lost" and
# "read timeout": it may have seen everything. The others will not get better by trying again.
Kind: TypeAlias = Literal["unreached", "connect timeout", "lost", "read timeout", "tls", "proxy", "invalid"]

NEVER_ARRIVED: frozenset[Kind] = frozenset({"unreached", "connect timeout"})
FINAL: frozenset[Kind] = frozenset({"tls", "proxy", "invalid"})


class Failure(Record):
    """What an HTTP library reported.

    Attributes:
        kind: How far the request came.
        cause: What the library raised.
    """

    kind: Kind
    cause: Exception

    @property
    def reason(self) -> str:
        """The text of the innermost error, which is the one that says what happened."""
        innermost = list(reversed(list(links(self.cause))))
        for link in innermost:
            if isinstance(link, UnicodeEncodeError) and link.encoding == "latin-1":  # as headers are written
                return f"{link.object!r} has characters that no header can hold, which is written in Latin-1"
        return next((text for link in innermost if (text := _text(link))), type(self.cause).__name__)


class Opened(Record):
    """An answer of an HTTP library whose body is still to be read.

    Attributes:
        status: HTTP status code.
        headers: Header values by lower-case name.
        read: Returns at most so many bytes, ``b""`` at the end, or why there are no more.
        close: Frees the connection.
    """

    status: int
    headers: Mapping[str, str]
    read: Callable[[int], bytes | Failure]
    close: Callable[[], None]


def _text(error: BaseException) -> str:
    """Return what an error says, without the number that an operating system has for it."""
    return error.strerror if isinstance(error, OSError) and isinstance(error.strerror, str) else str(error)


def links(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and the errors wrapped in it, outermost first."""
    seen: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in seen:
        seen.append(link)
        yield link
        inner = [getattr(link, "reason", None), *reversed(link.args), link.__cause__]
        link = next((item for item in inner if isinstance(item, BaseException)), None)
