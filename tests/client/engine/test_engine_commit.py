"""The batch a commit sends: order, merging, what is left out, what cannot be sent."""

from __future__ import annotations

from collections import OrderedDict

import pytest

from ftrack_api import inspection
from ftrack_api.operation import (
    CreateEntityOperation,
    DeleteEntityOperation,
    Operation,
    Operations,
    UpdateEntityOperation,
)
from ftrack_api.symbol import NOT_SET

REFUSED = {
    "exception": "ValidationError",
    "content": "No {thanks}",
    "error_code": None,
    "error": {"operation_index": 0},
}


@pytest.fixture
def project(session, server):
    server.add("Project", id="p", name="heron", full_name="Heron")
    server.add("Task", id="t", name="comp", bid=1.0)
    session.query("select name, bid from Task").all()
    found = session.query("select name, full_name from Project").one()
    server.forget()
    return found


@pytest.fixture
def task(session, project):
    return session.get("Task", "t")


def sent(server):
    return [(write["action"], write["entity_type"], write.get("entity_data")) for write in server.writes]


def test_example_1_created_and_deleted_vanish_and_updates_fold(session, server):
    a = session.create("User", {"id": "a", "username": "bob"})
    a["username"] = "foo"
    a["email"] = "x"
    b = session.create("User", {"id": "b", "username": "martin"})
    b["email"] = "m"
    a["email"] = "x"
    a["first_name"] = "Bob"
    c = session.create("User", {"id": "c"})
    c["email"] = "c"
    session.delete(c)
    session.commit()

    assert sent(server) == [
        ("create", "User", {"id": "a", "resource_type": "user", "username": "foo"}),
        ("create", "User", {"id": "b", "resource_type": "user", "username": "martin", "email": "m"}),
        ("update", "User", {"email": "x", "first_name": "Bob"}),
    ]


def test_example_2_only_neighbours_are_joined(session, server, project, task):
    task["name"] = "a"
    project["name"] = "b"
    task["name"] = "c"
    project["full_name"] = "d"
    task["bid"] = 3
    session.commit()

    assert sent(server) == [
        ("update", "Project", {"name": "b"}),
        ("update", "Task", {"name": "c"}),
        ("update", "Project", {"full_name": "d"}),
        ("update", "Task", {"bid": 3}),
    ]


def test_example_3_a_relation_follows_the_creation_and_is_folded_into_it(session, server, project):
    session.create("Task", {"id": "n", "name": "t", "parent": project})
    created, updated = session.recorded_operations
    assert sorted(created.entity_data) == ["id", "name", "object_type_id", "tags"]
    assert (updated.attribute_name, updated.new_value) == ("parent", project)

    session.commit()

    assert sent(server) == [
        (
            "create",
            "Task",
            {
                "id": "n",
                "name": "t",
                "object_type_id": "ot-task",
                "tags": [],
                "parent": {"__entity_type__": "Project", "id": "p"},
            },
        )
    ]


def test_example_4_a_withdrawn_value_is_not_sent(session, server):
    first = session.create("User", {"id": "1", "username": "u"})
    first["email"] = "x"
    del first["email"]
    second = session.create("User", {"id": "2", "email": "test"})
    second["email"] = NOT_SET
    session.commit()

    assert [data for _, _, data in sent(server)] == [
        {"id": "1", "resource_type": "user", "username": "u"},
        {"id": "2", "resource_type": "user"},
    ]


def test_example_5_updates_of_a_deleted_entity_are_not_sent(session, server, task):
    session.delete(task)
    task["name"] = "z"
    session.commit()

    assert sent(server) == [("delete", "Task", None)]


def test_example_12_a_collection_is_sent_whole(session, server, project, task):
    author = session.create("User", {"id": "u"}, reconstructing=True)
    for number in range(3):
        session.create("Note", {"id": f"n{number}", "content": "x", "author": author})
        task["notes"].append(session.get("Note", f"n{number}"))
    session.commit()

    assert [kind for kind, _, _ in sent(server)] == ["create", "create", "create", "update"]
    assert [ref["id"] for ref in sent(server)[-1][2]["notes"]] == ["n0", "n1", "n2"]


def test_example_13_collections_leave_out_what_will_not_exist(session, server, task):
    note = session.create("Note", {"id": "gone"})
    task["notes"].append(note)
    session.delete(note)
    session.commit()

    assert sent(server) == [("update", "Task", {"notes": []})]
    assert session.get("Note", "gone") is None


def test_the_batch_has_the_form_of_the_protocol(session, server, task):
    task["name"] = "x"
    session.delete(session.create("Metadata", {"parent_id": "t", "key": "k"}, reconstructing=True))
    session.commit()

    assert server.batches == [
        [
            {
                "action": "update",
                "entity_type": "Task",
                "entity_key": ["t"],
                "entity_data": {"__entity_type__": "Task", "name": "x"},
            },
            {"action": "delete", "entity_type": "Metadata", "entity_key": ["t", "k"]},
        ]
    ]


def test_a_required_value_set_later_stays_behind_what_came_between(session, server):
    scope = session.create("Scope", {"id": "s"})
    session.create("User", {"id": "u"})
    scope["name"] = "late"
    session.commit()

    assert [(kind, entity_type) for kind, entity_type, _ in sent(server)] == [
        ("create", "Scope"),
        ("create", "User"),
        ("update", "Scope"),
    ]


def test_deletions_are_sent_in_the_order_they_were_asked_for(session, server):
    parent, child = (session.create("Shot", {"id": key}, reconstructing=True) for key in ("a", "b"))
    session.delete(child)
    session.delete(parent)
    session.commit()

    assert [write["entity_key"] for write in server.writes] == [["b"], ["a"]]


def test_a_commit_without_changes_sends_nothing(session, server):
    session.commit()

    assert server.batches == []


def test_changes_that_come_to_nothing_are_forgotten_without_a_request(session, server, task):
    new = session.create("Task", {"name": "n"})
    session.delete(new)
    session.commit()

    assert server.batches == []
    assert not session.recorded_operations
    assert (session.created, session.deleted) == ([], [])
    assert session.get("Task", new["id"]) is None


def test_withdrawing_a_change_leaves_nothing_to_send(session, server, task):
    task["name"] = "x"
    task["name"] = NOT_SET

    assert inspection.state(task) is NOT_SET
    session.commit()
    assert server.batches == []


def test_operations_for_entities_that_were_never_loaded_are_sent(session, server):
    key = OrderedDict([("configuration_id", "c"), ("entity_id", "e")])
    session.recorded_operations.push(CreateEntityOperation("CustomAttributeValue", key, {"value": 1}))
    session.recorded_operations.push(UpdateEntityOperation("CustomAttributeValue", key, "value", NOT_SET, 2))
    other = OrderedDict([("configuration_id", "c"), ("entity_id", "f")])
    session.recorded_operations.push(DeleteEntityOperation("CustomAttributeValue", other))
    session.commit()

    assert [(write["action"], write["entity_key"]) for write in server.writes] == [
        ("create", ["c", "e"]),
        ("delete", ["c", "f"]),
    ]
    assert server.writes[0]["entity_data"] == {"configuration_id": "c", "entity_id": "e", "value": 2}
    assert session.get("CustomAttributeValue", ["c", "e"])["value"] == 2


def test_another_log_can_be_put_in_place(session, server, task):
    task["name"] = "dropped"
    session.recorded_operations = Operations()
    task["name"] = "kept"
    session.commit()

    assert sent(server) == [("update", "Task", {"name": "kept"})]


def test_operations_of_other_classes_cannot_be_sent(session):
    session.recorded_operations.push(Operation())

    with pytest.raises(ValueError, match="Cannot send"):
        session.commit()


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [(object(), TypeError, "Task.name: Cannot send <object"), (float("nan"), ValueError, "Task.name: Cannot send nan")],
)
def test_a_value_that_cannot_be_sent_is_named_and_stays_pending(session, server, task, value, error, message):
    task["name"] = value

    with pytest.raises(error, match=message):
        session.commit()
    assert server.batches == []
    assert len(session.recorded_operations) == 1


def test_what_a_vanished_entity_owns_vanishes_with_it_at_any_depth(session, server, project):
    shot = session.create("Shot", {"name": "s1", "parent": project})
    shot["metadata"]["plate"] = "v1"
    child = session.create("Task", {"name": "comp", "parent": shot})
    child["metadata"]["note"] = "x"
    moved = session.create("Task", {"name": "light", "parent": shot})
    moved["parent"] = project
    session.delete(shot)
    project["full_name"] = "Grey Heron"
    session.commit()

    kinds = [(write["action"], write["entity_type"]) for write in server.writes]
    assert kinds == [("create", "Task"), ("update", "Project")]
    assert server.row("Task", moved["id"])["parent"]["id"] == "p"
    assert [entity for entity in session._state.identities if entity.entity_type == "Metadata"] == []
    assert session.created == []
    server.forget()
    assert session.get("Task", child["id"]) is None


def test_what_only_refers_to_a_vanished_entity_is_sent(session, server, project):
    status = session.create("Status", {"name": "gone"})
    session.create("Task", {"name": "comp", "parent": project, "status_id": status["id"]})
    session.delete(status)
    session.commit()

    assert [(write["action"], write["entity_type"]) for write in server.writes] == [("create", "Task")]
