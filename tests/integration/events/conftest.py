"""Servers and listeners that can be killed, and a proxy between them that does to connections what networks do."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_api.event.hub import EventHub
from ftrack_server.administration import create_key, first_username
from ftrack_server.app import open_database
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.testing import RunningServer

PROGRAMS = Path(__file__).parent / "programs"
SECONDS = 120
SLICE = 0.05


class Proxy:
    """A TCP proxy on loopback, under the control of a test.

    Attributes:
        upstream: Port it passes connections on to.
        others: Further ports, which it takes in turn, as a balancer does.
        frozen: Connections made while it was set carry nothing and stay open: half-open, as after a lost cable.
        chunk: Bytes carried at a time in each direction, with a pause after each; 0 for no limit.
        accepted: Connections so far.
    """

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.others: list[int] = []
        self.chunk = 0
        self.accepted = 0
        self._pairs: list[_Pair] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def drop(self) -> None:
        """Cut every connection, with a reset."""
        pairs, self._pairs = self._pairs, []  # who comes back at once is of the next time
        for pair in pairs:
            pair.cut()

    def freeze(self) -> None:
        """Let nothing pass on the connections there are, without a word to either end; new ones are not affected."""
        for pair in self._pairs:
            pair.frozen.set()

    def thaw(self) -> None:
        """Let everything pass again, what was held back first."""
        for pair in self._pairs:
            pair.frozen.clear()

    def close(self) -> None:
        self._closed.set()
        self.drop()
        self._listener.close()
        self._thread.join(SECONDS)

    def _accept(self) -> None:
        while not self._closed.is_set():
            ready, _, _ = select.select([self._listener], [], [], SLICE)
            if not ready:
                continue
            with contextlib.suppress(OSError):
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.upstream), 5)
                except OSError:
                    client.close()
                    continue
                self.accepted += 1
                if self.others:
                    self.others.append(self.upstream)
                    self.upstream = self.others.pop(0)
                self._pairs.append(_Pair(self, client, server))


class _Pair:
    """One connection: two sockets and two threads that carry bytes between them."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.frozen = threading.Event()
        self._proxy = proxy
        self._ends = (client, server)
        self._over = threading.Event()
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def cut(self) -> None:
        self._over.set()
        for end in self._ends:
            with contextlib.suppress(OSError):  # no lingering: the other side gets a reset
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.close()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while not self._over.is_set():
                ready, _, _ = select.select([source], [], [], SLICE)
                if self.frozen.is_set():
                    self._over.wait(SLICE)
                    continue
                if not ready:
                    continue
                data = source.recv(self._proxy.chunk or 65536)
                if not data:
                    break
                target.sendall(data)
                if self._proxy.chunk:
                    self._over.wait(0.001)
        except (OSError, ValueError):
            pass
        self._over.set()
        for end in self._ends:
            end.close()


@pytest.fixture
def proxy_to() -> Iterator[Callable[[int], Proxy]]:
    """Make proxies to ports."""
    made: list[Proxy] = []

    def make(port: int) -> Proxy:
        made.append(Proxy(port))
        return made[-1]

    yield make
    for proxy in made:
        proxy.close()


class Program:
    """A process that tells of itself by lines on its output, and can be killed as by a power cut."""

    def __init__(self, *command: str, environment: dict[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, condition: Callable[[list[str]], Any]) -> None:
        """Wait until what was told so far meets a condition."""
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self.lines), SECONDS), self.lines[-5:]

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Wait until it ends by itself, and return its exit status."""
        return self._process.wait(SECONDS)

    def kill(self) -> None:
        """End it without any warning; what it has told is read to the end."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(SECONDS)
        self._reader.join(SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()


@pytest.fixture
def start() -> Iterator[Callable[..., Program]]:
    """Start programs, which are killed at the end."""
    started: list[Program] = []

    def run(*command: str, environment: dict[str, str] | None = None) -> Program:
        started.append(Program(*command, environment=environment))
        return started[-1]

    yield run
    for program in started:
        program.kill()


def port_of(program: Program) -> int:
    """Return the port that a server process says it listens on."""
    program.wait_for(lambda lines: any("http://" in line for line in lines))
    line = next(line for line in program.lines if "http://" in line)
    return int(line.partition("http://")[2].partition(":")[2].split()[0].rstrip("/."))


@pytest.fixture
def serve(start: Callable[..., Program]) -> Callable[[Path], tuple[Program, int]]:
    """Start a server on a database; return the process and its port."""

    def run(database: Path) -> tuple[Program, int]:
        program = start("-m", "ftrack_server", "serve", "--database", str(database), "--port", "0")
        return program, port_of(program)

    return run


def until(condition: Callable[[], Any]) -> None:
    """Wait for a condition that nobody announces."""
    end = time.monotonic() + SECONDS
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end
        pause.wait(SLICE)


@pytest.fixture(name="until")
def until_fixture() -> Callable[[Callable[[], Any]], None]:
    return until


@pytest.fixture
def create_user() -> Callable[[RunningServer], str]:
    """Create a user at a server, and return the name."""

    def create(server: RunningServer) -> str:
        name = f"user-{uuid.uuid4().hex}"
        operation = {"action": "create", "entity_type": "User", "entity_data": {"username": name}}
        headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
        answer = requests.post(f"{server.url}/api", json=[operation], headers=headers, timeout=SECONDS)
        assert isinstance(answer.json(), list), answer.text
        return name

    return create


@pytest.fixture
def programs() -> Path:
    """The folder of programs that tests run."""
    return PROGRAMS


class Studio:
    """Two server processes on one PostgreSQL database.

    Attributes:
        database: Its address.
        ports: Where the servers listen.
        urls: Their addresses.
        api_user: Name of a user who may do everything.
        api_key: Key of that user.
    """

    def __init__(self, database: str) -> None:
        self.database = database
        opened = open_database(Settings(database=database))
        self.api_user = first_username(opened)
        self.api_key = create_key(opened, self.api_user, "Tests").secret
        opened.close()
        self._servers = [self._start(), self._start()]
        self.ports = [port_of(server) for server in self._servers]
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports]

    def hub(self, number: int, **options: Any) -> EventHub:
        """Return a hub for one of the servers, by number."""
        hub = EventHub(self.urls[number], self.api_user, self.api_key, **options)
        hub._delays = lambda: iter(lambda: 0.05, None)
        return hub

    def kill_and_restart(self, number: int) -> None:
        """End a server without any warning, and start it again."""
        self._servers[number].kill()
        self._servers[number] = self._start(self.ports[number])
        port_of(self._servers[number])

    def close(self) -> None:
        for server in self._servers:
            server.kill()

    def _start(self, port: int = 0) -> Program:
        return Program("-m", "ftrack_server", "serve", "--database", self.database, "--port", str(port))


@pytest.fixture(scope="module")
def studio(postgresql: Any) -> Iterator[Studio]:
    """Two servers of one database."""
    with postgresql.database() as database:
        studio = Studio(database)
        try:
            yield studio
        finally:
            studio.close()
