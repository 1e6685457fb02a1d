"""Requests that never leave the process: an ASGI application is called where a network would be."""

from __future__ import annotations

import asyncio
import concurrent.futures
import io
import logging
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote, urlsplit

from ftrack_api import exception
from ftrack_api._transport.base import Request, Response, Stream, seconds_of

if TYPE_CHECKING:
    from ftrack_api._transport.contract import TransportConfig

Message: TypeAlias = MutableMapping[str, Any]
Application: TypeAlias = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

SHUTDOWN_SECONDS = 10

_logger = logging.getLogger(__name__)


class LocalTransport:
    """Calls an application in an event loop of its own, which runs in a daemon thread from the first request on.

    The application's start-up runs before that request, its shutdown at `close`. Requests of several threads run at
    the same time. Cookies that the application sets are not kept.
    """

    def __init__(self, application: Application, config: TransportConfig) -> None:
        self._application = application
        self._config = config
        self._lock = threading.Lock()
        self._server: _Server | None = None

    def send(self, request: Request) -> Response:
        """Return the application's answer.

        Raises:
            ConnectionError: Of `ftrack_api.exception`: if the application fails before it has answered.
            Timeout: Of `ftrack_api.exception`: if it does not answer in time; its work goes on.
            ServerError: If the application refuses to start.
        """
        body = request.body if isinstance(request.body, bytes) else b"".join(request.body)
        exchange = _Exchange(self._scope(request, len(body)), body)
        with self._lock:
            if self._server is None:
                self._server = _Server(self._application)
            work = self._server.run(exchange.run(self._application))
        seconds = seconds_of(request.timeout)[1]
        try:
            work.result(seconds)
        except Exception as error:
            if isinstance(error, concurrent.futures.TimeoutError) and not work.done():
                raise exception.Timeout(f"{request} timed out: no answer within {seconds} s.") from error
            if not exchange.complete:
                raise exception.ConnectionError(f"{request} failed in the application: {error!r}") from error
            _logger.warning("The application failed after it had answered %s.", request, exc_info=True)
        return exchange.response

    def stream(self, request: Request) -> Stream:
        """Return the application's answer, whole, to be read piece by piece."""
        response = self.send(request)
        return Stream(response.status, response.headers, io.BytesIO(response.body).read, lambda: None)

    def close(self) -> None:
        """Shut the application down and end the thread; a second call does nothing."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.stop()

    def _scope(self, request: Request, size: int) -> Message:
        parts = urlsplit(request.url)
        headers = {
            "host": parts.netloc.rpartition("@")[2],
            "content-length": str(size),
            **{name.lower(): value for name, value in self._config.all_headers.items()},
            **{name.lower(): value for name, value in request.headers.items()},
            "ftrack-user": self._config.api_user,
            "ftrack-api-key": self._config.api_key,
        }
        if self._config.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self._config.cookies.items())
        path = parts.path or "/"
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": parts.scheme,
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": parts.query.encode("ascii"),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
            "client": ("127.0.0.1", 0),
            "server": (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)),
        }


class _Server:
    """A running event loop in which an application has started."""

    def __init__(self, application: Application) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ftrack-local-server", daemon=True)
        self._thread.start()
        self._lifespan = _Lifespan(application)
        failure = self.run(self._lifespan.start()).result()
        if failure:
            self._end_loop()
            raise exception.ServerError(f"The application did not start: {failure}")

    def run(self, work: Any) -> concurrent.futures.Future[Any]:
        """Start a coroutine."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def stop(self) -> None:
        """Shut the application down, then the loop."""
        try:
            self.run(self._lifespan.stop()).result(SHUTDOWN_SECONDS)
        except concurrent.futures.TimeoutError:
            _logger.warning("The application did not shut down within %s s.", SHUTDOWN_SECONDS)
        self._end_loop()

    def _end_loop(self) -> None:
        self.run(_cancel_all()).result(SHUTDOWN_SECONDS)
        self.run(self._loop.shutdown_default_executor()).result(SHUTDOWN_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SHUTDOWN_SECONDS)
        self._loop.close()


async def _cancel_all() -> None:
    """Cancel what still runs in the loop, such as requests nobody waits for any more."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Exchange:
    """One request, and the answer as it grows."""

    def __init__(self, scope: Message, body: bytes) -> None:
        self._scope = scope
        self._body = body
        self._delivered = False
        self._status = 0
        self._headers: dict[str, str] = {}
        self._chunks: list[bytes] = []
        self._finished = asyncio.Event()

    @property
    def complete(self) -> bool:
        return self._finished.is_set()

    @property
    def response(self) -> Response:
        return Response(self._status, self._headers, b"".join(self._chunks))

    async def run(self, application: Application) -> None:
        await application(self._scope, self._receive, self._send)
        if not self.complete:
            raise RuntimeError("it returned without an answer")

    async def _receive(self) -> Message:
        if self._delivered:
            await self._finished.wait()
            return {"type": "http.disconnect"}
        self._delivered = True
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message.get("headers", ())
            }
        elif message["type"] == "http.response.body":
            self._chunks.append(message.get("body", b""))
            if not message.get("more_body"):
                self._finished.set()


class _Lifespan:
    """Start and end of an application; one that does not know of them is left alone."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._failures: asyncio.Queue[str] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Return why the application did not start, or an empty text."""
        self._task = asyncio.get_running_loop().create_task(self._serve())
        await self._inbox.put({"type": "lifespan.startup"})
        return await self._failures.get()

    async def stop(self) -> None:
        if self._task is not None and not self._task.done():
            await self._inbox.put({"type": "lifespan.shutdown"})
            await self._task

    async def _serve(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        try:
            await self._application(scope, self._inbox.get, self._answer)
        except Exception as error:  # noqa: BLE001 - how an application says that it has no lifespan
            _logger.debug("The application has no lifespan: %r", error)
        finally:
            await self._failures.put("")

    async def _answer(self, message: Message) -> None:
        failed = message["type"].endswith(".failed")
        await self._failures.put((message.get("message") or "it gave no reason") if failed else "")
