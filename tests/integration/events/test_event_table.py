"""A real server without an event log: what was missed comes from its Event table, as servers of old have one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

import ftrack_api
from ftrack_api.event.hub import EventHub
from ftrack_server.clock import SystemClock
from ftrack_server.events.http import HistoryEndpoint
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.routing import Route

    from ftrack_api.event.base import Event
    from ftrack_server.testing import RunningServer

SECONDS = 60


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    def none(_self: HistoryEndpoint) -> list[Route]:
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HistoryEndpoint, "routes", none)
        with running_server("demo") as server:
            yield server


@pytest.fixture
def add_rows(server: RunningServer) -> Callable[[int], list[str]]:
    """Add rows to the Event table, as a server that fills it does, and return the ids of what they tell of."""

    def add(count: int) -> list[str]:
        tables = server.database.metadata.tables
        with server.database.write() as connection:
            tasks = connection.execute(tables["context"].select().where(tables["context"].c.context_type == "task"))
            ids = [row.id for row in tasks][:count]
            rows = [
                {"action": "db.task.update", "parent_id": id_, "parent_type": "task", "insert": "update"} for id_ in ids
            ]
            moment = SystemClock().now()
            connection.execute(tables["event"].insert(), [{**row, "created_at": moment} for row in rows])
        assert len(ids) == count
        return ids

    return add


class Listener:
    """A hub with a journal that notes which entities it is told of, in a thread of its own."""

    def __init__(self, server: RunningServer, journal: Path) -> None:
        self.hub = EventHub(server.url, server.api_user, server.api_key, journal=journal)
        self.events: list[Event] = []
        self._changed = threading.Condition()
        self.hub.subscribe("topic=ftrack.update", self._take)
        self.hub.connect()
        self._thread = threading.Thread(target=self.hub.wait)
        self._thread.start()

    def _take(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def ids(self) -> list[str]:
        return [entity["entityId"] for event in self.events for entity in event["data"]["entities"]]

    def until(self, condition: Callable[[], Any]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, SECONDS), self.ids()

    def close(self) -> None:
        self.hub.disconnect()
        self._thread.join(SECONDS)


@pytest.fixture
def listen(server: RunningServer, tmp_path: Path) -> Iterator[Callable[[], Listener]]:
    made: list[Listener] = []

    def make() -> Listener:
        made.append(Listener(server, tmp_path / "journal"))
        return made[-1]

    yield make
    for listener in made:
        if listener.hub.connected:
            listener.close()


def test_what_the_table_has_got_meanwhile_is_told_once_and_in_order(
    listen: Callable[[], Listener], add_rows: Callable[[int], list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    add_rows(2)  # before the journal begins
    listen().close()
    missed = add_rows(4)

    first = listen()
    first.until(lambda: len(first.ids()) >= 4)
    first.close()
    more = add_rows(3)
    second = listen()
    second.until(lambda: len(second.ids()) >= 3)

    assert first.ids() == missed
    assert second.ids() == more
    assert "The server has no event log" in caplog.text


def test_a_row_tells_what_is_known_of_a_change_and_where_it_is(
    server: RunningServer, listen: Callable[[], Listener], add_rows: Callable[[int], list[str]]
) -> None:
    listen().close()
    [task_id] = add_rows(1)
    listener = listen()
    listener.until(listener.ids)
    [event] = listener.events

    assert event["data"]["entities"][0]["action"] == "update"
    assert event["data"]["event"]["action"] == "db.task.update"
    assert event["id"] == f"event-{event['data']['event']['id']}"
    with ftrack_api.Session(server.url, server.api_key, server.api_user) as session:
        assert [entity["id"] for entity in event.entities(session)] == [task_id]
        assert event.entities(session) == [session.get("TypedContext", task_id)]


def test_what_comes_by_the_socket_is_handled_as_well(
    server: RunningServer, listen: Callable[[], Listener], create_user: Callable[[RunningServer], str]
) -> None:
    listener = listen()
    names = [create_user(server) for _ in range(3)]
    listener.until(lambda: len(listener.events) >= 3)

    changes = [entity["changes"] for event in listener.events for entity in event["data"]["entities"]]
    assert [change["username"]["new"] for change in changes if "username" in change] == names


def test_a_single_run_subscriber_runs_everywhere_and_a_warning_says_so(
    listen: Callable[[], Listener], add_rows: Callable[[int], list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    listen().close()
    missed = add_rows(2)
    listener = listen()
    runs: list[str] = []
    listener.hub.subscribe("topic=ftrack.update", lambda event: runs.append(event["id"]), single_run=True, priority=1)
    listener.until(lambda: len(listener.ids()) >= 2)

    assert listener.ids() == missed
    more = listen_again(listener, add_rows)
    assert len(runs) >= len(more)
    assert "knows no leases" in caplog.text


def listen_again(listener: Listener, add_rows: Callable[[int], list[str]]) -> list[str]:
    """Have the listener told of more rows by a new connection."""
    before = len(listener.ids())
    more = add_rows(2)
    listener.hub.reconnect(attempts=3, delay=0.1)
    listener.until(lambda: len(listener.ids()) >= before + 2)
    return more
