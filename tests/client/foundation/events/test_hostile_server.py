"""A server that sends what no server should: the hub passes it over with a line in the log, and goes on."""

from __future__ import annotations

import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftrack_api.event import _connection
from ftrack_api.event.base import Event
from ftrack_api.exception import EventHubConnectionError

DEEP = "[" * 50_000 + "]" * 50_000
DIGITS = "9" * 5000


def event_text(**fields):
    return json.dumps({"id": "odd", "topic": "odd", **fields})


@pytest.fixture
def last(event_server, hub, collect, wait_until, subscribed):
    """Return the events that a subscriber for everything has got, once one comes that is in order."""
    arrived = collect(hub, "topic=*")
    subscribed(event_server, 2)

    def up_to_the_end():
        end = uuid.uuid4().hex
        event_server.send_event({"id": end, "topic": "end"})
        wait_until(hub, lambda: any(event["id"] == end for event in arrived))
        return [event for event in arrived if event["topic"] not in {"end", "ftrack.meta.connected"}]

    return up_to_the_end


@pytest.mark.parametrize(
    "argument",
    [
        "null",
        "5",
        DIGITS,
        '"text"',
        "[[]]",
        "{}",
        '{"id": "1"}',
        '{"topic": "a"}',
        event_text(topic=""),
        event_text(topic=5),
        event_text(id=["1"]),
        event_text(target={"id": 1}),
        event_text(target=["id=1"]),
        f'{{"id": "1", "topic": "a", "data": {DEEP}}}',
        f'{{"id": "1", "topic": "a", "data": {DIGITS}}}',
        '{"id": "1", "topic": "a", "data": NaN}',
        '{"id": "1", "topic": "a"}, {"id": "2", "topic": "b"}',
    ],
    ids=lambda text: text[:60],
)
def test_what_is_no_event_is_passed_over_and_told(event_server, hub, last, caplog, argument):
    event_server.send_text(f'5:::{{"name": "ftrack.event", "args": [{argument}]}}')

    assert last() == []
    assert hub.connected
    assert "passed over" in caplog.text


@pytest.mark.parametrize("target", ["(" * 5000 + "a=b" + ")" * 5000, "a=b nor c=d", "((", "=" * 100_000, "\x00"])
def test_a_target_that_makes_no_sense_calls_nobody(event_server, hub, last, caplog, target):
    event_server.send_event({"id": "1", "topic": "a", "target": target})

    assert last() == []
    assert "the target of the event makes no sense" in caplog.text


@pytest.mark.parametrize(
    ("fields", "key", "value"),
    [
        ({"source": "kim"}, "source", {"user": "kim"}),
        ({"source": 5}, "source", {"user": 5}),
        ({"source": None}, "source", {}),
        ({"inReplyToEvent": {"a": 1}}, "in_reply_to_event", None),
        ({"sent": {"$date": 5}}, "sent", {"$date": 5}),
        ({"__class__": "x", "stop": 1}, "stop", 1),
        ({"data": "\ud800"}, "data", "\ud800"),
        ({"data": 1e308}, "data", 1e308),
    ],
)
def test_odd_values_and_unknown_keys_of_an_event_are_taken_as_they_are(event_server, hub, last, fields, key, value):
    event_server.send_event({"id": "1", "topic": "a", **fields})

    [event] = last()
    assert event[key] == value


@pytest.mark.parametrize("reply_to", [None, 5, [], {}, "nobody asked"])
def test_replies_that_nobody_waits_for_call_nobody(event_server, hub, last, reply_to):
    event_server.send_event({"id": "1", "topic": "ftrack.meta.reply", "inReplyToEvent": reply_to, "data": {}})

    assert [event["id"] for event in last()] == ["1"]


@pytest.mark.parametrize(
    "answer", ["", "+", "+null", "+[]", "+[5]", '+["no"]', '+[{"success": "maybe"}]', "+[{}, {}]", "+{"]
)
def test_odd_acknowledgements_do_no_harm(event_server, hub, last, answer):
    hub.publish(Event("asking"))
    event_server.until(lambda: "asking" in event_server.topics())
    for number in range(1, 6):
        event_server.send_text(f"6:::{number}{answer}")

    last()
    assert hub.connected


def test_frames_of_bytes_are_read_as_text(event_server, hub, last):
    event_server.peers[0].socket.send(b"\xff\xfe\x00")
    event_server.peers[0].socket.send(b'5:::{"name":"ftrack.event","args":[{"id":"bytes","topic":"a"}]}')

    assert [event["id"] for event in last()] == ["bytes"]


def test_a_frame_that_is_too_large_ends_the_connection_which_is_restored(
    event_server, make_hub, monkeypatch, wait_until
):
    monkeypatch.setattr(_connection, "MAX_FRAME_BYTES", 100_000)
    hub = make_hub()
    arrived = []
    hub.subscribe("topic=t", arrived.append)
    hub.connect()
    event_server.until(lambda: sum(len(peer.subscribers) for peer in event_server.peers) == 2)

    event_server.send_event({"id": "large", "topic": "t", "data": "x" * 200_000})
    event_server.until(lambda: len(event_server.handshakes) == 2)
    event_server.until(lambda: sum(len(peer.subscribers) for peer in event_server.peers) == 2)
    event_server.send_event({"id": "small", "topic": "t"})
    wait_until(hub, lambda: arrived)

    assert [event["id"] for event in arrived] == ["small"]


@pytest.mark.parametrize(
    "handshake", ["", ":::", "s1:nan:25:websocket", "s1:-5:25:websocket", "s1:1e999:25:websocket", "s1"]
)
def test_a_handshake_that_makes_no_sense_is_an_error_in_words(event_server, make_hub, handshake):
    event_server.handshake = handshake
    hub = make_hub()

    with pytest.raises(EventHubConnectionError, match="Failed to connect to event server"):
        hub.connect()
    assert hub.state == "disconnected"


frames = (
    st.text(max_size=40)
    | st.text('0123456789:+{}[]", ', max_size=60)
    | st.builds(
        lambda code, number, data: f"{code}:{number}::{json.dumps(data)}",
        st.integers(1, 9),
        st.sampled_from(["", "1", "7+"]),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5)
        | st.fixed_dictionaries(
            {"name": st.just("ftrack.event")},
            optional={"args": st.lists(st.dictionaries(st.sampled_from(["id", "topic", "data"]), st.text(max_size=3)))},
        ),
    )
).filter(lambda text: not text.startswith("0"))  # a goodbye, which ends the connection by right


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(frames, min_size=1, max_size=8))
def test_whatever_a_server_sends_the_connection_and_the_hub_go_on(event_server, hub, last, texts):
    for text in texts:
        event_server.send_text(text)

    last()

    assert hub.connected
    assert len(event_server.handshakes) == 1
