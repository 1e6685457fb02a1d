"""A real server for tests, in a thread of the test's own process: real HTTP, real database, gone at the end."""

from __future__ import annotations

import atexit
import contextlib
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftrack_server import serving
from ftrack_server.administration import create_key, first_username
from ftrack_server.app import create_app, open_database
from ftrack_server.auth.keys import AUTHENTICATION_MARK
from ftrack_server.settings import Settings
from ftrack_server.storage.event_log import MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_server.clock import Clock
    from ftrack_server.storage.engine import Database

HOST = "127.0.0.1"


class Traffic:
    """What arrived at a server while it was counted.

    Attributes:
        requests: Number of HTTP requests.
        sql: The text of every SQL statement they led to, in order; look-ups that verify API keys are left out, since
            those come and go with the time between requests, and so is the sending of events, which goes on beside.
    """

    def __init__(self, sql: list[str]) -> None:
        self.requests = 0
        self._sql = sql

    @property
    def sql(self) -> list[str]:
        """Return the statements so far."""
        return [text for text in self._sql if AUTHENTICATION_MARK not in text and MARK not in text]

    @property
    def statements(self) -> int:
        """Return the number of statements so far."""
        return len(self.sql)


class RunningServer:
    """A server that runs.

    Attributes:
        url: Its address, without a slash at the end.
        api_user: Name of a user who may do everything.
        api_key: Key of that user.
        database: Its open database.
    """

    def __init__(self, settings: Settings, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self.api_user = first_username(database)
        self.api_key = create_key(database, self.api_user, "Tests").secret
        self._settings = settings
        self._clock = clock
        self._counting: list[Traffic] = []
        self._lock = threading.Lock()
        self._listener = serving.bind(settings.host, settings.port)
        self._server: serving.BackgroundServer | None = None
        self.url = serving.address(self._listener)
        self._start()

    @contextlib.contextmanager
    def counting(self) -> Iterator[Traffic]:
        """Count requests and SQL statements while the block runs, of whoever causes them."""
        with self.database.observing() as sql:
            traffic = Traffic(sql)
            with self._lock:
                self._counting = [*self._counting, traffic]
            try:
                yield traffic
            finally:
                with self._lock:
                    self._counting = [other for other in self._counting if other is not traffic]

    def stop(self) -> None:
        """Stop serving; the database stays open. Does nothing when stopped already."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def restart(self) -> None:
        """Serve again, at the same address and with the same data; connections so far are cut."""
        self.stop()
        _, _, port = self.url.rpartition(":")
        self._listener = serving.bind(self._settings.host, int(port))
        self._start()

    def _start(self) -> None:
        application = create_app(self._settings, self.database, self._clock)

        async def counted(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                with self._lock:
                    for traffic in self._counting:
                        traffic.requests += 1
            await application(scope, receive, send)

        self._server = serving.BackgroundServer(counted, self._listener)
        self._server.start()


@contextlib.contextmanager
def running_server(
    seed: str = "empty", *, database: str | Path = ":memory:", clock: Clock | None = None, **settings: Any
) -> Iterator[RunningServer]:
    """Run a server on a free loopback port while the block runs.

    Args:
        seed: What the database starts with: ``empty``, ``demo`` or ``acceptance``.
        database: Path of the database, which is kept; by default it is private to this server and vanishes with it.
        clock: Time and new ids; the real ones when omitted.
        settings: Further fields of `ftrack_server.settings.Settings`.

    Cost: some 25 ms, and 200 ms more for the first server of a process with that seed.
    """
    chosen = Settings(database=str(database), host=HOST, port=0, seed=seed, **settings)
    opened = open_database(chosen, template=_templates.path(seed))
    try:
        server = RunningServer(chosen, opened, clock)
        try:
            yield server
        finally:
            server.stop()
    finally:
        opened.close()


class _Templates:
    """Seeded databases that new ones are copied from; made once per process and seed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._made: dict[str, Path] = {}

    def path(self, seed: str) -> Path:
        """Return the file of a seed."""
        with self._lock:
            if seed not in self._made:
                if self._folder is None:
                    self._folder = Path(tempfile.mkdtemp(prefix="ftrack-server-templates-"))
                    atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
                path = self._folder / f"{seed}.sqlite3"
                open_database(Settings(database=str(path), seed=seed)).close()
                self._made[seed] = path
            return self._made[seed]


_templates = _Templates()
