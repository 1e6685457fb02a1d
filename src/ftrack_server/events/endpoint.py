"""The event server over HTTP: the handshake, and the web socket whose frames are pumped to and from the broker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from ftrack_protocol.socketio.machine import Handshake
from ftrack_server import errors
from ftrack_server.api.options import Credentials
from ftrack_server.events.connection import INTERNAL_ERROR, Connection
from ftrack_server.events.handshakes import Handshakes

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from ftrack_server.auth.keys import Actor
    from ftrack_server.events.broker import Broker
    from ftrack_server.events.limits import EventLimits
    from ftrack_server.events.tickets import Tickets

PATIENCE = 1.5
"""Heartbeats after which a client may take the silence for the end of the connection."""

CLOSE_TIMEOUT = 25.0
CHECK_SECONDS = 1.0
"""How often silence is looked for and heartbeats are sent, at least."""

GOODBYE_SECONDS = 1.0

logger = logging.getLogger(__name__)


class EventEndpoint:
    """The two addresses of the event server (protocol: 7.1, 7.2).

    Args:
        identify: Returns who shakes hands; ServerError for whoever is not known.
        renew: Returns somebody with the rights of now, None for whoever is not to be served any more.
        broker: Routes what they send.
        tickets: Makes session ids, and knows those of other servers.
        limits: How much each may ask for.
    """

    def __init__(
        self,
        identify: Callable[[Credentials], Actor],
        renew: Callable[[Actor], Actor | None],
        broker: Broker,
        tickets: Tickets,
        limits: EventLimits,
    ) -> None:
        self._identify = identify
        self._renew = renew
        self._broker = broker
        self._limits = limits
        self._tickets = tickets
        self._handshakes = Handshakes(time.monotonic, tickets.issue)

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        return [
            *(Route(path, self.shake_hands, methods=["GET"]) for path in ("/socket.io/1", "/socket.io/1/")),
            WebSocketRoute("/socket.io/1/websocket/{session_id}", self.serve),
        ]

    async def shake_hands(self, request: Request) -> Response:
        """Answer with a session id for whoever is known, and 401 for others.

        Name and key are taken from headers or from the query, in any mixture; without either the session cookie counts.
        What else stands in the query is no concern of ours.
        """
        found = Credentials.of(request.headers)
        credentials = replace(
            found,
            username=found.username or request.query_params.get("api_user", ""),
            api_key=found.api_key or request.query_params.get("api_key", ""),
        )
        try:
            actor = await run_in_threadpool(self._identify, credentials)
        except errors.ServerError as error:
            return JSONResponse(error.to_fault().to_wire(), status_code=401)
        if len(self._broker) + len(self._handshakes) >= self._limits.connections:
            allowed = self._limits.connections
            logger.warning(
                "A client of %s is turned away: %d are connected (event_connections).", actor.username, allowed
            )
            fault = errors.ServerError(f"The event server has its {allowed} clients; try again later.").to_fault()
            return JSONResponse(fault.to_wire(), status_code=503, headers={"retry-after": "10"})
        silence = self._limits.heartbeat_seconds * PATIENCE
        terms = Handshake(self._handshakes.issue(actor), silence, CLOSE_TIMEOUT, ("websocket",))
        return PlainTextResponse(str(terms))

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until either side ends it. An unknown session id is refused with 403."""
        session_id = socket.path_params["session_id"]
        actor = self._handshakes.redeem(session_id) or await self._guest(session_id)
        if actor is None:
            await socket.close()
            return
        await socket.accept()
        origin = socket.client.host if socket.client else "an unknown address"
        connection = Connection(actor, self._limits, time.monotonic(), origin)
        self._broker.add(connection)
        logger.info("Event connection %s begins.", connection)
        tasks = [
            asyncio.ensure_future(work)
            for work in (self._read(socket, connection), _write(socket, connection), connection.over.wait())
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._broker.remove(connection)
            for task in tasks:
                task.cancel()
            for failure in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(failure, Exception):
                    logger.error("Serving event connection %s failed.", connection, exc_info=failure)
                    connection.end("a fault of the server", INTERNAL_ERROR)
        if connection.over.is_set():
            with contextlib.suppress(WebSocketDisconnect, RuntimeError, asyncio.TimeoutError):
                # A client that does not read cannot be told; it must not keep us here.
                await asyncio.wait_for(socket.close(connection.close_code, connection.reason[:100]), GOODBYE_SECONDS)

    async def _guest(self, session_id: str) -> Actor | None:
        """Return who has shaken hands with another server of the database, None for nobody."""
        claimed = self._tickets.claimed(session_id)
        if claimed is None:
            return None
        if len(self._broker) >= self._limits.connections:
            logger.warning("A client of another server is turned away: %d are connected.", len(self._broker))
            return None
        return await run_in_threadpool(self._renew, claimed)

    async def watch(self) -> None:
        """Send heartbeats, end silent connections and look at everybody's rights anew, until cancelled."""
        pause = min(CHECK_SECONDS, self._limits.heartbeat_seconds / 4)
        renewed = time.monotonic()
        while True:
            await asyncio.sleep(pause)
            self._broker.check(time.monotonic())
            if time.monotonic() - renewed >= self._limits.heartbeat_seconds:
                await self._look_anew()
                renewed = time.monotonic()

    async def _look_anew(self) -> None:
        actors = self._broker.actors()
        try:
            found = await run_in_threadpool(lambda: {key: self._renew(actor) for key, actor in actors.items()})
        except Exception:
            logger.exception("The rights of connected clients could not be looked up; the next look is soon.")
        else:
            self._broker.renew(found)

    async def _read(self, socket: WebSocket, connection: Connection) -> None:
        """Take in frames until the client has gone."""
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                logger.info("Event connection %s ends: the socket is closed (%s).", connection, message.get("code"))
                return
            text = message.get("text")
            if text is None:
                text = (message.get("bytes") or b"").decode("utf-8", errors="replace")
            self._broker.receive(connection, text, time.monotonic())


async def _write(socket: WebSocket, connection: Connection) -> None:
    """Send what is queued until the socket is closed; this may wait for a slow client, and nothing else does."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            for frame in await connection.frames():
                await socket.send_text(frame)
