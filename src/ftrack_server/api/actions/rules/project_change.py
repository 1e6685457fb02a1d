"""Rows that move to another project: everything below them follows (data_model: 8.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server import errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work

# What carries the project of its owner: table and the column that points at the owner, level by level.
_BELOW = {
    "context": (("asset", "context_id"), ("note", "parent_id")),
    "asset": (("asset_version", "asset_id"), ("note", "parent_id")),
    "asset_version": (("note", "parent_id"),),
    "note": (("note", "in_reply_to_id"),),
}
_TYPES = {"context": "TypedContext", "asset": "Asset", "asset_version": "AssetVersion", "note": "Note"}


def take_project(draft: Draft, owner: str, project: Any) -> None:
    """Give a row the project of what it belongs to; whatever was sent for it must be the same.

    Args:
        draft: The row.
        owner: What it belongs to, for the error: ``parent``.
        project: The project of that.

    Raises:
        ValidationError: If another project was sent.
    """
    if draft.changes("project_id") and draft["project_id"] not in {None, project}:
        raise errors.ValidationError(
            f'{draft.definition.id}.project_id is "{draft["project_id"]}" but its {owner} belongs to "{project}".'
        )
    draft.values["project_id"] = project


def change_project(work: Work, drafts: Sequence[Draft]) -> None:
    """Give what belongs to rows of one table the project these have now.

    Args:
        work: The rows of the batch.
        drafts: Changed contexts, assets, versions or notes; of contexts the whole subtree follows.

    Cost: two statements per level below, none without drafts.
    """
    for project in {draft["project_id"] for draft in drafts}:
        members = [draft for draft in drafts if draft["project_id"] == project]
        table, index = members[0].table, members[0].index
        ids = {draft.key[0] for draft in members}
        if table == "context":
            below = set(work.context.rows.subtree(sorted(ids))) - ids
            work.load_ids(table, below)
            _assign(work, table, below, project, index)
            ids |= below
        _follow(work, table, ids, project, index)


def _follow(work: Work, table: str, ids: set[Any], project: Any, index: int) -> None:
    for owner, column in _BELOW[table]:
        rows: list[Mapping[str, Any]] = work.select(owner, **{column: ids})
        found = {row["id"] for row in rows}
        if found:
            _assign(work, owner, found, project, index)
            _follow(work, owner, found, project, index)


def _assign(work: Work, table: str, ids: Iterable[Any], project: Any, index: int) -> None:
    for id_ in ids:
        draft = work.change(_TYPES[table], (id_,), index)
        if draft is not None and draft["project_id"] != project:
            draft.values["project_id"] = project
