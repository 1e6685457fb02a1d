"""The hub without a server: synchronous events, subscribers and sources."""

from __future__ import annotations

import platform

import pytest

from ftrack_api import exception
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub


@pytest.fixture
def hub():
    return EventHub("https://studio.example.com", "kim", "s3cr3t-key")


def returning(hub, text, value, priority=100, **subscriber):
    return hub.subscribe(text, lambda _event: value, subscriber, priority)


def test_results_come_in_order_of_priority_none_included(hub):
    returning(hub, "topic=t", "last", priority=200)
    returning(hub, "topic=t", "first", priority=10)
    returning(hub, "topic=*", None, priority=50)
    returning(hub, "topic=other", "never")

    assert hub.publish(Event("t"), synchronous=True) == ["first", None, "last"]


def test_nobody_gives_an_empty_list(hub):
    assert hub.publish(Event("t"), synchronous=True) == []


def test_a_stopped_event_goes_no_further(hub):
    hub.subscribe("topic=t", lambda event: event.stop() or "stopped", priority=1)
    returning(hub, "topic=t", "later", priority=2)

    assert hub.publish(Event("t"), synchronous=True) == ["stopped"]


def test_a_callback_that_raises_is_logged_and_left_out(hub, caplog):
    def fail(event):
        raise ValueError("broken {brace}")

    hub.subscribe("topic=t", fail)
    returning(hub, "topic=t", 1)

    assert hub.publish(Event("t"), synchronous=True) == [1]
    assert "Error calling subscriber" in caplog.text
    assert "broken {brace}" in caplog.text


def test_a_callback_may_publish_and_subscribe(hub):
    def nested(event):
        returning(hub, "topic=t", "new")
        return hub.publish(Event("inner"), synchronous=True)

    hub.subscribe("topic=t", nested)
    returning(hub, "topic=inner", "inside")

    assert hub.publish(Event("t"), synchronous=True) == [["inside"]]
    assert hub.publish(Event("t"), synchronous=True) == [["inside"], "new"]


def test_a_target_chooses_among_subscribers(hub):
    returning(hub, "topic=t", 1, id="one")
    returning(hub, "topic=t", 2, id="two")

    assert hub.publish(Event("t", target="id=two"), synchronous=True) == [2]


def test_a_target_that_makes_no_sense_is_logged_and_gives_none(hub, caplog):
    returning(hub, "topic=t", 1)

    assert hub.publish(Event("t", target="&&"), synchronous=True) is None
    assert "target" in caplog.text


def test_the_source_is_completed_and_what_was_given_is_kept(hub):
    given = {"user": {"username": "lee"}, "applicationId": "x"}
    event, plain = Event("t", source=given), Event("t")

    hub.publish(event, synchronous=True)
    hub.publish(plain, synchronous=True)

    assert event["source"] == {
        "id": hub.id, "user": {"username": "lee"}, "host": platform.node(), "applicationId": "x"
    }  # fmt: skip
    assert plain["source"]["user"] == {"username": "kim"}
    assert given == {"user": {"username": "lee"}, "applicationId": "x"}


def test_a_source_that_is_text_is_left_alone(hub):
    event = Event("t", source="somebody")

    assert hub.publish(event, synchronous=True) == []
    assert event["source"] == "somebody"


def test_a_subscriber_is_found_by_its_identifier_and_the_callers_mapping_is_left_alone(hub):
    mine = {"role": "x"}

    identifier = hub.subscribe("topic=t", print, mine, 7)

    found = hub.get_subscriber_by_identifier(identifier)
    assert found.metadata == {"role": "x", "id": identifier}
    assert found.priority == 7
    assert mine == {"role": "x"}
    assert hub.get_subscriber_by_identifier("nobody") is None
    assert hub._subscribers == [found]


def test_an_identifier_is_unique(hub):
    returning(hub, "topic=t", 1, id="one")

    with pytest.raises(exception.NotUniqueError, match="one already exists"):
        returning(hub, "topic=u", 2, id="one")


def test_a_subscription_that_is_no_expression_is_refused(hub):
    with pytest.raises(exception.ParseError):
        hub.subscribe("nonsense", print)
    assert hub._subscribers == []


def test_unsubscribing_ends_it_and_can_be_done_once(hub):
    identifier = returning(hub, "topic=t", 1)
    hub.unsubscribe(identifier)

    assert hub.publish(Event("t"), synchronous=True) == []
    with pytest.raises(exception.NotFoundError):
        hub.unsubscribe(identifier)


def test_a_subscription_can_be_held_for_a_block(hub):
    with hub.subscription("topic=t", lambda _event: 1, {"id": "one"}) as entered:
        assert entered is None
        assert hub.publish(Event("t"), synchronous=True) == [1]
    assert hub.publish(Event("t"), synchronous=True) == []


def test_a_hub_tells_whether_somebody_wants_a_topic(hub):
    returning(hub, "topic=ftrack.api.* and data.x=1", 1)

    assert hub.wants("ftrack.api.session.ready")
    assert not hub.wants("ftrack.update")


@pytest.mark.parametrize(
    ("url", "server_url", "location", "secure"),
    [
        ("https://a.b", "https://a.b", "a.b", True),
        ("http://a.b:8080/path/", "http://a.b:8080", "a.b:8080", False),
        ("http://[::1]:80", "http://[::1]:80", "[::1]:80", False),
        ("https://user:pw@a.b", "https://a.b", "a.b", True),
    ],
)
def test_the_address_is_taken_apart(url, server_url, location, secure):
    hub = EventHub(url, "u", "k")

    assert (hub.get_server_url(), hub.get_network_location(), hub.secure) == (server_url, location, secure)


@pytest.mark.parametrize("url", ["a.b", "://a.b", "https://", "a.b:80"])
def test_an_address_needs_scheme_and_host(url):
    with pytest.raises(ValueError, match="server_url"):
        EventHub(url, "u", "k")


@pytest.mark.parametrize("name", ["headers", "cookies"])
def test_headers_and_cookies_are_mappings_and_copied(name):
    mine = {"a": "b"}
    hub = EventHub("http://a", "u", "k", **{name: mine})
    mine["c"] = "d"

    assert getattr(hub, f"_{name}") == {"a": "b"}
    with pytest.raises(TypeError, match=f"{name} must be a mapping"):
        EventHub("http://a", "u", "k", **{name: [("a", "b")]})


def test_publishing_to_the_server_without_a_connection_says_what_to_do(hub):
    with pytest.raises(exception.EventHubConnectionError, match=r"Not currently connected .* Call connect\(\)"):
        hub.publish(Event("t"))


def test_errors_of_publishing_can_be_ignored(hub):
    assert hub.publish(Event("t"), on_error="ignore") is None


def test_waiting_and_disconnecting_need_a_connection(hub):
    with pytest.raises(exception.EventHubConnectionError, match=r"call connect\(\) first"):
        hub.wait(0)
    with pytest.raises(exception.EventHubConnectionError, match="Not currently connected"):
        hub.disconnect()


def test_what_is_published_before_an_announced_connection_waits(hub):
    hub.init_connection()

    assert hub.publish(Event("t")) is True
    assert hub._event_send_queue.qsize() == 1
    assert not hub.connected


def test_the_queue_of_waiting_events_is_limited(hub):
    hub.init_connection()
    hub._event_send_queue.maxsize = 2
    hub.publish(Event("t"))
    hub.publish(Event("t"))

    with pytest.raises(exception.EventHubConnectionError, match="wait for a connection"):
        hub.publish(Event("t"))


def test_the_key_is_in_no_text_of_a_hub(hub):
    assert "s3cr3t" not in repr(hub) + str(hub) + repr(hub._server)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"callback": "later"}, "callback must be a function of an event, not str: 'later'"),
        ({"subscriber": "me"}, "subscriber must be a mapping"),
        ({"priority": "high"}, "priority must be a number, not str: 'high'"),
    ],
)
def test_wrong_types_are_refused_when_subscribing_and_nothing_is_kept(hub, arguments, said):
    with pytest.raises(TypeError, match=said):
        hub.subscribe(**{"subscription": "topic=t", "callback": len, **arguments})
    assert hub.publish(Event("t"), synchronous=True) == []


@pytest.mark.parametrize("identifier", ["text", 5])
def test_the_identifier_that_is_returned_is_the_one_that_ends_the_subscription(hub, identifier):
    assert hub.subscribe("topic=t", len, {"id": identifier}) == identifier
    hub.unsubscribe(identifier)
    assert hub.get_subscriber_by_identifier(identifier) is None


def test_an_identifier_of_none_is_made(hub):
    first, second = (hub.subscribe("topic=t", len, {"id": None}) for _ in range(2))

    assert len({first, second, None}) == 3
