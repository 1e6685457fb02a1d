"""The batch a commit sends, and what becomes of entities when it succeeds, fails or has nothing to send."""

from __future__ import annotations

from collections import OrderedDict

import pytest

from ftrack_api import exception, inspection
from ftrack_api.operation import (
    CreateEntityOperation,
    DeleteEntityOperation,
    Operation,
    Operations,
    UpdateEntityOperation,
)
from ftrack_api.symbol import CREATED, DELETED, NOT_SET

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


def test_after_a_commit_entities_show_what_the_server_said(session, server, task):
    task["name"] = "x"
    server._written = lambda _: {"action": "update", "data": {"__entity_type__": "Task", "id": "t", "name": "X"}}
    session.commit()

    assert task["name"] == "X"
    assert inspection.state(task) is NOT_SET
    assert task._local is None


def test_what_the_server_did_not_echo_is_read_again(session, server, task):
    task["bid"] = 9
    server._written = lambda _: {"action": "update", "data": True}
    session.commit()
    server.forget()

    assert task["bid"] == 9
    assert server.expressions == ['select bid from Task where id is "t"']


def test_a_committed_reference_makes_its_key_be_read_again(session, server, task):
    server.rows["Task", ("t",)]["status_id"] = "old"
    assert task["status_id"] == "old"
    task["status"] = session.create("Status", {"id": "s"}, reconstructing=True)
    server.rows["Task", ("t",)]["status_id"] = "s"
    session.commit()

    assert task["status_id"] == "s"
    task["status_id"] = "r"
    session.commit()
    server.rows["Task", ("t",)]["status"] = server.add("Status", id="r")
    assert task["status"]["id"] == "r"


def test_created_entities_stay_the_same_objects(session, server):
    task = session.create("Task", {"name": "n"})
    assert (inspection.state(task), session.created) == (CREATED, [task])
    session.commit()

    assert session.get("Task", task["id"]) is task
    assert (inspection.state(task), session.created) == (NOT_SET, [])
    assert task["name"] == "n"


def test_a_reply_under_a_base_type_still_reaches_the_entity(session, server):
    task = session.create("Task", {"id": "n", "name": "n"})
    server._written = lambda _: {
        "action": "create",
        "data": {"__entity_type__": "TypedContext", "id": "n", "bid": 4},
    }
    session.commit()

    assert task["bid"] == 4


def test_a_deleted_entity_is_gone_after_the_commit(session, server, task):
    session.delete(task)
    assert session.deleted == [task]
    assert session.get("Task", "t") is task
    session.commit()

    assert session.get("Task", "t") is None
    assert task["name"] == "comp"
    assert inspection.state(task) is NOT_SET


def test_a_failed_commit_keeps_everything_and_can_be_repeated(session, server, task):
    task["name"] = "x"
    new = session.create("Task", {"name": "n"})
    server.refuse = REFUSED
    with pytest.raises(exception.ValidationError) as caught:
        session.commit()

    assert caught.value.operation_index == 0
    assert "No {thanks}" in str(caught.value)
    assert (task["name"], len(session.recorded_operations)) == ("x", 2)
    task["name"] = "y"
    session.commit()
    assert [write["entity_data"]["name"] for write in server.writes] == ["n", "y"]
    assert new["name"] == "n"


def test_a_failed_commit_can_be_rolled_back(session, server, task):
    task["name"] = "x"
    new = session.create("Task", {"id": "n"})
    server.refuse = REFUSED
    with pytest.raises(exception.ServerError):
        session.commit()
    session.rollback()

    assert task["name"] == "comp"
    assert not session.recorded_operations
    assert session.get("Task", "n") is None
    assert new["id"] == "n"
    server.forget()
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


def test_values_set_without_recording_end_with_the_commit(session, server, task):
    with session.operation_recording(False):
        task["bid"] = 5
    task["name"] = "x"
    session.commit()

    assert sent(server) == [("update", "Task", {"name": "x"})]
    assert task["bid"] == 1.0


def test_states_are_listed_in_the_order_of_the_first_change(session, project, task):
    task["name"] = "x"
    new = session.create("Task", {"id": "n"})
    project["name"] = "y"
    session.delete(task)

    assert session.modified == [project]
    assert session.created == [new]
    assert session.deleted == [task]
    assert inspection.state(task) is DELETED


def test_creating_a_known_key_again_gives_the_known_object(session, server):
    first = session.create("Task", {"id": "n", "name": "a"})
    second = session.create("Task", {"id": "n", "name": "b"})

    assert second is first
    assert first["name"] == "b"
    assert len(session.recorded_operations) == 2


def test_deleting_without_recording_does_nothing(session, task):
    with session.operation_recording(False):
        session.delete(task)

    assert session.deleted == []


def test_a_collection_the_server_did_not_echo_is_read_again(session, server, task):
    task["notes"].append(session.create("Note", {"id": "n"}))
    session.commit()
    extra = server.add("Note", id="automatic")
    server.rows["Task", ("t",)]["notes"].append(extra)
    server.forget()

    assert [note["id"] for note in task["notes"]] == ["n", "automatic"]
    assert len(server.batches) == 1


def test_a_custom_location_survives_a_rollback(session):
    status = session.create("Status", {"id": "fixed"}, reconstructing=True)
    status.accessor = "mine"
    session.create("Task", {"name": "n"})
    session.rollback()

    assert session.get("Status", "fixed").accessor == "mine"


def test_an_entity_from_before_a_cleared_cache_is_committed_and_stays_readable(session, server, task):
    task["name"] = "x"
    new = session.create("Task", {"id": "n", "name": "new"})
    session._local_cache.clear()
    session.commit()

    assert (task["name"], task["id"]) == ("x", "t")
    assert (new["id"], new["name"]) == ("n", "new")
    assert session.get("Task", "t") is task


def test_an_entity_that_was_loaded_anew_shares_what_was_answered(session, server, task):
    task["name"] = "x"
    session._local_cache.clear()
    again = session.query("select bid from Task").one()
    session.commit()

    assert again is not task
    assert (again["name"], task["name"], task["bid"]) == ("x", "x", 1.0)


def test_an_object_that_is_not_the_sessions_own_can_still_fetch(session, server, task):
    server.rows["Task", ("t",)]["description"] = "text"
    session.reset()

    assert task["description"] == "text"


def test_an_entity_without_a_key_does_not_disturb_a_commit(session, server, task):
    with session.operation_recording(False):
        session.types["Metadata"](session, {"value": "x"})
    task["name"] = "x"
    session.commit()

    assert task["name"] == "x"
