"""The project tree: places, inherited projects, moves, names, first statuses and types, history."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftrack_server import errors


def path(api: Any, id_: str) -> list[str]:
    """Return the stored path of a context, itself first."""
    rows = sorted(api.rows("context_path", descendant_id=id_), key=lambda row: row["depth"])
    return [row["ancestor_id"] for row in rows]


def test_a_project_starts_with_its_defaults(api: Any) -> None:
    data = api.data(api.project("p"))

    assert (data["context_type"], data["status"], data["is_global"], data["project_id"]) == (
        "show",
        "active",
        False,
        "p",
    )
    assert path(api, "p") == ["p"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_a_tree_may_be_created_in_any_order(api: Any, order: tuple[int, ...]) -> None:
    operations = [
        api.project("p"),
        api.create("Sequence", id="q", name="q", parent=api.ref("Project", "p")),
        api.create("Shot", id="s", name="s", parent_id="q"),
        api.create("Task", id="t", name="t", parent=api.ref("Shot", "s")),
    ]

    api(*(operations[position] for position in order))

    assert {row["project_id"] for row in api.rows("context")} == {"p"}
    assert path(api, "t") == ["t", "s", "q", "p"]


def test_a_parent_may_arrive_last(api: Any) -> None:
    api(api.create("Task", id="t", name="t"), api.project("p"), api.update("Task", "t", parent=api.ref("Project", "p")))

    assert api.row("context", "t")["project_id"] == "p"
    assert api.row("context", "t")["status_id"]


def test_an_item_without_parent_is_placed_below_its_project(tree: Any) -> None:
    tree(tree.create("Shot", id="s2", name="s2", project_id="project"))

    assert path(tree, "s2") == ["s2", "project"]


def test_an_item_needs_a_place(api: Any) -> None:
    with pytest.raises(errors.IntegrityError, match=r"Shot\.parent must have a value"):
        api(api.create("Shot", name="s"))


def test_parent_and_project_must_agree(tree: Any) -> None:
    tree(tree.project("other"))

    with pytest.raises(errors.ValidationError, match='project_id is "other" but its parent belongs to "project"'):
        tree(tree.create("Shot", name="s", parent_id="sequence", project_id="other"))


def test_parents_that_form_a_circle_are_refused(api: Any) -> None:
    with pytest.raises(errors.IntegrityError, match="in a circle"):
        api(
            api.create("Folder", id="a", name="a", parent=api.ref("Folder", "b")),
            api.create("Folder", id="b", name="b", parent=api.ref("Folder", "a")),
        )


def test_names_are_unique_below_one_parent(tree: Any) -> None:
    tree(
        tree.create("Shot", name="sh020", parent_id="sequence"), tree.create("Shot", name="sh010", parent_id="project")
    )

    with pytest.raises(errors.IntegrityError, match="DuplicateEntryError") as refusal:
        tree(tree.create("Scope", name="x"), tree.create("Shot", name="sh010", parent_id="sequence"))
    assert refusal.value.operation_index == 1
    with pytest.raises(errors.IntegrityError, match='name "sh010"'):
        tree(tree.update("Shot", tree.rows("context", name="sh020")[0]["id"], name="sh010"))
    with pytest.raises(errors.IntegrityError, match="There is a Project with"):
        tree(tree.project("another", name="project"))


def test_a_name_may_be_taken_over_in_the_batch_that_frees_it(tree: Any) -> None:
    tree(tree.create("Shot", id="new", name="sh010", parent_id="sequence"), tree.delete("Shot", "shot"))

    assert [row["id"] for row in tree.rows("context", name="sh010")] == ["new"]


def test_nothing_is_placed_below_a_leaf(tree: Any) -> None:
    with pytest.raises(errors.ValidationError, match="A Task has no children"):
        tree(tree.create("Task", name="below", parent_id="task"))


def test_a_move_takes_the_subtree_along(tree: Any) -> None:
    tree(tree.create("Sequence", id="other", name="other", parent_id="project"))

    tree(tree.update("Shot", "shot", parent=tree.ref("Sequence", "other")))

    assert path(tree, "task") == ["task", "shot", "other", "project"]
    assert path(tree, "sequence") == ["sequence", "project"]


def test_a_move_to_another_project_changes_the_project_of_everything_below(tree: Any) -> None:
    tree(
        tree.project("other"),
        tree.create("Asset", id="asset", name="a", context_id="shot"),
        tree.create("AssetVersion", id="version", asset_id="asset"),
        tree.create("Note", id="note", content="x", parent_id="task", parent_type="Task"),
        tree.create("Note", id="reply", content="y", in_reply_to_id="note"),
        tree.create("Note", id="remark", content="z", parent_id="version", parent_type="AssetVersion"),
    )

    tree(tree.update("Shot", "shot", parent=tree.ref("Project", "other")))

    moved = [("context", "shot"), ("context", "task"), ("asset", "asset"), ("asset_version", "version")]
    moved += [("note", "note"), ("note", "reply"), ("note", "remark")]
    assert {tree.row(table, id_)["project_id"] for table, id_ in moved} == {"other"}
    assert tree.row("context", "sequence")["project_id"] == "project"


def test_an_item_cannot_be_moved_below_itself(tree: Any) -> None:
    with pytest.raises(errors.IntegrityError, match="which is below itself"):
        tree(tree.update("Sequence", "sequence", parent=tree.ref("Shot", "shot")))


def test_two_moves_of_one_batch_cannot_form_a_circle(tree: Any) -> None:
    tree(
        tree.create("Folder", id="a", name="a", parent_id="project"),
        tree.create("Folder", id="b", name="b", parent_id="project"),
    )

    with pytest.raises(errors.IntegrityError, match="which is below itself"):
        tree(tree.update("Folder", "a", parent_id="b"), tree.update("Folder", "b", parent_id="a"))


def test_moves_may_turn_a_branch_upside_down(tree: Any) -> None:
    tree(
        tree.create("Folder", id="a", name="a", parent_id="project"),
        tree.create("Folder", id="b", name="b", parent_id="a"),
        tree.create("Folder", id="c", name="c", parent_id="b"),
    )

    tree(
        tree.update("Folder", "c", parent_id="project"),
        tree.update("Folder", "b", parent_id="c"),
        tree.update("Folder", "a", parent_id="b"),
    )

    assert path(tree, "a") == ["a", "b", "c", "project"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.data())
def test_after_any_moves_the_closure_table_agrees_with_the_parents(tree: Any, data: st.DataObject) -> None:
    folders = [f"f{number}" for number in range(6)]
    if not tree.rows("context", id="f0"):
        tree(*(tree.create("Folder", id=name, name=name, parent_id="project") for name in folders))
    names = st.sampled_from(folders)
    moves = data.draw(st.lists(st.tuples(names, st.sampled_from([*folders, "project"])), min_size=1, max_size=4))

    with contextlib.suppress(errors.IntegrityError):  # a circle; nothing of it may be stored
        tree(*(tree.update("Folder", name, parent_id=parent) for name, parent in moves))

    parents = {row["id"]: row["parent_id"] for row in tree.rows("context")}
    for name in folders:
        expected = [name]
        while parents[expected[-1]] is not None:
            expected.append(parents[expected[-1]])
        assert path(tree, name) == expected


def test_a_project_stays_at_the_root(tree: Any) -> None:
    tree(tree.project("other"))

    with pytest.raises(errors.ValidationError, match="root of its tree"):
        tree(tree.update("Project", "other", parent_id="sequence"))


@pytest.mark.parametrize(
    ("entity_type", "status", "kind"),
    [
        ("Shot", True, False),
        ("Sequence", False, False),
        ("Folder", False, False),
        ("AssetBuild", True, True),
        ("Task", True, True),
    ],
)
def test_first_status_and_type_follow_from_the_object_type(
    tree: Any, entity_type: str, status: bool, kind: bool
) -> None:
    data = tree.data(tree.create(entity_type, id="x", name="x", parent_id="sequence"))

    assert ("status_id" in data, "type_id" in data) == (status, kind)
    if status:
        chosen = tree.row("status", data["status_id"])
        assert tree.row("state", chosen["state_id"])["short"] == "NOT_STARTED"


def test_an_override_of_the_schema_decides_the_first_status_of_a_type(tree: Any) -> None:
    schema = tree.named("project_schema", "VFX")
    kind, status = tree.named("type", "Compositing"), tree.named("status", "On Hold")
    tree(
        tree.create("WorkflowSchema", id="w", name="w", statuses=[tree.ref("Status", status)]),
        tree.create("ProjectSchemaOverride", project_schema_id=schema, type_id=kind, workflow_schema_id="w"),
    )

    data = tree.data(tree.create("Task", name="x", parent_id="shot", type_id=kind))

    assert data["status_id"] == status


def test_a_workflow_made_in_the_same_batch_counts(api: Any) -> None:
    status = api.named("status", "On Hold")

    replies = api(
        api.create("WorkflowSchema", id="w", name="w", statuses=[api.ref("Status", status)]),
        api.create("TaskTypeSchema", id="tt", name="tt"),
        api.create("ProjectSchema", id="ps", name="ps", task_workflow_schema_id="w", task_type_schema_id="tt"),
        api.project("p", project_schema=api.ref("ProjectSchema", "ps")),
        api.create("Task", id="t", name="t", parent_id="p"),
    )

    assert replies[-1]["data"]["status_id"] == status


def test_a_new_status_leaves_a_history_row(tree: Any) -> None:
    before = tree.row("context", "task")["status_id"]
    after = tree.named("status", "In progress")

    tree(tree.update("Task", "task", status=tree.ref("Status", after)))
    tree(tree.update("Task", "task", status=tree.ref("Status", after)))

    (change,) = tree.rows("status_change", parent_id="task")
    assert (change["from_status_id"], change["status_id"]) == (before, after)
    assert (change["user_id"], change["parent_type"]) == (tree.user_id, "task")


def test_a_rule_group_decides_from_where_a_status_may_be_set(tree: Any) -> None:
    approved, review = tree.named("status", "Approved"), tree.named("status", "Pending Review")
    task_type = tree.rows("object_type", name="Task")[0]["id"]
    tree(
        tree.create(
            "TypedContextStatusRuleGroup",
            id="g",
            schema_id=tree.named("project_schema", "VFX"),
            status_id=approved,
            object_type_id=task_type,
        ),
        tree.create("StatusRule", status_rule_group_id="g", status_id=review),
    )

    with pytest.raises(errors.PermissionDeniedError, match="rules of the project"):
        tree(tree.update("Task", "task", status_id=approved))
    tree(tree.update("Task", "task", status_id=review))
    tree(tree.update("Task", "task", status_id=approved))

    assert tree.row("context", "task")["status_id"] == approved


def test_what_an_object_type_does_not_have_cannot_change(tree: Any) -> None:
    with pytest.raises(errors.ValidationError, match=r"Shot\.bid cannot change"):
        tree(tree.update("Shot", "shot", bid=5))

    tree(tree.update("TypedContext", "shot", bid=0.0, description="same bid, new words"))
    assert tree.row("context", "shot")["description"] == "same bid, new words"


def test_an_update_through_another_type_finds_nothing(tree: Any) -> None:
    with pytest.raises(errors.NotFoundError, match='There is no Task with the key "shot" to update'):
        tree(tree.update("Task", "shot", description="x"))


def test_an_update_of_a_missing_row_names_it(api: Any) -> None:
    with pytest.raises(errors.NotFoundError) as refusal:
        api(api.create("Scope", name="x"), api.update("Task", "nowhere", name="x"))

    assert refusal.value.operation_index == 1
    assert 'There is no Task with the key "nowhere" to update' in refusal.value.message


def test_an_update_answers_key_system_attributes_and_what_was_sent(tree: Any) -> None:
    data = tree.data(tree.update("Task", "task", description="x", type=None))

    assert data == {
        "__entity_type__": "Task",
        "id": "task",
        "project_id": "project",
        "context_type": "task",
        "object_type_id": "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c",
        "description": "x",
        "type": None,
    }


def schedule(api: Any, id_: str) -> tuple[float, str | None, str | None]:
    row = api.row("context", id_)
    dates = [None if row[name] is None else row[name].date().isoformat() for name in ("start_date", "end_date")]
    return (row["bid"], *dates)


def test_bids_and_dates_are_added_up_towards_the_project(tree: Any) -> None:
    tree(tree.update("Task", "task", bid=10, start_date="2031-02-03", end_date="2031-02-05"))
    tree(tree.create("Task", id="t2", name="t2", parent_id="shot", bid=5, end_date="2031-03-01"))

    assert schedule(tree, "shot") == schedule(tree, "sequence") == (15.0, "2031-02-03", "2031-03-01")
    assert schedule(tree, "project") == (None, None, None)


def test_bids_and_dates_follow_moves_and_deletions(tree: Any) -> None:
    tree(
        tree.create("Sequence", id="other", name="other", parent_id="project"),
        tree.create("Task", id="t2", name="t2", parent_id="sequence", bid=1, start_date="2031-01-01"),
        tree.update("Task", "task", bid=10, start_date="2031-02-03"),
    )
    seen = [(schedule(tree, "sequence"), schedule(tree, "other"))]

    for operation in (
        tree.update("Shot", "shot", parent_id="other"),
        tree.delete("Task", "task"),
        tree.update("Task", "t2", start_date=None),
    ):
        tree(operation)
        seen.append((schedule(tree, "sequence"), schedule(tree, "other")))

    assert seen == [
        ((11.0, "2031-01-01", None), (0.0, None, None)),
        ((1.0, "2031-01-01", None), (10.0, "2031-02-03", None)),
        ((1.0, "2031-01-01", None), (0.0, None, None)),
        ((1.0, None, None), (0.0, None, None)),
    ]


def test_a_tree_created_with_bids_is_added_up_at_once(api: Any) -> None:
    api(
        api.create("Task", id="t1", name="t1", parent_id="s", bid=1),
        api.create("Task", id="t2", name="t2", parent_id="s", bid=2),
        api.create("Shot", id="s", name="s", parent_id="q"),
        api.create("Sequence", id="q", name="q", parent_id="p"),
        api.project("p"),
    )

    assert (schedule(api, "s")[0], schedule(api, "q")[0]) == (3.0, 3.0)


@pytest.mark.parametrize(
    ("kind", "column", "data"),
    [
        ("Project", "context_type", {}),
        ("Task", "context_type", {}),
        ("FileComponent", "system_type", {"name": "x"}),
        ("ContainerComponent", "system_type", {"name": "x"}),
        ("TypedContextList", "system_type", {"name": "x", "project_id": "project"}),
        ("User", "resource_type", {"username": "x"}),
        ("Group", "resource_type", {"name": "x"}),
    ],
)
def test_no_update_makes_an_entity_another_kind(tree: Any, kind: str, column: str, data: dict[str, Any]) -> None:
    """It would be found under neither type."""
    key = kind.lower()
    if kind == "TypedContextList":
        data = {**data, "category_id": tree.rows("list_category")[0]["id"]}
    if data:
        tree(tree.create(kind, id=key, **data))

    for value in ("show", "task", "file", "group", "nonsense", None):
        kept = value == tree.row(tree.editions.current.model.type(kind).table, key)[column]
        operation = tree.update(kind, key, **{column: value})
        if kept:
            tree(operation)
        else:
            with pytest.raises(errors.ValidationError, match=column):
                tree(operation)
