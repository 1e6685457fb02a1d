"""Defects of the old client in entities, attributes and collections, one test for each number."""

from __future__ import annotations

import copy
import logging
import sys

import pytest

from ftrack_api import exception, inspection
from ftrack_api._state.merge import Merge
from ftrack_api.attribute import ReferenceAttribute
from ftrack_api.collection import Collection
from ftrack_api.entity.factory import StandardFactory
from ftrack_api.symbol import CREATED, NOT_SET


def reference(kind, key):
    return {"__entity_type__": kind, "id": key}


@pytest.fixture
def notes(server):
    return [server.add("Note", id=f"n{number}", content=str(number)) for number in range(4)]


@pytest.fixture
def task(session, server, notes):
    server.add("Task", id="t", name="comp", notes=notes)
    found = session.query("select name, notes.content from Task").one()
    server.forget()
    return found


def contents(collection):
    return [note["content"] for note in collection]


def test_d6_a_collection_read_too_early_follows_the_server_later(session, server, notes):
    server.add("Task", id="t", name="comp", notes=notes)
    task = session.query("select name from Task").one()
    with session.auto_populating(False):
        early = task["notes"]
        assert list(early) == []

    assert session.encode(task).count("notes") == 0
    assert not task.attributes.get("notes").is_modified(task)
    session.populate(task, "notes")
    assert len(early) == len(task["notes"]) == 4
    assert task["notes"] is early


def test_d7_every_occurrence_of_an_entity_in_an_answer_counts(session):
    rows = [
        {**reference("Task", "t"), "name": "comp"},
        {**reference("Task", "t"), "bid": 3.0, "status": {**reference("Status", "s"), "name": "Ready"}},
        {**reference("Task", "t"), "description": "x"},
    ]
    first, second, third = Merge(session).rows(rows)

    assert first is second is third
    with session.auto_populating(False):
        assert (first["name"], first["bid"], first["status"]["name"]) == ("comp", 3.0, "Ready")
        assert first["description"] == "x"


def test_d12_adding_an_item_costs_the_same_however_long_the_collection_is(session):
    task = session.create("Task", {"name": "comp"})
    more = [session.create("Note", {"content": str(number)}) for number in range(2000)]

    def calls(note):
        count = 0

        def tick(_frame, event, _argument):
            nonlocal count
            count += event in {"call", "c_call"}

        sys.setprofile(tick)
        try:
            task["notes"].append(note)
        finally:
            sys.setprofile(None)
        return count

    task["notes"].append(more[0])
    early = calls(more[1])
    for note in more[2:-1]:
        task["notes"].append(note)

    assert calls(more[-1]) <= early + 2


def test_d13_entities_of_all_types_share_a_logger(session):
    first, second = session.create("Task", {}), session.create("User", {})

    assert first.logger is second.logger
    assert isinstance(first.logger, logging.Logger)


def test_d14_reading_all_of_an_entity_takes_one_request(session, server, task):
    dict(task.items())
    task.values()

    assert len(server.batches) == 1


def test_d40_an_entity_that_occurs_twice_has_two_states(session, task):
    new = session.create("Task", {"name": "new"})

    assert inspection.states([task, new, task, new]) == [NOT_SET, CREATED, NOT_SET, CREATED]


@pytest.mark.parametrize(
    ("local", "remote", "expected"), [(None, "s", True), ("s", None, True), (None, None, False), ("s", "s", False)]
)
def test_d41_a_reference_to_nothing_can_be_compared(session, server, local, remote, expected):
    server.add("Status", id="s", name="Ready")
    server.add("Task", id="t", name="comp", status=remote and reference("Status", "s"))
    task = session.query("select name, status.name from Task").one()
    task["status"] = local and session.get("Status", "s")
    attribute = task.attributes.get("status")

    assert isinstance(attribute, ReferenceAttribute)
    assert attribute.is_modified(task) is expected
    assert ("status" in session.encode(task, "modified_only")) is expected


def test_d42_a_read_only_collection_can_be_read(small_schemas, session, server, notes):
    schema = next(document for document in small_schemas if document["id"] == "Task")
    session.types["Task"] = StandardFactory().create({**schema, "immutable": ["id", "notes"]})
    server.add("Task", id="t", name="comp", notes=notes)
    task = session.query("select name, notes.content from Task").one()

    assert len(task["notes"]) == 4
    with pytest.raises(exception.ImmutableCollectionError):
        task["notes"].append(session.create("Note", {}))


@pytest.mark.parametrize("kind", [list, tuple, iter, lambda items: (item for item in items), set])
def test_d43_any_iterable_of_entities_can_be_assigned(session, task, kind):
    items = list(task["notes"])[:2]
    task["notes"] = kind(items)

    assert sorted(contents(task["notes"])) == ["0", "1"]


@pytest.mark.parametrize("value", ["notes", 1.5, {"a": 1}, object()])
def test_d43_what_is_no_collection_of_entities_is_refused(task, value):
    with pytest.raises(TypeError, match='"notes" takes entities'):
        task["notes"] = value

    assert contents(task["notes"]) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("value", ["n0", None, 3, {"id": "n0"}, object()])
def test_d44_what_is_no_entity_is_in_no_collection(task, value):
    assert value not in task["notes"]


class TestD45:
    def test_d45_negative_places_can_be_assigned(self, session, task):
        new = session.create("Note", {"content": "new"})
        task["notes"][-1] = new
        assert contents(task["notes"]) == ["0", "1", "2", "new"]
        task["notes"][-1] = new
        assert new in task["notes"]

    def test_d45_slices_keep_list_and_membership_in_step(self, task):
        gone = task["notes"][1]
        del task["notes"][1:3]
        assert contents(task["notes"]) == ["0", "3"]
        assert gone not in task["notes"]
        task["notes"][:] = [gone]
        assert contents(task["notes"]) == ["1"]
        assert gone in task["notes"]

    def test_d45_order_can_be_reversed(self, task):
        task["notes"].reverse()
        assert contents(task["notes"]) == ["3", "2", "1", "0"]

    @pytest.mark.parametrize(
        "change", [lambda c, _: c.clear(), lambda c, more: c.extend(more), lambda c, _: c.reverse()]
    )
    def test_d45_each_change_is_one_operation(self, session, task, change):
        more = [session.create("Note", {"content": str(number)}) for number in range(3)]
        session.recorded_operations.clear()
        change(task["notes"], more)

        assert len(session.recorded_operations) == 1


def test_d46_an_unknown_name_is_dropped_with_a_warning_that_names_the_nearest(session, server, caplog):
    session.create("Task", {"nmae": "comp"})
    session.commit()

    assert "Did you mean 'name'" in caplog.text
    assert "nmae" not in server.writes[0]["entity_data"]


def test_d47_deleting_an_unknown_attribute_is_a_key_error(task):
    with pytest.raises(KeyError, match="Did you mean 'name'"):
        del task["nmae"]


def test_d47_a_job_can_be_created_without_data(session):
    assert session.create("Job").entity_type == "Job"


def test_d48_entities_do_not_share_a_default(session):
    first, second = session.create("Task", {}), session.create("Task", {})
    first["tags"].append("mine")

    assert second["tags"] == []
    assert session.create("Task", {})["tags"] == []


def test_d70_an_entity_without_a_key_says_so(session):
    with session.operation_recording(False):
        task = session.types["Task"](session, {}, reconstructing=True)

    with pytest.raises(KeyError, match='Task has no value for "id"'):
        _ = task["name"]
    with pytest.raises(KeyError, match="id"):
        inspection.primary_key(task)


def test_d74_entities_stay_until_they_are_let_go_of(session, server, task):
    session.cache.remove("('Task', ['t'])")
    again = session.query("select name from Task").one()
    assert again is not task
    assert again == task

    session._local_cache.clear()
    assert list(session._local_cache.keys()) == []


def test_d76_both_faces_of_a_relation_agree_after_a_commit(session, server):
    for name in ("a", "b"):
        server.add("Status", id=name, name=name)
    server.add("Task", id="t", name="comp", status=reference("Status", "a"), status_id="a")
    task = session.query("select status.name, status_id from Task").one()
    task["status"] = session.get("Status", "b")
    assert task["status_id"] == "a"
    server.before_reply = lambda _batch: server.rows["Task", ("t",)].update(status_id="b")
    session.commit()

    assert task["status_id"] == "b"


def test_d12_a_copy_and_an_operation_keep_what_was_there(session, task):
    task["notes"].reverse()
    task["notes"].reverse()
    before = copy.copy(task["notes"])
    new = session.create("Note", {"content": "new"})
    session.recorded_operations.clear()
    task["notes"].append(new)
    (operation,) = session.recorded_operations
    task["notes"].clear()

    assert isinstance(before, Collection)
    assert contents(before) == contents(operation.old_value) == ["0", "1", "2", "3"]
    assert contents(operation.new_value)[-1] == "new"
