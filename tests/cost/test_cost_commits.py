"""Calls per committed change: they follow the number of changes, never the number of cached entities."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_api._state.merge import Merge

pytestmark = pytest.mark.cost

UPDATES = 1000
CACHED = [0, 10_000, 50_000]

CALLS_PER_UPDATE = 39  # recording and committing together
CALLS_OF_ONE_UPDATE = 165
CALLS_OF_ONE_ROLLBACK = 34
CALLS_PER_CREATION = 67


def rows(prefix: str, count: int) -> list[dict[str, Any]]:
    return [{"__entity_type__": "Task", "id": f"{prefix}{number}", "name": "before"} for number in range(count)]


def answers(prefix: str, count: int) -> list[dict[str, Any]]:
    return [
        {"action": "update", "data": {"__entity_type__": "Task", "id": f"{prefix}{number}", "name": "after"}}
        for number in range(count)
    ]


@pytest.mark.parametrize("cached", CACHED)
def test_calls_per_committed_update(offline, answering, calls_of, cached):
    Merge(offline, regroup=False).rows(rows("cached", cached))
    tasks = Merge(offline, regroup=False).rows(rows("task", UPDATES))
    transport = answering(answers("task", UPDATES))

    def work():
        for task in tasks:
            task["name"] = "after"
        offline.commit()

    assert calls_of(work) / UPDATES <= CALLS_PER_UPDATE
    assert transport.requests == 1
    assert not offline.recorded_operations


@pytest.mark.parametrize("cached", CACHED)
def test_calls_of_one_committed_update(offline, answering, calls_of, cached):
    Merge(offline, regroup=False).rows(rows("cached", cached))
    (task,) = Merge(offline, regroup=False).rows(rows("task", 1))
    answering(answers("task", 1))
    task["name"] = "after"

    assert calls_of(offline.commit) <= CALLS_OF_ONE_UPDATE


@pytest.mark.parametrize("cached", CACHED)
def test_calls_of_one_rollback(offline, calls_of, cached):
    Merge(offline, regroup=False).rows(rows("cached", cached))
    (task,) = Merge(offline, regroup=False).rows(rows("task", 1))
    task["name"] = "after"

    assert calls_of(offline.rollback) <= CALLS_OF_ONE_ROLLBACK


@pytest.mark.parametrize("cached", CACHED)
def test_asking_for_states_costs_what_was_changed(offline, calls_of, cached):
    Merge(offline, regroup=False).rows(rows("cached", cached))
    (task,) = Merge(offline, regroup=False).rows(rows("task", 1))
    task["name"] = "after"

    assert calls_of(lambda: (offline.created, offline.modified, offline.deleted)) <= 53


def test_calls_per_committed_creation(offline, answering, calls_of):
    (parent,) = Merge(offline, regroup=False).rows(rows("parent", 1))
    keys = [f"new{number}" for number in range(UPDATES)]
    answering([{"action": "create", "data": {"__entity_type__": "Task", "id": key, "name": "n"}} for key in keys])

    def work():
        for key in keys:
            offline.create("Task", {"id": key, "name": "n", "parent": parent})
        offline.commit()

    assert calls_of(work) / UPDATES <= CALLS_PER_CREATION


def test_populating_new_entities_does_not_look_through_the_log(offline, calls_of):
    for number in range(2000):
        offline.create("Task", {"name": str(number)})
    created = offline.created[:10]

    assert calls_of(lambda: offline.populate(created, "bid")) <= 110
