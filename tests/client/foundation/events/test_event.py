"""The event: a mapping of fixed keys that can be stopped."""

from __future__ import annotations

import pickle

import pytest

from ftrack_api.event.base import Event

KEYS = ["id", "data", "topic", "sent", "source", "target", "in_reply_to_event"]


def test_an_event_has_its_keys_and_sensible_defaults():
    event = Event("my.topic")

    assert list(event) == KEYS
    assert len(event) == 7
    assert {key: event[key] for key in KEYS[1:]} == {
        "data": {},
        "topic": "my.topic",
        "sent": None,
        "source": {},
        "target": "",
        "in_reply_to_event": None,
    }


def test_two_events_have_two_ids():
    assert Event("a")["id"] != Event("a")["id"]


@pytest.mark.parametrize("data", [False, 0, [], "", "text", {"a": 1}])
def test_data_is_kept_as_it_is(data):
    assert Event("a", data=data)["data"] == data


def test_an_event_is_made_again_from_its_own_data():
    event = Event("a", id="1", data={"x": 1}, sent=5, source={"id": "s"}, target="id=2", in_reply_to_event="0")

    again = Event(**event._data)

    assert again == event
    assert again == dict(event)
    assert pickle.loads(pickle.dumps(event)) == event  # noqa: S301 - our own bytes


def test_an_event_is_stopped_for_good_and_equal_nevertheless():
    event, same = Event("a", id="1"), Event("a", id="1")

    event.stop()

    assert (event.is_stopped(), same.is_stopped()) == (True, False)
    assert event == same


def test_values_can_be_changed():
    event = Event("a")
    event["more"] = 1
    event["topic"] = "b"
    del event["sent"]

    assert (event["topic"], event["more"], "sent" in event) == ("b", 1, False)


def test_an_event_shows_its_data():
    assert str(Event("a", id="1")).startswith("<Event {'id': '1',")
