"""Servers killed in the middle of batches: no half batch, no damage, and whatever was acknowledged is there.

`FTRACK_TEST_CRASHES` sets how often; the seed of the moments is the number of the round.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.exceptions import ChunkedEncodingError
from sqlalchemy import func, select

from ftrack_server.model.load import load_model
from ftrack_server.storage.engine import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server.operations.conftest import Site

LAUNCHER = Path(__file__).with_name("launcher.py")
CRASHES = int(os.environ.get("FTRACK_TEST_CRASHES", "100"))
CRASHES_POSTGRESQL = max(1, CRASHES // 4)
CLIENTS = 3
SCOPES = 4
MOST_ACKNOWLEDGED = 5
LONGEST_DELAY = 0.02
SECONDS = 60


class Launcher:
    """The process that starts servers, one at a time."""

    def __init__(self, log: Path) -> None:
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, str(LAUNCHER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        self._server: int | None = None

    def start(self, database: str) -> tuple[int, str]:
        """Start a server; return its process id and its address."""
        assert self._process.stdin is not None
        words = ["serve", "--database", database, "--port", "0", "--log-level", "warning"]
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        self._server = int(self._said())
        return self._server, self._said()

    def kill(self, server: int) -> None:
        """Kill a server and wait until it is gone."""
        os.kill(server, signal.SIGKILL)
        assert self._said() == f"ended {-signal.SIGKILL}"
        self._server = None

    def close(self) -> None:
        """End, and so does the server."""
        if self._server is not None:
            self.kill(self._server)
        self._process.communicate(timeout=SECONDS)

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


class Client(threading.Thread):
    """Sends one batch after the other until the server is gone.

    Attributes:
        sent: Names of the batches that were sent.
        acknowledged: Those that the server has answered.
    """

    def __init__(self, url: str, headers: dict[str, str], name: str, project: str, tell: Callable[[], None]) -> None:
        super().__init__()
        self._url = url
        self._headers = headers
        self._prefix = name
        self._project = project
        self._tell = tell
        self.sent: list[str] = []
        self.acknowledged: list[str] = []
        self.unexpected: object = None

    def run(self) -> None:
        with requests.Session() as session:
            while True:
                batch = f"{self._prefix}.{len(self.sent)}"
                self.sent.append(batch)
                try:
                    body = operations(batch, self._project)
                    replies = session.post(f"{self._url}/api", json=body, headers=self._headers, timeout=SECONDS).json()
                except (requests.ConnectionError, ChunkedEncodingError):  # nobody answers, or an answer breaks off
                    return
                if not isinstance(replies, list):
                    self.unexpected = replies
                    return
                self.acknowledged.append(batch)
                self._tell()


def operations(batch: str, project: str) -> list[dict[str, Any]]:
    """Return a batch that writes to many tables: scopes, a folder with its place in the tree, a task, a note."""

    def create(entity_type: str, **data: Any) -> dict[str, Any]:
        return {"action": "create", "entity_type": entity_type, "entity_data": data}

    return [
        *(create("Scope", id=f"{batch}-{number}", name=batch) for number in range(SCOPES)),
        create("Folder", id=f"{batch}-f", name=batch, parent_id=project),
        create("Task", id=f"{batch}-t", name=batch, parent_id=f"{batch}-f"),
        create("Note", id=f"{batch}-n", content=batch, parent_id=f"{batch}-t", parent_type="Task"),
    ]


WRITTEN = {"Scope": SCOPES, "Folder": 1, "Task": 1, "Note": 1}


def one_round(launcher: Launcher, running: tuple[int, str], site: Site, project: str, number: int) -> list[Client]:
    """Let clients write to a server until it is killed, at a moment that the round's number decides."""
    moments = random.Random(number)  # noqa: S311 - repeatable on purpose
    server, url = running
    wanted = threading.Semaphore(0)
    clients = [Client(url, site.headers, f"{number}.{name}", project, wanted.release) for name in range(CLIENTS)]
    for client in clients:
        client.start()
    for _ in range(moments.randint(0, MOST_ACKNOWLEDGED)):
        assert wanted.acquire(timeout=SECONDS), [client.unexpected for client in clients]
    threading.Event().wait(moments.uniform(0, LONGEST_DELAY))  # the moment itself, not a wait for anything
    launcher.kill(server)
    for client in clients:
        client.join()
    return clients


def check(url: str, site: Site, number: int, clients: list[Client]) -> int:
    """Compare what a server has of a round with what its clients know; return how many batches it has."""
    expressions = [
        f'select name from {entity_type} where {"content" if entity_type == "Note" else "name"} like "{number}.%"'
        for entity_type in WRITTEN
    ]
    expressions[-1] = expressions[-1].replace("select name", "select content")
    body = [{"action": "query", "expression": expression} for expression in expressions]
    replies = requests.post(f"{url}/api", json=body, headers=site.headers, timeout=SECONDS).json()
    found: dict[str, dict[str, int]] = {}
    for entity_type, reply in zip(WRITTEN, replies, strict=True):
        for row in reply["data"]:
            counts = found.setdefault(row.get("name") or row["content"], dict.fromkeys(WRITTEN, 0))
            counts[entity_type] += 1

    assert [client.unexpected for client in clients] == [None] * CLIENTS
    assert {batch: counts for batch, counts in found.items() if counts != WRITTEN} == {}
    assert {batch for client in clients for batch in client.acknowledged} <= set(found)
    assert set(found) <= {batch for client in clients for batch in client.sent}
    return len(found)


def sound(database: str) -> None:
    """Look for damage in an SQLite file that a server has open."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    started = Launcher(tmp_path / "launcher.log")
    yield started
    started.close()


def project_of(url: str, site: Site) -> str:
    """Make a project and return its id."""
    query = {"action": "query", "expression": 'select id from ProjectSchema where name is "VFX"'}
    [schemas] = requests.post(f"{url}/api", json=[query], headers=site.headers, timeout=SECONDS).json()
    data = {"id": "p", "name": "p", "full_name": "p", "project_schema_id": schemas["data"][0]["id"]}
    create = {"action": "create", "entity_type": "Project", "entity_data": data}
    [reply] = requests.post(f"{url}/api", json=[create], headers=site.headers, timeout=SECONDS).json()
    return str(reply["data"]["id"])


def test_no_batch_is_lost_or_halved_when_servers_are_killed(site: Site, launcher: Launcher) -> None:
    on_sqlite = "://" not in site.address
    running = launcher.start(site.address)
    project = project_of(running[1], site)
    batches = cut = 0

    for number in range(CRASHES if on_sqlite else CRASHES_POSTGRESQL):
        clients = one_round(launcher, running, site, project, number)
        running = launcher.start(site.address)
        batches += check(running[1], site, number, clients)
        cut += sum(len(client.sent) - len(client.acknowledged) for client in clients)
        if on_sqlite:
            sound(site.address)

    print(f"{number + 1} servers killed, {batches} batches stored, {cut} cut off on their way")  # noqa: T201
    with closing(Database.open(site.address, load_model())) as database, database.read() as connection:
        scope, paths = database.metadata.tables["scope"], database.metadata.tables["context_path"]
        stored = connection.execute(select(func.count()).select_from(scope).where(scope.c.name.like("%.%.%"))).scalar()
        placed = connection.execute(
            select(func.count()).select_from(paths).where(paths.c.descendant_id.like("%-t"))
        ).scalar()
    assert (stored, placed) == (batches * SCOPES, batches * 3)
