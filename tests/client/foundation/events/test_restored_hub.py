"""Connections that are lost, restored, ended and made anew, on a real web socket server on loopback."""

from __future__ import annotations

import logging
import threading

import pytest

from ftrack_api import exception
from ftrack_api.event.base import Event

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


def test_the_state_of_the_connection_is_told_by_local_events(event_server, make_hub, wait_until):
    hub = make_hub()
    topics = []
    hub.subscribe("topic=ftrack.meta.*", lambda event: topics.append(event["topic"]))
    hub.connect()
    wait_until(hub, lambda: topics == ["ftrack.meta.connected"])

    event_server.drop()
    wait_until(hub, lambda: len(topics) == 3)
    hub.disconnect(unsubscribe=False)
    wait_until(hub, lambda: len(topics) == 4)

    assert topics == [
        "ftrack.meta.connected",
        "ftrack.meta.connection-lost",
        "ftrack.meta.connected",
        "ftrack.meta.disconnected",
    ]
    assert not {"ftrack.meta.connected", "ftrack.meta.disconnected"} & set(event_server.topics())


def test_a_connection_that_is_dropped_again_and_again_is_restored(event_server, hub, collect, wait_until, subscribed):
    logging.disable(logging.CRITICAL)
    try:
        arrived = collect(hub, "topic=t")
        for _ in range(31):
            subscribed(event_server, 2)
            event_server.drop()
        subscribed(event_server, 2)
        hub.publish(Event("t"))
        wait_until(hub, lambda: arrived)
        assert logging.root.manager.disable == logging.CRITICAL
    finally:
        logging.disable(logging.NOTSET)


def test_a_goodbye_of_the_server_is_a_lost_connection(event_server, hub):
    event_server.send_text("0::")

    event_server.until(lambda: len(event_server.handshakes) == 2 and len(event_server.peers) == 1)


def test_a_server_that_falls_silent_is_left_for_a_new_connection(event_server, make_hub):
    event_server.handshake = "s1:0.1:25:websocket"
    hub = make_hub()

    hub.connect()

    event_server.until(lambda: len(event_server.handshakes) >= 3)


def test_what_is_published_while_the_server_is_away_arrives_later(event_server, hub, wait_until, subscribed):
    subscribed(event_server, 1)
    event_server.status = 503
    event_server.drop()
    wait_until(hub, lambda: not hub.connected)

    assert hub.publish(Event("later")) is True
    event_server.status = 200

    event_server.until(lambda: "later" in event_server.topics())


def test_attempts_to_restore_are_logged_once_as_a_warning(event_server, hub, caplog, subscribed):
    caplog.set_level(logging.DEBUG)
    subscribed(event_server, 1)
    event_server.status = 503
    event_server.drop()
    wait_for_log(caplog, "cannot be reached yet", 3)
    event_server.status = 200

    levels = [record.levelname for record in caplog.records if "cannot be reached yet" in record.getMessage()]
    assert levels[:3] == ["WARNING", "DEBUG", "DEBUG"]
    assert not [r for r in caplog.records if "s3cr3t-key" in r.getMessage() and r.name != "websockets.server"]


def test_disconnecting_ends_wait_unsubscribes_and_can_be_undone(event_server, hub):
    hub.subscribe("topic=t", print)
    waiting = threading.Thread(target=hub.wait)
    waiting.start()

    hub.disconnect()
    waiting.join(SECONDS)

    assert not waiting.is_alive()
    assert not hub.connected
    assert hub._subscribers == []
    with pytest.raises(exception.EventHubConnectionError):
        hub.publish(Event("t"))
    hub.connect()
    assert hub.connected


def test_disconnecting_may_keep_the_subscribers(event_server, hub):
    hub.subscribe("topic=t", print)

    hub.disconnect(False)

    assert len(hub._subscribers) == 2
    assert not hub._connection_initialised


def test_a_goodbye_nobody_waited_for_does_not_end_the_next_wait(event_server, hub, collect, wait_until, subscribed):
    hub.disconnect(False)
    hub.connect()
    arrived = collect(hub, "topic=t")
    subscribed(event_server, 2)
    hub.publish(Event("t"))

    wait_until(hub, lambda: arrived)
    assert hub.connected


def test_a_callback_may_disconnect(event_server, hub, subscribed):
    hub.subscribe("topic=t", lambda _event: hub.disconnect() or "reply that cannot be sent")
    subscribed(event_server, 2)
    hub.publish(Event("t"))

    hub.wait(SECONDS)

    assert not hub.connected


def test_disconnecting_ends_attempts_to_restore(event_server, hub, wait_until, subscribed):
    subscribed(event_server, 1)
    event_server.status = 503
    event_server.drop()
    wait_until(hub, lambda: not hub.connected)
    thread = hub._processor_thread

    hub.disconnect()

    assert not thread.is_alive()
    assert not hub.connected


def test_disconnecting_while_connecting_wins(event_server, make_hub):
    hub = make_hub()
    begun, go_on = threading.Event(), threading.Event()
    failures = []
    shake = hub._get_socket_io_session

    def slow():
        begun.set()
        go_on.wait(SECONDS)
        return shake()

    def connect():
        try:
            hub.connect()
        except exception.EventHubConnectionError as error:
            failures.append(str(error))

    hub._get_socket_io_session = slow
    thread = threading.Thread(target=connect)
    thread.start()
    begun.wait(SECONDS)
    hub.disconnect()
    go_on.set()
    thread.join(SECONDS)

    assert not hub.connected
    assert "Disconnected while connecting" in failures[0]


def test_reconnecting_keeps_the_subscribers(event_server, hub, collect, wait_until, subscribed):
    arrived = collect(hub, "topic=t")
    subscribed(event_server, 2)

    hub.reconnect()
    event_server.until(lambda: len(event_server.handshakes) == 2 and len(event_server.peers) == 1)
    subscribed(event_server, 2)
    hub.publish(Event("t"))

    wait_until(hub, lambda: arrived)
    assert hub._connection_initialised


def test_reconnecting_gives_up_after_its_attempts(event_server, hub):
    event_server.status = 503
    before = len(event_server.handshakes)

    with pytest.raises(
        exception.EventHubConnectionError, match=r"Failed to reconnect to event server .* after 3 attempts"
    ):
        hub.reconnect(attempts=3, delay=0.001)

    assert len(event_server.handshakes) - before == 3
    assert hub.publish(Event("t")) is True
