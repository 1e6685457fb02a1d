"""POST /api over HTTP: how much may be sent, how a reply or a fault is written, which status it gets."""

from __future__ import annotations

import gzip
import logging
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from ftrack_protocol import json
from ftrack_server import errors, logs
from ftrack_server.api.body import expanded
from ftrack_server.api.options import CallOptions, Credentials
from ftrack_server.auth.sessions import set_cookie
from ftrack_server.limits import body_too_large

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from ftrack_protocol.faults import Fault
    from ftrack_server.api.dispatch import Dispatcher

logger = logging.getLogger(__name__)

# Answers below this size travel as fast as they are; compressing at the lowest level is the best trade above it.
GZIP_FROM_BYTES = 16 * 1024
GZIP_LEVEL = 1

# Batches that wait for their turn to write wait in a thread, so there are many more threads than can be at work:
# queries must not wait for writers. How much runs at once is decided by the connections to the database.
MOST_CALLS = 200

# What comes in beyond the limit is read and dropped, so that a client that sends before it reads sees the fault and
# not a broken connection - up to this many times the limit.
DRAIN_FACTOR = 4


class ApiEndpoint:
    """The endpoint itself, an ASGI-independent core run in a worker thread.

    Cost: one thread per running call; the event loop only moves bytes. Calls beyond `MOST_CALLS` wait for a thread.
    """

    def __init__(self, dispatcher: Dispatcher, *, max_request_bytes: int) -> None:
        self._dispatcher = dispatcher
        self._max_request_bytes = max_request_bytes
        self._threads = CapacityLimiter(MOST_CALLS)

    async def __call__(self, request: Request) -> Response:
        """Answer one request; a failure becomes a fault object, whatever it is."""
        try:
            body = await self._read(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        if body is None:
            return _refuse(body_too_large(self._max_request_bytes).to_fault(), 413)
        base_url = str(request.base_url).rstrip("/")
        return await to_thread.run_sync(self._answer, body, request.headers, base_url, limiter=self._threads)

    async def _read(self, request: Request) -> bytes | None:
        """Return the body, or None when it is larger than the limit; no more than the limit is ever held."""
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size <= self._max_request_bytes:
                chunks.append(chunk)
            elif size > self._max_request_bytes * DRAIN_FACTOR:
                break
            else:
                chunks.clear()
        return b"".join(chunks) if size <= self._max_request_bytes else None

    def _answer(self, body: bytes, headers: Mapping[str, str], base_url: str) -> Response:
        options = CallOptions.of(headers)
        credentials = Credentials.of(headers)
        compress = "gzip" in headers.get("accept-encoding", "")
        logs.note(user=credentials.username)
        try:
            cookie = self._dispatcher.session(credentials)
            text = expanded(body, headers.get("content-encoding", ""), self._max_request_bytes)
            replies = self._dispatcher.run(text, credentials, options, base_url)
            extra = {"set-cookie": set_cookie(cookie, secure=base_url.startswith("https"))} if cookie else None
            return _respond(replies, 200, compress=compress, headers=extra)
        except errors.ServerError as error:
            if isinstance(error, errors.DatabaseUnavailableError):
                logger.error("The database cannot be used", exc_info=error)  # noqa: TRY400 - the cause is what matters
            # Without strictness an error is a normal answer, told apart by its body alone (protocol: 1.3); that
            # a request is too large is always told by the status.
            shown = options.error_statuses or isinstance(error, errors.RequestTooLargeError)
            return _refuse(error.to_fault(), error.status if shown else 200)
        except Exception:
            logger.exception("A call failed for a reason that is not the caller's")
            return _refuse(_unexpected(), 500)


def routes(endpoint: ApiEndpoint) -> list[Route]:
    """Return the routes of the endpoint: with and without the slash at the end (protocol: 1.1)."""
    return [Route(path, endpoint.__call__, methods=["POST"]) for path in ("/api", "/api/")]


async def not_served(request: Request, error: Exception) -> Response:
    """Answer 404 and 405 in JSON: clients decode every body before they look at the status (protocol: 1.3)."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    if status == 405:
        message = f"{request.method} is not possible on {request.url.path}; the API takes POST on /api."
    elif status == 404:
        message = f"There is nothing at {request.url.path}; the API takes POST on /api."
    else:
        message = f"{request.method} {request.url.path} failed with HTTP status {status}."
    return _refuse(errors.ServerError(message).to_fault(), status, headers=headers)


async def failed(_request: Request, _error: Exception) -> Response:
    """Answer what no handler expected with a fault; the framework logs the traceback.

    The framework calls this outside of everything that marks answers, so the id of the request is added here.
    """
    return _refuse(_unexpected(), 500, headers={"x-request-id": logs.request_id() or ""})


def _unexpected() -> Fault:
    message = "The server failed unexpectedly. Nothing of the request was stored; its log has the cause."
    return errors.ServerError(message).to_fault()


def _refuse(fault: Fault, status: int, *, headers: Mapping[str, str] | None = None) -> Response:
    """Write a fault, with the id under which the log has more."""
    logs.note(fault=fault.exception)
    return _respond({**fault.to_wire(), "request_id": logs.request_id()}, status, headers=headers)


def _respond(
    content: Any, status: int, *, compress: bool = False, headers: Mapping[str, str] | None = None
) -> Response:
    """Write any JSON value as a response."""
    body = json.dumps_bytes(content)
    extra = dict(headers or {})
    if compress and len(body) >= GZIP_FROM_BYTES:
        body = gzip.compress(body, compresslevel=GZIP_LEVEL, mtime=0)
        extra |= {"content-encoding": "gzip", "vary": "Accept-Encoding"}
    return Response(body, status_code=status, headers=extra, media_type="application/json")
