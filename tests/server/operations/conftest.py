"""Servers as processes of their own, on either engine, with their log in a file."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from ftrack_server.administration import create_key, first_username
from ftrack_server.app import open_database
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 60


class ServerProcess:
    """A server that runs as users run it.

    Attributes:
        url: Its address.
    """

    def __init__(self, database: str, log: Path, headers: dict[str, str], *words: str) -> None:
        self._log = log
        self._headers = headers
        command = [sys.executable, "-m", "ftrack_server", "serve", "--database", database, "--port", "0", *words]
        with log.open("w") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, log.read_text()

    def post(self, *operations: dict[str, Any], **headers: str) -> requests.Response:
        """Send a batch; further headers are named with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.post(
            f"{self.url}/api", json=list(operations), headers={**self._headers, **named}, timeout=SECONDS
        )

    def call(self, *operations: dict[str, Any]) -> list[Any]:
        """Send a batch and return its replies."""
        replies = self.post(*operations).json()
        assert isinstance(replies, list), replies
        return replies

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        rows: list[dict[str, Any]] = self.call({"action": "query", "expression": expression})[0]["data"]
        return rows

    @contextmanager
    def under_way(self, *operations: dict[str, Any]) -> Iterator[socket.socket]:
        """Yield the connection of a batch that the server has begun to read, and that was sent whole."""
        body = json.dumps(list(operations)).encode()
        address = urlsplit(self.url)
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=SECONDS) as connection:
            lines = ["POST /api HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", "Expect: 100-continue"]
            lines += [f"{name}: {value}" for name, value in self._headers.items()]
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            assert b"100 Continue" in connection.recv(1000)  # the application asks for the body
            connection.sendall(body)
            yield connection

    def text(self) -> str:
        """Return the log so far."""
        return self._log.read_text(encoding="utf-8")

    def log(self) -> list[dict[str, Any]]:
        """Return the lines of the log so far."""
        return [json.loads(line) for line in self.text().splitlines()]

    def end(self) -> int:
        """Tell it to end and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self.process.kill()
        self.process.communicate(timeout=SECONDS)


class Site:
    """A seeded database and a key for it.

    Attributes:
        address: Path or URL of the database.
        headers: Those that a call needs.
    """

    def __init__(self, address: str, folder: Path, stack: ExitStack, template: Path) -> None:
        self.address = address
        self._folder = folder
        self._stack = stack
        self._started = 0
        database = open_database(Settings(database=address), template=template)
        user = first_username(database)
        self.headers = {"ftrack-user": user, "ftrack-api-key": create_key(database, user, "tests").secret}
        database.close()

    def serve(self, *words: str) -> ServerProcess:
        """Start a server of this database; it is gone after the test."""
        self._started += 1
        server = ServerProcess(self.address, self._folder / f"log-{self._started}", self.headers, *words)
        self._stack.callback(server.kill)
        return server


@pytest.fixture
def site_at(tmp_path: Path, seeded_file: Path) -> Iterator[Callable[[str], Site]]:
    """Make a site at an address; its servers end with the test."""
    with ExitStack() as stack:
        yield lambda address: Site(address, tmp_path, stack, seeded_file)


@pytest.fixture
def make_site(
    site_at: Callable[[str], Site], tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Site]]:
    """Make a site on the engine that is named."""
    with ExitStack() as stack:

        def make(engine: str) -> Site:
            if engine == "sqlite":
                return site_at(str(tmp_path / "site.sqlite3"))
            template = request.getfixturevalue("seeded_template")
            return site_at(stack.enter_context(request.getfixturevalue("postgresql").database(template)))

        yield make


@pytest.fixture
def sqlite_site(make_site: Callable[[str], Site]) -> Site:
    """A site on SQLite."""
    return make_site("sqlite")


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, make_site: Callable[[str], Site]) -> Site:
    """A site on each of the engines."""
    return make_site(request.param)
