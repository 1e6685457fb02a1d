"""Two server processes on one PostgreSQL database: to their clients they are one event server."""

from __future__ import annotations

import collections
import contextlib
import json
import threading
import uuid
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import requests

from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 120


class Listener:
    """A connected hub that notes what it hears, in a thread of its own."""

    def __init__(self, studio: Any, number: int, subscription: str, **options: Any) -> None:
        self.hub = studio.hub(number, **options)
        self.heard: list[Event] = []
        self._changed = threading.Condition()
        self.hub.subscribe(subscription, self._take)
        self.hub.connect()
        self._thread = threading.Thread(target=self.hub.wait)
        self._thread.start()

    def _take(self, event: Event) -> None:
        with self._changed:
            self.heard.append(event)
            self._changed.notify_all()

    def until(self, condition: Callable[[list[Event]], Any]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self.heard), SECONDS), len(self.heard)

    def close(self) -> None:
        self.hub.disconnect()
        self._thread.join(SECONDS)


@pytest.fixture
def listen(studio: Any) -> Iterator[Callable[..., Listener]]:
    """Connect listeners, and wait until their servers know of them."""
    with ExitStack() as stack:

        def connect(number: int, subscription: str, **options: Any) -> Listener:
            known = f"known.{uuid.uuid4().hex}"
            listener = Listener(studio, number, f"({subscription}) or topic={known}", **options)
            stack.callback(listener.close)
            listener.hub.publish(Event(known))
            listener.until(lambda heard: any(event["topic"] == known for event in heard))
            listener.heard.clear()
            return listener

        yield connect


@pytest.fixture
def topic() -> str:
    """A topic that no other test uses."""
    return f"studio.{uuid.uuid4().hex}"


def create_users(studio: Any, number: int, count: int) -> list[str]:
    names = [f"user-{uuid.uuid4().hex}" for _ in range(count)]
    headers = {"ftrack-user": studio.api_user, "ftrack-api-key": studio.api_key}
    for name in names:
        operation = {"action": "create", "entity_type": "User", "entity_data": {"username": name}}
        answer = requests.post(f"{studio.urls[number]}/api", json=[operation], headers=headers, timeout=SECONDS)
        assert isinstance(answer.json(), list), answer.text
    return names


def names_in(events: list[Event]) -> list[str]:
    changes = [entity["changes"] for event in events for entity in event["data"]["entities"]]
    return [change["username"]["new"] for change in changes if "username" in change]


def test_everybody_hears_everything_once_and_in_order(listen: Callable[..., Listener], topic: str) -> None:
    listeners = [listen(number, f"topic={topic}") for number in (0, 1)]

    def publish(name: int) -> None:
        for count in range(100):
            listeners[name].hub.publish(Event(topic, data=[name, count]))

    threads = [threading.Thread(target=publish, args=(name,)) for name in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)

    for listener in listeners:
        listener.until(lambda heard: len(heard) >= 200)
        for name in (0, 1):
            assert [e["data"][1] for e in listener.heard if e["data"][0] == name] == list(range(100))


def test_a_reply_finds_its_way_back_through_both_servers(listen: Callable[..., Listener], topic: str) -> None:
    asking, answering = listen(0, "topic=none"), listen(1, "topic=none")
    answering.hub.subscribe(f"topic={topic}", lambda event: event["data"] * 2)
    replies: list[Event] = []
    arrived = threading.Semaphore(0)

    def note(reply: Event) -> None:
        replies.append(reply)
        arrived.release()

    asking.hub.publish(Event(topic, data=21), on_reply=note)
    assert arrived.acquire(timeout=SECONDS)
    asking.hub.publish(Event(topic, data=1), on_reply=note)
    assert arrived.acquire(timeout=SECONDS)

    assert [reply["data"] for reply in replies] == [42, 2]


def test_a_target_is_looked_for_at_every_server_and_sources_are_completed(
    studio: Any, listen: Callable[..., Listener], topic: str
) -> None:
    publisher, listener = listen(0, "topic=none"), listen(1, f"topic={topic}")
    aimed: list[Any] = []
    listener.hub.subscribe(f"topic={topic}", lambda event: aimed.append(event["data"]), {"application": "nuke"})

    publisher.hub.publish(Event(topic, data="missed", target="application=maya"))
    publisher.hub.publish(Event(topic, data="hit", target="application=nuke"))
    publisher.hub.publish(Event(topic, data="end"))
    listener.until(lambda heard: heard)

    assert aimed == ["hit", "end"]
    assert listener.heard[0]["source"]["user"]["username"] == studio.api_user
    assert listener.heard[0]["source"]["user"]["id"]


def test_size_and_characters_of_an_event_make_no_difference(listen: Callable[..., Listener], topic: str) -> None:
    publisher, listener = listen(0, "topic=none"), listen(1, f"topic={topic}")
    data = ["x" * 1_000_000, "å😀\x00\u2028", "\ud800", {"deep": [[[None, True, 1.5]]]}]

    for item in data:
        publisher.hub.publish(Event(topic, data=item))
    listener.until(lambda heard: len(heard) == len(data))

    assert [event["data"] for event in listener.heard] == data


def test_every_committed_change_is_told_once_to_each_listener_of_each_server(
    studio: Any, listen: Callable[..., Listener], tmp_path: Path
) -> None:
    listeners = [listen(number, "topic=ftrack.update") for number in (0, 1)]
    listeners += [listen(number, "topic=ftrack.update", journal=tmp_path / f"journal-{number}") for number in (0, 1)]

    names = [name for _ in range(10) for number in (0, 1) for name in create_users(studio, number, 1)]

    for listener in listeners:
        listener.until(lambda heard: len(names_in(heard)) >= len(names))
        assert names_in(listener.heard) == names


def test_of_listeners_at_both_servers_one_runs_a_single_run_subscriber(
    listen: Callable[..., Listener], topic: str
) -> None:
    listeners = [listen(number, f"topic={topic}") for number in (0, 1)]
    runs: list[str] = []
    for listener in listeners:
        listener.hub.subscribe(f"topic={topic}", lambda event: runs.append(event["id"]), single_run=topic, priority=1)
    for count in range(10):
        listeners[count % 2].hub.publish(Event(topic, id=f"{topic}-{count}"))
    for listener in listeners:
        listener.until(lambda heard: len(heard) == 10)

    assert collections.Counter(runs) == {f"{topic}-{count}": 1 for count in range(10)}


def test_a_balancer_may_spread_the_connections_of_one_hub(
    studio: Any, proxy_to: Callable[[int], Any], listen: Callable[..., Listener], topic: str
) -> None:
    listener = listen(0, f"topic={topic}")
    balancer = proxy_to(studio.ports[0])
    balancer.others.append(studio.ports[1])
    for count in range(4):
        hub = EventHub(balancer.url, studio.api_user, studio.api_key)
        hub.connect()  # the handshake goes to one server, the socket to the other
        hub.publish(Event(topic, data=count))
        listener.until(lambda heard, count=count: [event["data"] for event in heard] == list(range(count + 1)))
        hub.disconnect()

    assert balancer.accepted == 8


def test_a_database_that_hangs_up_delays_events_and_loses_none(
    studio: Any, listen: Callable[..., Listener], topic: str
) -> None:
    listeners = [listen(number, f"topic={topic}") for number in (0, 1)]

    for count in range(10):
        with psycopg.connect(studio.database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        listeners[count % 2].hub.publish(Event(topic, data=count))

    for listener in listeners:
        listener.until(lambda heard: len(heard) >= 10)
        assert sorted(event["data"] for event in listener.heard) == list(range(10))


def test_a_server_that_is_killed_comes_back_among_the_others(
    studio: Any, listen: Callable[..., Listener], topic: str, tmp_path: Path
) -> None:
    staying, journalled = listen(0, f"topic={topic}"), listen(1, "topic=ftrack.update", journal=tmp_path / "journal")
    names = create_users(studio, 0, 2)
    journalled.until(lambda heard: len(names_in(heard)) >= 2)

    studio.kill_and_restart(1)
    names += create_users(studio, 0, 2)
    names += create_users(studio, 1, 2)
    assert journalled.hub.wait_connected(SECONDS)
    returned = listen(1, "topic=none")
    returned.hub.publish(Event(topic))

    staying.until(lambda heard: len(heard) == 1)
    journalled.until(lambda heard: len(names_in(heard)) >= len(names))
    assert names_in(journalled.heard) == names


def test_servers_and_a_listener_killed_in_turn_while_both_write(
    studio: Any, start: Callable[..., Any], programs: Path, tmp_path: Path
) -> None:
    """The listener turns to the other server after each kill; what it was told is compared with the log of commits."""
    command = (str(programs / "listener.py"), str(tmp_path / "journal"))

    def listener(number: int) -> Any:
        environment = {"SERVER": studio.urls[number], "API_USER": studio.api_user, "API_KEY": studio.api_key}
        return start(*command, environment=environment)

    listeners = [listener(0)]
    listeners[0].wait_for(lambda lines: "ready" in lines)
    for turn in range(4):
        writers = [threading.Thread(target=_write_anyway, args=(studio, number)) for number in (0, 1)]
        for writer in writers:
            writer.start()
        studio.kill_and_restart(turn % 2)
        listeners[-1].kill()
        listeners.append(listener((turn + 1) % 2))
        for writer in writers:
            writer.join(SECONDS)
    [last] = create_users(studio, 0, 1)
    listeners[-1].wait_for(lambda lines: any(last in line for line in lines))

    told = [line.split() for listener in listeners for line in listener.lines if line != "ready"]
    first_told = {event: names for event, *names in reversed(told)}
    once = [name for event in dict.fromkeys(event for event, *_ in told) for name in first_told[event]]
    committed = committed_users(studio)
    assert once == committed[committed.index(once[0]) :]
    assert len(once) > 40


def _write_anyway(studio: Any, number: int) -> None:
    """Send batches one after the other; those that meet a killed server are committed or not, as the database knows."""
    for _ in range(20):
        with contextlib.suppress(requests.RequestException, AssertionError):
            create_users(studio, number, 1)


def committed_users(studio: Any) -> list[str]:
    """Return the names of created users in the order of their commits, as the event log has them."""
    with psycopg.connect(studio.database) as connection:
        rows = connection.execute("SELECT payload FROM event_log ORDER BY position").fetchall()
    return names_in([Event("ftrack.update", data=json.loads(payload)["data"]) for (payload,) in rows])
