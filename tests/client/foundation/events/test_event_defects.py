"""Defects of the old client in events, one test for each number."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from ftrack_api import exception
from ftrack_api.event.base import Event
from ftrack_api.event.expression import Parser
from ftrack_api.event.hub import EventHub

SECONDS = 10


def handle_until(hub, condition):
    """Handle events one by one until a condition holds."""
    while not condition():
        hub._handle(hub._event_queue.get(timeout=SECONDS))


@pytest.fixture
def offline():
    return EventHub("http://studio.test", "kim", "key")


@pytest.mark.parametrize("frame", ["9:::", "garbage", "", "6:::no json", "5:::[]", "4:::{"])
def test_d15_no_frame_ends_the_connection_for_good(event_server, hub, frame):
    arrived = []
    hub.subscribe("topic=after", arrived.append)
    event_server.until(lambda: sum(len(peer.subscribers) for peer in event_server.peers) == 2)
    event_server.send_text(frame)
    event_server.until(lambda: event_server.peers and len(event_server.peers[0].subscribers) == 2)
    hub.publish(Event("after"))
    handle_until(hub, lambda: arrived)

    assert hub.connected


def test_d16_reconnecting_leaves_the_logging_of_the_process_alone(event_server, hub):
    before = logging.root.manager.disable
    seen = []
    handler = logging.Handler()
    handler.emit = lambda _record: seen.append(logging.root.manager.disable)
    logging.getLogger("ftrack_api.event").addHandler(handler)
    try:
        hub.reconnect(attempts=2, delay=0)
    finally:
        logging.getLogger("ftrack_api.event").removeHandler(handler)

    assert hub.connected
    assert {*seen, logging.root.manager.disable} == {before}


def test_d16_nothing_is_waited_for_after_the_last_attempt(monkeypatch):
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    hub = EventHub("http://127.0.0.1:9", "kim", "key")
    with pytest.raises(exception.EventHubConnectionError, match="after 3 attempts"):
        hub.reconnect(attempts=3, delay=5)

    assert waits == [5, 5]


@pytest.mark.parametrize("text", ["", "   "])
def test_d61_an_empty_expression_is_a_parse_error(text):
    with pytest.raises(exception.ParseError):
        Parser().parse(text)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ('data.x=""', "", True),
        ('data.x=""', "a", False),
        ("data.x=a:b#c", "a:b#c", True),
        ("data.x=björn", "björn", True),
        (r'data.x="say \"hi\""', 'say "hi"', True),
    ],
)
def test_d61_ordinary_values_can_be_looked_for(text, value, expected):
    assert Parser().parse(text).match(Event("t", data={"x": value})) is expected


@pytest.mark.parametrize(
    ("text", "topic", "expected"),
    [
        ("topic=ftrack.*", "ftrack.update", True),
        ("topic=ftrack.*", "my-ftrack.update", False),
        ("topic=ftrack.*", None, False),
        ("topic=ftrack.*", 5, False),
        ("topic=*.update", "ftrack.update", True),
    ],
)
def test_d62_a_star_stands_for_text_where_it_is_written(text, topic, expected):
    assert Parser().parse(text).match(Event(topic)) is expected


@pytest.mark.parametrize("data", [False, 0, [], ""])
def test_d63_falsy_data_stay_what_they_are(offline, data):
    assert Event("t", data=data)["data"] == data
    assert offline._prepare_reply_event(Event("ftrack.meta.reply", data=data), Event("t"))["data"] == data


def test_d64_a_subscriber_from_before_the_connection_is_told_once(event_server, make_hub):
    hub = make_hub()
    hub.init_connection()
    hub.subscribe("topic=t", print, {"id": "mine"})
    hub.connect()
    hub.publish(Event("t"))
    event_server.until(lambda: "t" in event_server.topics())

    told = [item.data["subscriber"]["id"] for item in event_server.received if item.topic == "ftrack.meta.subscribe"]
    assert told.count("mine") == 1


def test_d65_what_waits_for_a_connection_has_a_limit(offline):
    offline.init_connection()
    for _ in range(10_000):
        assert offline.publish(Event("t")) is True

    with pytest.raises(exception.EventHubConnectionError, match="10000"):
        offline.publish(Event("t"))


def test_d66_callbacks_for_replies_are_forgotten_after_their_time(offline):
    now = [0.0]
    offline._replies._clock = lambda: now[0]
    offline.init_connection()
    for _ in range(100):
        offline.publish(Event("t"), on_reply=print)
    assert len(offline._replies) == 100
    now[0] = offline._replies._lifetime + 1

    assert len(offline._replies) == 0


def test_d67_what_subscribers_and_callers_pass_in_stays_theirs(event_server, hub):
    mine, source = {"role": "listener"}, {"plugin": "x"}
    hub.subscribe("topic=t", lambda _event: "answer", mine)
    hub.subscribe("topic=ftrack.meta.reply", print)
    event = Event("t", source=source)
    event_server.until(lambda: sum(len(peer.subscribers) for peer in event_server.peers) == 3)
    hub.publish(event)
    event_server.until(lambda: "t" in event_server.topics())
    handle_until(hub, lambda: "ftrack.meta.reply" in event_server.topics())

    assert mine == {"role": "listener"}
    assert source == {"plugin": "x"}


def test_d71_what_cannot_be_sent_is_an_error_at_once(hub, monkeypatch):
    event = Event("t", data={"x": object()})
    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", lambda seconds: pytest.fail(f"slept {seconds} s"))
        with pytest.raises(TypeError, match="object"):
            hub.publish(event)

        assert hub.publish(event, on_error="ignore") is None


def test_d72_a_subscription_that_cannot_compare_ends_no_loop(event_server, hub):
    arrived = []
    hub.subscribe("topic=t and data.n > 5", arrived.append)
    event_server.until(lambda: sum(len(peer.subscribers) for peer in event_server.peers) == 2)
    for value in (None, [1], {"a": 1}, 6):
        event_server.send_event({"id": "i", "topic": "t", "data": {"n": value}, "source": {}, "target": ""})
    handle_until(hub, lambda: arrived)

    assert [event["data"]["n"] for event in arrived] == [6]


def test_d73_the_address_keeps_its_path_and_one_of_two_connects_wins(event_server, make_hub):
    hub = make_hub()
    failures = []

    def connect():
        try:
            hub.connect()
        except exception.EventHubConnectionError as error:
            failures.append(str(error))

    threads = [threading.Thread(target=connect) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)

    assert hub.connected
    assert [text.startswith("Already connected") for text in failures] == [True] * 3
    assert [handshake["path"] for handshake in event_server.handshakes] == ["/prefix/socket.io/1/"]
