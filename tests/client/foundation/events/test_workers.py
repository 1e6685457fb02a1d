"""Threads that handle events: side by side where nothing is shared, in order where something is."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from ftrack_api.event._subjects import order_keys
from ftrack_api.event._workers import Workers
from ftrack_api.event.base import Event

SECONDS = 30


@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1, max_size=3), max_size=40), st.integers(1, 4))
def test_work_with_a_key_in_common_is_done_in_order(tasks, count):
    workers = Workers(count)
    lock = threading.Lock()
    done = {key: [] for key in "abcd"}

    def work(number, keys):
        with lock:
            for key in keys:
                done[key].append(number)

    for number, keys in enumerate(tasks):
        workers.submit(keys, lambda number=number, keys=keys: work(number, keys))
    workers.close()

    for key in "abcd":
        assert done[key] == [number for number, keys in enumerate(tasks) if key in keys]


def test_work_without_a_common_key_does_not_wait():
    workers = Workers(2)
    slow, quick = threading.Event(), threading.Event()

    workers.submit({"a"}, lambda: slow.wait(SECONDS))
    workers.submit({"b"}, quick.set)

    assert quick.wait(SECONDS)
    slow.set()
    workers.close()


def test_work_that_raises_is_logged_and_the_next_is_done(caplog):
    workers = Workers(1)
    done = []

    workers.submit({"a"}, lambda: 1 / 0)
    workers.submit({"a"}, lambda: done.append(True))
    workers.close()

    assert done == [True]
    assert "ZeroDivisionError" in caplog.text


def test_draining_waits_for_everything():
    workers = Workers(3)
    done = []

    for number in range(100):
        workers.submit({str(number)}, lambda: done.append(True))
    workers.drain()

    assert len(done) == 100
    workers.close()


def test_a_quick_event_does_not_wait_behind_a_slow_one(event_server, make_hub):
    hub = make_hub(workers=2)
    hub.connect()
    slow, quick = threading.Event(), threading.Event()
    hub.subscribe("topic=slow", lambda _event: slow.wait(SECONDS) and None)
    hub.subscribe("topic=quick", lambda _event: quick.set())
    event_server.until(lambda: sum(len(peer.subscribers) for peer in event_server.peers) == 3)
    hub.publish(Event("slow"))
    hub.publish(Event("quick"))

    waiting = threading.Thread(target=hub.wait)
    waiting.start()
    assert quick.wait(SECONDS)
    slow.set()
    hub.disconnect()
    waiting.join(SECONDS)

    assert not waiting.is_alive()


def test_events_are_ordered_by_what_they_name():
    update = Event("ftrack.update", data={"entities": [{"entityId": "a"}, {"entityId": "b"}]})
    action = Event("ftrack.action.launch", data={"selection": [{"entityId": "b", "entityType": "task"}]})
    other, same = (Event("news", source={"id": "hub"}) for _ in range(2))

    assert order_keys(update) == {"a", "b"}
    assert order_keys(action) == {"b"}
    assert order_keys(other) == order_keys(same) != order_keys(Event("news", source={"id": "another"}))
    for odd in ("text", [1], {"entities": "x", "selection": [1, {"entityId": 5}]}, None):
        assert order_keys(Event("t", data=odd, source="text"))


class Room(threading.Semaphore):
    """Room for work, which tells when somebody has to wait for it."""

    def __init__(self, value):
        super().__init__(value)
        self.is_awaited = threading.Event()

    def acquire(self, blocking=True, timeout=None):
        if not super().acquire(blocking=False):
            self.is_awaited.set()
            super().acquire(blocking, timeout)
        return True


def test_who_brings_more_than_may_wait_waits_too():
    workers = Workers(1)
    workers._room = Room(2)
    release, done = threading.Event(), []
    workers.submit(["a"], release.wait)
    workers.submit(["a"], lambda: done.append("second"))
    third = threading.Thread(target=workers.submit, args=(["a"], lambda: done.append("third")))
    third.start()

    assert workers._room.is_awaited.wait(SECONDS)
    assert (third.is_alive(), workers._open) == (True, 2)
    release.set()
    third.join(SECONDS)
    workers.close()

    assert done == ["second", "third"]
