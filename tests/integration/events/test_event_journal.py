"""A hub with a journal misses nothing that is committed, and handles nothing twice."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_api import exception
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ftrack_server.testing import RunningServer

SECONDS = 60


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with running_server(seed="empty") as server:
        yield server


@pytest.fixture
def listener(server: RunningServer, tmp_path: Path) -> Iterator[Callable[..., Listener]]:
    """Make listeners whose journal is kept between them."""
    made: list[Listener] = []

    def make(**options: Any) -> Listener:
        made.append(Listener(server, tmp_path / "journal", **options))
        return made[-1]

    yield make
    for item in made:
        item.stop()


class Listener:
    """A connected hub that collects the names of created users, in a thread of its own."""

    def __init__(self, server: RunningServer, journal: Path, *, patient: bool = False, **options: Any) -> None:
        self.hub = EventHub(server.url, server.api_user, server.api_key, journal=journal, **options)
        self.names: list[str] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self.hub.subscribe("topic=ftrack.update", self.take)
        if patient:
            self.hub._delays = lambda: iter(lambda: 0.05, None)
            self.hub.init_connection()
            self.hub.keep_connecting()
        else:
            self.hub.connect()

    def start(self) -> Listener:
        self._thread = threading.Thread(target=self.hub.wait)
        self._thread.start()
        return self

    def take(self, event: Event) -> None:
        changes = [entity["changes"] for entity in event["data"]["entities"]]
        names = [change["username"]["new"] for change in changes if "username" in change]
        with self._changed:
            self.names += names
            self._changed.notify_all()

    def wait_for(self, names: list[str]) -> None:
        """Wait for names to have arrived, in order and each once."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.names) >= len(names), SECONDS)
        assert self.names == names

    def stop(self) -> None:
        if self.hub.connected:
            self.hub.disconnect()
        if self._thread is not None:
            self._thread.join(SECONDS)
            self._thread = None


def create_users(server: RunningServer, count: int) -> list[str]:
    names = [f"user-{uuid.uuid4().hex}" for _ in range(count)]
    headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
    for name in names:
        operation = {"action": "create", "entity_type": "User", "entity_data": {"username": name}}
        assert isinstance(
            requests.post(f"{server.url}/api", json=[operation], headers=headers, timeout=SECONDS).json(), list
        )
    return names


def test_changes_of_the_time_between_two_runs_are_caught_up_with(server: RunningServer, listener: Any) -> None:
    create_users(server, 2)  # before the journal begins
    first = listener().start()
    seen = create_users(server, 3)
    first.wait_for(seen)
    first.stop()

    missed = create_users(server, 5)
    second = listener().start()
    later = create_users(server, 2)

    second.wait_for(missed + later)
    assert first.names == seen


def test_a_server_that_restarts_loses_no_change(server: RunningServer, listener: Any) -> None:
    running = listener().start()
    names = create_users(server, 2)
    running.wait_for(names)

    for _ in range(3):
        server.restart()
        names += create_users(server, 2)

    running.wait_for(names)


def test_what_was_being_handled_in_a_crash_comes_again(server: RunningServer, listener: Any) -> None:
    class CrashError(BaseException):
        pass

    def crash(_event: Event) -> None:
        raise CrashError

    first = listener()
    first.hub.subscribe("topic=ftrack.update", crash, priority=1)
    names = create_users(server, 2)
    with pytest.raises(CrashError):
        first.hub.wait(SECONDS)
    first.stop()

    listener().start().wait_for(names)


def test_events_that_are_in_no_log_are_handled_as_they_come(server: RunningServer, listener: Any) -> None:
    running = listener()
    other: list[Event] = []
    running.hub.subscribe("topic=studio.news", other.append)
    running.start()

    entity = {"entityId": "x", "changes": {"username": {"new": "by hand"}}}
    running.hub.publish(Event("ftrack.update", data={"entities": [entity]}))
    running.hub.publish(Event("studio.news"))

    running.wait_for(["by hand"])
    names = create_users(server, 1)
    running.wait_for(["by hand", *names])
    assert len(other) == 1


def test_many_workers_handle_everything_once(server: RunningServer, listener: Any) -> None:
    running = listener(workers=4).start()
    names = create_users(server, 20)

    running._changed.acquire()
    running._changed.wait_for(lambda: len(running.names) >= 20, SECONDS)
    running._changed.release()

    assert sorted(running.names) == sorted(names)
    running.stop()
    more = create_users(server, 1)
    listener().start().wait_for(more)


def test_events_that_the_server_has_dropped_are_reported(
    server: RunningServer, listener: Any, caplog: pytest.LogCaptureFixture
) -> None:
    first = listener().start()
    first.wait_for(create_users(server, 1))
    first.stop()
    names = create_users(server, 4)
    log = server.database.metadata.tables["event_log"]
    with server.database.write() as connection:
        positions = [row.position for row in connection.execute(log.select().order_by(log.c.position))]
        connection.execute(log.delete().where(log.c.position < positions[-2]))

    second = listener()
    lost: list[Event] = []
    second.hub.subscribe("topic=ftrack.meta.events-lost", lost.append)
    second.start()

    second.wait_for(names[-2:])
    assert [event["data"]["before"] for event in lost] == [positions[-2]]
    assert "dropped events" in caplog.text


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"position": "x", "holder": "y"}', "\x00"])
def test_a_file_that_is_no_journal_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "journal"
    path.write_text(content)

    with pytest.raises(exception.EventHubError, match="is no journal"):
        EventHub("http://studio.test", "kim", "key", journal=path)

    assert path.read_text() == content


def test_of_several_processes_one_runs_a_single_run_subscriber(server: RunningServer) -> None:
    hubs = [EventHub(server.url, server.api_user, server.api_key) for _ in range(3)]
    runs: list[str] = []
    every: list[str] = []
    for hub in hubs:
        hub.subscribe("topic=action", lambda event: runs.append(event["id"]), single_run=True)
        hub.subscribe("topic=action", lambda event: every.append(event["id"]))
        hub.connect()
    ids = [hubs[0].publish(Event("action", id=f"launch-{number}")) or f"launch-{number}" for number in range(5)]

    threads = [threading.Thread(target=_wait_for, args=(hub, every, 15)) for hub in hubs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    for hub in hubs:
        hub.disconnect()

    assert sorted(every) == sorted(ids * 3)
    assert sorted(runs) == sorted(ids)


def _wait_for(hub: EventHub, found: list[str], count: int) -> None:
    while len(found) < count:
        hub.wait(0.05)


def test_of_two_hubs_with_one_journal_the_second_takes_over(server: RunningServer, listener: Any) -> None:
    first = listener().start()
    with pytest.raises(exception.EventHubConnectionError, match="in use by another hub"):
        listener()
    second = listener(patient=True)
    names = create_users(server, 2)
    first.wait_for(names)
    assert not second.hub.connected

    first.stop()
    more = create_users(server, 2)

    second.start().wait_for(more)
    second.stop()
