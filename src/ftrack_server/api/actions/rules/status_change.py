"""The history of statuses, and the rules that may stand against a change (data_model: 8.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work


def record_status_changes(work: Work, history_type: str, drafts: Sequence[Draft]) -> None:
    """Add a history row for every existing row that gets another status, where no rule group forbids it.

    Args:
        work: The rows of the batch.
        history_type: Type of the history rows.
        drafts: Changed rows of a table with ``status_id`` and ``project_id``.

    Cost: one statement, a few more where rule groups exist for the new statuses.

    Raises:
        PermissionDeniedError: If a rule group lets nobody, or only another role, come from the old status.
    """
    changed = [draft for draft in drafts if draft.changes("status_id")]
    if not changed:
        return
    _obey_rule_groups(work, changed)
    for draft in changed:
        before = draft.before or {}
        values = {
            "parent_id": draft.key[0],
            "from_status_id": before.get("status_id"),
            "status_id": draft["status_id"],
            "user_id": work.context.actor.user_id,
            "date": work.context.now,
        }
        work.create(history_type, values, draft.index)


def _obey_rule_groups(work: Work, changed: Sequence[Draft]) -> None:
    groups = work.select("status_rule_group", status_id={draft["status_id"] for draft in changed})
    if not groups:
        return
    work.load_ids("context", {draft["project_id"] for draft in changed})
    rules = work.select("status_rule", status_rule_group_id={group["id"] for group in groups})
    roles = {row["security_role_id"] for row in work.select("user_security_role", user_id={work.context.actor.user_id})}
    for draft in changed:
        concerned = [group for group in groups if _concerns(work, group, draft)]
        if concerned and not any(_allows(group, rules, roles, draft) for group in concerned):
            with failing_at(draft.index):
                raise errors.PermissionDeniedError(
                    f"The rules of the project do not let you change the status of this {draft.definition.id} from "
                    f'"{(draft.before or {}).get("status_id")}" to "{draft["status_id"]}".'
                )


def _concerns(work: Work, group: Mapping[str, Any], draft: Draft) -> bool:
    project = work.view("context", draft["project_id"])
    same_schema = project is not None and project["project_schema_id"] == group["schema_id"]
    kind = "task" if draft.table == "context" else draft.table
    same_kind = group["entity_type"] == kind and group["object_type_id"] in {None, draft["object_type_id"]}
    return bool(same_schema and same_kind and group["status_id"] == draft["status_id"])


def _allows(group: Mapping[str, Any], rules: Sequence[Mapping[str, Any]], roles: set[Any], draft: Draft) -> bool:
    starts = {rule["status_id"] for rule in rules if rule["status_rule_group_id"] == group["id"]}
    old = (draft.before or {}).get("status_id")
    return (group["role_id"] is None or group["role_id"] in roles) and (not starts or old in starts)
