"""Both socket machines: alone against a clock and odd frames, and against each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ftrack_protocol.socketio.machine import (
    Acknowledged,
    ClientMachine,
    Closed,
    EventReceived,
    Handshake,
    Malformed,
    Opened,
    ServerMachine,
)
from ftrack_protocol.socketio.packet import PacketError


def opened_client(now: float = 0.0, timeout: float = 15.0) -> ClientMachine:
    client = ClientMachine(now, timeout)
    client.receive("1::", now)
    return client


@pytest.mark.parametrize(
    ("text", "handshake"),
    [
        ("9f3c0a:15:25:websocket", Handshake("9f3c0a", 15, 25, ("websocket",))),
        ("a::25:websocket,xhr-polling\n", Handshake("a", 0, 25, ("websocket", "xhr-polling"))),
    ],
)
def test_a_handshake_is_read(text: str, handshake: Handshake) -> None:
    assert Handshake.parse(text) == handshake
    assert Handshake.parse(str(handshake)) == handshake


@pytest.mark.parametrize("text", ["", "a:1:2", ":1:2:websocket", "a:x:2:websocket", '{"exception": "no"}',
                                  "a:nan:2:websocket", "a:15:inf:websocket", "a:-1:2:websocket"])  # fmt: skip
def test_what_is_no_handshake_is_refused(text: str) -> None:
    with pytest.raises(PacketError):
        Handshake.parse(text)


def test_a_client_is_open_once_the_server_says_so() -> None:
    client = ClientMachine(0.0)

    assert not client.is_open
    assert client.receive("1::", 0.1) == (Opened(),)
    assert client.is_open
    assert client.receive("1::", 0.2) == ()


def test_a_client_answers_heartbeats_and_a_server_does_not() -> None:
    client, server = opened_client(), ServerMachine(0.0)
    server.texts_to_send()

    client.receive("2::", 1.0)
    server.receive("2:::", 1.0)

    assert client.texts_to_send() == ["2::"]
    assert server.texts_to_send() == []


def test_silence_ends_a_client() -> None:
    client = opened_client(now=0.0, timeout=15.0)

    assert client.check(14.9) == ()
    client.receive("2::", 14.9)
    assert client.deadline == pytest.approx(29.9)
    assert client.check(29.9) == (Closed("no heartbeat for 15 s"),)
    assert client.check(30.0) == ()
    assert client.receive("2::", 31.0) == ()
    assert not client.is_open


def test_a_server_sends_heartbeats_and_gives_up_after_several_without_answer() -> None:
    server = ServerMachine(0.0, interval=10.0, missed_heartbeats=3)

    assert server.texts_to_send() == ["1::"]
    assert server.deadline == 10.0
    assert server.check(9.0) == ()
    assert server.check(10.0) == ()
    assert server.texts_to_send() == ["2::"]
    server.receive("2::", 15.0)
    assert server.check(30.0) == ()
    assert server.check(45.0) == (Closed("no answer for 30 s"),)
    assert server.check(46.0) == ()
    assert server.is_closed


def test_events_are_numbered_and_acknowledged() -> None:
    client = opened_client()

    assert (client.send_event({"topic": "a"}), client.send_event({"topic": "b"})) == (1, 2)
    assert [text[:6] for text in client.texts_to_send()] == ["5:1+::", "5:2+::"]
    assert client.receive('6:::2+[{"success": true}]', 1.0) == (Acknowledged(2, ({"success": True},)),)
    assert client.receive("6:::1", 1.0) == (Acknowledged(1),)


def test_data_that_cannot_travel_is_refused_and_nothing_is_queued() -> None:
    client, server = opened_client(), ServerMachine(0.0)
    server.texts_to_send()

    with pytest.raises(TypeError):
        client.send_event({"data": {1, 2}})
    with pytest.raises(ValueError, match="not JSON compliant"):
        server.send_event({"data": float("nan")})

    assert client.texts_to_send() == []
    assert server.texts_to_send() == []
    assert client.send_event({}) == 1


@pytest.mark.parametrize("text", ["", "9::", "5:::{}", "5:::x", "7:::1+0"])
def test_odd_frames_are_told_and_the_connection_goes_on(text: str) -> None:
    client = opened_client()

    [event] = client.receive(text, 1.0)

    assert isinstance(event, Malformed)
    assert client.is_open


@pytest.mark.parametrize("text", ["5", "3:::hello", "4:::{}", "8::"])
def test_frames_without_meaning_for_us_are_passed_over(text: str) -> None:
    assert opened_client().receive(text, 1.0) == ()
    assert ServerMachine(0.0).receive(text, 1.0) == ()


def test_goodbye_and_a_broken_socket_end_a_connection_once() -> None:
    client, server = opened_client(), ServerMachine(0.0)

    assert client.receive("0::", 1.0) == (Closed("the other end said goodbye"),)
    assert client.close("again") == ()
    assert server.close("socket broke") == (Closed("socket broke"),)
    server.send_event({})
    assert server.texts_to_send() == ["1::"]


@given(texts=st.lists(st.text(max_size=30) | st.text('0123456789:+{}[]"', max_size=30), max_size=10))
def test_no_text_makes_a_machine_raise(texts: list[str]) -> None:
    client, server = opened_client(), ServerMachine(0.0)

    for text in texts:
        client.receive(text, 1.0)
        server.receive(text, 1.0)


class Conversation(RuleBasedStateMachine):
    """A client and a server that hear each other sooner or later: nothing is lost, nothing comes twice, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.client, self.server = ClientMachine(0.0, 1e9), ServerMachine(0.0, 10.0, 10**8)
        self.to_server: list[str] = []
        self.to_client: list[str] = []
        self.sent: list[Any] = []
        self.received: list[Any] = []
        self.pushed: list[Any] = []
        self.heard: list[Any] = []
        self.acknowledged: list[int] = []

    @rule(data=st.text(max_size=5))
    def client_publishes(self, data: str) -> None:
        if self.client.is_open:
            self.client.send_event({"topic": "up", "data": data})
            self.sent.append(data)

    @rule(data=st.text(max_size=5))
    def server_publishes(self, data: str) -> None:
        self.server.send_event({"topic": "down", "data": data})
        self.pushed.append(data)

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        assert self.client.check(self.now) == ()
        assert self.server.check(self.now) == ()

    @rule(count=st.integers(1, 5))
    def server_hears(self, count: int) -> None:
        self.to_server += self.client.texts_to_send()
        heard, self.to_server = self.to_server[:count], self.to_server[count:]
        for text in heard:
            for event in self.server.receive(text, self.now):
                assert isinstance(event, EventReceived)
                self.received.append(event.payload["data"])
                self.server.acknowledge(event.number or 0, success=True)

    @rule(count=st.integers(1, 5))
    def client_hears(self, count: int) -> None:
        self.to_client += self.server.texts_to_send()
        heard, self.to_client = self.to_client[:count], self.to_client[count:]
        for text in heard:
            for event in self.client.receive(text, self.now):
                if isinstance(event, EventReceived):
                    self.heard.append(event.payload["data"])
                elif isinstance(event, Acknowledged):
                    assert event.arguments == ({"success": True},)
                    self.acknowledged.append(event.number)

    @invariant()
    def everything_arrives_in_order(self) -> None:
        assert self.received == self.sent[: len(self.received)]
        assert self.heard == self.pushed[: len(self.heard)]
        assert self.acknowledged == list(range(1, len(self.acknowledged) + 1))
        assert len(self.acknowledged) <= len(self.received)


TestConversation = Conversation.TestCase


def test_a_frame_that_was_written_before_goes_out_as_it_is_until_the_end() -> None:
    server = ServerMachine(0.0)
    server.texts_to_send()

    server.send_frame("5:::{}")
    server.close("gone")
    server.send_frame("5:::{}")

    assert server.texts_to_send() == ["5:::{}"]
