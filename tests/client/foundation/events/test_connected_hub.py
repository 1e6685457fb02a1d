"""Hubs connected to a real web socket server on loopback."""

from __future__ import annotations

import logging
import threading

import pytest

from ftrack_api import exception
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub, SocketIoSession

SECONDS = 10


def wait_for_log(caplog, text, count=1):
    """Wait until something was logged by the thread that reads."""
    arrived = threading.Event()

    class Handler(logging.Handler):
        def emit(self, _record):
            if caplog.text.count(text) >= count:
                arrived.set()

    handler = Handler()
    logging.getLogger().addHandler(handler)
    try:
        assert caplog.text.count(text) >= count or arrived.wait(SECONDS)
    finally:
        logging.getLogger().removeHandler(handler)


def test_what_cannot_be_sent_is_an_error_at_once_and_nothing_is_sent(event_server, hub):
    with pytest.raises(TypeError, match="set"):
        hub.publish(Event("t", data={"x": {1}}))

    hub.publish(Event("end"))
    event_server.until(lambda: "end" in event_server.topics())
    assert "t" not in event_server.topics()


@pytest.mark.parametrize("step", ["_emit_event_packet", "_send_packet", "_encode"])
def test_what_a_replaced_step_of_sending_raises_is_logged_and_the_hub_goes_on(
    event_server, hub, caplog, monkeypatch, step
):
    event = Event("t")

    def fail(*_arguments):
        raise ValueError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(hub, step, fail)
        assert hub.publish(event) is None

    assert f"Error sending event {event}." in [record.getMessage() for record in caplog.records]
    assert "ValueError: broken" in caplog.text
    hub.publish(Event("end"))
    event_server.until(lambda: "end" in event_server.topics())
    assert "t" not in event_server.topics()


def test_wait_returns_after_its_time_having_handled_what_was_there(event_server, hub, collect, wait_until, subscribed):
    arrived = collect(hub, "topic=t")
    subscribed(event_server, 2)
    hub.publish(Event("t"))
    wait_until(hub, lambda: arrived)

    hub.wait(duration=0.05)
    hub.wait(0)


def test_wait_goes_on_after_a_callback_that_raises_and_odd_events(
    event_server, hub, caplog, collect, wait_until, subscribed
):
    arrived = collect(hub, "topic=*", priority=200)

    def fail(event):
        raise ValueError("broken")

    hub.subscribe("topic=bad", fail)
    subscribed(event_server, 3)
    for payload in (None, [], {"topic": None, "id": "1"}, {"topic": {}, "id": "1"}, {"topic": [], "id": "1"}):
        event_server.send_event(payload)
    event_server.send_event({"topic": "bad", "id": "2", "target": "&&"})
    event_server.send_event({"topic": "bad", "id": "3", "data": {"n": "text"}})
    event_server.send_event({"topic": "good", "id": "4"})

    wait_until(hub, lambda: any(event["topic"] == "good" for event in arrived))

    topics = [event["topic"] for event in arrived if not event["topic"].startswith("ftrack.meta")]
    assert topics == ["bad", "good"]
    assert caplog.text.count("was passed over") == 5
    assert "broken" in caplog.text


@pytest.mark.parametrize(
    "text", ["", "9", "nonsense", "5:::{", "5", "8::", "6:::x", "3:::text", "4:::{}", "7:::reason+advice"]
)
def test_odd_frames_do_not_end_the_connection(event_server, hub, text, collect, wait_until, subscribed):
    arrived = collect(hub, "topic=t")
    subscribed(event_server, 2)

    event_server.send_text(text)
    event_server.send_event({"topic": "t", "id": "1"})

    wait_until(hub, lambda: arrived)
    assert hub.connected


def test_heartbeats_are_answered(event_server, hub):
    event_server.send_text("2::")

    event_server.until(lambda: any(text.startswith("2:") for text in event_server.peers[0].frames))


def test_an_event_that_asks_for_it_is_told_apart_from_one_that_does_not(
    event_server, hub, collect, wait_until, subscribed
):
    arrived = collect(hub, "topic=t")
    subscribed(event_server, 2)

    event_server.send_text('5:7+::{"name":"ftrack.event","args":[{"topic":"t","id":"1"}]}')

    wait_until(hub, lambda: arrived)
    assert arrived[0]["id"] == "1"


@pytest.mark.parametrize(
    ("status", "handshake", "said"),
    [
        (401, "no", "HTTP status 401"),
        (200, "<html>", "does not answer as an event server"),
        (200, "s1:a:b:websocket", "odd timeouts"),
        (200, "s1:15:25:xhr-polling", "does not support websocket sessions"),
    ],
)
def test_a_server_that_cannot_be_used_is_an_error_that_says_why(event_server, make_hub, status, handshake, said):
    event_server.status, event_server.handshake = status, handshake

    with pytest.raises(exception.EventHubConnectionError, match=said) as caught:
        make_hub().connect()

    assert caught.value.details["server_url"] == f"http://127.0.0.1:{event_server.port}"
    assert said in caught.value.details["error"]
    assert "s3cr3t-key" not in str(caught.value)


def test_nobody_at_the_address_is_an_error(make_hub):
    with pytest.raises(
        exception.EventHubConnectionError, match=r"Failed to connect to event server at http://127.0.0.1:1"
    ):
        make_hub("http://127.0.0.1:1").connect()


def test_a_socket_that_is_refused_is_an_error_without_the_session_id(event_server, make_hub):
    hub = make_hub()
    hub._get_socket_io_session = lambda: SocketIoSession("s3cret-session", 15, ["websocket"])
    event_server.close()

    with pytest.raises(exception.EventHubConnectionError, match="No web socket") as caught:
        hub.connect()

    assert "s3cret-session" not in str(caught.value)


def test_many_threads_publish_and_each_keeps_its_order(event_server, hub):
    def work(name):
        for number in range(25):
            hub.publish(Event(f"{name}.{number}"))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    event_server.until(lambda: len([t for t in event_server.topics() if t[1] == "."]) == 100)

    for name in "abcd":
        assert [t for t in event_server.topics() if t.startswith(f"{name}.")] == [f"{name}.{n}" for n in range(25)]


class LeechHub(EventHub):
    """A subclass as services have them: it handles packets on its own and puts something else into the queue."""

    def _handle_packet(self, code, packet_identifier, path, data):
        name = self._code_name_mapping[code]
        if name == "heartbeat":
            self._event_queue.put(("heartbeat", None))
            return self._send_packet(code)
        if name == "connect":
            self._event_queue.put(Event("leech.started"))
            return None
        if name == "event":
            payload = self._decode(data)["args"][0]
            self._event_queue.put(Event(**payload))
            return None
        return super()._handle_packet(code, packet_identifier, path, data)


def test_a_subclass_that_handles_packets_itself_works(event_server, subscribed):
    hub = LeechHub(event_server.url, "kim", "k")
    hub.subscribe("topic=*", print)
    hub.connect()
    subscribed(event_server, 2)
    event_server.send_text("2::")
    hub.publish(Event("t", in_reply_to_event="0"))

    taken = [hub._event_queue.get(timeout=SECONDS) for _ in range(3)]
    hub.disconnect()

    assert taken[0]["topic"] == "leech.started"
    assert ("heartbeat", None) in taken
    event = next(item for item in taken[1:] if isinstance(item, Event))
    assert (event["topic"], event["in_reply_to_event"]) == ("t", "0")
    assert hub._encode({"args": [event]}).count("inReplyToEvent") == 1


def test_an_update_that_is_sent_again_is_handled_once(event_server, hub, collect, subscribed):
    arrived = collect(hub, "topic=ftrack.update or topic=end")
    subscribed(event_server, 2)
    for identifier in ("one", "one", "two", "one"):
        event_server.send_event({"id": identifier, "topic": "ftrack.update", "data": {"entities": []}})
    event_server.send_event({"id": "end", "topic": "end"})

    while not arrived or arrived[-1]["topic"] != "end":
        hub.wait(0.02)

    assert [event["id"] for event in arrived] == ["one", "two", "end"]


def test_a_subclass_is_told_what_the_server_says_of_an_event_also_of_one_that_waited(event_server, make_hub):
    said = []
    waiting = make_hub()
    waiting.init_connection()
    waiting._publish(waiting._prepare_event(Event("early")), callback=lambda answer: said.append(("early", answer)))
    waiting.connect()
    waiting._publish(waiting._prepare_event(Event("late")), False, lambda answer: said.append(("late", answer)), None)
    event_server.until(lambda: "late" in event_server.topics())
    done = threading.Event()
    waiting._publish(waiting._prepare_event(Event("end")), callback=lambda _answer: done.set())

    assert done.wait(60)
    assert said == [("early", {"success": True}), ("late", {"success": True})]
