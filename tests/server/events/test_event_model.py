"""Client machines, server machines and the broker together, driven at random and compared with a small model."""

from __future__ import annotations

from typing import Any

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
