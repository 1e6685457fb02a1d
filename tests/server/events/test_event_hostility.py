"""Hostile and broken clients: their connection ends or their event is ignored, with a line in the log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosed

from ftrack_server.administration import add_user, create_key, deactivate_user
from ftrack_server.events.broker import Broker
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_server.testing import RunningServer

DEEP = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "9::",
        "5",
        "5:::",
        "5:::{",
        "5:::[]",
        '5:::{"name":"other","args":[{}]}',
        '5:::{"name":"ftrack.event","args":[]}',
        '5:::{"name":"ftrack.event","args":[1]}',
        '5:::{"name":"ftrack.event","args":[{"topic":null,"id":"1"}]}',
        '5:::{"name":"ftrack.event","args":[{"topic":{"a":1},"id":"1"}]}',
        '5:::{"name":"ftrack.event","args":[{"topic":"a","id":7}]}',
        '5:::{"name":"ftrack.event","args":[{"topic":"a","id":"1","target":[1]}]}',
        '5:::{"name":"ftrack.event","args":[{"topic":"a","id":"1","target":"((("}]}',
        f'5:::{{"name":"ftrack.event","args":[{{"topic":"a","id":"1","data":{DEEP}}}]}}',
        '5:::{"name":"ftrack.event","args":[{"topic":"ftrack.meta.subscribe","id":"1","data":"x"}]}',
        "6:::x",
        "6:::99+[1]",
        "2::",
        "2:::",
        "4:::{}",
        "3:::text",
        "\x00",
    ],
)
def test_an_odd_frame_is_ignored(client: Any, text: str) -> None:
    client.send(text)

    assert client.ask("still.here") == {"success": True}


def test_frames_of_bytes_are_read_as_text(client: Any) -> None:
    client.socket.send(b"\xff\xfe")
    client.socket.send(b'5:7+::{"name":"ftrack.event","args":[{"topic":"a","id":"1"}]}')

    assert client.read() == '6:::7+[{"success":true}]'


@pytest.mark.parametrize(
    ("topic", "data", "reason"),
    [
        ("ftrack.meta.subscribe", None, "object"),
        ("ftrack.meta.subscribe", {"subscription": "topic=a"}, '"subscriber"'),
        ("ftrack.meta.subscribe", {"subscriber": {"id": 7}, "subscription": "topic=a"}, '"id"'),
        ("ftrack.meta.subscribe", {"subscriber": {"id": "a"}}, '"subscription"'),
        ("ftrack.meta.subscribe", {"subscriber": {"id": "a"}, "subscription": ""}, "column 1"),
        ("ftrack.meta.subscribe", {"subscriber": {"id": "a"}, "subscription": "a=b nor c=d"}, "column"),
        ("ftrack.meta.subscribe", {"subscriber": {"id": "a"}, "subscription": "(" * 5000 + "a=b"}, "levels"),
        ("ftrack.meta.unsubscribe", {"subscriber": "a"}, '"subscriber"'),
        ("ftrack.meta.connected", {}, "themselves"),
        ("", {}, '"topic"'),
    ],
)
def test_what_cannot_be_done_is_told(client: Any, topic: str, data: Any, reason: str) -> None:
    answer = client.ask(topic, data)

    assert answer["success"] is False
    assert reason in answer["message"]


def test_a_target_that_makes_no_sense_reaches_nobody(client: Any) -> None:
    client.subscribe("topic=*", "leech")

    answer = client.ask("a", target="a=b nor c=d")
    client.send('5:::{"name":"ftrack.event","args":[{"topic":"end","id":"1"}]}')

    assert answer["success"] is False
    assert client.events_until("end") == []


def test_whoever_sends_only_nonsense_is_disconnected(
    server: RunningServer, client_of: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    hostile, other = client_of(server), client_of(server)

    for _ in range(21):
        hostile.send("nonsense")

    assert closed(hostile) == 1008
    assert "make no sense" in caplog.text
    assert other.ask("still.here") == {"success": True}


@pytest.mark.parametrize("place", ['"data": {}', '"source": {}', '"sent": {}'])
@pytest.mark.parametrize("value", ["1e999", "[[-1e999]]"])
def test_what_can_be_read_and_not_written_is_refused(
    server: RunningServer, client_of: Callable[..., Any], place: str, value: str
) -> None:
    hostile, other = client_of(server), client_of(server)
    other.subscribe("topic=*", "leech")
    event = f'"id": "1", "topic": "a", {place.format(f"""{{"a": {value}}}""")}'

    hostile.send(f'5:7+::{{"name": "ftrack.event", "args": [{{{event}}}]}}')
    answer = json.loads(hostile.read().partition("+")[2])

    assert answer[0]["success"] is False
    assert "cannot be passed on" in answer[0]["message"]
    hostile.ask("end")
    assert other.events_until("end") == []


def test_a_fault_of_the_server_ends_one_connection_and_is_logged(
    server: RunningServer, client_of: Callable[..., Any], caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    one, other = client_of(server), client_of(server)

    def fail(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError("no client can do this")

    with monkeypatch.context() as patch:
        patch.setattr(Broker, "publish", fail)
        one.send('5:1+::{"name":"ftrack.event","args":[{"id":"1","topic":"a"}]}')
        assert closed(one) == 1011

    assert "no client can do this" in caplog.text
    assert "a fault of the server" in caplog.text
    assert other.ask("still.here") == {"success": True}


def test_a_huge_frame_ends_its_connection(client_of: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    with running_server(event_frame_size=2000) as server:
        hostile, other = client_of(server), client_of(server)

        hostile.send("5:::" + "x" * 3000)

        assert closed(hostile) == 1008
        assert "event_frame_size allows 2,000" in caplog.text
        assert other.ask("still.here") == {"success": True}


def test_subscriptions_are_limited(client_of: Callable[..., Any]) -> None:
    with running_server(event_subscriptions=3) as server:
        client = client_of(server)

        answers = [client.subscribe("topic=a", f"number-{number}") for number in range(4)]
        again = client.subscribe("topic=b", "number-0")

        assert [answer["success"] for answer in answers] == [True, True, True, False]
        assert "event_subscriptions" in answers[3]["message"]
        assert again == {"success": True}


def test_a_client_that_does_not_read_is_disconnected_and_delays_nobody(
    client_of: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with running_server(event_queue_frames=200) as server:
        sender, reading = client_of(server), client_of(server)
        # It takes a few frames and no more: its buffers fill, then the server's queue.
        stuck = client_of(server, max_queue=(1, 1))
        stuck.subscribe("topic=flood", "stuck")
        reading.subscribe("topic=end", "reading")
        body = {"id": "1", "topic": "flood", "data": "x" * 100_000}
        flood = f"5:::{json.dumps({'name': 'ftrack.event', 'args': [body]})}"

        sent = 0
        while "reads too slowly" not in caplog.text:
            sender.send(flood)
            sent += 1
            assert sent < 5000
            assert sender.ask("keep.pace") == {"success": True}
        sender.send('5:::{"name":"ftrack.event","args":[{"topic":"end","id":"1"}]}')

        assert reading.events_until("end") == []
        assert "event_queue_frames" in caplog.text


def closed(client: Any) -> int:
    """Read until the server closes the connection; return the code it gives."""
    with pytest.raises(ConnectionClosed):
        list(client.socket)
    return int(client.socket.close_code)


def test_whoever_is_switched_off_is_disconnected_soon(
    client_of: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    with running_server(event_heartbeat=0.1) as server:
        add_user(server.database, "kim", {})
        key = create_key(server.database, "kim", "Tests")
        leaving, staying = client_of(server, api_user="kim", api_key=key.secret), client_of(server)

        deactivate_user(server.database, "kim")

        assert closed(leaving) == 1008
        assert "switched off" in caplog.text
        assert staying.ask("still.here") == {"success": True}
