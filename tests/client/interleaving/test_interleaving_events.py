"""Whatever one thread does to an event hub when another one comes in between, no event and no subscriber is lost."""

from __future__ import annotations

import contextlib
import functools
import json

import pytest

from ftrack_api import exception
from ftrack_api.event import _processor, _workers, base
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub


class Wire:
    """A connection that keeps what is sent."""

    def __init__(self):
        self.connected = True
        self.texts = []

    def add_callback(self, _callback):
        return len(self.texts)

    def send_text(self, text):
        self.texts.append(text)

    def close(self):
        self.connected = False

    def events(self, topic):
        """Return the data of the events of a topic that were sent."""
        events = [json.loads(text.partition("::")[2])["args"][0] for text in self.texts]
        return [event["data"] for event in events if event["topic"] == topic]


class Hub(EventHub):
    """A hub whose connections are wires and whose threads do not run."""

    def __init__(self):
        super().__init__("http://studio.test", "kim", "key")
        self.wires = []
        self.processors = 0
        self.init_connection()

    def _new_connection(self):
        self.wires.append(Wire())
        return self.wires[-1]

    def _start_processor(self):
        self.processors += 1


class Scene:
    """A hub, what its subscribers heard, and what the threads found."""

    def __init__(self):
        self.hub = Hub()
        hub = self.hub
        self.guarded = [base, hub, hub._router, hub._replies, hub._states, hub._event_queue, hub._event_send_queue]
        self.heard = []
        self.found = []

    def publish(self, number=1, **options):
        return self.hub.publish(Event("studio.done", data={"number": number}), **options)

    def subscribe(self, identifier="a", subscription="topic=studio.done"):
        self.hub.subscribe(subscription, self.heard.append, {"id": identifier})

    def attempt(self, act, error):
        """Do something; find whether it failed in the way given."""
        try:
            act()
        except error:
            self.found.append("refused")
        else:
            self.found.append("done")


@pytest.mark.parametrize("subscription", ["topic=studio.done", "topic=studio.*"])
def test_a_new_subscriber_hears_what_is_published_afterwards(interleave, subscription):
    def make():
        scene = Scene()
        scene.subscribe("first")
        return scene

    def check(scene):
        scene.heard.clear()
        scene.publish(2, synchronous=True)
        assert len(scene.heard) == 2

    def publish(scene):
        scene.publish(synchronous=True)

    interleave(make, publish, lambda scene: scene.subscribe("a", subscription), check)
    interleave(make, lambda scene: scene.subscribe("a", subscription), publish, check)


def test_a_subscriber_that_is_gone_hears_nothing(interleave):
    def make():
        scene = Scene()
        scene.subscribe("a")
        scene.subscribe("b")
        return scene

    def check(scene):
        scene.heard.clear()
        scene.publish(2, synchronous=True)
        assert len(scene.heard) == 1
        assert [item.metadata["id"] for item in scene.hub._subscribers] == ["b"]

    def publish(scene):
        scene.publish(synchronous=True)

    interleave(make, publish, lambda scene: scene.hub.unsubscribe("a"), check)
    interleave(make, lambda scene: scene.hub.unsubscribe("a"), publish, check)


def test_subscribers_come_and_go_side_by_side(interleave):
    def make():
        scene = Scene()
        scene.subscribe("a")
        return scene

    def check(scene):
        scene.publish(synchronous=True)
        assert len(scene.heard) == 1
        assert [item.metadata["id"] for item in scene.hub._subscribers] == ["b"]

    interleave(make, lambda s: s.hub.unsubscribe("a"), lambda s: s.subscribe("b"), check, visits=3)
    interleave(make, lambda s: s.subscribe("b"), lambda s: s.hub.unsubscribe("a"), check, visits=3)


def test_an_identifier_is_taken_once_and_given_up_once(interleave):
    def subscribe(scene):
        scene.attempt(scene.subscribe, exception.NotUniqueError)

    def unsubscribe(scene):
        scene.attempt(lambda: scene.hub.unsubscribe("a"), exception.NotFoundError)

    def check(scene):
        assert sorted(scene.found) == ["done", "refused"]

    def subscribed():
        scene = Scene()
        scene.subscribe()
        return scene

    interleave(Scene, subscribe, subscribe, check)
    interleave(subscribed, unsubscribe, unsubscribe, check)


def test_failures_are_counted(interleave):
    def failing():
        scene = Scene()
        scene.hub.subscribe("topic=studio.done", lambda _event: 1 / 0, {"id": "a"})
        scene.hub.logger.disabled = True
        return scene

    def check(scene):
        assert scene.hub.handler_errors == scene.hub.get_subscriber_by_identifier("a").errors == 2
        scene.hub.logger.disabled = False

    def publish(scene):
        scene.publish(synchronous=True)

    subscriber = (lambda scene: scene.hub._count_error(scene.hub.get_subscriber_by_identifier("a")),) * 2
    interleave(failing, publish, publish, check)
    interleave(failing, *subscriber, check, fine=True)


def test_an_event_is_sent_once_while_a_connection_is_made(interleave):
    def check(scene):
        assert scene.hub.wires[0].events("studio.done") == [{"number": 1}]

    def waiting():
        scene = Scene()
        scene.subscribe()
        return scene

    interleave(waiting, lambda scene: scene.hub.connect(), Scene.publish, check)
    interleave(waiting, Scene.publish, lambda scene: scene.hub.connect(), check)


def test_what_waits_is_sent_before_what_comes(interleave):
    def waiting():
        scene = Scene()
        scene.publish(0)
        return scene

    def check(scene):
        assert scene.hub.wires[0].events("studio.done") == [{"number": 0}, {"number": 1}]

    interleave(waiting, lambda scene: scene.hub.connect(), Scene.publish, check)


def test_the_server_is_told_of_a_subscriber_that_comes_while_a_connection_is_made(interleave):
    def check(scene):
        told = [data["subscriber"]["id"] for data in scene.hub.wires[0].events("ftrack.meta.subscribe")]
        assert "a" in told

    interleave(Scene, lambda scene: scene.hub.connect(), Scene.subscribe, check)
    interleave(Scene, Scene.subscribe, lambda scene: scene.hub.connect(), check)


@pytest.mark.parametrize("act", [Scene.subscribe, lambda scene: scene.hub.unsubscribe("b")])
def test_subscribers_come_and_go_while_a_connection_ends(interleave, act):
    def connected():
        scene = Scene()
        scene.subscribe("b")
        scene.hub.connect()
        return scene

    def disconnect(scene):
        scene.hub.disconnect(unsubscribe=False)

    def check(scene):
        assert not scene.hub.connected

    interleave(connected, act, disconnect, check)


def test_an_event_has_one_identifier(interleave):
    def make():
        scene = Scene()
        scene.event = Event("studio.done")
        return scene

    def look(scene):
        scene.found.append(scene.event["id"])

    def check(scene):
        assert scene.found == [scene.event["id"]] * 2

    interleave(make, look, look, check)


def test_one_connection_is_made(interleave):
    def connect(scene):
        scene.attempt(scene.hub.connect, exception.EventHubConnectionError)

    def check(scene):
        assert len(scene.hub.wires) == 1
        assert len(scene.hub.wires[0].events("ftrack.meta.subscribe")) == 1
        assert scene.hub.state == "connected"

    interleave(Scene, connect, connect, check)
    interleave(Scene, connect, lambda scene: scene.hub._restore_connection(), check)
    interleave(Scene, lambda scene: scene.hub._restore_connection(), connect, check)


def test_a_connection_that_replaces_one_that_ends_stays(interleave):
    def connected():
        scene = Scene()
        scene.hub.connect()
        return scene

    def disconnect(scene):
        scene.hub.disconnect(unsubscribe=False, reconnect=True)

    def connect(scene):
        scene.hub._intentional_disconnect = False
        with contextlib.suppress(exception.EventHubConnectionError):  # it is not over yet
            scene.hub.connect()

    def check(scene):
        assert scene.hub.connected == scene.hub.wires[-1].connected

    interleave(connected, disconnect, connect, check, fine=True)
    interleave(connected, connect, disconnect, check)


def test_who_sees_that_attempts_came_to_their_end_waits_for_none(interleave):
    def publish(scene):
        before = scene.hub.state
        with contextlib.suppress(exception.EventHubConnectionError):
            scene.publish()
            scene.found.append(before)

    def check(scene):
        assert "failed" not in scene.found

    interleave(Scene, lambda s: s.hub._give_up(exception.EventHubConnectionError("late")), publish, check)


def test_one_pool_of_workers_is_made(interleave, monkeypatch):
    pools = []

    class Pool:
        def __init__(self, _count):
            pools.append(self)
            self.closed = 0

        def submit(self, _keys, work):
            work()

        def close(self):
            self.closed += 1

    def make():
        pools.clear()
        scene = Scene()
        scene.hub._worker_count = 2
        return scene

    def dispatch(scene):
        scene.hub._dispatch(Event("studio.done"))

    def check(scene):
        assert len(pools) == 1
        scene.hub._end_workers()
        assert pools[0].closed == 1

    def working():
        scene = make()
        dispatch(scene)
        return scene

    def end(scene):
        scene.hub._end_workers()

    monkeypatch.setattr(_workers, "Workers", Pool)
    interleave(make, dispatch, dispatch, check)
    interleave(working, end, end, check, fine=True)


def test_one_thread_reads(interleave, monkeypatch):
    threads = []

    class Processor:
        def __init__(self, _hub):
            threads.append(self)

        def start(self):
            pass

        def is_alive(self):
            return True

        def cancel(self):
            pass

    def make():
        threads.clear()
        scene = Scene()
        scene.hub._start_processor = functools.partial(EventHub._start_processor, scene.hub)
        return scene

    def check(scene):
        assert threads == [scene.hub._processor_thread]

    monkeypatch.setattr(_processor, "_ProcessorThread", Processor)
    interleave(make, lambda scene: scene.hub.keep_connecting(), lambda scene: scene.hub.connect(), check)
    interleave(make, lambda scene: scene.hub.connect(), lambda scene: scene.hub.keep_connecting(), check)


def test_the_server_is_asked_by_one_asker(interleave):
    def ask(scene):
        scene.found.append(scene.hub._server_questions())

    def check(scene):
        assert scene.found[0] is scene.found[1]

    Scene().hub._server_questions()  # loads what is loaded when it is first needed
    interleave(Scene, ask, ask, check)
