"""A real HTTP server on loopback that answers as it was told to and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ftrack_api._session.config import SessionConfig

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
