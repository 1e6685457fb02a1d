"""Deletion: what goes along, what is cleared, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server import errors

OWNED = (
    "context",
    "context_path",
    "asset",
    "asset_version",
    "component",
    "component_location",
    "note",
    "recipient",
    "metadata",
    "appointment",
    "timelog",
    "timer",
    "list",
    "list_object",
    "custom_attribute_value",
    "status_change",
    "context_scope",
    "typed_context_link",
    "review_session",
    "review_session_object",
    "manager",
    "calendar_event",
)


@pytest.fixture
def full(tree: Any) -> Any:
    """The tree with one row of everything that can hang on it."""
    location = tree.named("location", "ftrack.unmanaged")
    shot = tree.rows("object_type", name="Shot")[0]["id"]
    number = tree.named("custom_attribute_type", "number")
    tree(
        tree.create("Scope", id="scope", name="x"),
        tree.create("Asset", id="asset", name="a", context_id="shot"),
        tree.create("AssetVersion", id="version", asset_id="asset", task_id="task"),
        tree.create("FileComponent", id="file", version_id="version", file_type=".png"),
        tree.create("ComponentLocation", component_id="file", location_id=location),
        tree.create("Note", id="note", content="x", parent_id="task", parent_type="Task"),
        tree.create("Note", id="reply", content="y", in_reply_to_id="note"),
        tree.create("Note", id="remark", content="z", parent_id="version", parent_type="AssetVersion"),
        tree.create("Metadata", parent_id="note", parent_type="Note", key="k", value="v"),
        tree.create("Appointment", resource_id=tree.user_id, context_id="task", type="assignment"),
        tree.create("Timelog", id="timelog", context_id="task", user_id=tree.user_id, duration=5),
        tree.create("Timer", context_id="task"),
        tree.create("TypedContextList", id="list", name="l", project_id="project",
                    category_id=tree.rows("list_category")[0]["id"], items=[tree.ref("Task", "task")]),
        tree.create("CustomAttributeConfiguration", id="attribute", key="first", type_id=number, entity_type="task",
                    object_type_id=shot, label="First", config="{}"),
        tree.create("CustomAttributeValue", configuration_id="attribute", entity_id="shot", value=5),
        tree.create("TypedContextLink", from_id="shot", to_id="sequence"),
        tree.create("ReviewSession", id="review", name="r", project_id="project"),
        tree.create("ReviewSessionObject", review_session_id="review", version_id="version"),
        tree.create("Manager", context_id="shot", user_id=tree.user_id),
        tree.create("CalendarEvent", id="event", name="e", project_id="project", start="2031-01-01", end="2031-01-02"),
    )  # fmt: skip
    tree(tree.update("Task", "task", status_id=tree.named("status", "In progress"), thumbnail_id="file",
                     scopes=[tree.ref("Scope", "scope")]))  # fmt: skip
    return tree


def test_there_is_something_of_everything_to_delete(full: Any) -> None:
    assert [table for table in OWNED if not full.rows(table)] == []


def test_a_project_takes_everything_along(full: Any) -> None:
    assert full(full.delete("Project", "project")) == [{"action": "delete", "data": True}]

    assert [table for table in OWNED if full.rows(table)] == []
    assert full.rows("scope") != []


def test_a_task_takes_its_own_rows_along(full: Any) -> None:
    full(full.delete("Task", "task"))

    gone = ("appointment", "timelog", "timer", "list_object", "status_change", "context_scope")
    assert [table for table in gone if full.rows(table)] == []
    assert [row["id"] for row in full.rows("note")] == ["remark"]
    assert full.row("asset_version", "version")["task_id"] is None
    assert {row["id"] for row in full.rows("context")} == {"project", "sequence", "shot"}


def test_a_version_takes_its_components_along(full: Any) -> None:
    full(full.delete("AssetVersion", "version"))

    assert (full.rows("component"), full.rows("component_location"), full.rows("review_session_object")) == ([], [], [])
    assert full.row("context", "task")["thumbnail_id"] is None


def test_a_user_leaves_what_others_need(full: Any) -> None:
    full(full.create("User", id="u", username="kim"))
    full(
        full.create("Timelog", id="t", user_id="u", duration=5),
        full.create("Note", id="n", content="x", user_id="u", parent_id="task", parent_type="Task"),
        full.create("Appointment", resource_id="u", context_id="task", type="assignment"),
    )

    full(full.delete("User", "u"))

    assert (full.row("timelog", "t")["user_id"], full.row("note", "n")["user_id"]) == (None, None)
    assert full.rows("appointment", resource_id="u") == []
    assert full.rows("user_security_role", user_id="u") == []


@pytest.mark.parametrize("order", [("task", "sequence"), ("sequence", "task"), ("task", "task")])
def test_what_a_cascade_has_taken_may_be_deleted_in_the_same_batch(tree: Any, order: tuple[str, str]) -> None:
    replies = tree(*(tree.delete("TypedContext", id_) for id_ in order))

    assert replies == [{"action": "delete", "data": True}] * 2


def test_a_cascade_counts_across_a_query_too(tree: Any) -> None:
    replies = tree(
        tree.delete("Sequence", "sequence"), {"action": "query", "expression": "Task"}, tree.delete("Task", "task")
    )

    assert replies[1]["data"] == []
    assert replies[2] == {"action": "delete", "data": True}


def test_deleting_what_never_was_is_an_error(tree: Any) -> None:
    with pytest.raises(errors.NotFoundError, match='There is no Task with the key "nowhere" to delete') as refusal:
        tree(tree.create("Scope", name="x"), tree.delete("Task", "nowhere"))

    assert refusal.value.operation_index == 1


def test_a_row_of_another_type_is_not_deleted(tree: Any) -> None:
    with pytest.raises(errors.NotFoundError):
        tree(tree.delete("Task", "shot"))


def test_what_is_in_use_is_not_deleted(full: Any) -> None:
    status = full.row("context", "task")["status_id"]
    schema = full.row("context", "project")["project_schema_id"]

    for entity_type, id_ in (("Status", status), ("ProjectSchema", schema)):
        with pytest.raises(errors.IntegrityError, match="still in use") as refusal:
            full(full.delete(entity_type, id_))
        assert refusal.value.operation_index == 0


def test_what_is_in_use_by_what_goes_with_it_is_deleted(api: Any) -> None:
    api(
        api.create("WorkflowSchema", id="w", name="w"),
        api.create(
            "ProjectSchema", id="ps", name="ps", task_workflow_schema_id="w", asset_version_workflow_schema_id="w"
        ),
        api.project("p", project_schema=api.ref("ProjectSchema", "ps")),
    )

    api(api.delete("WorkflowSchema", "w"), api.delete("ProjectSchema", "ps"), api.delete("Project", "p"))

    assert (api.rows("project_schema", id="ps"), api.rows("context"), api.rows("workflow_schema", id="w")) == (
        [],
        [],
        [],
    )


def test_a_location_that_holds_something_stays(api: Any) -> None:
    api(
        api.create("Location", id="l", name="disk"),
        api.create("FileComponent", id="c"),
        api.create("ComponentLocation", id="cl", component_id="c", location_id="l"),
    )

    with pytest.raises(errors.IntegrityError, match='Location "disk" still holds 1 components'):
        api(api.delete("Location", "l"))
    api(api.delete("Location", "l"), api.delete("ComponentLocation", "cl"))

    assert api.rows("location", id="l") == []


def test_created_and_deleted_in_one_batch_is_nothing(api: Any) -> None:
    replies = api(api.create("Scope", id="s", name="x"), api.delete("Scope", "s"))

    assert [reply["action"] for reply in replies] == ["create", "delete"]
    assert replies[0]["data"] == {"__entity_type__": "Scope", "id": "s", "name": "x"}
    assert api.rows("scope") == []


def test_deleted_and_created_anew_is_a_new_row(tree: Any) -> None:
    tree(tree.update("Task", "task", description="old", metadata={"k": "v"}))

    tree(tree.delete("Task", "task"), tree.create("Task", id="task", name="new", parent_id="shot"))

    assert (tree.row("context", "task")["name"], tree.row("context", "task")["description"]) == ("new", "")
    assert tree.rows("metadata") == []


def test_what_was_changed_before_a_deletion_is_no_change_of_the_row_created_anew(tree: Any) -> None:
    entry = {"parent_id": "task", "parent_type": "Task", "key": "k"}
    tree(tree.update("Task", "task", metadata={"k": "first"}))

    tree(
        tree.update("Metadata", ["task", "k"], value="changed"),
        tree.delete("Metadata", ["task", "k"]),
        tree.create("Metadata", ["task", "k"], **entry, value="anew"),
    )
    assert [row["value"] for row in tree.rows("metadata")] == ["anew"]

    tree(
        tree.create("Task", id="new", name="once", parent_id="shot"),
        tree.update("Task", "new", name="twice", description="changed"),
        tree.delete("Task", "new"),
        tree.create("Task", id="new", name="anew", parent_id="shot"),
        tree.update("Task", "new", bid=3),
    )
    row = tree.row("context", "new")
    assert (row["name"], row["description"], row["bid"]) == ("anew", "", 3)


def test_metadata_may_be_replaced_as_clients_do(tree: Any) -> None:
    tree(tree.update("Task", "task", metadata={"k1": "1", "k2": "2"}))
    entry = {"parent_id": "task", "parent_type": "Task"}

    tree(
        tree.delete("Metadata", ["task", "k2"]),
        tree.delete("Metadata", ["task", "k1"]),
        tree.create("Metadata", ["task", "k1"], **entry, key="k1", value="new"),
        tree.create("Metadata", ["task", "k3"], **entry, key="k3", value="3"),
        tree.update("Task", "task", metadata=[{"__entity_type__": "Metadata", "parent_id": "task", "key": "k3"}]),
    )

    assert {row["key"]: row["value"] for row in tree.rows("metadata")} == {"k1": "new", "k3": "3"}


def test_an_update_after_the_delete_of_its_row_is_no_fault(tree: Any) -> None:
    replies = tree(tree.delete("Task", "task"), tree.update("Task", "task", name="x"))

    assert replies[1]["data"]["name"] == "x"
    assert tree.rows("context", id="task") == []


def test_what_was_made_under_something_that_goes_goes_too(tree: Any) -> None:
    tree(tree.create("Task", id="t2", name="t2", parent_id="shot"), tree.delete("Shot", "shot"))

    assert {row["id"] for row in tree.rows("context")} == {"project", "sequence"}


def test_a_refusal_leaves_the_cascade_undone(full: Any) -> None:
    with pytest.raises(errors.NotFoundError):
        full(full.delete("Shot", "shot"), full.delete("Task", "nowhere"))

    assert full.rows("context", id="task") != []
    assert full.rows("appointment") != []


@pytest.mark.parametrize("between", [(), ({"action": "query", "expression": "Task"},)], ids=["at once", "apart"])
def test_a_row_created_anew_can_be_changed_and_deleted_again(tree: Any, between: tuple[dict[str, Any], ...]) -> None:
    tree(
        tree.delete("Task", "task"),
        *between,
        tree.create("Task", id="task", name="new", parent_id="shot"),
        *between,
        tree.update("Task", "task", description="changed"),
    )
    assert tree.row("context", "task")["description"] == "changed"

    tree(tree.delete("Task", "task"), *between, tree.create("Task", id="task", name="x", parent_id="shot"), *between,
         tree.delete("Task", "task"))  # fmt: skip
    assert tree.rows("context", id="task") == []


def test_a_sequence_takes_its_members_and_what_hangs_on_them_along(api: Any) -> None:
    api(
        api.create("SequenceComponent", id="q"),
        api.create("FileComponent", id="f", container_id="q", metadata={"k": "v"}),
    )

    api(api.delete("ContainerComponent", "q"))

    assert (api.rows("component"), api.rows("metadata")) == ([], [])
