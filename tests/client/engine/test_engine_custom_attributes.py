"""Custom attributes: values that came with the entity, values for new entities, and the sparse kind of old servers."""

from __future__ import annotations

import logging

import pytest

from ftrack_api import inspection
from ftrack_api.symbol import MODIFIED, NOT_SET


@pytest.fixture
def configured(server):
    """Two keys for tasks, one of them with another configuration in project p; one for shots, one for all contexts."""
    rows = [
        ("k1", "fstart", "task", "ot-task", None, False, 1),
        ("k2", "fstart", "task", "ot-task", "p", False, 1001),
        ("k3", "fend", "task", "ot-task", "other", False, 9),
        ("k4", "lens", "task", "ot-shot", None, False, "35mm"),
        ("k5", "episode", "task", None, None, True, None),
    ]
    for identifier, key, kind, object_type, project, inherited, default in rows:
        server.add(
            "CustomAttributeConfiguration",
            id=identifier,
            key=key,
            entity_type=kind,
            object_type_id=object_type,
            project_id=project,
            is_hierarchical=inherited,
            default=default,
        )
    return server


@pytest.fixture
def task(session, server, configured):
    values = [
        server.add("ContextCustomAttributeValue", configuration_id=c, entity_id="t", key=k, value=v)
        for c, k, v in (("k2", "fstart", 1001), ("k5", "episode", None))
    ]
    server.add("Task", id="t", project_id="p", object_type_id="ot-task", custom_attributes=values)
    found = session.query(
        "select custom_attributes.key, custom_attributes.value, project_id, object_type_id from Task"
    ).one()
    server.forget()
    return found


def test_values_that_came_with_the_entity_read_like_a_dictionary(task, server):
    assert dict(task["custom_attributes"]) == {"fstart": 1001, "episode": None}
    assert server.batches == []


def test_writing_a_value_updates_its_entity_alone(task, session, server):
    task["custom_attributes"]["fstart"] = 1010
    assert inspection.state(task) is NOT_SET

    session.commit()

    (write,) = server.writes
    assert (write["action"], write["entity_type"]) == ("update", "ContextCustomAttributeValue")
    assert (write["entity_key"], write["entity_data"]) == (["k2", "t"], {"value": 1010})


def test_an_unknown_key_of_an_existing_entity_is_a_key_error_with_a_hint(task):
    with pytest.raises(KeyError, match=r'Task has no custom attribute "fstrat"\. Did you mean "fstart"'):
        task["custom_attributes"]["fstrat"] = 1


def test_a_new_entity_gets_values_by_an_update_in_the_same_batch(session, server, configured):
    parent = session.create("Project", {"id": "p"}, reconstructing=True)
    task = session.create("Task", {"id": "n", "parent": parent})
    task["custom_attributes"]["fstart"] = 10
    item = next(iter(task["custom_attributes"].collection))
    assert inspection.state(item) is MODIFIED
    assert task["custom_attributes"]["fstart"] == 10

    session.commit()

    created, valued = server.writes
    assert (created["action"], created["entity_key"]) == ("create", ["n"])
    assert (valued["action"], valued["entity_key"], valued["entity_data"]) == ("update", ["k2", "n"], {"value": 10})


def test_values_can_be_given_when_creating(session, server, configured):
    session.create("Task", {"id": "n", "project_id": "q", "custom_attributes": {"fstart": 5, "episode": "e1"}})
    session.commit()

    assert [(write["action"], write["entity_key"]) for write in server.writes] == [
        ("create", ["n"]),
        ("update", ["k1", "n"]),
        ("update", ["k5", "n"]),
    ]


def test_a_key_no_configuration_has_is_refused_for_a_new_entity(session, configured):
    task = session.create("Task", {"project_id": "p"})

    with pytest.raises(ValueError, match='No custom attribute "fend" is configured for Task'):
        task["custom_attributes"]["fend"] = 1


def test_assigning_a_dictionary_sets_its_keys_and_leaves_the_others(task, session, server):
    task["custom_attributes"] = {"fstart": 7}
    session.commit()

    assert [write["entity_key"] for write in server.writes] == [["k2", "t"]]
    assert task["custom_attributes"]["episode"] is None


def test_configurations_are_asked_for_once_and_again_after_a_reset(session, server, configured):
    for name in "ab":
        session.create("Task", {"name": name, "project_id": "p", "custom_attributes": {"fstart": 1}})
    assert len(server.expressions) == 1

    session.recorded_operations.clear()
    session.reset()
    session.create("Task", {"name": "c", "project_id": "p", "custom_attributes": {"fstart": 1}})
    assert len(server.expressions) == 2


def test_a_configuration_made_meanwhile_is_found(session, server, configured):
    first = session.create("Task", {"project_id": "p", "custom_attributes": {"fstart": 1}})
    server.add(
        "CustomAttributeConfiguration",
        id="k9",
        key="late",
        entity_type="task",
        object_type_id="ot-task",
        project_id=None,
        is_hierarchical=False,
        default=None,
    )
    first["custom_attributes"]["late"] = 3

    assert first["custom_attributes"]["late"] == 3


def test_entities_without_custom_attributes_say_so(session, configured):
    note = session.create("Note", {})
    attribute = session.types["Task"].attributes.get("custom_attributes")
    note.attributes.add(attribute)
    try:
        with pytest.raises(ValueError, match="Note has no custom attributes"):
            note["custom_attributes"]["x"] = 1
    finally:
        note.attributes.remove(attribute)


@pytest.fixture
def old(session, server, configured):
    server.add("OldContext", id="o", project_id="p", object_type_id="ot-task", custom_attributes=[])
    found = session.query("select project_id, object_type_id, custom_attributes from OldContext").one()
    server.forget()
    return found


def test_sparse_values_fall_back_to_the_default_of_the_configuration(old):
    values = old["custom_attributes"]

    assert values["fstart"] == 1001
    assert sorted(values) == ["fstart"]  # hierarchical ones came with dense values
    assert len(values) == 1
    assert values.get_configuration_id_from_key("fstart") == "k2"
    with pytest.raises(KeyError):
        values["episode"]


def test_sparse_values_are_created_updated_and_deleted(old, session, server, caplog):
    old["custom_attributes"]["fstart"] = 5
    session.commit()
    assert [(write["action"], write["entity_type"]) for write in server.writes] == [
        ("create", "CustomAttributeValue"),
        ("update", "OldContext"),
    ]

    old["custom_attributes"]["fstart"] = 6
    session.commit()
    assert server.row("CustomAttributeValue", "k2", "o")["value"] == 6

    del old["custom_attributes"]["fstart"]
    assert old["custom_attributes"]["fstart"] == 1001
    with caplog.at_level(logging.WARNING):
        del old["custom_attributes"]["fstart"]
    assert "'fstart': it was never set" in caplog.text


def test_sparse_values_that_an_assigned_dictionary_lacks_are_deleted(old, session, server):
    old["custom_attributes"] = {"fstart": 5}
    session.commit()
    old["custom_attributes"] = {}
    session.commit()

    assert ("delete", "CustomAttributeValue") in [(write["action"], write["entity_type"]) for write in server.writes]
    assert old["custom_attributes"]["fstart"] == 1001


def test_sparse_values_compare_by_what_was_set(old):
    values = old["custom_attributes"]

    assert values == type(values)(values.collection)
    assert values != NOT_SET
    assert values != {"fstart": 1001}


def test_dictionaries_of_unknown_things_are_no_attributes(session):
    assert session.types["OldContext"].attributes.get("strange") is None
    assert session.types["Task"].attributes.get("custom_attribute_links") is None
