"""Entities as mappings: reading, writing, reverting, comparing, and what they say of mistakes."""

from __future__ import annotations

import logging
import uuid

import pytest

import ftrack_api
from ftrack_api import exception, inspection
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import CREATED, MODIFIED, NOT_SET


@pytest.fixture
def task(session, server):
    server.add("Status", id="s1", name="Ready")
    server.add(
        "Task", id="t1", name="comp", bid=2.0, description="first", status={"__entity_type__": "Status", "id": "s1"}
    )
    found = session.query("select name, bid, status.name from Task").one()
    server.forget()
    return found


def test_what_was_loaded_is_read_without_a_request(task, server):
    assert (task["name"], task["bid"], task["status"]["name"]) == ("comp", 2.0, "Ready")
    assert server.batches == []


def test_what_was_not_loaded_is_fetched_once(task, server):
    assert task["description"] == "first"
    assert task["description"] == "first"
    assert server.expressions == ['select description from Task where id is "t1"']


def test_nothing_is_fetched_without_auto_populate(task, session, server):
    with session.auto_populating(False):
        assert task["description"] is NOT_SET
    assert server.batches == []


def test_a_misspelt_attribute_is_a_key_error_with_a_hint(task):
    with pytest.raises(KeyError) as caught:
        task["nmae"]

    assert str(caught.value) == """Task has no attribute "nmae". Did you mean 'name'?"""
    with pytest.raises(KeyError):
        task["nmae"] = "x"
    with pytest.raises(KeyError):
        del task["nmae"]


def test_a_mapping_asks_for_names_without_fetching(task, server):
    assert "description" in task
    assert "nmae" not in task
    assert task.get("nmae", "default") == "default"
    assert len(task) == len(list(task)) == len(task.keys())
    assert list(task)[:2] == ["id", "name"]
    assert server.batches == []


def test_values_and_items_fetch_everything_unknown_in_one_request(task, server):
    items = dict(task.items())

    assert items["description"] == "first"
    assert len(server.batches) == 1
    assert len(task.values()) == len(task)
    assert len(server.batches) == 1


def test_a_local_value_wins_until_it_is_reverted(task, session):
    task["name"] = "light"
    assert task["name"] == "light"

    del task["name"]

    assert task["name"] == "comp"
    assert not session.recorded_operations


def test_local_values_survive_a_new_answer(task, session, server):
    task["name"] = "light"
    server.rows["Task", ("t1",)]["name"] = "roto"
    session.query("select name from Task").all()

    assert task["name"] == "light"
    del task["name"]
    assert task["name"] == "roto"


def test_clear_reverts_everything_and_withdraws_it(task, session):
    task["name"] = "light"
    task["bid"] = 5
    task.clear()

    assert (task["name"], task["bid"]) == ("comp", 2.0)
    assert not session.recorded_operations


def test_identity_is_type_and_key(task, session):
    other = session.create("Shot", {"id": "t1"}, reconstructing=True)
    same = session.decode('{"__entity_type__": "Task", "id": "t1"}')

    assert task == same
    assert hash(task) == hash(same) == hash(str(ftrack_api.inspection.identity(task)))
    assert task != other
    assert task != "t1"
    assert {task, same, other} == {task, other}


def test_texts_name_type_and_key(task, session):
    assert str(task) == "<Task(t1)>"
    assert repr(task) == f"<dynamic ftrack Task object {id(task)}>"
    assert repr(type(task)) == "<dynamic ftrack class 'Task'>"
    assert str(session.types["Task"](session, {}, reconstructing=True)) == "<Task(Unknown)>"


def test_an_entity_without_key_says_so_instead_of_recursing(session):
    lost = session.types["Task"](session, {}, reconstructing=True)

    with pytest.raises(KeyError, match='Task has no value for "id"'):
        lost["name"]
    with pytest.raises(KeyError):
        inspection.primary_key(lost)
    with pytest.raises(KeyError):
        hash(lost)


def test_creating_fills_in_defaults_and_a_new_id(session):
    first, second = session.create("Task", {"name": "a"}), session.create("Task")

    assert first["object_type_id"] == "ot-task"
    assert first["id"] != second["id"]
    assert len(first["id"]) == 36
    assert second["name"] == ""


def test_mutable_defaults_are_not_shared(session):
    first, second = session.create("Task"), session.create("Task")
    first["tags"].append("x")

    assert second["tags"] == []


def test_unknown_names_of_a_new_entity_are_reported_and_skipped(session, caplog):
    with caplog.at_level(logging.WARNING):
        task = session.create("Task", {"nmae": "comp"})

    assert "Task has no attribute 'nmae'" in caplog.text
    assert "Did you mean 'name'?" in caplog.text
    assert task["name"] == ""


def test_a_read_only_attribute_is_set_once(session, task):
    created = session.create("Task", {"object_type_id": "other"})

    assert created["object_type_id"] == "other"
    with pytest.raises(exception.ImmutableAttributeError, match="object_type_id"):
        created["object_type_id"] = "again"
    with pytest.raises(exception.ImmutableAttributeError):
        task["id"] = "t2"


def test_a_key_of_several_parts_must_be_complete(session):
    with pytest.raises(KeyError, match='Recipient has no value for "resource_id"'):
        session.create("Recipient", {"note_id": "n"})


def test_states_follow_the_log_and_keep_the_order_asked_for(session, task):
    created = session.create("Task")
    task["name"] = "x"

    assert inspection.states([task, created, task]) == [MODIFIED, CREATED, MODIFIED]
    assert inspection.states([]) == []
    assert inspection.identity(task) == ("Task", ["t1"])
    assert list(inspection.primary_key(task).items()) == [("id", "t1")]


def test_a_mixin_changes_one_instance_and_keeps_its_state(task, session):
    class Loud:
        def shout(self):
            return self["name"].upper()

    task["name"] = "light"
    ftrack_api.mixin(task, Loud, name="LoudTask")
    ftrack_api.mixin(task, Loud)

    assert task.shout() == "LIGHT"
    assert type(task).__name__ == "LoudTask"
    assert isinstance(task, session.types["Task"])
    assert session.get("Task", "t1") is task


def test_attributes_of_the_instance_are_free_for_plugins(task):
    task.accessor = "mine"

    assert task.accessor == "mine"


def test_merging_tells_what_changed(session, task):
    other = session.decode('{"__entity_type__": "Task", "id": "t1", "name": "roto"}')

    changes = task.merge(other)

    assert changes == [{"type": "remote_attribute", "name": "name", "old_value": "comp", "new_value": "roto"}]


def test_the_base_class_is_a_mapping_of_its_own_kind():
    assert Entity.entity_type == "Entity"
    assert issubclass(Entity, ftrack_api.entity.base._EntityBase)


def test_dates_become_arrows_when_read_and_stay_so(session, server):
    server.add("Task", id="t", created_at={"__type__": "datetime", "value": "2024-02-29T10:11:12"})
    task = session.query("select created_at from Task").one()

    assert task["created_at"].isoformat() == "2024-02-29T10:11:12+00:00"
    assert task["created_at"].format("YYYY-MM-DD") == "2024-02-29"
    assert task["created_at"] is task["created_at"]


def test_new_entities_get_identifiers_in_the_standard_form_that_sort_as_they_were_made(session):
    found = [uuid.UUID(session.create("Task", {"name": str(number)})["id"]) for number in range(200)]

    assert {(item.version, item.variant) for item in found} == {(7, uuid.RFC_4122)}
    assert sorted(set(found)) == found
