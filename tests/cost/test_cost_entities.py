"""Calls and bytes per entity: loading follows what a row holds, never what its type or the session could hold."""

from __future__ import annotations

import tracemalloc
import uuid
from typing import Any

import pytest

from ftrack_api._state.merge import Merge

pytestmark = pytest.mark.cost

ROWS = 500
SMALL_ENTITY_BYTES = 1024
BYTES = {"flat": 812, "nested": 953}

# Calls per entity that some work may take; measured figures and a tenth.
CALLS = {
    "load a flat entity of ten attributes": 18,
    "load it again": 17,
    "load an entity with four references, their entities included": 56,
    "load an entity with two items in a collection, the items included": 41,
    "load an entity with ten custom attributes, their values included": 206,
    "read a plain attribute": 4,
    "read an attribute of a reference": 7,
    "set a plain attribute": 6.6,
    "create an entity with a name and a parent": 39,
    "append to a collection": 73,
}


def flat(count: int) -> list[dict[str, Any]]:
    keys = [str(uuid.uuid4()) for _ in range(5)]
    return [
        {
            "__entity_type__": "Task",
            "id": str(uuid.uuid4()),
            "name": f"task {number}",
            "status_id": keys[0],
            "type_id": keys[1],
            "project_id": keys[2],
            "parent_id": keys[3],
            "priority_id": keys[4],
            "bid": 1.5,
            "context_type": "task",
            "description": f"text {number}",
        }
        for number in range(count)
    ]


def nested(count: int) -> list[dict[str, Any]]:
    """Rows as a server sends them: a related entity in full where it first occurs, a stub afterwards."""
    written: set[tuple[str, str]] = set()

    def related(entity_type: str, key: str) -> dict[str, Any]:
        stub = {"__entity_type__": entity_type, "id": key}
        full = {} if (entity_type, key) in written else {"name": entity_type, "sort": 1.0, "color": "#ffffff"}
        written.add((entity_type, key))
        return {**stub, **full}

    rows = flat(count)
    for number, row in enumerate(rows):
        row["status"] = related("Status", str(number % 5))
        row["type"] = related("Type", str(number % 7))
        row["parent"] = related("Shot", str(number % 50))
        row["project"] = related("Project", "p")
    return rows


def with_assignments(count: int) -> list[dict[str, Any]]:
    rows = flat(count)
    for row in rows:
        row["assignments"] = [
            {"__entity_type__": "Appointment", "id": str(uuid.uuid4()), "type": "assignment"} for _ in range(2)
        ]
    return rows


def with_custom_attributes(count: int) -> list[dict[str, Any]]:
    rows = flat(count)
    for row in rows:
        row["custom_attributes"] = [
            {
                "__entity_type__": "ContextCustomAttributeValue",
                "configuration_id": f"c{number}",
                "entity_id": row["id"],
                "key": f"key{number}",
                "value": number,
            }
            for number in range(10)
        ]
    return rows


def page(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"action": "query", "data": rows, "metadata": {"next": {"offset": None}}}]


@pytest.mark.parametrize(
    ("work", "rows"),
    [
        ("load a flat entity of ten attributes", flat(ROWS)),
        ("load an entity with four references, their entities included", nested(ROWS)),
        ("load an entity with two items in a collection, the items included", with_assignments(ROWS)),
        ("load an entity with ten custom attributes, their values included", with_custom_attributes(ROWS)),
    ],
)
def test_calls_to_load_an_entity(offline, answering, calls_of, work, rows):
    answering(page(rows))

    calls = calls_of(lambda: offline.query("select name from Task").all())

    assert calls / ROWS <= CALLS[work]


def test_a_flat_entity_stays_below_forty_calls(offline, answering, calls_of):
    answering(page(flat(ROWS)))

    assert calls_of(lambda: offline.query("select name from Task").all()) / ROWS <= 40


def test_p18_a_row_of_a_large_reply_costs_what_one_of_a_small_reply_costs(offline, answering, calls_of):
    costs = []
    for count in (100, 5_000):
        answering(page([{**row, "id": f"{count}-{row['id']}"} for row in flat(count)]))
        costs.append(calls_of(lambda: offline.query("select name from Task", page_size=10_000).all()) / count)

    assert costs[1] <= costs[0]


def test_calls_to_load_what_is_known(offline, answering, calls_of):
    answering(page(flat(ROWS)))
    offline.query("select name from Task").all()

    assert calls_of(lambda: offline.query("select name from Task").all()) / ROWS <= CALLS["load it again"]


@pytest.mark.parametrize("known", [0, 20_000])
def test_loading_does_not_depend_on_what_is_cached(offline, answering, calls_of, known):
    Merge(offline, regroup=False).rows({"__entity_type__": "Task", "id": f"known {number}"} for number in range(known))
    answering(page(flat(ROWS)))

    calls = calls_of(lambda: offline.query("select name from Task").all())

    assert calls / ROWS <= CALLS["load a flat entity of ten attributes"]


@pytest.mark.parametrize(
    ("work", "read"),
    [
        ("read a plain attribute", lambda task: task["name"]),
        ("read an attribute of a reference", lambda task: task["status"]["name"]),
    ],
)
def test_calls_to_read(offline, answering, calls_of, work, read):
    answering(page(nested(ROWS)))
    tasks = offline.query("select name from Task").all()

    calls = calls_of(lambda: [read(task) for task in tasks])

    assert calls / ROWS <= CALLS[work]  # the call of the function that reads included


def test_nothing_stands_between_an_entity_and_its_slots(offline):
    """With such methods on a class the interpreter takes no short ways: everything takes half as long again."""
    kind = offline.types["Task"]

    assert not hasattr(kind, "__getattr__")
    assert kind.__getattribute__ is object.__getattribute__
    assert kind.__setattr__ is object.__setattr__


def test_calls_to_set(offline, answering, calls_of):
    answering(page(flat(ROWS)))
    tasks = offline.query("select name from Task").all()

    def change():
        for task in tasks:
            task["name"] = "other"

    assert calls_of(change) / ROWS <= CALLS["set a plain attribute"]


def test_calls_to_create(offline, answering, calls_of):
    answering(page(flat(1)))
    parent = offline.query("select name from Task").first()
    offline.create("Task", {"name": "first", "parent": parent})

    calls = calls_of(lambda: [offline.create("Task", {"name": str(n), "parent": parent}) for n in range(100)])

    assert calls / 100 <= CALLS["create an entity with a name and a parent"]


@pytest.mark.parametrize("length", [10, 10_000])
def test_appending_costs_the_same_however_long_the_collection_is(offline, answering, calls_of, length):
    children = [{"__entity_type__": "Task", "id": f"c{number}"} for number in range(length)]
    answering(page([{"__entity_type__": "Shot", "id": "s", "children": children}]))
    shot = offline.query("select children from Shot").first()
    new = Merge(offline, regroup=False).rows([{"__entity_type__": "Task", "id": f"n{number}"} for number in range(101)])
    shot["children"].append(new.pop())

    def append():
        for task in new:
            shot["children"].append(task)

    assert calls_of(append) / len(new) <= CALLS["append to a collection"]


def test_a_sequence_of_members_is_recorded_in_little_memory(offline, answering):
    answering(page([{"__entity_type__": "Shot", "id": "s", "children": []}]))
    shot = offline.query("select children from Shot").first()
    members = Merge(offline, regroup=False).rows(
        [{"__entity_type__": "Task", "id": f"n{number}"} for number in range(2000)]
    )
    list(shot["children"])

    tracemalloc.start()
    try:
        for member in members:
            shot["children"].append(member)
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert used / len(members) < SMALL_ENTITY_BYTES


@pytest.mark.parametrize("rows", [flat, nested])
def test_an_entity_is_small(offline, answering, rows):
    count = 2000
    answering(page(rows(count)))
    offline.query("select name from Task limit 1").all()
    offline._local_cache.clear()

    tracemalloc.start()
    try:
        kept = offline.query("select name from Task", page_size=count).all()
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(kept) == count
    assert used / count <= BYTES[rows.__name__]
