"""A real HTTP server on loopback that answers as it was told to and remembers what it was asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ftrack_api._session.config import SessionConfig
from ftrack_api._transport.client import HttpTransport

KEY = "s3cr3t-key"
USER = "kim"


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b"[]"
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False  # close the connection in place of answering
    wait: threading.Event | None = None  # answer only once this is set


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int


class _QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that do not wait for the answer."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class ScriptedServer:
    """Gives its answers in order; the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[Answer] = [Answer()]
        self.asked: list[Asked] = []
        self._connections = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                outer._connections += 1
                self.number = outer._connections
                super().setup()

            def reply(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(length)
                outer.asked.append(Asked(self.command, self.path, headers, body, self.number))
                answer = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                if answer.wait is not None:
                    answer.wait.wait(10)
                if answer.drop:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_HEAD = reply  # noqa: N815 - names the library looks for

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as overridden
                pass

        self._server = _QuietServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, *answers: dict[str, Any]) -> None:
        """Set the answers to come; each is given by the fields that differ from an empty list with status 200."""
        self.answers = [Answer(**answer) for answer in answers]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass(frozen=True)
class Said:
    """Bytes a server says to a request, and what it does then: it keeps the connection, or ends it in some way."""

    data: bytes
    then: str = "keep"  # or "close", "reset"
    unread: bool = False  # say it as soon as the headers are there
    after: threading.Event | None = None  # say it once this is set
    end_after: threading.Event | None = None  # end the connection once this is set


class RawServer:
    """Says bytes in answer to requests, in order, the last ones again and again; speaks TLS if it has a context."""

    def __init__(self, *said: Said, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.said = list(said)
        self.asked: list[tuple[int, bytes]] = []  # number of the connection, the whole request
        self.connections = 0
        self.ended = threading.Semaphore(0)  # counts connections that the client has closed
        self.closed = threading.Semaphore(0)  # counts connections that were ended here
        self._tls = tls
        self._listener = socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128
        )
        port = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(accepted, self.connections), daemon=True).start()

    def _serve(self, connected: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connected:
            if self._tls is not None:
                connected = self._tls.wrap_socket(connected, server_side=True)
            with connected, connected.makefile("rb") as lines:
                while self._converse(connected, lines, number):
                    pass

    def _converse(self, connected: socket.socket, lines: Any, number: int) -> bool:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = lines.readline()
            if not line:
                self.ended.release()
                return False
            head += line
        said = self.said.pop(0) if len(self.said) > 1 else self.said[0]
        length = next((int(line[15:]) for line in head.lower().splitlines() if line.startswith(b"content-length:")), 0)
        self.asked.append((number, head if said.unread else head + lines.read(length)))
        if said.after is not None:
            said.after.wait(60)
        connected.sendall(said.data)
        if said.then == "keep":
            return True
        if said.end_after is not None:
            said.end_after.wait(60)
        if said.then == "reset":
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        lines.close()
        connected.close()
        self.closed.release()
        return False


@pytest.fixture
def raw_server() -> Iterator[Callable[..., RawServer]]:
    """Start servers that say the bytes they are given."""
    made = []

    def make(*said: bytes | Said, **more: Any) -> RawServer:
        made.append(RawServer(*(Said(item) if isinstance(item, bytes) else item for item in said), **more))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def said() -> type[Said]:
    return Said


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def other_server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def make_config() -> Callable[..., SessionConfig]:
    def make(server_url: str, **settings: Any) -> SessionConfig:
        return SessionConfig.resolve(server_url, KEY, USER, schema_cache_path=False, environ={}, **settings)

    return make


@pytest.fixture(params=["direct", "pool", "requests"])
def carrier(request: pytest.FixtureRequest) -> str:
    """What carries the requests: streams go by the pool, and asking for the session chooses requests."""
    return request.param


@pytest.fixture
def make_transport(make_config: Callable[..., SessionConfig], carrier: str) -> Iterator[Callable[..., HttpTransport]]:
    made = []

    def make(url: str, settings: dict[str, Any] | None = None, **more: Any) -> HttpTransport:
        transport = HttpTransport(make_config(url, **(settings or {})), **more)
        made.append(transport)
        if carrier == "pool":
            transport._carrier = transport._streaming_carrier  # type: ignore[method-assign]
        if carrier == "requests":
            assert transport.session
        return transport

    yield make
    for transport in made:
        transport.close()
