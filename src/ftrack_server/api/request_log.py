"""A request from its arrival to its last byte: the id it goes by, and the line it leaves in the log."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import TYPE_CHECKING

from ftrack_server import logs

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_server.api.cors import Application, Message, Receive, Send

logger = logging.getLogger("ftrack_server.request")

HEADER = b"x-request-id"
_SANE = re.compile(rb"[A-Za-z0-9._:+/=-]{1,100}")
# Machines look every few seconds; only those who ask for everything want to read that.
_QUIET_PATHS = frozenset({"/health"})


class RequestLog:
    """ASGI middleware that gives each request an id and logs it when it is answered.

    The id is that of the request's ``X-Request-ID``, as a proxy or a client may set it, where it is 1 to 100 plain
    characters; else a new one. The answer has the same header.

    Cost: one line of the log for each request, about 30 µs, at the level ``info``; at ``debug`` for `/health`.
    """

    def __init__(
        self,
        application: Application,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._application = application
        self._monotonic = monotonic
        self._new_id = new_id

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._application(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name.lower() == HEADER), b"")
        request = logs.LoggedRequest(given.decode() if _SANE.fullmatch(given) else self._new_id())
        logs.begin(request)
        started = self._monotonic()
        # What is known at any time; a request that is answered by no one has failed.
        answer = {"status": 500, "bytes": 0}

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER, request.id.encode())]
            elif message["type"] == "http.response.body":
                answer["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self._application(scope, receive, send_marked)
        finally:
            if scope["type"] == "http":
                milliseconds = round((self._monotonic() - started) * 1000, 1)
                _log(scope, {**answer, "duration_ms": milliseconds, **request.facts})


def _log(scope: Message, facts: dict[str, object]) -> None:
    """Write the line; queries of addresses stay out, since they may hold tokens."""
    level = logging.DEBUG if scope["path"] in _QUIET_PATHS else logging.INFO
    told = {"method": scope["method"], "path": scope["path"], **facts}
    logger.log(level, "%s %s %s", scope["method"], scope["path"], facts["status"], extra={logs.FIELDS: told})
