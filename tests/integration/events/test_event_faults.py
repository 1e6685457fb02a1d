"""Networks and processes that fail: every committed change reaches a journalled listener once, and in order."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_api.event.hub import EventHub
from ftrack_server.administration import create_key, first_username
from ftrack_server.app import open_database
from ftrack_server.settings import Settings
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ftrack_api.event.base import Event
    from ftrack_server.testing import RunningServer

SECONDS = 120
BATCHES = 1000
KILLED_SERVERS = 8
KILLED_LISTENERS = 4


@pytest.fixture
def server() -> Iterator[RunningServer]:
    """A server whose heartbeats are quick, so that silence is noticed soon."""
    with running_server(event_heartbeat=0.3) as server:
        yield server


@pytest.fixture
def proxy(server: RunningServer, proxy_to: Callable[[int], Any]) -> Any:
    return proxy_to(int(server.url.rpartition(":")[2]))


class Listener:
    """A journalled hub behind a proxy, that notes the users it hears of."""

    def __init__(self, server: RunningServer, url: str, journal: Path, hub_class: type[EventHub] = EventHub) -> None:
        self.states: list[str] = []
        self.names: list[str] = []
        self._changed = threading.Condition()
        self.hub = hub_class(url, server.api_user, server.api_key, journal=journal, on_state=self.states.append)
        self.hub._delays = lambda: iter(lambda: 0.01, None)
        self.hub.subscribe("topic=ftrack.update", self.take)
        self.hub.connect()
        self._thread = threading.Thread(target=self.hub.wait)
        self._thread.start()

    def take(self, event: Event) -> None:
        changes = [entity["changes"] for entity in event["data"]["entities"]]
        with self._changed:
            self.names += [change["username"]["new"] for change in changes if "username" in change]
            self._changed.notify_all()

    def wait_for(self, names: list[str]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self.names) >= len(names), SECONDS)
        assert self.names == names

    def close(self) -> None:
        self.hub.disconnect()
        self._thread.join(SECONDS)


@pytest.fixture
def listener(server: RunningServer, proxy: Any, tmp_path: Path) -> Iterator[Listener]:
    listener = Listener(server, proxy.url, tmp_path / "journal")
    yield listener
    listener.close()


def create_user(url: str, user: str, key: str) -> str:
    name = f"user-{uuid.uuid4().hex}"
    operation = {"action": "create", "entity_type": "User", "entity_data": {"username": name}}
    headers = {"ftrack-user": user, "ftrack-api-key": key}
    answer = requests.post(f"{url}/api", json=[operation], headers=headers, timeout=SECONDS)
    assert isinstance(answer.json(), list), answer.text
    return name


def created(server: RunningServer, count: int) -> list[str]:
    return [create_user(server.url, server.api_user, server.api_key) for _ in range(count)]


def test_31_connections_cut_in_a_row(server: RunningServer, proxy: Any, listener: Listener, until: Any) -> None:
    names = created(server, 1)
    for _ in range(31):
        lost = listener.states.count("reconnecting")
        proxy.drop()
        names += created(server, 1)
        until(lambda lost=lost: listener.states.count("reconnecting") > lost)
        assert listener.hub.wait_connected(SECONDS)

    listener.wait_for(names)
    assert listener.states.count("reconnecting") >= 31


def test_a_half_open_connection_is_left_and_what_comes_late_does_no_harm(
    server: RunningServer, proxy: Any, listener: Listener, until: Any
) -> None:
    names = created(server, 1)
    listener.wait_for(names)

    proxy.freeze()
    names += created(server, 5)
    until(lambda: listener.states.count("connected") == 2)
    listener.wait_for(names)
    proxy.thaw()  # the old connection delivers what it held back, after the new one
    names += created(server, 5)

    listener.wait_for(names)


def test_connections_that_overtake_one_another(
    server: RunningServer, proxy: Any, listener: Listener, until: Any
) -> None:
    """Each connection is held up, the next one delivers what comes later, and then all deliver at once."""
    names: list[str] = []
    for _ in range(3):
        connected = listener.states.count("connected")
        proxy.freeze()
        names += created(server, 3)
        until(lambda connected=connected: listener.states.count("connected") > connected)
        names += created(server, 2)
    proxy.thaw()
    names += created(server, 2)

    listener.wait_for(names)


class Shuffling(EventHub):
    """A hub whose events arrive five at a time, backwards and twice."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._held: list[Any] = []

    def _receive_event(self, payload: Any) -> None:
        self._held.append(payload)
        if len(self._held) == 5:
            held, self._held = self._held, []
            for item in held[::-1] * 2:
                super()._receive_event(item)


def test_events_that_arrive_backwards_and_twice_are_handled_in_order_and_once(
    server: RunningServer, tmp_path: Path
) -> None:
    listener = Listener(server, server.url, tmp_path / "journal", Shuffling)

    names = created(server, 40)

    listener.wait_for(names)
    listener.close()


def test_a_slow_connection_delays_and_loses_nothing(server: RunningServer, proxy: Any, listener: Listener) -> None:
    proxy.chunk = 200
    names = created(server, 20)

    listener.wait_for(names)


def test_a_server_that_restarts_again_and_again(server: RunningServer, listener: Listener) -> None:
    names: list[str] = []
    for _ in range(5):
        names += created(server, 3)
        server.restart()
        names += created(server, 3)

    listener.wait_for(names)


def test_others_are_served_beside_one_that_is_stuck(server: RunningServer, proxy: Any, listener: Listener) -> None:
    direct = EventHub(server.url, server.api_user, server.api_key)
    direct.connect()
    arrived: list[Event] = []
    direct.subscribe("topic=ftrack.update", arrived.append)
    proxy.freeze()
    created(server, 20)

    while len(arrived) < 20:
        direct.wait(0.05)
    direct.disconnect()

    assert len(arrived) == 20


def test_servers_and_listeners_killed_during_a_thousand_batches(
    serve: Callable[..., Any], start: Callable[..., Any], proxy_to: Callable[..., Any], programs: Path, tmp_path: Path
) -> None:
    """Kill -9 both sides, again and again, while batches are written; compare what was told with what is stored."""
    path = tmp_path / "studio.sqlite3"
    database = open_database(Settings(database=str(path)))
    user = first_username(database)
    key = create_key(database, user, "Tests").secret
    database.close()
    server, port = serve(path)
    proxy = proxy_to(port)
    environment = {"SERVER": proxy.url, "API_USER": user, "API_KEY": key}
    command = (str(programs / "listener.py"), str(tmp_path / "journal"))
    listeners = [start(*command, environment=environment)]
    listeners[0].wait_for(lambda lines: "ready" in lines)
    refused = 0

    for number in range(1, BATCHES + 1):
        killer = None
        if number % (BATCHES // KILLED_SERVERS) == 0:
            killer = threading.Thread(target=server.kill)
            killer.start()
        try:
            create_user(f"http://127.0.0.1:{port}", user, key)
        except (requests.RequestException, AssertionError):
            refused += 1  # committed or not: the database knows
        if killer is not None:
            killer.join(SECONDS)
            server, port = serve(path)
            proxy.upstream = port
        if number % (BATCHES // KILLED_LISTENERS) == BATCHES // 8:
            listeners[-1].kill()
            listeners.append(start(*command, environment=environment))
    last = create_user(f"http://127.0.0.1:{port}", user, key)
    listeners[-1].wait_for(lambda lines: any(last in line for line in lines))

    told = [line.split() for listener in listeners for line in listener.lines if line != "ready"]
    first_told = {event: names for event, *names in reversed(told)}
    once = [name for event in dict.fromkeys(event for event, *_ in told) for name in first_told[event]]
    assert once == stored_users(path)
    assert len(once) >= BATCHES - refused


def stored_users(path: Path) -> list[str]:
    """Return the names of all users that tests created, in the order in which they were committed."""
    database = open_database(Settings(database=str(path)))
    table = database.metadata.tables["resource"]
    with database.read() as connection:
        rows = connection.exec_driver_sql(f"SELECT username FROM {table.name} ORDER BY rowid")
        names = [row[0] for row in rows if str(row[0]).startswith("user-")]
    database.close()
    return names
