"""Events between real connections: who gets what, how often, in which order and with which source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ftrack_server.testing import RunningServer

Clients = "Callable[[RunningServer], Any]"


def test_an_event_reaches_every_matching_connection_once(server: RunningServer, client_of: Clients) -> None:
    sender, other, unrelated = client_of(server), client_of(server), client_of(server)
    for number in range(2):
        sender.subscribe("topic=studio.news", f"own-{number}")
        other.subscribe("topic=studio.news and data.text=hello", f"other-{number}")
    unrelated.subscribe("topic=studio.other")
    for listener in (sender, other, unrelated):
        listener.subscribe("topic=end", "end")

    sender.send(frame("studio.news", {"text": "hello"}))
    sender.send(frame("end"))

    assert [event["data"] for event in sender.events_until("end")] == [{"text": "hello"}]
    assert [event["data"] for event in other.events_until("end")] == [{"text": "hello"}]
    assert unrelated.events_until("end") == []


def test_an_event_has_exactly_the_keys_old_clients_know(client: Any) -> None:
    client.subscribe("topic=a")

    client.send(frame("a", {"text": "Grüße 中"}, extra=1, source={"id": "hub"}))
    event = client.event()

    assert set(event) == {"id", "topic", "data", "target", "sent", "source", "inReplyToEvent"}
    assert event["data"] == {"text": "Grüße 中"}


def test_the_source_tells_who_really_sent_it(server: RunningServer, client: Any) -> None:
    client.subscribe("topic=a")

    client.send(frame("a", source={"id": "hub", "host": "ws12", "user": {"username": "somebody.else"}}))
    source = client.event()["source"]

    assert (source["id"], source["host"], source["user"]["username"]) == ("hub", "ws12", server.api_user)
    assert source["user"]["id"]


def test_events_keep_the_order_of_their_publisher(server: RunningServer, client_of: Clients) -> None:
    sender, listener = client_of(server), client_of(server)
    listener.subscribe("topic=count or topic=end")

    for number in range(500):
        sender.send(frame("count", {"number": number}))
    sender.send(frame("end"))

    assert [event["data"]["number"] for event in listener.events_until("end")] == list(range(500))


@pytest.mark.parametrize(
    ("target", "receivers"),
    [
        ("", ["a", "b"]),
        ("id=a", ["a"]),
        ('applicationId=ftrack.client.web and user.id="7"', ["b"]),
        ("id=nobody", []),
    ],
)
def test_a_target_chooses_among_the_subscribers(
    server: RunningServer, client_of: Clients, target: str, receivers: list[str]
) -> None:
    sender, first, second = client_of(server), client_of(server), client_of(server)
    first.subscribe("topic=news", "a")
    second.subscribe("topic=news", "b", applicationId="ftrack.client.web", user={"id": 7})
    for listener in (first, second):
        listener.subscribe("topic=end", "end")

    sender.send(frame("news", target=target))
    sender.send(frame("end"))

    found = {"a": first.events_until("end"), "b": second.events_until("end")}
    assert [name for name, events in found.items() if events] == receivers


def test_a_reply_finds_the_hub_that_asked(server: RunningServer, client_of: Clients) -> None:
    asking, answering, other = client_of(server), client_of(server), client_of(server)
    asking.subscribe("topic=ftrack.meta.reply", "hub-1")
    other.subscribe("topic=ftrack.meta.reply", "hub-2")
    other.subscribe("topic=end", "end")

    source = {"id": "answer", "user": {"username": "bot"}}
    answering.send(frame("ftrack.meta.reply", "Replied", target='id="hub-1"', inReplyToEvent="q", source=source))
    answering.send(frame("end"))
    reply = asking.event()

    assert (reply["data"], reply["inReplyToEvent"], reply["source"]) == ("Replied", "q", source)
    assert other.events_until("end") == []


def test_subscriptions_can_be_told_twice_and_ended(client: Any) -> None:
    assert client.subscribe("topic=a") == {"success": True}
    assert client.subscribe("topic=b") == {"success": True}
    client.subscribe("topic=end", "end")

    client.send(frame("a"))
    client.send(frame("b"))
    client.send(frame("end"))
    assert [event["topic"] for event in client.events_until("end")] == ["b"]

    for _ in range(2):
        answer = client.ask("ftrack.meta.unsubscribe", {"subscriber": {"id": "listener"}})
        assert answer == {"success": True}
    client.send(frame("b"))
    client.send(frame("end"))
    assert client.events_until("end") == []


def test_events_about_subscriptions_stay_with_the_server(client: Any) -> None:
    client.subscribe("topic=*", "leech")

    client.subscribe("topic=a", "another")
    client.send(frame("end"))

    assert client.events_until("end") == []


def test_without_a_number_nothing_is_acknowledged(client: Any) -> None:
    client.subscribe("topic=end", "end")

    client.send(frame("nobody.listens"))
    client.send(frame("end"))

    assert client.read().startswith("5:::")


def test_a_client_that_says_goodbye_is_let_go(server: RunningServer, client_of: Clients) -> None:
    leaving, staying = client_of(server), client_of(server)
    leaving.subscribe("topic=a")

    leaving.send("0::")

    assert list(leaving.socket) == []
    assert leaving.socket.close_code == 1000
    assert staying.ask("a") == {"success": True}


def frame(topic: str, data: Any = None, **fields: Any) -> str:
    event = {"id": f"event-{topic}", "topic": topic, "data": {} if data is None else data, **fields}
    return f"5:::{json.dumps({'name': 'ftrack.event', 'args': [event]})}"
