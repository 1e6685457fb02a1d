"""Values at the ends of what JSON and databases can hold: kept as they are or refused by name, never half written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ftrack_server import errors
from ftrack_server.api.options import CallOptions, Credentials

ZERO, HALF = "a\x00b", "a\ud800b"


def deep(levels: int) -> Any:
    found: Any = []
    for _ in range(levels - 1):
        found = [found]
    return found


@pytest.mark.parametrize(("text", "words"), [(ZERO, "a zero character"), (HALF, "half of a surrogate pair")])
def test_texts_that_no_database_holds_are_refused_wherever_they_stand(tree: Any, text: str, words: str) -> None:
    batches = (
        [tree.create("Task", name=text, parent_id="shot")],
        [tree.update("Task", "task", metadata={text: "v"})],
        [tree.update("Task", "task", custom_attributes=[{"key": "k", "value": [text]}])],
        [tree.delete("Task", text)],
        [tree.create("Task", id=text, name="x", parent_id="shot")],
        [{"action": "query", "expression": f'Task where name is "{text}"'}],
        [{"action": "search", "expression": "Task", "terms": [text]}],
        [{"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": text}],
        [{"action": text}],
        [{"action": "query", "expression": "Task", text: 1}],
    )
    for batch in batches:
        with pytest.raises(errors.RequestError, match=words) as caught:
            tree(*batch)
        assert caught.value.operation_index == 0
        json.dumps(caught.value.to_fault().to_wire()).encode()


def test_the_place_of_such_a_text_is_told(tree: Any) -> None:
    with pytest.raises(errors.RequestError, match=r"^entity_data\.metadata\.k holds a zero character") as caught:
        tree(tree.update("Task", "task", name="x"), tree.update("Shot", "shot", metadata={"k": ZERO}))

    assert caught.value.operation_index == 1
    assert tree.row("context", "task")["name"] == "comp"


def test_escaped_pairs_are_characters(tree: Any) -> None:
    body = (
        rb'[{"action":"update","entity_type":"Task","entity_key":"task","entity_data":{"name":"\ud83d\ude00\\u0000"}}]'
    )
    tree.dispatcher.run(body, Credentials(tree.user, tree.key), CallOptions(), "http://server")

    assert tree.row("context", "task")["name"] == "😀\\u0000"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xed\xa0\x80", "no UTF-8: invalid continuation byte at byte 0"),
        ("[]".encode("utf-16"), "no UTF-8"),
        (b'["\x00"]', "no JSON"),
        (b"[" * 5000, "nested too deeply"),
        (b"[NaN]", "NaN is no JSON value"),
        (b"9" * 5000, "no JSON"),
    ],
)
def test_a_body_is_json_in_utf_8(api: Any, body: bytes, words: str) -> None:
    with pytest.raises(errors.RequestError, match=words):
        api.dispatcher.run(body, Credentials(api.user, api.key), CallOptions(), "http://server")


def test_a_byte_order_mark_does_no_harm(api: Any) -> None:
    assert api.dispatcher.run(b"\xef\xbb\xbf[]", Credentials(api.user, api.key), CallOptions(), "http://server") == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"bid": 10**400}, "Task.bid must be a number between -1e\\+300 and 1e\\+300"),
        ({"bid": 1.5e300}, "Task.bid must be a number between"),
        ({"bid": "infinite"}, "Task.bid must be of type number"),
        ({"start_date": "9999-12-31T23:59:59-01:00"}, "Task.start_date"),
        ({"start_date": "0001-01-01T00:00:00+01:00"}, "Task.start_date"),
        ({"start_date": "0000-12-31"}, "Task.start_date"),
    ],
)
def test_values_beyond_their_attribute_are_refused_by_name(tree: Any, data: dict[str, Any], words: str) -> None:
    with pytest.raises(errors.ValidationError, match=words):
        tree(tree.update("Task", "task", **data))


def raw(api: Any, body: str) -> Any:
    return api.dispatcher.run(body.encode(), Credentials(api.user, api.key), CallOptions(), "http://server")


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ("Task", '{"id": "x", "name": "x", "parent_id": "shot", "bid": 1e999}'),
        ("Setting", '{"name": "n", "group": "g", "value": 1e999}'),
        ("Metadata", '{"parent_id": "task", "key": "k", "parent_type": "Task", "value": -1e999}'),
        ("Task", '{"id": "x", "name": "x", "parent_id": "shot", "metadata": {"k": 1e999}}'),
    ],
)
def test_numbers_that_become_infinite_when_read_are_refused(tree: Any, type_: str, data: str) -> None:
    with pytest.raises(errors.ValidationError, match=r"1e\+300|beyond 1e308"):
        raw(tree, f'[{{"action": "create", "entity_type": "{type_}", "entity_data": {data}}}]')


def test_a_setting_that_cannot_be_told_counts_as_none(tree: Any) -> None:
    for value in ('{"scenario": 1e999}', "[" * 100_000, "{"):
        tree(tree.create("Setting", name="storage_scenario", group="STORAGE", value=value))
        (told,) = tree({"action": "query_server_information"})
        assert told["storage_scenario"] is None


def test_the_ends_of_the_calendar_are_kept(tree: Any) -> None:
    tree(tree.update("Task", "task", start_date="0001-01-01", end_date="9999-12-31T23:59:59"))
    (row,) = tree.data({"action": "query", "expression": 'select start_date from Task where end_date is "9999-12-31"'})

    assert row["start_date"] == {"__type__": "datetime", "value": "0001-01-01T00:00:00"}


@pytest.mark.parametrize("size", [2**63, -(2**63) - 1, 1e19, 10**400])
def test_integers_of_more_than_64_bits_are_refused(api: Any, size: float) -> None:
    with pytest.raises(errors.ValidationError, match="size must be an integer of 64 bits"):
        api(api.create("FileComponent", id="c", size=size))


def test_a_sum_beyond_64_bits_is_refused_and_its_parts_are_kept(api: Any) -> None:
    api(*(api.create("FileComponent", id=name, size=2**63 - 1) for name in ("a", "b")))

    with pytest.raises(errors.ValidationError, match=r"larger than the 64 bits|out of range"):
        api.data({"action": "query", "expression": "select sum(size) from FileComponent"})
    assert api.data({"action": "query", "expression": f"FileComponent where size = {2**63 - 1}"}) != []


def test_long_texts_are_kept_whole(tree: Any) -> None:
    text = "ä😀" * 500_000
    tree(tree.update("Task", "task", description=text))

    assert tree.row("context", "task")["description"] == text


def test_nested_structures_have_a_limit(tree: Any) -> None:
    for levels in (100, 800):
        with pytest.raises(errors.ServerError) as caught:
            tree(tree.create("Setting", name="n", group="g", value=deep(levels)))
        assert caught.value.status < 500
