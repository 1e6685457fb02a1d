"""Projects and the items of their trees: places, inherited project, names, moves, history of statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.base import TableRules
from ftrack_server.api.actions.rules.project_change import change_project, take_project
from ftrack_server.api.actions.rules.rollup import affected_by_writing, contributes, roll_up
from ftrack_server.api.actions.rules.status_change import record_status_changes
from ftrack_server.api.actions.rules.thumbnail import check_thumbnails
from ftrack_server.api.actions.rules.workflow import Workflows
from ftrack_server.api.actions.unique import refuse_duplicates

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ftrack_server.api.actions.draft import Draft, Key
    from ftrack_server.api.actions.work import Work

PROJECT = "show"
ITEM_DEFAULTS: Mapping[str, Any] = {"bid": 0.0, "description": "", "sort": 0.0}


class ContextRules(TableRules):
    """Rules of the project tree (data_model: 6.4, 8.2, 8.3)."""

    owned = frozenset({"parent_id"})
    # Sequences have neither status nor type, although every item is said to require them (data_model: 1).
    fillable = frozenset({"status_id", "type_id", "priority_id"})

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Derive the project, then statuses and types from its schema."""
        for draft in drafts:
            with failing_at(draft.index):
                if _is_project(draft):
                    _fill_project(draft)
                else:
                    _fill_item(work, draft)
        items = [draft for draft in drafts if not _is_project(draft)]
        _fill_workflow(work, items)

    def change(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Check moves and take the subtree along; write the history of statuses."""
        moved = [draft for draft in drafts if draft.changes("parent_id")]
        for draft in drafts:
            with failing_at(draft.index):
                _check_place(work, draft)
        _refuse_circles(work, moved)
        change_project(work, [draft for draft in drafts if draft.changes("project_id")])
        record_status_changes(work, "TypedContextStatusChange", drafts)

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse a second name below one parent, items below leaves, and thumbnails that are no pictures."""
        items = [draft for draft in drafts if not _is_project(draft)]
        refuse_duplicates(work, "context", ("parent_id", "name"), items)
        refuse_duplicates(work, "context", ("context_type", "name"), [draft for draft in drafts if _is_project(draft)])
        _refuse_below_leaves(work, items)
        check_thumbnails(work, drafts)

    def written(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Give new and moved contexts, and what is below those, their place in the closure table; add up bids."""
        parents = {draft.key[0]: draft["parent_id"] for draft in drafts if draft.is_new}
        moved = [draft.key[0] for draft in drafts if not draft.is_new and draft.changes("parent_id")]
        if moved:
            subtree = work.context.rows.subtree(moved)
            work.load_ids("context", subtree)
            parents.update({id_: _parent(work, id_) for id_ in subtree})
            work.context.rows.remove_paths(subtree)
        if parents:
            work.context.rows.insert_paths(parents)
        roll_up(work, affected_by_writing(drafts))

    def along(self, work: Work, keys: Collection[Key]) -> Collection[Key]:
        """Return everything below, by the closure table."""
        return [(id_,) for id_ in work.context.rows.subtree([key[0] for key in keys])]

    def deleted(self, work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take what is gone out of the bids and dates above."""
        gone = {row["id"] for row in rows}
        roll_up(work, {row["parent_id"] for row in rows if contributes(row)} - gone - {None})


def _is_project(draft: Draft) -> bool:
    return bool(draft["context_type"] == PROJECT)


def _parent(work: Work, id_: Any) -> Any:
    row = work.view("context", id_)
    return None if row is None else row["parent_id"]


def _fill_project(draft: Draft) -> None:
    if draft["parent_id"] is not None:
        raise errors.ValidationError("A Project is the root of its tree and has no parent.")
    take_project(draft, "tree", draft.key[0])
    if draft["status"] is None:
        draft.values["status"] = "active"
    if draft["full_name"] is None:
        draft.values["full_name"] = draft["name"]


def _fill_item(work: Work, draft: Draft) -> None:
    if draft["parent_id"] is None:
        draft.values["parent_id"] = draft["project_id"]
    if draft["parent_id"] is None:
        raise errors.IntegrityError(f"{draft.definition.id}.parent must have a value: an item or a project.")
    parent = work.view("context", draft["parent_id"])
    if parent is not None:
        take_project(draft, "parent", parent["project_id"])
    for name, value in ITEM_DEFAULTS.items():
        if draft[name] is None:
            draft.values[name] = value


def _fill_workflow(work: Work, items: Sequence[Draft]) -> None:
    """Choose status and type where the object type has them and none was sent (data_model: 8.3)."""
    open_ones = [
        draft
        for draft in items
        if any(draft[name] is None and not draft.definition.attributes[name].immutable for name in _CHOSEN)
    ]
    workflows = Workflows.of_projects(work, {draft["project_id"] for draft in open_ones})
    for draft in open_ones:
        kind = draft["object_type_id"]
        for name in _CHOSEN:  # the type first: it may decide over the status
            if draft[name] is None and not draft.definition.attributes[name].immutable:
                choose = workflows.first_type if name == "type_id" else workflows.first_status
                draft.values[name] = choose(draft["project_id"], kind, draft["type_id"])


_CHOSEN = ("type_id", "status_id")


def _check_place(work: Work, draft: Draft) -> None:
    """Keep projects at the root and items in the project of their parent."""
    if _is_project(draft):
        if draft["parent_id"] is not None or draft["project_id"] != draft.key[0]:
            raise errors.ValidationError("A Project is the root of its tree and cannot be moved into another one.")
        return
    if draft["parent_id"] is None:
        raise errors.ValidationError(f"{draft.definition.id}.parent cannot be empty; delete the item instead.")
    if not draft.changes("parent_id") and not draft.changes("project_id"):
        return
    work.load_ids("context", [draft["parent_id"]])
    parent = work.view("context", draft["parent_id"])
    if parent is None:
        return  # reported as a reference that leads nowhere
    if draft.changes("project_id") and draft["project_id"] != parent["project_id"]:
        raise errors.ValidationError(f"{draft.definition.id}.project_id follows from its parent; change the parent.")
    if draft["project_id"] != parent["project_id"]:
        draft.values["project_id"] = parent["project_id"]


def _refuse_circles(work: Work, moved: Sequence[Draft]) -> None:
    """Refuse to move an item below itself, counting all moves of the batch together."""
    if not moved:
        return
    above = work.context.rows.ancestors([draft["parent_id"] for draft in moved])
    work.load_ids("context", {id_ for chain in above.values() for id_ in chain})
    for draft in moved:
        seen = {draft.key[0]}
        current = draft["parent_id"]
        while current is not None:
            if current in seen:
                name, target = draft["name"], draft["parent_id"]
                with failing_at(draft.index):
                    raise errors.IntegrityError(
                        f'{draft.definition.id} "{name}" cannot be moved to "{target}", which is below itself.'
                    )
            seen.add(current)
            current = _parent(work, current)


def _refuse_below_leaves(work: Work, items: Sequence[Draft]) -> None:
    """Refuse parents whose object type has no children (data_model: 2.2)."""
    placed = [draft for draft in items if draft.changes("parent_id")]
    kinds = {}
    for draft in placed:
        parent = work.view("context", draft["parent_id"])
        if parent is not None and parent["object_type_id"] is not None:
            kinds[draft.key] = parent["object_type_id"]
    work.load_ids("object_type", kinds.values())
    for draft in placed:
        kind = work.view("object_type", kinds.get(draft.key))
        if kind is not None and kind["is_leaf"]:
            with failing_at(draft.index):
                raise errors.ValidationError(
                    f'A {kind["name"]} has no children; {draft.definition.id} "{draft["name"]}" needs another parent.'
                )
