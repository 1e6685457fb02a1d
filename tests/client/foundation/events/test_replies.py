"""Callbacks for replies, delays between attempts, and events as the server spells them."""

from __future__ import annotations

import datetime as dt
import decimal
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api.event._backoff import delays
from ftrack_api.event._replies import Replies
from ftrack_api.event._wire import decode, encode, event_from_wire, plain
from ftrack_api.event.base import Event

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)


def test_a_callback_is_found_until_its_time_is_over():
    now = [0.0]
    replies = Replies(lifetime=10, clock=lambda: now[0])
    replies.add("a", print)
    now[0] = 5
    replies.add("b", repr)

    assert (replies.find("a"), replies.find("b"), replies.find("c")) == (print, repr, None)
    now[0] = 10
    assert (replies.find("a"), replies.find("b")) == (None, repr)
    now[0] = 15
    assert len(replies) == 0


def test_ten_thousand_callbacks_are_forgotten():
    now = [0.0]
    replies = Replies(lifetime=10, clock=lambda: now[0])
    for number in range(10_000):
        replies.add(str(number), print)

    now[0] = 11

    assert len(replies) == 0


@given(st.lists(st.floats(0, 1), min_size=12, max_size=12))
def test_delays_grow_to_a_minute_and_are_spread(chances):
    chance = iter(chances)

    found = list(itertools.islice(delays(lambda: next(chance)), 12))

    ceilings = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]
    assert all(ceiling / 2 <= delay <= ceiling for delay, ceiling in zip(found, ceilings, strict=True))


@given(json_values)
def test_plain_values_stay_as_they_are(value):
    assert plain(value) == value
    assert decode(encode({"x": value})) == {"x": value}


def test_the_key_of_replies_is_spelt_as_the_server_does_and_data_stay_as_they_are():
    event = Event("t", id="1", in_reply_to_event="0", data={"deep": [{"in_reply_to_event": 5}]})

    wire = plain({"args": [event]})["args"][0]

    assert (wire["inReplyToEvent"], wire["data"]["deep"][0]) == ("0", {"in_reply_to_event": 5})
    assert "in_reply_to_event" not in wire
    assert decode(encode({"args": [event]}))["args"][0] == dict(event)


def test_characters_beyond_ascii_are_not_escaped():
    assert "å😀" in encode({"a": "å😀"})


def test_dates_and_times_become_text():
    moment = dt.datetime(2024, 2, 29, 12, 0, tzinfo=dt.timezone.utc)

    assert plain({"a": moment, "b": (moment.date(),)}) == {"a": "2024-02-29T12:00:00+00:00", "b": ["2024-02-29"]}


@pytest.mark.parametrize(
    ("value", "kind"),
    [(decimal.Decimal(1), "Decimal"), ({1}, "set"), (b"x", "bytes"), (object(), "object"), (float("nan"), "nan")],
)
def test_what_cannot_be_sent_is_named_with_its_place(value, kind):
    with pytest.raises(TypeError, match=rf"event\['data'\]\['list'\]\[1\] is .*{kind}"):
        plain(Event("t", data={"list": [0, value]}))


def test_keys_are_text():
    with pytest.raises(TypeError, match="has the key 1"):
        plain({1: "a"})


def test_an_event_of_the_server_keeps_what_events_do_not_have():
    event = event_from_wire(
        {"id": "1", "topic": "t", "data": "Replied", "inReplyToEvent": "0", "extra": 5, "sent": 1.5}
    )

    assert (event["id"], event["data"], event["in_reply_to_event"], event["extra"]) == ("1", "Replied", "0", 5)
    assert (event["sent"], event["source"], event["target"]) == (1.5, {}, "")


@pytest.mark.parametrize("payload", [None, [], "t", {}, {"topic": None, "id": "1"}, {"topic": {}, "id": "1"}])
def test_what_is_no_event_is_a_value_error(payload):
    with pytest.raises(ValueError, match="event"):
        event_from_wire(payload)
