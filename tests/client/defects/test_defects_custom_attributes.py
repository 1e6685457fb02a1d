"""Defects of the old client in custom attributes and timers, one test for each number."""

from __future__ import annotations

import gc
from datetime import datetime, timedelta, timezone

import pytest


def configuration(server, key, kind="task", **more):
    values = {"object_type_id": None, "project_id": None, "is_hierarchical": False, "default": None, **more}
    server.add("CustomAttributeConfiguration", id=f"c-{key}-{kind}", key=key, entity_type=kind, **values)


def test_d26_configurations_belong_to_the_session_and_go_with_a_reset(new_session, server):
    configuration(server, "old", "user")
    session = new_session()
    user = session.create("OldContext", {"id": "o", "object_type_id": None, "project_id": None})
    assert list(user["custom_attributes"]) == []

    configuration(server, "new", "task")
    session.rollback()
    session.reset()
    again = session.create("OldContext", {"id": "o2", "object_type_id": None, "project_id": None})
    assert list(again["custom_attributes"]) == ["new"]


def test_d26_no_session_ever_gets_the_configurations_of_another(new_session, server):
    for number in range(30):
        server.rows.clear()
        configuration(server, f"key{number}")
        session = new_session()
        context = session.create("OldContext", {"object_type_id": None, "project_id": None})
        assert list(context["custom_attributes"]) == [f"key{number}"]
        session.rollback()
        del session, context
        gc.collect()


def test_d27_the_project_of_an_asset_is_that_of_its_parent(small_schemas, new_session, server):
    context = next(document for document in small_schemas if document["id"] == "Context")
    properties = {
        **context["properties"],
        "custom_attributes": {"type": "mapped_array", "items": {"$ref": "ContextCustomAttributeValue"}},
    }
    server.schemas = [*small_schemas, {**context, "id": "Asset", "properties": properties}]
    server._keys["Asset"], server._bases["Asset"] = ["id"], None
    configuration(server, "own", "asset", project_id="p")
    configuration(server, "other", "asset", project_id="q")
    session = new_session()
    project = session.create("Project", {"id": "p"}, reconstructing=True)
    asset = session.create("Asset", {"name": "chair", "parent": project})
    asset["custom_attributes"]["own"] = "yes"

    assert dict(asset["custom_attributes"]) == {"own": "yes"}
    with pytest.raises(ValueError, match='No custom attribute "other"'):
        asset["custom_attributes"]["other"] = "no"


def test_d27_a_type_without_custom_attributes_is_told_so(session):
    from ftrack_api.entity.factory import _get_entity_configurations

    with pytest.raises(ValueError, match="Note has no custom attributes"):
        _get_entity_configurations(session.create("Note", {}))


def test_d28_custom_attributes_are_set_when_creating_without_a_word_of_the_owner(session, server):
    configuration(server, "fstart", object_type_id="ot-task")
    session.create("Task", {"id": "t", "project_id": "p", "custom_attributes": {"fstart": 5}})
    session.commit()

    created, valued = server.writes
    assert "custom_attributes" not in created["entity_data"]
    assert (valued["entity_type"], valued["entity_data"]) == ("ContextCustomAttributeValue", {"value": 5})


def test_d28_values_are_read_again_after_a_commit_in_one_request_for_all(session, server):
    configuration(server, "fstart", object_type_id="ot-task")
    tasks = [
        session.create("Task", {"id": f"t{number}", "project_id": "p", "custom_attributes": {"fstart": number}})
        for number in range(5)
    ]
    session.commit()
    for number in range(5):
        key = {"configuration_id": "c-fstart-task", "entity_id": f"t{number}"}
        value = server.add("ContextCustomAttributeValue", **key, key="fstart", value=number)
        server.rows["Task", (f"t{number}",)]["custom_attributes"] = [value]
    server.forget()

    assert [task["custom_attributes"]["fstart"] for task in tasks] == [0, 1, 2, 3, 4]
    assert len(server.batches) == 1


def test_d79_the_time_of_a_timer_is_counted_from_its_start_in_any_zone(session, server):
    start = datetime.now(timezone.utc) - timedelta(seconds=90)
    server.add("User", id="u", username="kim")
    server.add(
        "Timer",
        id="m",
        user_id="u",
        context_id=None,
        comment="",
        name="meeting",
        start={"__type__": "datetime", "value": start.astimezone(timezone(timedelta(hours=5))).isoformat()},
    )
    user = session.query("select username from User").one()

    assert 90 <= user.stop_timer()["duration"] <= 120
