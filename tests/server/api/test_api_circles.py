"""No row lies below itself or leads to itself, whatever several operations of a batch say together."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server import errors

FAMILIES = [
    ("ContainerComponent", "container_id", {"name": "c"}),
    ("Group", "parent_id", {"name": "g"}),
    ("Note", "in_reply_to_id", {"content": "n", "parent_id": "task", "parent_type": "Task"}),
]


def grow(api: Any, kind: str, column: str, data: dict[str, Any]) -> None:
    """Make a chain: ``c`` below ``b`` below ``a``."""
    api(
        api.create(kind, id="a", **data),
        api.create(kind, id="b", **data, **{column: "a"}),
        api.create(kind, id="c", **data, **{column: "b"}),
    )


@pytest.mark.parametrize(("kind", "column", "data"), FAMILIES)
def test_nothing_lies_below_itself(tree: Any, kind: str, column: str, data: dict[str, Any]) -> None:
    grow(tree, kind, column, data)

    for key, above in (("a", "a"), ("a", "b"), ("a", "c")):
        with pytest.raises(errors.IntegrityError, match="itself or"):
            tree(tree.update(kind, key, **{column: above}))
    with pytest.raises(errors.IntegrityError, match="itself or"):
        tree(tree.create(kind, id="d", **data, **{column: "d"}))


@pytest.mark.parametrize(("kind", "column", "data"), FAMILIES)
def test_changes_of_one_batch_count_together(tree: Any, kind: str, column: str, data: dict[str, Any]) -> None:
    grow(tree, kind, column, data)

    with pytest.raises(errors.IntegrityError, match="itself or"):
        tree(
            tree.update(kind, "b", **{column: None}),
            tree.update(kind, "a", **{column: "c"}),
            tree.update(kind, "b", **{column: "a"}),
        )
    tree(tree.update(kind, "b", **{column: None}), tree.update(kind, "a", **{column: "c"}))

    table = tree.editions.current.model.type(kind).table
    assert {key: tree.row(table, key)[column] for key in "abc"} == {"a": "c", "b": None, "c": "b"}


@pytest.mark.parametrize(("kind", "column", "data"), FAMILIES)
def test_a_circle_made_in_one_batch_is_refused(tree: Any, kind: str, column: str, data: dict[str, Any]) -> None:
    with pytest.raises(errors.IntegrityError, match="in a circle"):
        tree(tree.create(kind, id="a", **data, **{column: "b"}), tree.create(kind, id="b", **data, **{column: "a"}))


@pytest.mark.parametrize(("kind", "key"), [("TypedContextLink", "task"), ("AssetVersionLink", "version")])
def test_no_link_leads_to_where_it_starts(tree: Any, kind: str, key: str) -> None:
    tree(
        tree.create("Asset", id="asset", name="a", context_id="shot"),
        tree.create("AssetVersion", id="version", asset_id="asset"),
    )

    with pytest.raises(errors.IntegrityError, match="must differ"):
        tree(tree.create(kind, from_id=key, to_id=key))


@pytest.mark.parametrize("location", ["ce9b348f-8809-11e3-821c-20c9d081909b", "3a372bde-05bc-11e4-8908-20c9d081909b"])
def test_the_locations_that_clients_know_by_heart_stay(api: Any, location: str) -> None:
    with pytest.raises(errors.IntegrityError, match="every client expects"):
        api(api.delete("Location", location))


@pytest.mark.parametrize(
    ("from_id", "to_id", "fits"),
    [("task", "me", True), ("shot", "me", False), ("project", "me", False), ("task", "group", False)],
)
def test_a_custom_link_leads_from_and_to_what_it_declares(tree: Any, from_id: str, to_id: str, fits: bool) -> None:
    tree(
        tree.create("Group", id="group", name="g"),
        tree.create(
            "CustomAttributeLinkConfiguration",
            id="boss",
            key="boss",
            entity_type="task",
            object_type_id=tree.named("object_type", "Task"),
            entity_type_to="user",
        ),
    )
    link = tree.create(
        "CustomAttributeLink", configuration_id="boss", from_id=from_id, to_id=tree.user_id if to_id == "me" else to_id
    )

    if fits:
        assert tree.data(link)["from_id"] == from_id
    else:
        with pytest.raises(errors.ServerError) as raised:
            tree(link)
        assert isinstance(raised.value, errors.ValidationError | errors.IntegrityError)
