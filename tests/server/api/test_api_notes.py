"""Notes: places, threads, recipients, labels."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server import errors


def recipients(api: Any, note: str) -> set[str]:
    return {row["resource_id"] for row in api.rows("recipient", note_id=note)}


def test_a_note_gets_writer_dates_project_and_recipient(tree: Any) -> None:
    data = tree.data(tree.create("Note", id="n", content="x", parent_id="task", parent_type="Task"))

    assert (data["user_id"], data["project_id"], data["parent_type"]) == (tree.user_id, "project", "Task")
    assert data["date"] == data["thread_activity"] == {"__type__": "datetime", "value": "2031-02-03T04:05:06"}
    assert recipients(tree, "n") == {tree.user_id}


def test_the_batch_of_create_note_as_clients_send_it(tree: Any) -> None:
    label = tree.rows("note_label")[0]["id"]
    other = tree.data(tree.create("User", username="other"))["id"]

    tree(
        tree.create("Note", ["n"], id="n", content="x", author=tree.ref("User", other), is_todo=False),
        tree.update("Task", ["task"], notes=[tree.ref("Note", "n")]),
        tree.create("Recipient", ["n", other], note_id="n", resource_id=other),
        tree.update("Note", ["n"], recipients=[{"__entity_type__": "Recipient", "note_id": "n", "resource_id": other}]),
        tree.create("NoteLabelLink", ["n", label], note_id="n", label_id=label),
    )

    note = tree.row("note", "n")
    assert (note["parent_id"], note["parent_type"], note["project_id"]) == ("task", "task", "project")
    assert (note["user_id"], note["category_id"]) == (other, label)
    assert recipients(tree, "n") == {other, tree.user_id}


def test_a_reply_goes_where_the_note_is_and_stirs_its_thread(tree: Any) -> None:
    tree(tree.create("Note", id="n", content="x", parent_id="task", parent_type="Task", date="2020-01-01",
                     thread_activity="2020-01-01"))  # fmt: skip
    tree(tree.create("Note", id="r1", content="y", in_reply_to_id="n", date="2021-01-01"))
    tree(
        tree.create("Note", id="r2", content="z", date="2022-01-01"),
        tree.update("Note", "r1", replies=[tree.ref("Note", "r2")]),
    )

    answer = tree.row("note", "r2")
    assert (answer["in_reply_to_id"], answer["parent_id"], answer["project_id"]) == ("r1", "task", "project")
    assert tree.row("note", "n")["thread_activity"].year == 2022


@pytest.mark.parametrize(
    ("kind", "parent", "stored", "shown"),
    [
        ("task", "shot", "task", "TypedContext"),
        ("show", "project", "show", "Project"),
        ("assetversion", "version", "asset_version", "AssetVersion"),
        ("AssetVersion", "version", "asset_version", "AssetVersion"),
        ("asset_version", "version", "asset_version", "AssetVersion"),
    ],
)
def test_a_parent_may_be_named_by_the_table_that_events_name(
    tree: Any, kind: str, parent: str, stored: str, shown: str
) -> None:
    tree(
        tree.create("Asset", id="asset", name="a", context_id="shot"),
        tree.create("AssetVersion", id="version", asset_id="asset"),
    )

    tree(tree.create("Note", id="n", content="x", parent_id=parent, parent_type=kind))

    assert tree.row("note", "n")["parent_type"] == stored
    found = tree.data({"action": "query", "expression": f"select parent_type from Note where parent_type is {kind}"})
    assert [row["parent_type"] for row in found] == [shown]


def test_a_note_on_a_user_has_no_project(tree: Any) -> None:
    data = tree.data(tree.create("Note", content="x", parent_id=tree.user_id, parent_type="User"))

    assert "project_id" not in data
    assert data["parent_type"] == "User"


def test_a_note_on_nothing_that_exists_is_refused(tree: Any) -> None:
    with pytest.raises(errors.IntegrityError, match=r'Note\.parent_id refers to TypedContext "nowhere"'):
        tree(tree.create("Note", content="x", parent_id="nowhere", parent_type="Task"))
    with pytest.raises(errors.ValidationError, match="needs parent_type"):
        tree(tree.create("Note", content="x", parent_id="task"))


def test_addressing_the_writer_again_is_no_fault(tree: Any) -> None:
    tree(tree.create("Note", id="n", content="x", parent_id="task", parent_type="Task"))

    tree(tree.create("Recipient", ["n", tree.user_id], note_id="n", resource_id=tree.user_id))

    assert recipients(tree, "n") == {tree.user_id}


def test_notes_left_out_of_a_list_stay_where_they_are(tree: Any) -> None:
    tree(*(tree.create("Note", id=n, content=n, parent_id="task", parent_type="Task") for n in ("n1", "n2")))

    tree(tree.update("Task", "task", notes=[tree.ref("Note", "n2")]))

    assert tree.row("note", "n1")["parent_id"] == "task"


def test_the_first_label_is_the_category_until_it_is_taken_away(tree: Any) -> None:
    first, second = (row["id"] for row in tree.rows("note_label")[:2])
    tree(tree.create("Note", id="n", content="x", parent_id="task", parent_type="Task"))

    tree(tree.create("NoteLabelLink", note_id="n", label_id=first))
    tree(tree.create("NoteLabelLink", note_id="n", label_id=second))
    before = tree.row("note", "n")["category_id"]
    tree(tree.delete("NoteLabelLink", ["n", first]))

    assert (before, tree.row("note", "n")["category_id"]) == (first, None)


def test_completing_a_todo_notes_when_and_by_whom(tree: Any) -> None:
    tree(tree.create("Note", id="n", content="x", is_todo=True, parent_id="task", parent_type="Task"))

    tree(tree.update("Note", "n", completed_by=tree.ref("User", tree.user_id)))
    done = tree.row("note", "n")
    tree(tree.update("Note", "n", completed_by=None))

    assert done["completed_at"] is not None
    assert tree.row("note", "n")["completed_at"] is None
