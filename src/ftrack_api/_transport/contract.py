"""What a session asks of what carries its requests, and what that asks of the session; for type checkers alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ftrack_api._transport.base import Request, Response, Stream


class Content(Protocol):
    """Content of a request that is made piece by piece; each iteration starts at the beginning, for repetitions."""

    def __len__(self) -> int:
        """Return the number of bytes; at least one, since an empty body is ``b""``."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces."""


class Transport(Protocol):
    """Carries requests to one server; may be used from several threads at once."""

    def send(self, request: Request) -> Response:
        """Return the server's answer, whatever its status.

        Raises:
            ConnectionError: Of `ftrack_api.exception`: if no answer was received.
            Timeout: Of `ftrack_api.exception`: if the answer did not come in time.
        """

    def stream(self, request: Request) -> Stream:
        """Return the beginning of the server's answer, whatever its status; the body is still to be read.

        Raises:
            ConnectionError: Of `ftrack_api.exception`: if no answer was received.
            Timeout: Of `ftrack_api.exception`: if the answer did not begin in time.
        """

    def close(self) -> None:
        """Free connections; the transport is not used afterwards."""


class TransportConfig(Protocol):
    """What a transport has to know; `SessionConfig` has it."""

    @property
    def server_url(self) -> str:
        """Address of the server, without a trailing slash."""

    @property
    def api_user(self) -> str:
        """Name sent in the ``ftrack-user`` header."""

    @property
    def api_key(self) -> str:
        """Secret sent in the ``ftrack-api-key`` header."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """Cookies sent with every request."""

    @property
    def all_headers(self) -> Mapping[str, str]:
        """Headers sent with every request, the strict flag included, credentials not."""
