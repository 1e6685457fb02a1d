"""The socket of an HTTP connection, lent to who reads a large body from it past the library that parses requests.

On its way through the library a byte is copied five times and passes the one thread of the loop; read from the socket
it is copied once, in whatever thread reads.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Mapping

LENDER = "ftrack_server.lender"
"""Where the state of a request has the lender of its connection."""

logger = logging.getLogger(__name__)


class Lender:
    """Lends the socket of one connection, while the body of one request comes in.

    Args:
        parse_request: Has what comes in next taken for a request, whatever came before.
    """

    def __init__(self, parse_request: Callable[[], None]) -> None:
        self._parse_request = parse_request
        self._transport: asyncio.Transport | None = None
        self.is_lent = False

    def serve(self, transport: asyncio.Transport) -> None:
        """Take over a connection. Without TLS, and where a loop can be kept from reading, its socket can be lent."""
        plain = transport.get_extra_info("sslcontext") is None and transport.get_extra_info("socket") is not None
        self._transport = transport if plain and sys.platform != "win32" else None

    @property
    def can_lend(self) -> bool:
        """Whether there is a socket, and it is here."""
        return self._transport is not None and not self.is_lent

    @contextlib.contextmanager
    def lent(self) -> Iterator[socket.socket]:
        """Lend the socket, which does not block; the block ends with the last byte of the body.

        What the library has of the body by then is handed out by it, and nothing may be awaited between that and this.
        A block that is left by an exception has not read all: the connection ends, as the rest of a body must never be
        taken for a request.
        """
        transport = self._transport
        assert transport is not None, "a socket is lent only after a look at can_lend"  # noqa: S101 - a programmer's error
        transport.pause_reading()
        self.is_lent = True
        lent = socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))
        try:
            yield lent
        except BaseException:
            transport.abort()
            raise
        finally:
            lent.close()
            self.is_lent = False
        if not transport.is_closing():
            self._parse_request()
            transport.resume_reading()

    def refuse(self) -> None:
        """End a connection of which the loop has read something that belongs to the borrower."""
        logger.error("The loop has read from a socket that was lent; the connection is ended")
        if self._transport is not None:
            self._transport.abort()


def lender_of(scope: Mapping[str, Any]) -> Lender | None:
    """Return the lender of a request's connection, None when its socket cannot be lent."""
    lender: Lender | None = (scope.get("state") or {}).get(LENDER)
    return lender if lender is not None and lender.can_lend else None
