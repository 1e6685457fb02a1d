"""The event: a mapping of fixed keys that can be stopped."""

from __future__ import annotations

import copy
import pickle
import threading
import uuid

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


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda event: pickle.loads(pickle.dumps(event))])  # noqa: S301 - our own
def test_a_copy_has_the_identifier_of_its_event(copied):
    event = Event("t")

    assert copied(event)["id"] == event["id"]


@pytest.mark.parametrize(
    "look",
    [
        lambda event: event["id"],
        lambda event: event.get("id"),
        lambda event: dict(event)["id"],
        lambda event: event._data["id"],
    ],
)
def test_an_identifier_is_the_same_however_it_is_looked_at(look):
    event = Event("t")

    assert look(event) == look(event) == event["id"]
    assert uuid.UUID(look(event)).version == 4


def test_an_identifier_can_be_taken_away():
    event = Event("t")

    del event["id"]

    assert event.get("id", "none") == "none"
    assert "id" not in dict(event)


def test_all_threads_see_one_identifier():
    for _ in range(50):
        event, found = Event("t"), []
        start = threading.Barrier(4)
        threads = [
            threading.Thread(target=lambda: (start.wait(), found.append(event["id"])))  # noqa: B023 - ends in the loop
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(found)) == 1
