"""Events on the wire: kept whole, completed with the user who is signed in, refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_protocol.event.envelope import Envelope, EnvelopeError
from ftrack_protocol.event.expression import parse, reply_target
from ftrack_protocol.event.names import REPLY, WIRE_KEYS

WIRE = {
    "id": "e-1",
    "topic": "my.topic",
    "data": {"a": 1},
    "target": "id=h-2",
    "sent": 12.5,
    "source": {"id": "h-1", "user": {"username": "kim"}},
    "inReplyToEvent": "e-0",
}


def test_an_event_travels_without_loss() -> None:
    assert Envelope.from_wire(WIRE).to_wire() == WIRE
    assert set(WIRE) == set(WIRE_KEYS)


def test_unknown_keys_are_dropped_since_old_clients_would_drop_the_event() -> None:
    assert Envelope.from_wire({**WIRE, "transaction": 7}).to_wire() == WIRE


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        (None, "An event is an object, got None"),
        ([], "An event is an object"),
        ({"id": "e"}, 'needs a "topic"'),
        ({"id": "e", "topic": {}}, 'needs a "topic" as text, got {}'),
        ({"topic": "t"}, 'needs an "id"'),
        ({"id": 5, "topic": "t"}, 'needs an "id"'),
        ({"id": "e", "topic": "t", "target": ["x" * 200]}, '"target" of an event is an expression'),
    ],
)
def test_what_is_no_event_is_refused_with_the_reason(payload: Any, complaint: str) -> None:
    with pytest.raises(EnvelopeError) as caught:
        Envelope.from_wire(payload)

    assert complaint in str(caught.value)


@pytest.mark.parametrize(("source", "expected"), [(None, {}), ("kim", {"user": "kim"}), ({"id": "h"}, {"id": "h"})])
def test_a_source_may_be_anything(source: Any, expected: dict[str, Any]) -> None:
    assert Envelope.from_wire({"id": "e", "topic": "t", "source": source}).source == expected


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (None, {"id": "u-1", "username": "kim"}),
        ({"username": "kim", "extra": 1}, {"id": "u-1", "username": "kim", "extra": 1}),
        ({"username": "lee", "extra": 1}, {"id": "u-1", "username": "kim"}),
        ({"id": "u-2"}, {"id": "u-1", "username": "kim"}),
        ("lee", {"id": "u-1", "username": "kim"}),
    ],
)
def test_the_source_names_who_is_signed_in(claimed: Any, expected: dict[str, Any]) -> None:
    event = Envelope("e", "t", source={"id": "h", "user": claimed}).with_source("u-1", "kim")

    assert event.source == {"id": "h", "user": expected}


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (None, {"id": "u-1", "username": "kim"}),
        ({"username": "kim"}, {"id": "u-1", "username": "kim"}),
        ({"username": "lee", "extra": 1}, {"username": "lee", "extra": 1}),
    ],
)
def test_a_reply_keeps_what_its_subscriber_says_of_itself(claimed: Any, expected: dict[str, Any]) -> None:
    event = Envelope("e", REPLY, source={"id": "h", "user": claimed}).with_source("u-1", "kim")

    assert event.source == {"id": "h", "user": expected}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WIRE_KEYS), inner, max_size=7),
    max_leaves=10,
)


@given(payload=ANYTHING)
def test_nothing_does_worse_than_an_envelope_error(payload: Any) -> None:
    try:
        event = Envelope.from_wire(payload)
    except EnvelopeError:
        return

    assert Envelope.from_wire(event.to_wire()) == event
    assert event.with_source("u-1", "kim").source["user"]


def test_an_error_shows_the_beginning_of_what_is_endless() -> None:
    nested: Any = []
    for _ in range(5_000):
        nested = [nested]

    with pytest.raises(EnvelopeError, match=r"An event is an object, got \[\["):
        Envelope.from_wire(nested)


@given(identifier=st.text(min_size=1, max_size=20))
def test_a_reply_reaches_whoever_asked(identifier: str) -> None:
    assert parse(reply_target({"id": identifier})).match({"id": identifier})


def test_a_source_without_id_is_answered_to_nobody() -> None:
    assert not parse(reply_target({})).match({"id": "h-1"})
