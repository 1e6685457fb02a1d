"""Collections in updates: what is listed is attached, what is not listed is let go where that is safe."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server import errors


def scopes(api: Any, context: str) -> set[str]:
    return {row["scope_id"] for row in api.rows("context_scope", context_id=context)}


def test_a_many_to_many_collection_becomes_exactly_what_is_listed(tree: Any) -> None:
    tree(*(tree.create("Scope", id=name, name=name) for name in ("a", "b", "c")))

    seen = []
    for names in (["a", "b"], ["b", "c"], []):
        tree(tree.update("Task", "task", scopes=[tree.ref("Scope", name) for name in names]))
        seen.append(scopes(tree, "task"))

    assert seen == [{"a", "b"}, {"b", "c"}, set()]


def test_the_last_of_two_lists_for_one_collection_counts(tree: Any) -> None:
    tree(
        tree.create("Scope", id="a", name="a"),
        tree.update("Task", "task", scopes=[tree.ref("Scope", "a")]),
        tree.create("Scope", id="b", name="b"),
        tree.update("Task", "task", scopes=[tree.ref("Scope", "b")]),
    )

    assert scopes(tree, "task") == {"b"}


def test_the_entries_of_a_list_are_rows_of_their_own(tree: Any) -> None:
    category = tree.rows("list_category")[0]["id"]
    tree(tree.create("TypedContextList", id="l", name="l", project_id="project", category_id=category,
                     items=[tree.ref("Task", "task"), tree.ref("Shot", "shot")]))  # fmt: skip
    kept = tree.rows("list_object", entity_id="shot")

    tree(tree.update("TypedContextList", "l", items=[tree.ref("Shot", "shot"), tree.ref("Sequence", "sequence")]))

    assert {row["entity_id"] for row in tree.rows("list_object", list_id="l")} == {"shot", "sequence"}
    assert tree.rows("list_object", entity_id="shot") == kept


def test_a_list_takes_only_what_it_is_for(tree: Any) -> None:
    category = tree.rows("list_category")[0]["id"]
    tree(tree.create("TypedContextList", id="l", name="l", project_id="project", category_id=category))

    with pytest.raises(errors.ValidationError, match=r"may hold TypedContext only\. Got Project"):
        tree(tree.update("TypedContextList", "l", items=[tree.ref("Project", "project")]))
    with pytest.raises(errors.ValidationError, match=r"TypedContextList\.items must be a Task"):
        tree(tree.update("TypedContextList", "l", items=[tree.ref("AssetVersion", "v")]))


def test_lists_can_be_told_from_the_side_of_an_entry(tree: Any) -> None:
    category = tree.rows("list_category")[0]["id"]
    tree(tree.create("TypedContextList", id="l", name="l", project_id="project", category_id=category))

    tree(tree.update("Task", "task", lists=[tree.ref("TypedContextList", "l")]))

    assert [row["entity_id"] for row in tree.rows("list_object", list_id="l")] == ["task"]


def test_components_left_out_are_detached_and_kept(tree: Any) -> None:
    tree(
        tree.create("Asset", id="a", name="a", context_id="shot"),
        tree.create("AssetVersion", id="v", asset_id="a"),
        *(tree.create("FileComponent", id=name, name=name, version_id="v") for name in ("c1", "c2")),
        tree.create("FileComponent", id="c3"),
    )

    tree(tree.update("AssetVersion", "v", components=[tree.ref("FileComponent", n) for n in ("c2", "c3")]))

    assert {row["id"]: row["version_id"] for row in tree.rows("component")} == {"c1": None, "c2": "v", "c3": "v"}


def test_a_component_can_move_from_one_version_to_another_in_one_batch(tree: Any) -> None:
    tree(
        tree.create("Asset", id="a", name="a", context_id="shot"),
        *(tree.create("AssetVersion", id=v, asset_id="a") for v in ("v1", "v2")),
        tree.create("FileComponent", id="c", version_id="v1"),
    )

    tree(
        tree.update("AssetVersion", "v2", components=[tree.ref("FileComponent", "c")]),
        tree.update("AssetVersion", "v1", components=[]),
        tree.delete("AssetVersion", "v1"),
    )

    assert tree.row("component", "c")["version_id"] == "v2"


def test_members_of_a_sequence_are_attached_in_the_batch_that_makes_them(tree: Any) -> None:
    tree(
        tree.create("SequenceComponent", id="q", padding=4),
        *(tree.create("FileComponent", id=n, name=n, container=tree.ref("SequenceComponent", "q")) for n in "ab"),
        tree.create("FileComponent", id="c", name="c"),
        tree.update("SequenceComponent", "q", members=[tree.ref("FileComponent", n) for n in "abc"]),
    )

    assert [row["id"] for row in tree.rows("component", container_id="q")] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("owner", "attribute", "table", "column"),
    [("Shot", "children", "context", "parent_id"), ("Shot", "timelogs", "timelog", "context_id")],
)
def test_what_needs_its_place_is_not_detached_by_absence(
    tree: Any, owner: str, attribute: str, table: str, column: str
) -> None:
    tree(tree.create("Timelog", id="l", context_id="shot", duration=5))

    tree(tree.update(owner, "shot", **{attribute: []}))

    assert [row[column] for row in tree.rows(table, **{column: "shot"})] == ["shot"]


def test_children_can_be_adopted_through_the_list(tree: Any) -> None:
    tree(tree.create("Sequence", id="other", name="other", parent_id="project"))

    tree(tree.update("Sequence", "other", children=[tree.ref("Shot", "shot")]))

    assert tree.row("context", "shot")["parent_id"] == "other"
    assert {row["ancestor_id"] for row in tree.rows("context_path", descendant_id="task")} == {
        "task",
        "shot",
        "other",
        "project",
    }


def test_assignments_attached_through_a_filtered_collection_get_its_type(tree: Any) -> None:
    appointment = tree.create("Appointment", id="a", resource_id=tree.user_id, context_id="task", type="allocation")
    tree(appointment)

    tree(tree.update("Task", "task", assignments=[tree.ref("Appointment", "a")]))

    assert tree.row("appointment", "a")["type"] == "assignment"


def test_an_appointment_is_made_once_and_of_a_known_type(tree: Any) -> None:
    pair = {"resource_id": tree.user_id, "context_id": "task"}
    tree(tree.create("Appointment", **pair, type="assignment"))

    with pytest.raises(errors.IntegrityError, match="DuplicateEntryError"):
        tree(tree.create("Appointment", **pair, type="assignment"))
    with pytest.raises(errors.ValidationError, match=r'Got "asignment"\. Did you mean "assignment"'):
        tree(tree.create("Appointment", **pair, type="asignment"))


def test_a_listed_row_must_exist(tree: Any) -> None:
    with pytest.raises(
        errors.IntegrityError, match=r'Task\.scopes lists Scope "nowhere", which does not exist'
    ) as refusal:
        tree(tree.create("Scope", name="x"), tree.update("Task", "task", scopes=[tree.ref("Scope", "nowhere")]))

    assert refusal.value.operation_index == 1


def test_a_listed_row_that_the_batch_makes_and_deletes_is_left_out(tree: Any) -> None:
    tree(
        tree.create("Note", id="n", content="x"),
        tree.update("Task", "task", notes=[tree.ref("Note", "n")]),
        tree.delete("Note", "n"),
    )

    assert tree.rows("note") == []


@pytest.mark.parametrize("value", ["x", 5, {"id": "x"}])
def test_a_collection_is_a_list(tree: Any, value: Any) -> None:
    with pytest.raises(errors.ValidationError, match=r"Task\.scopes must be a list of references"):
        tree(tree.update("Task", "task", scopes=value))


def test_an_update_tells_what_its_collections_hold_now(tree: Any) -> None:
    note = {"parent_id": "task", "parent_type": "Task"}
    tree(
        *(tree.create("Note", id=name, content=name, **note) for name in ("n1", "n2")),
        *(tree.create("Scope", id=name, name=name) for name in ("a", "b")),
        tree.create("Metadata", **note, key="k1", value="1"),
        tree.update("Task", "task", scopes=[tree.ref("Scope", "b")]),
    )

    data = tree.data(
        tree.update(
            "Task",
            "task",
            notes=[tree.ref("Note", "n2")],
            scopes=[tree.ref("Scope", "a")],
            metadata={"k2": "2"},
            timelogs=[],
        )
    )

    assert data["notes"] == [tree.ref("Note", "n2"), tree.ref("Note", "n1")]
    assert data["scopes"] == [tree.ref("Scope", "a")]
    assert data["timelogs"] == []
    assert {item["key"]: (item["value"], item["parent_type"]) for item in data["metadata"]} == {
        "k1": ("1", "TypedContext"),
        "k2": ("2", "TypedContext"),
    }


def test_a_create_tells_nothing_of_collections(tree: Any) -> None:
    data = tree.data(tree.create("Task", name="x", parent_id="shot", scopes=[], notes=[], metadata={"k": "v"}))

    assert not {"scopes", "notes", "metadata"} & set(data)
