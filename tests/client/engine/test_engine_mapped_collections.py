"""Metadata: entities read and written as a dictionary."""

from __future__ import annotations

import copy

import pytest

from ftrack_api import inspection
from ftrack_api.collection import KeyValueMappedCollectionProxy, MappedCollectionProxy
from ftrack_api.symbol import NOT_SET


@pytest.fixture
def project(session, server):
    pair = server.add("Metadata", parent_id="p", parent_type="Project", key="colour", value="red")
    server.add("Project", id="p", name="heron", metadata=[pair])
    found = session.query("select name, metadata.value, metadata.parent_type from Project").one()
    server.forget()
    return found


def writes(session, server):
    session.commit()
    return [(action["action"], action["entity_key"], action.get("entity_data")) for action in server.writes]


def test_metadata_read_like_a_dictionary(project):
    metadata = project["metadata"]

    assert isinstance(metadata, KeyValueMappedCollectionProxy)
    assert isinstance(metadata, MappedCollectionProxy)
    assert metadata["colour"] == "red"
    assert metadata.keys() == ["colour"]
    assert dict(metadata.items()) == {"colour": "red"}
    assert (len(metadata), "colour" in metadata, "size" in metadata) == (1, True, False)
    assert metadata.get("size") is None
    with pytest.raises(KeyError):
        metadata["size"]
    with pytest.raises(KeyError):
        del metadata["size"]


def test_a_known_key_is_an_update_of_its_entity_alone(project, session, server):
    project["metadata"]["colour"] = "blue"

    assert inspection.state(project) is NOT_SET
    assert writes(session, server) == [("update", ["p", "colour"], {"value": "blue"})]


def test_a_new_key_creates_an_entity_and_updates_the_owner(project, session, server):
    project["metadata"]["size"] = "2"

    assert project["metadata"]["size"] == "2"
    assert writes(session, server) == [
        ("create", ["p", "size"], {"parent_id": "p", "parent_type": "Project", "key": "size", "value": "2"}),
        (
            "update",
            ["p"],
            {
                "metadata": [
                    {"__entity_type__": "Metadata", "parent_id": "p", "key": "colour"},
                    {"__entity_type__": "Metadata", "parent_id": "p", "key": "size"},
                ]
            },
        ),
    ]


def test_a_removed_key_deletes_its_entity(project, session, server):
    assert project["metadata"].pop("colour") == "red"
    assert project["metadata"].pop("colour", None) is None

    assert writes(session, server) == [
        ("update", ["p"], {"metadata": []}),
        ("delete", ["p", "colour"], None),
    ]


def test_a_whole_dictionary_replaces_keys(project, session, server):
    project["metadata"] = {"size": "3"}

    assert dict(project["metadata"]) == {"size": "3"}
    assert [(action, key) for action, key, _ in writes(session, server)] == [
        ("delete", ["p", "colour"]),
        ("create", ["p", "size"]),
        ("update", ["p"]),
    ]


def test_the_same_dictionary_again_is_harmless(project, session, server):
    project["metadata"] = {"colour": "red"}
    session.commit()
    project["metadata"] = {"size": "1"}
    project["metadata"] = {"size": "1"}
    session.commit()

    assert dict(project["metadata"]) == {"size": "1"}


def test_a_key_can_be_removed_and_set_again_before_a_commit(project, session, server):
    del project["metadata"]["colour"]
    project["metadata"]["colour"] = "green"

    assert project["metadata"]["colour"] == "green"
    session.commit()
    assert server.row("Metadata", "p", "colour")["value"] == "green"
    assert project["metadata"]["colour"] == "green"


def test_metadata_can_be_given_when_creating(session, server):
    parent = session.create("Project", {"id": "p"}, reconstructing=True)
    session.create("Task", {"id": "t", "parent": parent, "metadata": {"x": "1", "y": "2"}})
    session.commit()

    assert [(action["action"], action["entity_type"]) for action in server.writes] == [
        ("create", "Task"),
        ("create", "Metadata"),
        ("create", "Metadata"),
        ("update", "Task"),
    ]
    assert server.writes[0]["entity_data"]["parent"] == {"__entity_type__": "Project", "id": "p"}


def test_a_mapping_from_before_a_commit_still_works(project, session, server):
    held = project["metadata"]
    held["size"] = "2"
    session.commit()
    held["size"] = "3"
    held["depth"] = "4"
    session.commit()

    assert server.row("Metadata", "p", "size")["value"] == "3"
    assert server.row("Metadata", "p", "depth")["value"] == "4"
    assert sorted(held) == ["colour", "depth", "size"]


def test_what_another_session_wrote_shows_after_a_refresh(project, session, server):
    held = project["metadata"]
    server.rows["Metadata", ("p", "colour")]["value"] = "black"
    extra = server.add("Metadata", parent_id="p", parent_type="Project", key="new", value="1")
    server.rows["Project", ("p",)]["metadata"].append(extra)
    session.populate(project, "metadata.value")

    assert dict(held) == {"colour": "black", "new": "1"}


def test_a_copy_has_a_collection_of_its_own(project):
    other = copy.copy(project["metadata"])
    project["metadata"]["size"] = "1"

    assert other.keys() == ["colour"]
    assert (other.mutable, other.attribute) == (True, project["metadata"].attribute)
    other.mutable = False
    assert other.collection.mutable is False
    assert project["metadata"].mutable is True


def test_keys_can_be_assigned_while_iterating_over_items(project):
    for key, value in project["metadata"].items():
        project["metadata"][key] = value + "!"

    assert project["metadata"]["colour"] == "red!"


def test_rolling_back_restores_values_and_keys(project, session):
    project["metadata"]["colour"] = "blue"
    project["metadata"]["size"] = "1"
    session.rollback()

    assert dict(project["metadata"]) == {"colour": "red"}
