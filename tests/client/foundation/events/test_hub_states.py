"""What a connection is doing: told by state, callback and waiting; and the end of attempts to restore it."""

from __future__ import annotations

import threading

import pytest

from ftrack_api import exception
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub

SECONDS = 30


def test_states_are_told_as_they_come(event_server, make_hub):
    states = []
    hub = make_hub(on_state=states.append)
    assert hub.state == "disconnected"

    hub.connect()
    event_server.until(lambda: event_server.peers)
    event_server.drop()
    event_server.until(lambda: event_server.peers)
    assert hub.wait_connected(SECONDS)
    hub.disconnect()

    assert states == ["connecting", "connected", "reconnecting", "connected", "disconnected"]


def test_a_callback_that_raises_does_no_harm(make_hub, caplog):
    def fail(_state):
        raise RuntimeError("boom")

    hub = make_hub(on_state=fail)
    hub.connect()

    assert hub.state == "connected"
    assert "boom" in caplog.text


def test_one_can_wait_for_the_connection_that_another_thread_makes(make_hub):
    hub = make_hub()
    assert hub.wait_connected(timeout=0) is False

    thread = threading.Thread(target=hub.connect)
    thread.start()

    assert hub.wait_connected(SECONDS) is True
    thread.join(SECONDS)


def test_attempts_may_come_to_an_end_which_wait_and_publish_tell(event_server, make_hub):
    hub = make_hub(reconnect_attempts=3)
    hub.connect()
    event_server.until(lambda: event_server.peers)
    event_server.close()

    with pytest.raises(exception.EventHubConnectionError, match="not restored in 3 attempts") as caught:
        hub.wait()

    assert isinstance(caught.value.__cause__, exception.EventHubConnectionError)
    assert hub.state == "failed"
    with pytest.raises(exception.EventHubConnectionError, match="not restored"):
        hub.wait_connected(SECONDS)
    with pytest.raises(exception.EventHubConnectionError, match="Not currently connected"):
        hub.publish(Event("t"))
    with pytest.raises(exception.EventHubConnectionError, match="not restored in 3 attempts"):
        hub.wait()


def test_31_failures_do_not_end_attempts_without_a_limit(event_server, make_hub):
    hub = make_hub()
    failures = threading.Semaphore(0)
    restore = hub._restore_connection

    def counted():
        try:
            restore()
        except exception.EventHubConnectionError:
            failures.release()
            raise

    hub._restore_connection = counted
    hub.connect()
    event_server.until(lambda: event_server.peers)
    event_server.status = 503
    event_server.drop()
    for _ in range(31):
        assert failures.acquire(timeout=SECONDS)
    event_server.status = 200

    assert hub.wait_connected(SECONDS)


def test_a_first_connection_that_failed_can_be_tried_on(event_server, make_hub, caplog):
    event_server.status = 503
    hub = make_hub()
    with pytest.raises(exception.EventHubConnectionError):
        hub.connect()
    assert hub.state == "disconnected"

    hub.keep_connecting()
    event_server.status = 200

    assert hub.wait_connected(SECONDS)


def test_nobody_connects_after_a_disconnect(event_server, make_hub):
    hub = make_hub()
    hub.connect()
    hub.disconnect()

    hub.keep_connecting()

    assert hub.state == "disconnected"
    assert not hub.wait_connected(timeout=0)


@pytest.mark.parametrize("options", [{"workers": -1}, {"workers": "2"}, {"workers": True}, {"reconnect_attempts": 0}])
def test_numbers_that_make_no_sense_are_refused(options):
    with pytest.raises(ValueError, match="not"):
        EventHub("http://studio.test", "kim", "key", **options)


def test_errors_of_handlers_are_counted(event_server, hub):
    def fail(_event):
        raise RuntimeError("boom")

    identifier = hub.subscribe("topic=t", fail)
    for _ in range(3):
        hub.publish(Event("t"), synchronous=True)

    assert hub.handler_errors == 3
    assert hub.get_subscriber_by_identifier(identifier).errors == 3


def test_whoever_hears_of_the_end_can_neither_publish_nor_wait(event_server, make_hub):
    """State and readiness change as one: nothing is queued for a connection that nobody makes any more."""
    tried = []

    def attempt(step):
        with pytest.raises(exception.EventHubConnectionError) as caught:
            step()
        tried.append(str(caught.value))

    def on_state(state):
        if state == "failed":
            attempt(lambda: hub.publish(Event("late")))
            attempt(lambda: hub.wait(0))

    hub = make_hub(reconnect_attempts=1, on_state=on_state)
    hub.connect()
    event_server.until(lambda: event_server.peers)
    event_server.close()
    hub._processor_thread.join(SECONDS)
    with pytest.raises(exception.EventHubConnectionError):
        hub.wait_connected(SECONDS)
    with pytest.raises(exception.EventHubConnectionError):
        hub.wait(SECONDS)

    assert "Not currently connected" in tried[0]
    assert "not restored in 1 attempts" in tried[1]
