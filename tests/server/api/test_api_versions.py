"""Assets and versions: places, numbers, the latest one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ftrack_server import errors


@pytest.fixture
def asset(tree: Any) -> Any:
    """The tree with an asset ``asset`` on its shot."""
    tree(tree.create("Asset", id="asset", name="plate", parent=tree.ref("Shot", "shot")))
    return tree


def latest(api: Any, asset: str = "asset") -> str | None:
    return api.row("asset", asset)["latest_version_id"]


def test_an_asset_belongs_to_the_project_of_its_context(asset: Any) -> None:
    assert asset.row("asset", "asset")["project_id"] == "project"
    assert asset.row("asset", "asset")["type_id"] is not None


def test_assets_of_one_context_may_share_a_name(asset: Any) -> None:
    asset(asset.create("Asset", name="plate", context_id="shot"))

    assert len(asset.rows("asset", name="plate")) == 2


def test_an_asset_needs_a_context_that_is_no_task(asset: Any) -> None:
    with pytest.raises(errors.IntegrityError, match=r"Asset\.parent must have a value"):
        asset(asset.create("Asset", name="x"))
    with pytest.raises(errors.ValidationError, match='cannot be placed on the Task "comp"'):
        asset(asset.create("Asset", name="x", context_id="task"))


def test_asset_types_have_a_name_and_a_short_name_of_their_own(api: Any) -> None:
    api(api.create("AssetType", name="Smoke", short="smk"))

    with pytest.raises(errors.IntegrityError, match="short"):
        api(api.create("AssetType", name="Other", short="smk"))
    with pytest.raises(errors.IntegrityError, match="name"):
        api(api.create("AssetType", name="Smoke", short="smo"))


def test_a_version_needs_an_asset(asset: Any) -> None:
    with pytest.raises(errors.IntegrityError, match=r"AssetVersion\.asset must have a value"):
        asset(asset.create("AssetVersion", comment="x"))


def test_a_version_gets_its_defaults(asset: Any) -> None:
    data = asset.data(asset.create("AssetVersion", id="v", asset=asset.ref("Asset", "asset")))

    assert (data["version"], data["comment"], data["is_published"], data["user_id"]) == (1, "", True, asset.user_id)
    assert data["project_id"] == "project"
    assert asset.row("status", data["status_id"])
    assert latest(asset) == "v"


def test_versions_of_one_batch_are_numbered_in_order_after_the_highest(asset: Any) -> None:
    asset(asset.create("AssetVersion", asset_id="asset", version=7))

    replies = asset(*(asset.create("AssetVersion", asset_id="asset") for _ in range(3)))

    assert [reply["data"]["version"] for reply in replies] == [8, 9, 10]


def test_a_number_sent_in_the_same_batch_counts(asset: Any) -> None:
    replies = asset(
        asset.create("AssetVersion", asset_id="asset"),
        asset.create("AssetVersion", asset_id="asset", version=5),
        asset.create("AssetVersion", asset_id="asset"),
    )

    assert [reply["data"]["version"] for reply in replies] == [6, 5, 7]


def test_a_number_is_taken_once(asset: Any) -> None:
    asset(asset.create("AssetVersion", asset_id="asset", version=3))

    with pytest.raises(errors.IntegrityError, match='asset_id "asset" and version "3"'):
        asset(asset.create("AssetVersion", asset_id="asset", version=3))


def test_a_number_that_is_none_is_an_integrity_error(asset: Any) -> None:
    with pytest.raises(errors.IntegrityError, match=r"AssetVersion\.version must be of type integer") as refusal:
        asset(asset.create("AssetVersion", asset_id="asset", version="three"))

    assert refusal.value.exception == "IntegrityError"


def test_the_latest_version_follows_creation_renumbering_publishing_and_deletion(asset: Any) -> None:
    asset(*(asset.create("AssetVersion", id=f"v{n}", asset_id="asset", version=n) for n in (1, 2, 3)))
    seen = [latest(asset)]

    for operation in (
        asset.update("AssetVersion", "v1", version=9),
        asset.update("AssetVersion", "v1", is_published=False),
        asset.delete("AssetVersion", "v3"),
        asset.delete("AssetVersion", "v2"),
        asset.delete("AssetVersion", "v1"),
    ):
        asset(operation)
        seen.append(latest(asset))

    assert seen == ["v3", "v1", "v3", "v2", "v1", None]


def test_threads_that_publish_at_once_get_numbers_of_their_own(asset: Any) -> None:
    def publish(_: int) -> list[int]:
        replies = asset(*(asset.create("AssetVersion", asset_id="asset") for _ in range(5)))
        return [reply["data"]["version"] for reply in replies]

    with ThreadPoolExecutor(8) as threads:
        numbers = [number for batch in threads.map(publish, range(16)) for number in batch]

    assert sorted(numbers) == list(range(1, 81))
    assert asset.row("asset_version", latest(asset))["version"] == 80


def test_a_version_status_leaves_a_history_row(asset: Any) -> None:
    asset(asset.create("AssetVersion", id="v", asset_id="asset"))

    asset(asset.update("AssetVersion", "v", status_id=asset.named("status", "Approved")))

    (change,) = asset.rows("status_change", parent_id="v")
    assert change["parent_type"] == "asset_version"


def test_moving_an_asset_takes_project_and_versions_along(asset: Any) -> None:
    asset(asset.project("other"), asset.create("AssetVersion", id="v", asset_id="asset"))

    asset(asset.update("Asset", "asset", parent=asset.ref("Project", "other")))

    assert asset.row("asset_version", "v")["project_id"] == "other"


def test_a_version_keeps_a_number(asset: Any) -> None:
    asset(asset.create("AssetVersion", id="v", asset_id="asset", version=None))

    with pytest.raises(errors.IntegrityError, match=r"AssetVersion\.version must have a value"):
        asset(asset.update("AssetVersion", "v", version=None))
    assert asset.row("asset_version", "v")["version"] == 1


def test_versions_tell_from_either_side_what_they_were_made_with(asset: Any) -> None:
    def used(owner: str, attribute: str, *ids: str) -> set[tuple[str, str]]:
        references = [asset.ref("AssetVersion", id_) for id_ in ids]
        asset(asset.update("AssetVersion", owner, **{attribute: references}))
        return {(row["from_id"], row["to_id"]) for row in asset.rows("asset_version_link")}

    asset(*(asset.create("AssetVersion", id=id_, asset_id="asset") for id_ in ("v1", "v2", "v3")))

    assert used("v1", "uses_versions", "v2", "v3") == {("v2", "v1"), ("v3", "v1")}
    assert used("v3", "used_in_versions", "v2") == {("v2", "v1"), ("v3", "v2")}
    assert used("v1", "uses_versions") == {("v3", "v2")}
