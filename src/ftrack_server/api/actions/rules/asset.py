"""Assets and their versions: places, numbers, first statuses, which version is the latest."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.base import TableRules
from ftrack_server.api.actions.rules.project_change import change_project, take_project
from ftrack_server.api.actions.rules.status_change import record_status_changes
from ftrack_server.api.actions.rules.thumbnail import check_thumbnails
from ftrack_server.api.actions.rules.workflow import TASK, Workflows
from ftrack_server.api.actions.unique import refuse_duplicates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work


class AssetRules(TableRules):
    """Rules of assets (data_model: 8.2)."""

    owned = frozenset({"context_id"})

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Derive the project from the context; the type is the first one there is when none was sent."""
        untyped = [draft for draft in drafts if draft["type_id"] is None]
        types = work.context.rows.select("asset_type", {}) if untyped else []
        for draft in untyped:
            draft.values["type_id"] = types[0]["id"] if types else None
        for draft in drafts:
            with failing_at(draft.index):
                _place_asset(work, draft)

    def change(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Let a moved asset take its project along to its versions and notes."""
        for draft in drafts:
            if draft.changes("context_id") or draft.changes("project_id"):
                with failing_at(draft.index):
                    _place_asset(work, draft)
        change_project(work, [draft for draft in drafts if draft.changes("project_id")])


class AssetTypeRules(TableRules):
    """Rules of asset types."""

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse a second type of the same name."""
        refuse_duplicates(work, "asset_type", ("name",), drafts)


class AssetVersionRules(TableRules):
    """Rules of versions (data_model: 8.2).

    Numbers are taken under a lock on the asset. SQLite has one write transaction at a time, which is lock enough; the
    unique constraint on asset and number refuses what is taken in any case.
    """

    owned = frozenset({"asset_id"})
    fillable = frozenset({"status_id"})
    conflicting = frozenset({"version"})

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Derive project, number and status."""
        for draft in drafts:
            with failing_at(draft.index):
                _place_version(work, draft)
        _number(work, drafts)
        open_ones = [draft for draft in drafts if draft["status_id"] is None]
        workflows = Workflows.of_projects(work, {draft["project_id"] for draft in open_ones} - {None})
        for draft in open_ones:
            draft.values["status_id"] = workflows.first_version_status(draft["project_id"])

    def change(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Write the history of statuses; a version that changes its asset changes its project with it."""
        placed = [draft for draft in drafts if draft.changes("asset_id") or draft.changes("project_id")]
        work.load_ids("asset", {draft["asset_id"] for draft in placed})
        for draft in drafts:
            if draft["version"] is None and draft.changes("version"):
                with failing_at(draft.index):
                    raise errors.IntegrityError(
                        "AssetVersion.version must have a value; numbers are given on creation."
                    )
        for draft in placed:
            with failing_at(draft.index):
                _place_version(work, draft)
        change_project(work, [draft for draft in drafts if draft.changes("project_id")])
        record_status_changes(work, "AssetVersionStatusChange", drafts)

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse thumbnails that are no pictures."""
        check_thumbnails(work, drafts)

    def written(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Keep the pointer of each asset at its latest version."""
        deciding = [draft for draft in drafts if any(draft.changes(name) for name in _DECIDING)]
        assets = {draft["asset_id"] for draft in deciding}
        assets |= {draft.before["asset_id"] for draft in deciding if draft.before is not None}
        _point_at_latest(work, assets)

    def deleted(self, work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
        """Let assets fall back to the latest version that is left."""
        _point_at_latest(work, {row["asset_id"] for row in rows})


_DECIDING = ("asset_id", "version", "is_published")


def _place_asset(work: Work, draft: Draft) -> None:
    if draft["context_id"] is None:
        raise errors.IntegrityError("Asset.parent must have a value: an item of the tree or a project.")
    work.load_ids("context", [draft["context_id"]])
    context = work.view("context", draft["context_id"])
    if context is None:
        return  # reported as a reference that leads nowhere
    if context["object_type_id"] == TASK:
        raise errors.ValidationError(
            f'An Asset cannot be placed on the Task "{context["name"]}"; place it on the parent of the task.'
        )
    take_project(draft, "parent", context["project_id"])


def _place_version(work: Work, draft: Draft) -> None:
    if draft["asset_id"] is None:
        raise errors.IntegrityError("AssetVersion.asset must have a value.")
    asset = work.view("asset", draft["asset_id"])
    if asset is not None:
        take_project(draft, "asset", asset["project_id"])


def _number(work: Work, drafts: Sequence[Draft]) -> None:
    """Give versions without a number the ones after the highest of their asset, in the order of the request."""
    open_ones = [draft for draft in drafts if draft["version"] is None]
    assets = {draft["asset_id"] for draft in open_ones}
    highest: dict[Any, int] = defaultdict(int)
    for row in work.select("asset_version", asset_id=assets):
        highest[row["asset_id"]] = max(highest[row["asset_id"]], row["version"] or 0)
    for draft in open_ones:
        highest[draft["asset_id"]] += 1
        draft.values["version"] = highest[draft["asset_id"]]


def _point_at_latest(work: Work, assets: Iterable[Any]) -> None:
    """Set ``latest_version_id``: the highest number among published versions, among all when none is published."""
    ids = {asset for asset in assets if asset is not None}
    if not ids:
        return
    latest: dict[Any, Mapping[str, Any]] = {}
    for row in work.context.rows.select("asset_version", {"asset_id": ids}):
        known = latest.get(row["asset_id"])
        if known is None or _rank(row) > _rank(known):
            latest[row["asset_id"]] = row
    work.context.rows.update(
        "asset", [((id_,), {"latest_version_id": latest[id_]["id"] if id_ in latest else None}) for id_ in sorted(ids)]
    )


def _rank(row: Mapping[str, Any]) -> tuple[bool, int]:
    return row["is_published"] is not False, row["version"] or 0
