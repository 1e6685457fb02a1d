"""The HTTP server around the application: a socket bound first, then a loop in this thread or in one of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any, NoReturn

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.auto import AutoWebSocketsProtocol

from ftrack_server.sockets import LENDER, Lender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)

BACKLOG = 2048
# A socket whose client does not read what is left for it gets this long after its end, then it is cut.
LINGER_SECONDS = 1.0


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; with port 0 the system picks one that is free.

    Connections made from now on wait for the server, so the address may be given out at once.

    Raises:
        OSError: If the address is taken or not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def address(listener: socket.socket) -> str:
    """Return the URL under which clients of this machine reach the listener."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers, that tells when it serves and stops without waiting for a tick."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._reason = "Stopped"

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        if self.started:
            self._on_ready()

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), timeout=0.1)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logger.info("%s: finishing what is under way", self._reason)
        await super().shutdown(sockets)

    def stop(self, reason: str = "Stopped") -> None:
        """Ask the loop to end; may be called from any thread and from a signal handler."""
        self._reason = reason
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop ended by itself meanwhile
                self._loop.call_soon_threadsafe(self._stopping.set)


class _HttpProtocol(HttpToolsProtocol):
    """Uvicorn's protocol of HTTP, that lends its socket to who reads a large body."""

    def __init__(self, *, app_state: dict[str, Any], **named: Any) -> None:
        self._lender = Lender(self._parse_request)
        super().__init__(app_state={**app_state, LENDER: self._lender}, **named)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._lender.serve(transport)

    def data_received(self, data: bytes) -> None:
        if self._lender.is_lent:
            self._lender.refuse()
        else:
            super().data_received(data)

    def _parse_request(self) -> None:
        """Have a parser that knows nothing of the body which somebody else has read."""
        self.parser = type(self.parser)(self)


class _SocketProtocol(AutoWebSocketsProtocol):  # type: ignore[valid-type,misc]  # uvicorn chooses it when imported
    """Uvicorn's protocol of web sockets, that does not wait without end for a client which has stopped reading."""

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)


def _configuration(application: Any, shutdown_timeout: float | None) -> uvicorn.Config:
    """Return uvicorn's settings for an ASGI application; logging is left to whoever embeds the server.

    Below warnings uvicorn logs the addresses of sockets, keys and session ids included, so those lines are left out.
    Event connections have heartbeats of their own, and pings beside them would only cost.
    """
    return uvicorn.Config(
        application,
        log_config=None,
        log_level="warning",
        access_log=False,
        http=_HttpProtocol,
        ws=_SocketProtocol,
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        lifespan="on",
        timeout_graceful_shutdown=None if shutdown_timeout is None else math.ceil(shutdown_timeout),
        server_header=False,
    )


def serve(application: Any, listener: socket.socket, on_ready: Callable[[], None], *, shutdown_timeout: float) -> None:
    """Serve until SIGINT or SIGTERM, then take no more connections, finish what runs and return.

    A second signal, or requests that take longer than the timeout, end the process at once with code 1: a batch that
    was not committed by then never happened.

    Args:
        application: An ASGI application.
        listener: From `bind`; closed on return.
        on_ready: Called once, when requests are being answered.
        shutdown_timeout: How long requests under way may take to finish, in seconds.
    """
    server = _Server(_configuration(application, None), on_ready)
    # Not uvicorn's timeout, which takes answers from batches that are committed later: their threads cannot be stopped.
    patience = threading.Timer(shutdown_timeout, _give_up, ["took longer than the shutdown timeout"])
    patience.daemon = True

    # A handler runs in the middle of whatever the loop does, a line of the log included, so it writes none itself.
    def end(number: int, _frame: Any) -> None:
        if server.should_exit:
            threading.Thread(target=_give_up, args=["had no time to finish"], daemon=True).start()
        else:
            patience.start()
            server.stop(signal.Signals(number).name)

    previous = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[listener])
    finally:
        patience.cancel()
        listener.close()
        for number, handler in previous.items():
            signal.signal(number, handler)


def _give_up(reason: str) -> NoReturn:
    """End the process as it stands; the database takes care of what is half done."""
    logger.error("Ended at once: requests under way %s; what they had not committed never happened", reason)
    logging.shutdown()
    os._exit(1)


class BackgroundServer:
    """A server that runs in a thread of its own, for tests and for programs that embed it."""

    def __init__(self, application: Any, listener: socket.socket, *, shutdown_timeout: float = 5.0) -> None:
        self._listener = listener
        self._ready = threading.Event()
        self._server = _Server(_configuration(application, shutdown_timeout), self._ready.set)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="ftrack-server", daemon=True)

    def start(self, timeout: float = 10.0) -> None:
        """Start and wait, at most `timeout` seconds, until requests are answered.

        Raises:
            RuntimeError: If the server did not come up; chained to its reason.
        """
        self._thread.start()
        if not self._ready.wait(timeout) or self._failure is not None:
            raise RuntimeError("The server did not start.") from self._failure

    def stop(self) -> None:
        """Finish the requests under way, close the socket and end the thread."""
        self._server.stop()
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._listener])
        except BaseException as error:  # noqa: BLE001 - told to the thread that waits in start()
            self._failure = error
        finally:
            self._ready.set()
