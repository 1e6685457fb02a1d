"""What journalled listeners ask over HTTP: which committed changes came since, and who may run a handler once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ftrack_protocol import json
from ftrack_protocol.event.envelope import Envelope
from ftrack_protocol.excerpt import described
from ftrack_server import errors
from ftrack_server.api import payload
from ftrack_server.api.options import Credentials
from ftrack_server.events.history import LEASE_SECONDS
from ftrack_server.events.visibility import Narrowing

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from ftrack_server.auth.keys import Actor
    from ftrack_server.events.history import History

PAGE_EVENTS = 1000
PAGE_CHARACTERS = 8 * 1024 * 1024
MAX_NAME = 1000
MAX_LEASE_SECONDS = 86_400
MAX_BODY_BYTES = 64 * 1024


class HistoryEndpoint:
    """Two addresses beside the socket, for clients that know them; others never ask.

    Args:
        identify: Returns who asks; ServerError for whoever is not known.
        history: The event log.
    """

    def __init__(self, identify: Callable[[Credentials], Actor], history: History) -> None:
        self._identify = identify
        self._history = history

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/events/log", self.log, methods=["GET"]),
            Route("/events/leases", self.lease, methods=["POST"]),
        ]

    async def log(self, request: Request) -> Response:
        """Answer the events behind the position ``after``, in order; without it none, but the bounds of the log.

        ``position`` of the answer is where to go on, ``oldest`` and ``newest`` are the bounds of what is kept. When the
        id of an ``event`` is asked after, ``has_event`` says whether it is in the log.
        """
        return await run_in_threadpool(self._answered, request, self._log)

    async def lease(self, request: Request) -> Response:
        """Answer whether ``holder`` may run what is called ``name`` for ``event``: the first who asks may."""
        chunks, size = [], 0
        async for chunk in request.stream():
            size += len(chunk)
            if size <= MAX_BODY_BYTES:
                chunks.append(chunk)
        body = b"".join(chunks) if size <= MAX_BODY_BYTES else b"(too long)"
        return await run_in_threadpool(self._answered, request, lambda _request, actor: self._lease(body, actor))

    def _answered(self, request: Request, answer: Callable[[Request, Actor], Any]) -> Response:
        try:
            return JSONResponse(answer(request, self._identify(Credentials.of(request.headers))))
        except errors.ServerError as error:
            return JSONResponse(error.to_fault().to_wire(), status_code=error.status)

    def _log(self, request: Request, actor: Actor) -> Any:
        oldest, newest = self._history.bounds()
        answer: dict[str, Any] = {"events": [], "position": newest, "oldest": oldest, "newest": newest}
        event_id = request.query_params.get("event")
        if event_id is not None:
            answer["has_event"] = self._history.has(event_id)
        after = request.query_params.get("after")
        if after is None:
            return answer
        found = self._history.after(_position(after), limit=PAGE_EVENTS, characters=PAGE_CHARACTERS)
        for logged in found:
            event = Envelope.from_wire(json.loads(logged.payload))
            seen = Narrowing(event, logged.private_projects).for_access(actor.access)
            if seen is not None:
                answer["events"].append({"position": logged.position, "event": seen.to_wire()})
        answer["position"] = found[-1].position if found else max(newest, _position(after))
        return answer

    def _lease(self, body: bytes, actor: Actor) -> Any:
        wanted = payload.decode(body)
        if not isinstance(wanted, dict):
            raise errors.RequestError(f"A lease is asked for by a JSON object, got {described(wanted)}.")
        name, event_id, holder = (_text(wanted, key) for key in ("name", "event", "holder"))
        seconds = wanted.get("seconds", LEASE_SECONDS)
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 1 <= seconds <= MAX_LEASE_SECONDS:
            raise errors.RequestError(f'"seconds" is a number from 1 to {MAX_LEASE_SECONDS}, got {described(seconds)}.')
        return {"granted": self._history.claim(f"{actor.user_id} {name}", event_id, holder, seconds)}


def _position(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise errors.RequestError(f'"after" is a position in the event log, a whole number; got {described(text)}.')
    return int(text)


def _text(wanted: dict[str, Any], key: str) -> str:
    value = wanted.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME:
        raise errors.RequestError(f'"{key}" is text of 1 to {MAX_NAME} characters, got {described(value)}.')
    return value
