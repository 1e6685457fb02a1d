"""Entities and dates to JSON text and back."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime, time, timezone

import arrow
import pytest

from ftrack_api import exception
from ftrack_api.session import OperationPayload
from ftrack_api.symbol import NOT_SET


@pytest.fixture
def task(session, server):
    server.add("Status", id="s", name="Ready")
    server.add(
        "Task",
        id="t",
        name="comp",
        bid=1.5,
        time_logged=9,
        description="text",
        status={"__entity_type__": "Status", "id": "s"},
        notes=[server.add("Note", id="n")],
    )
    found = session.query("select name, bid, time_logged, status.name, notes from Task").one()
    server.forget()
    return found


STATUS = {"__entity_type__": "Status", "id": "s"}
NOTES = [{"__entity_type__": "Note", "id": "n"}]


def encoded(session, value, strategy):
    return json.loads(session.encode(value, strategy))


def test_plain_values_are_written_with_sorted_keys_and_wide_separators(session):
    assert session.encode({"b": [1, None], "a": True}) == '{"a": true, "b": [1, null]}'
    assert session.encode("å") == '"\\u00e5"'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc), "2024-01-02T03:04:05+00:00"),
        (arrow.get("2024-01-02T03:04:05.000678+02:00"), "2024-01-02T03:04:05.000678+02:00"),
        (date(2020, 1, 2), "2020-01-02"),
    ],
)
def test_dates_are_tagged(session, value, text):
    assert json.loads(session.encode(value)) == {"__type__": "datetime", "value": text}


@pytest.mark.parametrize("text", ["2024-01-02T03:04:05.000678+02:00", "2024-01-02", "2024-01-02T03:04:05"])
def test_dates_survive_a_round_trip(session, text):
    moment = arrow.get(text)

    assert session.decode(session.encode([moment])) == [moment]


def test_keys_become_the_text_json_makes_of_them(session):
    value = {7: "a", 2.5: "b", True: "c", None: "d"}

    assert json.loads(session.encode(value)) == json.loads(json.dumps(value))


def test_a_batch_by_hand_shows_what_it_holds():
    assert str(OperationPayload(action="query")) == "<OperationPayload {'action': 'query'}>"


def test_what_is_no_batch_is_refused_by_the_server(session, server):
    server.refuse = {"exception": "RequestError", "content": "a list, please"}

    with pytest.raises(exception.ServerError, match="a list, please"):
        session.call("query")


def test_ids_of_the_standard_library_are_text(session):
    assert session.encode(uuid.UUID(int=0)) == '"00000000-0000-0000-0000-000000000000"'


@pytest.mark.parametrize("value", [NOT_SET, object(), {(1,): 2}, b"x", time(1, 2)])
def test_what_has_no_form_is_refused(session, value):
    with pytest.raises(TypeError):
        session.encode(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_numbers_json_does_not_know_are_refused(session, value):
    with pytest.raises(ValueError, match="JSON has no such number"):
        session.encode(value)


def test_an_unknown_strategy_is_refused(session, task):
    with pytest.raises(ValueError, match="'everything'; choose one of all, set_only, modified_only, persisted_only"):
        session.encode(task, "everything")


def test_set_only_writes_what_is_known_local_first(session, task, server):
    task["name"] = "light"

    assert encoded(session, task, "set_only") == {
        "__entity_type__": "Task",
        "id": "t",
        "name": "light",
        "bid": 1.5,
        "time_logged": 9,
        "status": STATUS,
        "notes": NOTES,
    }
    assert server.batches == []


def test_modified_only_writes_what_differs(session, task):
    task["name"] = "light"
    task["bid"] = 1.5
    task["status"] = None

    assert encoded(session, task, "modified_only") == {
        "__entity_type__": "Task",
        "id": "t",
        "name": "light",
        "status": None,
    }


def test_persisted_only_leaves_out_local_and_computed_values(session, task):
    task["name"] = "light"

    assert encoded(session, task, "persisted_only") == {
        "__entity_type__": "Task",
        "id": "t",
        "name": "comp",
        "bid": 1.5,
        "status": STATUS,
        "notes": NOTES,
    }


def test_all_fetches_what_is_missing_even_without_auto_populate(session, task, server):
    with session.auto_populating(False):
        found = encoded(session, task, "all")

    assert found["description"] == "text"
    assert found["metadata"] == []
    assert len(server.batches) == 1


def test_collections_are_lists_of_references(session, task):
    assert encoded(session, task["notes"], "set_only") == NOTES
    assert encoded(session, [task["metadata"]], "set_only") == [[]]


def test_payloads_reduce_entities_to_references(session, task, server):
    payload = OperationPayload({"action": "update", "entity_data": {"status": task["status"]}})
    payload["entity_type"] = "Task"
    del payload["action"]
    payload["action"] = "query"

    assert len(payload) == 3
    assert sorted(payload) == ["action", "entity_data", "entity_type"]
    assert "query" in str(payload)
    assert encoded(session, payload, "modified_only")["entity_data"] == {"status": STATUS}


def test_decoding_gives_equal_entities_that_are_not_the_sessions_own(session, task):
    loose = session.decode('{"__entity_type__": "Task", "id": "t", "name": "comp", "nothing": 1}')

    assert loose == task
    assert loose is not task
    assert loose["name"] == "comp"
    assert not session.recorded_operations


def test_decoding_leaves_other_tags_alone(session):
    assert session.decode('{"__type__": "url", "value": "x"}') == {"__type__": "url", "value": "x"}
    assert session.decode('[{"__type__": "date", "value": "2024-02-29"}]')[0].day == 29


def test_decoding_an_unknown_type_or_no_json_is_an_error(session):
    with pytest.raises(KeyError, match="Shoot"):
        session.decode('{"__entity_type__": "Shoot", "id": "1"}')
    with pytest.raises(ValueError, match="Expecting"):
        session.decode("{")


def test_call_takes_entities_and_dates_and_gives_entities(session, task, server):
    server._custom = lambda action: {"action": "custom", "data": {"__entity_type__": "Task", "id": "t"}, "got": action}
    task["name"] = "light"

    (result,) = session.call([{"action": "custom", "task": task, "when": date(2024, 1, 1)}])

    assert result["data"] == task
    assert result["got"]["task"] == task
    assert server.batches[-1][0]["task"]["name"] == "light"
    assert server.batches[-1][0]["when"] == {"__type__": "datetime", "value": "2024-01-01"}


def test_a_reply_of_the_wrong_length_is_an_error(session):
    session.call = lambda _: [{}, {}]

    with pytest.raises(Exception, match="Expected 1 results from the server, one per action"):
        session.query("Task").all()


def test_references_name_type_and_key(session, task):
    pair = session.create("Metadata", {"parent_id": "p", "key": "k"}, reconstructing=True)

    assert session.entity_reference(task) == {"__entity_type__": "Task", "id": "t"}
    assert session.entity_reference(pair) == {"__entity_type__": "Metadata", "parent_id": "p", "key": "k"}
