"""Bids and dates of items that are not scheduled themselves follow from what is below them (data_model: 3).

A shot's bid is the sum of its tasks' bids, its dates span theirs; a sequence's follow from its shots, and so on. They
are stored, so that criteria and sorting use plain columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work

ROLLED_UP = ("bid", "start_date", "end_date")
_READ = ("parent_id", "context_type", "object_type_id", *ROLLED_UP)


def affected_by_writing(drafts: Sequence[Draft]) -> set[Any]:
    """Return the ids of parents whose bid or dates may differ now that drafts are written."""
    parents = set()
    for draft in drafts:
        moved = draft.changes("parent_id") and contributes(draft)
        if moved or any(draft.changes(column) for column in ROLLED_UP if draft.is_new is False):
            parents |= {draft["parent_id"], (draft.before or {}).get("parent_id")}
    return parents - {None}


def contributes(row: Any) -> bool:
    """Return whether a row (or draft) says anything that a parent would take over."""
    return bool(row["bid"]) or row["start_date"] is not None or row["end_date"] is not None


def roll_up(work: Work, parents: Collection[Any]) -> None:
    """Work out bids and dates of items and of those above them anew.

    Cost: four statements, over these items and their children; none without items.
    """
    chains = work.context.rows.ancestors(list(parents)) if parents else {}
    heights = {id_: len(chain) - place for chain in chains.values() for place, id_ in enumerate(chain)}
    if not heights:
        return
    rows = work.context.rows.select("context", {"id": heights}, _READ)
    items = {row["id"]: row for row in rows if _takes_over(work, row)}
    children: dict[Any, list[dict[str, Any]]] = {id_: [] for id_ in items}
    for child in work.context.rows.select("context", {"parent_id": items}, _READ):
        children[child["parent_id"]].append(child)
    changes: dict[Any, dict[str, Any]] = {}
    for id_ in sorted(items, key=heights.__getitem__, reverse=True):  # what lies deepest is worked out first
        values = _combined([changes.get(child["id"], child) for child in children[id_]])
        if any(items[id_][column] != value for column, value in values.items()):
            changes[id_] = values
    work.context.rows.update("context", [((id_,), values) for id_, values in changes.items()])
    for id_, values in changes.items():
        work.context.changes.written("context", (id_,), items[id_], {**items[id_], **values})


def _takes_over(work: Work, row: Mapping[str, Any]) -> bool:
    """Return whether an item has no bid and dates of its own; a project has dates that people set."""
    definition = work.model.concrete(work.model.type("Context"), row)
    bid = definition.attributes.get("bid")
    return bid is not None and bid.immutable


def _combined(children: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    starts = [child["start_date"] for child in children if child["start_date"] is not None]
    ends = [child["end_date"] for child in children if child["end_date"] is not None]
    return {
        "bid": float(sum(child["bid"] or 0 for child in children)),
        "start_date": min(starts, default=None),
        "end_date": max(ends, default=None),
    }
