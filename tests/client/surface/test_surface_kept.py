"""Private steps that nothing of ours calls, and plugins do."""

from __future__ import annotations

import gc
from datetime import datetime
from typing import ClassVar

import arrow
import pytest

from ftrack_api import _centralized_storage_scenario as scenario
from ftrack_api import collection, inspection
from ftrack_api.attribute import CollectionAttribute
from ftrack_api.entity import factory
from ftrack_api.entity.base import Entity
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation, UpdateEntityOperation
from ftrack_api.query import QueryResult
from ftrack_api.symbol import CREATED, DELETED, MODIFIED, NOT_SET


def test_get_looks_only_at_what_is_known(session, server):
    server.add("Task", id="t", name="comp")
    with pytest.raises(KeyError, match=r"Task.*t"):
        session._get("Task", ["t"])
    task = session.get("Task", "t")

    assert session._get("Task", ["t"]) is task


def test_merging_by_the_old_names_gives_the_sessions_own(session, new_session, server):
    server.add("Task", id="t", name="comp")
    own = session.get("Task", "t")
    foreign = new_session().query("select name from Task").one()

    assert session._merge_recursive(foreign) is own
    assert session._merge_entity(foreign, {}) is own
    assert own["name"] == "comp"


def test_encoding_and_decoding_go_value_by_value(session):
    tagged = {"__type__": "datetime", "value": "2020-01-02T03:04:05"}

    assert session._encode(datetime(2020, 1, 2, 3, 4, 5)) == tagged  # noqa: DTZ001 - as users give it
    assert session._decode(tagged) == arrow.get(2020, 1, 2, 3, 4, 5)
    assert session._decode({"__entity_type__": "Task", "id": "t"}).entity_type == "Task"
    with pytest.raises(TypeError):
        session._encode(object())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Task", ("Task", None, None)),
        ("Task where name is a offset 2 limit 3", ("Task where name is a", 2, 3)),
        ('Task where name is "limit 3"', ('Task where name is "limit 3"', None, None)),
    ],
)
def test_paging_clauses_can_be_taken_off(session, text, expected):
    assert QueryResult(session, "Task")._extract_offset_and_limit(text) == expected


def test_stored_values_are_told_by_name(session, server):
    status = server.add("Status", id="s", name="Ready")
    server.add("Task", id="t", name="comp", status=status, notes=[server.add("Note", id="n")])
    task = session.query("select name, status.name, notes from Task").one()
    task["name"] = "light"

    assert task._ftrack_attribute_storage["name"] == {"local": "light", "remote": "comp"}
    assert task._ftrack_attribute_storage["bid"] == {"local": NOT_SET, "remote": NOT_SET}
    assert task._inflated == {"status", "notes"}
    assert "__entity_type__" in task._ignore_data_keys


def test_relations_of_what_was_decoded_become_the_sessions_own_when_they_are_read(session):
    row = '{"__entity_type__": "Task", "id": "t", "name": "x", "status": {"__entity_type__": "Status", "id": "s"}}'
    task = session.decode(row)

    assert task._inflated == set()
    assert task["status"] is session.get("Status", "s")
    assert task._inflated == {"status"}


def test_a_collection_tells_entities_apart_by_the_text_of_their_identity(session, server):
    server.add("Task", id="t", name="comp", notes=[server.add("Note", id="n")])
    notes = session.query("select notes from Task").one()["notes"]

    assert notes._identity_key(notes[0]) == str(inspection.identity(notes[0])) == "('Note', ['n'])"


def test_mappings_log_under_the_name_of_their_class(session, server):
    server.add("Task", id="t", name="comp")

    name = session.query("select metadata from Task").one()["metadata"].logger.name
    assert name == "ftrack_api.collection.KeyValueMappedCollectionProxy"


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (factory.StandardFactory, "ftrack_api.entity.factory.StandardFactory"),
        (
            scenario.ActivateCentralizedStorageScenario,
            "ftrack_api._centralized_storage_scenario.ActivateCentralizedStorageScenario",
        ),
        (
            scenario.ConfigureCentralizedStorageScenario,
            "ftrack_api._centralized_storage_scenario.ConfigureCentralizedStorageScenario",
        ),
    ],
)
def test_helpers_log_under_the_name_of_their_class(owner, name):
    assert owner().logger.name == name


def test_operations_can_be_replayed_by_hand():
    create, delete = CreateEntityOperation("Task", {"id": "t"}, {}), DeleteEntityOperation("Task", {"id": "t"})

    assert inspection._state(create, NOT_SET) is CREATED
    assert inspection._state(delete, CREATED) is DELETED


def test_plain_attributes_are_fetched_together_and_relations_left(session, server):
    server.add("Task", id="t", name="comp", bid=3)
    task = session.query("select id from Task").one()
    server.forget()
    task._populate_unset_scalar_attributes()

    assert len(server.batches) == 1
    assert "name" in server.expressions[0]
    assert "parent" not in server.expressions[0].replace("parent_id", "")


def test_an_overridden_notification_hears_of_each_change(session, server):
    heard = []

    class Listening(collection.Collection):
        def _notify(self, old_value):
            heard.append([item["id"] for item in old_value.items()])
            super()._notify(old_value)

    task = session.create("Task", {"name": "comp"})
    session.recorded_operations.clear()
    items = Listening(task, task.attributes.get("notes"), data=[])
    note = session.create("Note", {"content": "hello"})
    session.recorded_operations.clear()
    items.append(note)

    operations = list(session.recorded_operations)
    assert heard == [[]]
    assert [type(operation) for operation in operations] == [UpdateEntityOperation]
    assert list(operations[0].new_value) == [note]


class TestOncePerSession:
    def test_a_result_is_kept_by_its_session(self, session, new_session):
        calls = []
        once = collection.memoise_session(lambda owner: calls.append(owner) or len(calls))
        other = new_session()

        assert [once(session), once(session), once(other), once(other)] == [1, 1, 2, 2]

    def test_an_entity_stands_for_its_session(self, session):
        once = factory.memoise_defaults(lambda entity: entity["name"])
        first, second = (session.create("Task", {"name": name}) for name in "ab")

        assert (once(first), once(second)) == ("a", "a")

    def test_a_reset_forgets_it(self, session):
        once = factory.memoise_session(lambda owner: [owner])
        before = once(session)
        session.reset()

        assert once(session) is not before

    def test_keys_of_sessions_are_never_used_again(self):
        keys = collection.PerSessionDefaultKeyMaker()
        seen = set()
        for _ in range(20):

            class Owner:
                pass

            owner = Owner()
            seen.add(keys.key({"session": owner}))
            del owner
            gc.collect()

        assert len(seen) == 20
        assert keys.key({"a": 1}) == "{'a': 1}"

    def test_an_entity_has_the_key_of_its_session(self, session):
        keys = factory.PerSessionDefaultKeyMaker()

        assert keys.key({"entity": session.create("Task", {})}) == keys.key({"session": session})


def test_configurations_are_the_same_from_either_module(session, server):
    server.add("CustomAttributeConfiguration", id="c", key="k", entity_type="user", is_hierarchical=False)
    user = session.create("User", {"username": "kim"})

    assert [item["key"] for item in factory._get_entity_configurations(user)] == ["k"]
    assert collection._get_custom_attribute_configurations(session) == [
        session.get("CustomAttributeConfiguration", "c")
    ]


class Bare(Entity):
    """An entity whose constructor skips ours, as tests of plugins make them."""

    entity_type = "Task"
    primary_key_attributes: ClassVar = ["id"]

    def __init__(self, session, key):
        self.session = session
        self.values = {"id": key}

    def __getitem__(self, name):
        return self.values[name]

    def __iter__(self):
        return iter(self.values)

    def __len__(self):
        return len(self.values)


def test_an_entity_that_skips_the_constructor_can_own_and_be_collected(session):
    owner, first, second = (Bare(session, key) for key in "abc")
    held = collection.Collection(owner, CollectionAttribute("things"), data=[first])
    held.append(second)
    (operation,) = session.recorded_operations

    assert (inspection.identity(owner), str(owner)) == (("Task", ["a"]), "<Bare(a)>")
    assert (operation.entity_key, operation.attribute_name, operation.new_value) == ({"id": "a"}, "things", held)
    assert inspection.state(owner) is MODIFIED
    assert second in held
    assert {first, Bare(session, "b")} == {first}
    session.rollback()
    assert inspection.state(owner) is NOT_SET


def test_an_entity_has_no_attributes_but_its_own(session):
    with pytest.raises(AttributeError, match="'Bare' object has no attribute 'nothing'"):
        Bare(session, "a").nothing()


def test_changes_of_an_attribute_that_a_plugin_takes_away_can_be_rolled_back(session, server):
    server.add("Task", id="t", name="comp", notes=[])
    task = session.query("select notes from Task").one()
    task["notes"].append(session.create("Note", {}))
    attribute = task.attributes.get("notes")
    task.attributes.remove(attribute)
    try:
        session.rollback()
    finally:
        task.attributes.add(attribute)

    assert not session.recorded_operations
    assert len(task["notes"]) == 0
