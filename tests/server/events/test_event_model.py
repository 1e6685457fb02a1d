"""Client machines, server machines and the broker together, driven at random and compared with a small model."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ftrack_protocol.event.expression import quoted
from ftrack_protocol.socketio.machine import Acknowledged, ClientMachine, EventReceived, Malformed
from ftrack_server.access import Access
from ftrack_server.auth.keys import Actor
from ftrack_server.events.broker import Broker
from ftrack_server.events.connection import Connection
from ftrack_server.events.limits import EventLimits

TOPICS = ("a", "b", "a.b")
UNKNOWN = '5:::{"name":"ftrack.event","args":[{"id":"1","topic":"nobody.wants","data":%s}]}'
SUBSCRIBERS = ("one", "two", "three")
ACTOR = Actor("u-1", "kim", "k-1", is_global=False, access=Access("u-1"))
LIMITS = EventLimits(malformed_frames=3, queue_frames=10_000)


class Client:
    """A client machine and its end of the server; frames are carried between them at once."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.connection = Connection(ACTOR, LIMITS, 0.0, "here")
        self.machine = ClientMachine(0.0)
        self.received: list[str] = []
        self.answers: dict[int, Any] = {}
        self.expected: list[str] = []
        self.subscriptions: dict[str, str] = {}
        broker.add(self.connection)

    def send(self, topic: str, data: Any, identifier: str, **fields: Any) -> int:
        event = {"id": identifier, "topic": topic, "data": data, "source": {"id": "hub"}, **fields}
        number = self.machine.send_event(event)
        self.carry()
        return number

    def carry(self) -> None:
        """Carry frames to the server; what it has for anybody is carried by `collect`."""
        for text in self.machine.texts_to_send():
            self.broker.receive(self.connection, text, 0.0)

    def collect(self) -> None:
        """Carry frames from the server."""
        frames = list(self.connection._frames)
        self.connection._frames.clear()
        for text in frames:
            for item in self.machine.receive(text, 0.0):
                assert not isinstance(item, Malformed), item
                if isinstance(item, EventReceived):
                    self.received.append(item.payload["id"])
                elif isinstance(item, Acknowledged):
                    self.answers[item.number] = item.arguments[0]
        self.carry()


class Events(RuleBasedStateMachine):
    """What each client receives is what the model says, in order; whatever else is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.broker = Broker(LIMITS)
        self.clients: list[Client] = []
        self.count = 0

    @precondition(lambda self: len(self.clients) < 4)
    @rule()
    def connect(self) -> None:
        self.clients.append(Client(self.broker))

    @precondition(lambda self: self.clients)
    @rule(data=st.data(), subscriber=st.sampled_from(SUBSCRIBERS), topic=st.sampled_from(TOPICS))
    def subscribe(self, data: st.DataObject, subscriber: str, topic: str) -> None:
        client = data.draw(st.sampled_from(self.clients))
        wanted = {"subscriber": {"id": subscriber}, "subscription": f"topic={quoted(topic)}"}
        number = client.send("ftrack.meta.subscribe", wanted, "meta")
        client.subscriptions[subscriber] = topic
        client.collect()
        assert client.answers[number] == {"success": True}

    @precondition(lambda self: self.clients)
    @rule(data=st.data(), subscriber=st.sampled_from(SUBSCRIBERS))
    def unsubscribe(self, data: st.DataObject, subscriber: str) -> None:
        client = data.draw(st.sampled_from(self.clients))
        client.send("ftrack.meta.unsubscribe", {"subscriber": {"id": subscriber}}, "meta")
        client.subscriptions.pop(subscriber, None)

    @precondition(lambda self: self.clients)
    @rule(data=st.data(), topic=st.sampled_from(TOPICS), aim=st.sampled_from(["", *SUBSCRIBERS]))
    def publish(self, data: st.DataObject, topic: str, aim: str) -> None:
        client = data.draw(st.sampled_from(self.clients))
        self.count += 1
        client.send(topic, {}, str(self.count), target=f"id={aim}" if aim else "")
        for other in self.clients:
            wanted = [name for name, wants in other.subscriptions.items() if wants == topic]
            if (aim in wanted) if aim else wanted:
                other.expected.append(str(self.count))

    @precondition(lambda self: self.clients)
    @rule(
        data=st.data(),
        text=st.text(max_size=40)
        | st.sampled_from(["5:::{", "5:1+::[]", "6:::x", "9::", "2::", "5"])
        | st.sampled_from(["1e999", "[" * 990 + "]" * 990, '"\\ud800"', "1" * 5000]).map(UNKNOWN.__mod__),
    )
    def hostile(self, data: st.DataObject, text: str) -> None:
        client = data.draw(st.sampled_from(self.clients))
        self.broker.receive(client.connection, text, 0.0)
        self._forget_ended()

    @precondition(lambda self: self.clients)
    @rule(data=st.data())
    def disconnect(self, data: st.DataObject) -> None:
        client = data.draw(st.sampled_from(self.clients))
        self.broker.receive(client.connection, "0::", 0.0)
        assert client.connection.over.is_set()
        self._forget_ended()

    def _forget_ended(self) -> None:
        for client in [client for client in self.clients if client.connection.over.is_set()]:
            self.broker.remove(client.connection)
            self.clients.remove(client)

    @invariant()
    def everybody_has_what_the_model_says(self) -> None:
        for client in self.clients:
            client.collect()
            assert client.received == client.expected
        assert len(self.broker) == len(self.clients)


TestEvents = Events.TestCase


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["id=one", "a>1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
wanted = st.fixed_dictionaries(
    {"subscriber": json_values | st.fixed_dictionaries({"id": json_values}, optional={"role": json_values})},
    optional={"subscription": json_values | st.sampled_from(["topic=*", "not a=b", "a.b.c>=1", "data.x*=1"])},
)
odd_events = st.fixed_dictionaries(
    {},
    optional={
        "id": json_values,
        "topic": json_values
        | st.sampled_from(["a", "ftrack.meta.subscribe", "ftrack.meta.unsubscribe", "ftrack.meta.reply"]),
        "data": json_values | wanted,
        "target": json_values,
        "sent": json_values,
        "source": json_values | st.fixed_dictionaries({"id": json_values, "user": json_values}),
        "inReplyToEvent": json_values,
        "more": json_values,
    },
)


@given(events=st.lists(odd_events | json_values, max_size=6))
def test_no_event_makes_the_broker_raise_or_reach_others_in_a_form_they_cannot_read(
    events: list[Any],
) -> None:
    broker = Broker(EventLimits(malformed_frames=1000))
    hostile, leech = Client(broker), Client(broker)
    leech.send("ftrack.meta.subscribe", {"subscriber": {"id": "leech"}, "subscription": "topic=*"}, "meta")
    forwarded: list[str] = []
    broker.forward = forwarded.append

    for number, event in enumerate(events):
        frame = f"5:{number}+::{json.dumps({'name': 'ftrack.event', 'args': [event]}).replace('Infinity', '1e999')}"
        broker.receive(hostile.connection, frame, 0.0)
        hostile.collect()
        leech.collect()

    assert not hostile.connection.over.is_set()
    told = iter([json.loads(text)["id"] for text in forwarded])
    assert all(identifier in told for identifier in leech.received)
