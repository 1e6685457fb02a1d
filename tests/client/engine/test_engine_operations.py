"""The operation log: order, states, withdrawal, and values that stay what they were when recorded."""

from __future__ import annotations

from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api.operation import (
    CreateEntityOperation,
    DeleteEntityOperation,
    Operation,
    Operations,
    UpdateEntityOperation,
)
from ftrack_api.symbol import CREATED, DELETED, MODIFIED, NOT_SET

KEY = {"id": "1"}
IDENTITY = ("Task", "1")


def create(**data):
    return CreateEntityOperation("Task", KEY, data)


def update(name="name", value="x"):
    return UpdateEntityOperation("Task", KEY, name, NOT_SET, value)


def delete():
    return DeleteEntityOperation("Task", KEY)


def test_an_empty_log_is_false_and_pops_nothing():
    operations = Operations()

    assert not operations
    with pytest.raises(IndexError):
        operations.pop()


def test_operations_come_oldest_first_and_pop_newest_first():
    operations = Operations()
    first, second = Operation(), Operation()
    operations.push(first)
    operations.push(second)

    assert list(operations) == [first, second]
    assert operations.pop() is second
    assert len(operations) == 1


def test_an_operation_carries_what_it_was_made_of():
    made = CreateEntityOperation("Metadata", {"parent_id": "p", "key": "k"}, {"value": "v"})

    assert (made.entity_type, made.entity_key) == ("Metadata", {"parent_id": "p", "key": "k"})
    assert list(made.entity_key) == ["parent_id", "key"]
    assert made.entity_data == {"value": "v"}


def test_lists_are_kept_as_they_were():
    tags = ["a"]
    operation = update("tags", tags)
    tags.append("b")

    assert operation.new_value == ["a"]


@pytest.mark.parametrize(
    ("operations", "state"),
    [
        ((), NOT_SET),
        ((create,), CREATED),
        ((update,), MODIFIED),
        ((delete,), DELETED),
        ((create, update), CREATED),
        ((update, create), MODIFIED),
        ((create, delete), DELETED),
        ((delete, create), DELETED),
        ((delete, update), DELETED),
    ],
)
def test_the_state_of_an_entity_follows_its_operations(operations, state):
    log = Operations()
    for make in operations:
        log.push(make())

    assert log.state(IDENTITY) is state


def test_popping_takes_the_state_back():
    operations = Operations()
    operations.push(update())
    operations.push(delete())
    operations.pop()

    assert operations.state(IDENTITY) is MODIFIED
    operations.pop()
    assert operations.state(IDENTITY) is NOT_SET


def test_updates_of_parts_are_operations_like_others():
    operations = Operations()
    entity = SimpleNamespace(_identity=IDENTITY, primary_key_attributes=["id"])
    operations.fresh.append((entity, "name", NOT_SET, "x"))

    (operation,) = operations
    assert isinstance(operation, UpdateEntityOperation)
    assert (operation.entity_key, operation.old_value, operation.new_value) == (KEY, NOT_SET, "x")
    assert operations.pop() is operation


def test_withdrawing_an_attribute_leaves_the_others():
    operations = Operations()
    operations.push(create(name="a", bid=1))
    operations.push(update("name", "b"))
    operations.push(update("bid", 2))
    operations.withdraw(IDENTITY, "name")

    created, updated = operations
    assert created.entity_data == {"bid": 1}
    assert updated.attribute_name == "bid"


def test_discarding_leaves_what_was_recorded_later():
    operations = Operations()
    operations.push(update())
    taken = operations.numbered()
    later = delete()
    operations.push(later)
    operations.discard(taken)

    assert list(operations) == [later]
    assert operations.state(IDENTITY) is DELETED


def test_operations_of_other_classes_are_kept_without_a_state():
    operations = Operations()
    operations.push(Operation())

    assert len(operations) == 1
    assert operations.in_state(MODIFIED) == []


@given(st.lists(st.tuples(st.sampled_from([create, update, delete]), st.sampled_from("abc")), max_size=12))
def test_the_index_always_agrees_with_a_replay_of_the_log(steps):
    operations = Operations()
    for make, key in steps:
        operation = make()
        operation.identity = ("Task", key)
        operations.push(operation)
    for _ in range(len(steps) // 3):
        operations.pop()

    for key in "abc":
        fresh = Operations()
        for operation in operations:
            if operation.identity == ("Task", key):
                fresh.push(operation)
        assert operations.state(("Task", key)) is fresh.state(("Task", key))


@pytest.mark.parametrize("on", ["log", "class", "subclass"])
def test_a_replaced_push_sees_every_operation(new_session, server, monkeypatch, on):
    server.add("Task", id="t", name="comp")
    session, seen = new_session(), []
    task = session.query("select name, notes from Task").one()
    task["name"] = "before"
    original = Operations.push

    class Listening(Operations):
        def push(self, operation):
            seen.append(operation)
            super().push(operation)

    def push(*log_and_operation):
        seen.append(log_and_operation[-1])
        original(session.recorded_operations, log_and_operation[-1])

    if on == "log":
        monkeypatch.setattr(session.recorded_operations, "push", push)
    elif on == "class":
        monkeypatch.setattr(Operations, "push", push)
    else:
        session.recorded_operations = Listening()
    task["name"] = "light"
    task["notes"].append(session.create("Note", {"content": "x"}))
    session.delete(task)

    kinds = [UpdateEntityOperation, CreateEntityOperation, UpdateEntityOperation, DeleteEntityOperation]
    assert [type(operation) for operation in seen] == kinds
    assert list(session.recorded_operations)[-4:] == seen
    assert (seen[0].new_value, len(seen[2].new_value)) == ("light", 1)


def test_a_replaced_push_decides_what_is_recorded(session, server):
    server.add("Task", id="t", name="comp")
    task = session.query("select name from Task").one()
    with mock.patch.object(session.recorded_operations, "push") as push:
        task["name"] = "light"
    task["name"] = "comp"

    assert push.call_count == 1
    assert [operation.new_value for operation in session.recorded_operations] == ["comp"]


def test_values_of_a_recorded_update_can_be_corrected(session, server):
    server.add("Task", id="t", name="comp")
    session.query("select name from Task").one()["name"] = "light"
    (operation,) = session.recorded_operations
    operation.new_value = "lighting"
    session.commit()

    assert server.row("Task", "t")["name"] == "lighting"
