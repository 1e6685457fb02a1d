"""Searching: every term in some text, below a context, of some object types."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server import errors


@pytest.fixture
def stocked(tree: Any) -> Any:
    """The tree with a described folder, an asset with a version, and another project."""
    tree(
        tree.create("Folder", id="folder", name="Harbour", description="boats at 100% calm", parent_id="project"),
        tree.create("Asset", id="asset", name="rowing boat", context_id="shot"),
        tree.create("AssetVersion", id="version", asset_id="asset", comment="first light"),
        tree.project("other"),
        tree.create("Folder", id="far", name="Harbour", parent_id="other"),
        tree.create("User", id="kim", username="kim", first_name="Kim", last_name="Ito", email="kim@example.com"),
    )
    return tree


def found(api: Any, expression: str, *terms: str, **more: Any) -> set[str]:
    data = api.data({"action": "search", "expression": expression, "terms": list(terms), **more})
    return {row["id"] for row in data}


@pytest.mark.parametrize(
    ("entity_type", "terms", "ids"),
    [
        ("Folder", ["harbour"], {"folder", "far"}),
        ("Folder", ["HARB", "boats"], {"folder"}),
        ("Folder", ["100%"], {"folder"}),
        ("Folder", ["1_0"], set()),
        ("Folder", ["harbour", "planes"], set()),
        ("Task", ["sh010"], {"task"}),
        ("Task", ["sq010", "comp"], {"task"}),
        ("AssetVersion", ["rowing"], {"version"}),
        ("AssetVersion", ["rowing", "light"], {"version"}),
        ("User", ["ito"], {"kim"}),
        ("User", ["kim@"], {"kim"}),
        ("TypedContext", ["010"], {"shot", "sequence", "task"}),
    ],
)
def test_every_term_is_part_of_some_text(stocked: Any, entity_type: str, terms: list[str], ids: set[str]) -> None:
    assert found(stocked, f"select id from {entity_type}", *terms) == ids


@pytest.mark.parametrize(
    ("entity_type", "context", "ids"),
    [
        ("Folder", "project", {"folder"}),
        ("Folder", "other", {"far"}),
        ("Task", "sequence", {"task"}),
        ("Task", "folder", set()),
        ("AssetVersion", "sequence", {"version"}),
        ("AssetVersion", "other", set()),
        ("Asset", "shot", {"asset"}),
    ],
)
def test_a_search_can_be_kept_below_a_context(stocked: Any, entity_type: str, context: str, ids: set[str]) -> None:
    assert found(stocked, f"select id from {entity_type}", context_id=context) == ids


def test_a_search_can_be_kept_to_object_types(stocked: Any) -> None:
    shot = stocked.rows("object_type", name="Shot")[0]["id"]

    assert found(stocked, "select id from TypedContext", "010", object_type_ids=[shot]) == {"shot"}


def test_projection_criteria_order_and_page_are_those_of_the_expression(stocked: Any) -> None:
    (reply,) = stocked(
        {
            "action": "search",
            "expression": 'select name from TypedContext where id is_not "far" order by name descending limit 2',
            "terms": ["0"],
        }
    )

    assert reply["action"] == "search"
    assert [row["name"] for row in reply["data"]] == ["sq010", "sh010"]
    assert reply["metadata"]["next"]["offset"] == 2


def test_without_terms_everything_is_found(stocked: Any) -> None:
    assert found(stocked, "select id from Folder") == {"folder", "far"}


def test_mistakes_are_those_of_queries(stocked: Any) -> None:
    with pytest.raises(errors.ParseError, match="column"):
        found(stocked, "select id from Task where", "x")
    with pytest.raises(errors.ParseError, match='Did you mean "Task"'):
        found(stocked, "select id from Taks", "x")
    with pytest.raises(errors.ParseError, match="has no text to search in"):
        found(stocked, "select note_id from Recipient", "x")
