"""The event log: asked for over HTTP, kept within bounds, sent after a crash; and the leases beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.administration import create_key, first_username
from ftrack_server.app import open_database
from ftrack_server.events.history import History
from ftrack_server.settings import Settings
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ftrack_server.storage.engine import Database
    from ftrack_server.testing import RunningServer

SECONDS = 60


def headers(server: Any) -> dict[str, str]:
    return {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}


def create_users(server: Any, count: int) -> list[str]:
    names = [f"user-{uuid.uuid4().hex}" for _ in range(count)]
    for name in names:
        operation = {"action": "create", "entity_type": "User", "entity_data": {"username": name}}
        requests.post(f"{server.url}/api", json=[operation], headers=headers(server), timeout=SECONDS)
    return names


def log(server: Any, **query: Any) -> Any:
    return requests.get(f"{server.url}/events/log", params=query, headers=headers(server), timeout=SECONDS)


def names_in(events: list[dict[str, Any]]) -> list[str]:
    changes = [entity["changes"] for event in events for entity in event["data"]["entities"]]
    return [change["username"]["new"] for change in changes if "username" in change]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = open_database(Settings(database=":memory:"))
        yield opened
        opened.close()
        return
    with request.getfixturevalue("postgresql").database() as url:
        opened = open_database(Settings(database=url))
        yield opened
        opened.close()


def test_what_was_committed_can_be_asked_for_from_any_position(server: RunningServer) -> None:
    start = log(server).json()
    names = create_users(server, 3)

    everything = log(server, after=start["newest"]).json()
    later = log(server, after=everything["events"][1]["position"]).json()

    assert start["events"] == []
    assert names_in([item["event"] for item in everything["events"]]) == names
    assert names_in([item["event"] for item in later["events"]]) == names[2:]
    assert everything["position"] == everything["newest"] == later["position"]
    assert log(server, after=everything["newest"]).json()["events"] == []


def test_the_log_has_the_events_that_were_sent(server: RunningServer, client: Any) -> None:
    start = log(server).json()["newest"]
    client.subscribe("topic=ftrack.update")

    create_users(server, 1)

    assert log(server, after=start).json()["events"][0]["event"] == client.event()


@pytest.mark.parametrize("event", ["%00", "%ff", "%ed%a0%80", "x" * 5000, ""])
def test_an_odd_event_that_is_asked_after_is_in_no_log(server: RunningServer, event: str) -> None:
    answer = requests.get(f"{server.url}/events/log?event={event}", headers=headers(server), timeout=SECONDS)

    assert answer.status_code in {200, 422}
    assert answer.json().get("has_event", False) is False


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 30])
def test_odd_positions_are_refused(server: RunningServer, after: str) -> None:
    answer = log(server, after=after)

    assert answer.status_code == 400
    assert '"after"' in answer.json()["content"]


def test_strangers_are_told_nothing(server: RunningServer) -> None:
    for method, path in (("GET", "/events/log?after=0"), ("POST", "/events/leases")):
        assert requests.request(method, f"{server.url}{path}", timeout=SECONDS).status_code == 401


def test_a_lease_goes_to_the_first_who_asks(server: RunningServer) -> None:
    def ask(holder: str, event: str = "e-1") -> bool:
        body = {"name": "publish", "event": event, "holder": holder}
        answer = requests.post(f"{server.url}/events/leases", json=body, headers=headers(server), timeout=SECONDS)
        return answer.json()["granted"]

    assert [ask("one"), ask("two"), ask("one"), ask("two", "e-2")] == [True, False, True, True]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{", b"\xff", b'{"name": 1}', b"x" * 100_000, b"[" * 50_000),
        *(b'{"name":"a","event":"b","holder":"c","seconds":%s}' % value for value in (b"0", b"1e999", b"true", b"[]")),
        *(b'{"name":"a","event":"b","holder":"c%s"}' % text for text in (rb"\u0000", rb"\ud800")),
    ],
)
def test_odd_requests_for_leases_are_refused(server: RunningServer, body: bytes) -> None:
    answer = requests.post(f"{server.url}/events/leases", data=body, headers=headers(server), timeout=SECONDS)

    assert answer.status_code == 400
    assert answer.json()["content"]


def test_a_lease_can_be_taken_over_when_its_time_is_over(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("ftrack_server.events.history.time.time", lambda: now[0])
    history = History(database, max_events=10, max_characters=1000)

    assert history.claim("n", "e", "one", 60)
    now[0] += 59
    assert not history.claim("n", "e", "two", 60)
    now[0] += 1
    assert history.claim("n", "e", "two", 60)
    assert not history.claim("n", "e", "one", 60)


def test_the_log_is_trimmed_from_its_old_end_and_positions_go_on(database: Database) -> None:
    table = database.metadata.tables["event_log"]

    def append(*sizes: int) -> None:
        with database.write() as connection:
            for size in sizes:
                row = {"event_id": "e", "size": size, "private_projects": [], "payload": "{}"}
                connection.execute(table.insert(), row)

    append(*[10] * 10)
    assert History(database, max_events=6, max_characters=1000).trim() == 4
    assert History(database, max_events=6, max_characters=1000).bounds() == (5, 10)
    assert History(database, max_events=6, max_characters=30).trim() == 3
    assert History(database, max_events=6, max_characters=1).trim() == 2
    assert History(database, max_events=6, max_characters=1).bounds() == (10, 10)
    append(10)
    assert [
        item.position for item in History(database, max_events=6, max_characters=1).after(0, limit=10, characters=5)
    ] == [10]


class Process:
    """A server in a process of its own, that can be killed."""

    def __init__(self, database: Path, api_user: str, api_key: str) -> None:
        command = [sys.executable, "-m", "ftrack_server", "serve", "--database", str(database), "--port", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.url = line[line.index("http") :].split()[0].rstrip("/.")
        self.api_user, self.api_key = api_user, api_key

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.communicate(timeout=SECONDS)


def test_what_was_committed_and_not_sent_is_sent_by_the_next_server(
    tmp_path: Path, client_of: Callable[..., Any]
) -> None:
    path = tmp_path / "studio.sqlite3"
    database = open_database(Settings(database=str(path)))
    user = first_username(database)
    key = create_key(database, user, "Tests").secret
    database.close()
    server = Process(path, user, key)
    names = create_users(server, 5)
    server.kill()
    database = open_database(Settings(database=str(path)))
    with database.write() as connection:  # as if the crash had come before anything was sent
        connection.execute(
            database.metadata.tables["server_state"]
            .delete()
            .where(database.metadata.tables["server_state"].c.name == "events_sent")
        )
    database.close()

    with running_server(database=str(path), event_recovery=1.0) as again:
        client = client_of(again)
        client.subscribe("topic=ftrack.update")
        more = create_users(again, 1)
        received = [client.event() for _ in range(6)]

    assert names_in(received) == names + more
