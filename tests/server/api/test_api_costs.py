"""What batches cost: SQL statements follow the kinds of things done, never their number."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server.auth.keys import AUTHENTICATION_MARK

pytestmark = pytest.mark.cost

TELLING = 2
"""Statements that tell of a change: the places in the tree, and the event written into the outbox."""


def statements(api: Any, *operations: dict[str, Any]) -> int:
    """Return how many statements a batch takes, the look-up of its key aside."""
    with api.database.observing() as seen:
        api(*operations)
    return len([text for text in seen if AUTHENTICATION_MARK not in text])


def shots_with_tasks(api: Any, prefix: str, count: int) -> list[dict[str, Any]]:
    operations = []
    for number in range(count):
        shot = f"{prefix}{number}"
        operations.append(api.create("Shot", id=shot, name=shot, parent=api.ref("Sequence", "sequence")))
        operations.append(api.create("Task", id=f"{shot}t", name="comp", parent=api.ref("Shot", shot)))
    return operations


def notes(api: Any, prefix: str, count: int) -> list[dict[str, Any]]:
    return [
        api.create("Note", id=f"{prefix}{number}", content="x", parent_id="task", parent_type="Task")
        for number in range(count)
    ]


def versions(api: Any, prefix: str, count: int) -> list[dict[str, Any]]:
    operations = []
    for number in range(count):
        asset = f"{prefix}{number}"
        operations.append(api.create("Asset", id=asset, name=asset, context_id="shot"))
        operations.append(api.create("AssetVersion", id=f"{asset}v", asset_id=asset))
        operations.append(api.create("FileComponent", id=f"{asset}c", version_id=f"{asset}v"))
        operations.append(
            api.create("Metadata", parent_id=f"{asset}c", parent_type="FileComponent", key="k", value="v")
        )
    return operations


@pytest.mark.parametrize(("build", "most"), [(shots_with_tasks, 22), (notes, 10), (versions, 32)])
def test_creating_many_takes_as_many_statements_as_creating_two(tree: Any, build: Any, most: int) -> None:
    few = statements(tree, *build(tree, "few", 2))
    many = statements(tree, *build(tree, "many", 1000))

    assert few == many <= most


def test_changing_many_takes_as_many_statements_as_changing_two(tree: Any) -> None:
    tree(*shots_with_tasks(tree, "s", 200))
    done = tree.named("status", "Completed")

    def changes(first: int, last: int) -> list[dict[str, Any]]:
        return [tree.update("Task", f"s{n}t", status_id=done, description="x") for n in range(first, last)]

    assert statements(tree, *changes(0, 2)) == statements(tree, *changes(2, 200)) <= 5 + TELLING


def test_attaching_to_many_takes_as_many_statements_as_attaching_to_two(tree: Any) -> None:
    tree(*shots_with_tasks(tree, "s", 200), *(tree.create("Scope", id=n, name=n) for n in ("a", "b")))

    def changes(first: int, last: int) -> list[dict[str, Any]]:
        scopes = [tree.ref("Scope", name) for name in ("a", "b")]
        return [tree.update("Task", f"s{n}t", scopes=scopes, metadata={"k": "v"}) for n in range(first, last)]

    assert statements(tree, *changes(0, 2)) == statements(tree, *changes(2, 200)) <= 9


def test_moving_many_takes_as_many_statements_as_moving_two(tree: Any) -> None:
    tree(*shots_with_tasks(tree, "s", 200), tree.create("Sequence", id="other", name="other", parent_id="project"))

    def moves(first: int, last: int) -> list[dict[str, Any]]:
        return [tree.update("Shot", f"s{n}", parent=tree.ref("Sequence", "other")) for n in range(first, last)]

    assert statements(tree, *moves(0, 2)) == statements(tree, *moves(2, 200)) <= 14


def test_adding_up_many_bids_takes_as_many_statements_as_two(tree: Any) -> None:
    tree(*shots_with_tasks(tree, "s", 200))

    def changes(first: int, last: int) -> list[dict[str, Any]]:
        return [tree.update("Task", f"s{n}t", bid=n + 1) for n in range(first, last)]

    assert statements(tree, *changes(0, 2)) == statements(tree, *changes(2, 200)) <= 6 + TELLING
    assert tree.row("context", "sequence")["bid"] == sum(range(1, 201))


def test_deleting_many_takes_as_many_statements_as_deleting_two(tree: Any) -> None:
    tree(*shots_with_tasks(tree, "s", 200))

    few = statements(tree, *(tree.delete("Shot", f"s{n}") for n in range(2)))
    many = statements(tree, *(tree.delete("Shot", f"s{n}") for n in range(2, 200)))

    assert few == many <= 40


@pytest.mark.parametrize(
    ("data", "most"),
    [({"description": "x"}, 2), ({"sort": 5, "description": "x"}, 2), ({"name": "other"}, 3), ({"bid": 5}, 6)],
    ids=["text", "two", "name", "added up"],
)
def test_changing_one_row_takes_a_handful_of_statements(tree: Any, data: dict[str, Any], most: int) -> None:
    assert statements(tree, tree.update("Task", "task", **data)) <= most + TELLING


def test_saying_what_is_so_already_writes_nothing(tree: Any) -> None:
    assert statements(tree, tree.update("Task", "task", name="comp")) == 1
