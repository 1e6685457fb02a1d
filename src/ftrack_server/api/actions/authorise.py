"""What an actor may write: checked on the pending rows of a segment, before anything is written.

Rights are those of `ftrack_server.access`. What belongs to a project needs that the actor sees the project; what
belongs to none is the site's, but for what everybody has of their own: time, jobs, their own record.

Cost: nothing for who may do everything; else what `Belonging` takes, and one statement where values of custom
attributes are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_protocol import actions
from ftrack_server.api.actions.belonging import Belonging
from ftrack_server.api.actions.position import failing_at
from ftrack_server.errors import PermissionDeniedError
from ftrack_server.model.bounds import OF_A_PROJECT, OWNERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftrack_protocol.actions import Action
    from ftrack_server.access import Access, Right
    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work
    from ftrack_server.api.context import RequestContext

    Row = Mapping[str, Any] | Draft

# Tables of nobody's project in which whoever contributes may write.
_SHARED = frozenset(
    {
        "component",
        "component_location",
        "custom_attribute_link",
        "custom_attribute_value",
        "dashboard",
        "dashboard_resource",
        "dashboard_widget",
        "entity_setting",
        "job",
        "job_component",
        "metadata",
        "scope",
        "context_scope",
        "note",
        "timelog",
        "timer",
        "user_application_state",
        "user_view",
    }
)

# Whose a row is, by table: whoever made it may delete it, and their own record they may change.
_MAKERS = {
    "api_key": "resource_id",
    "dashboard": "created_by_id",
    "job": "user_id",
    "note": "user_id",
    "resource": "id",
    "timelog": "user_id",
    "timer": "user_id",
    "user_application_state": "user_id",
    "user_view": "user_id",
}

# What somebody keeps for themselves: others may not write it, short of those who plan the work.
_PERSONAL = frozenset({"dashboard", "job", "timelog", "timer", "user_application_state", "user_view"})


def authorise(work: Work) -> None:
    """Refuse a segment in which the actor does what their roles do not allow.

    Raises:
        PermissionDeniedError: Naming the rule, the entity and the position of the operation.
    """
    access = work.context.actor.access
    if "site" in access.rights:
        return
    written = [draft for draft in work.every_draft() if not draft.trusted]
    deleted: list[tuple[str, Row, int]] = []
    for (table, key), index in work.deletions.items():
        row = work.stored(table, key)
        if row is not None:
            deleted.append((table, row, index))
    listed: list[tuple[str, Row]] = [(draft.table, draft) for draft in written]
    listed += [(draft.table, draft.before) for draft in written if draft.before is not None]
    listed += [(table, row) for table, row, _ in deleted]
    belonging = Belonging(work, access, listed)
    for draft in written:
        if draft.is_new or draft.linked or any(draft.changes(column) for column in draft.values):
            with failing_at(draft.index):
                if draft.before is not None:
                    _check(access, belonging, draft.table, draft.before, "change")
                _check(access, belonging, draft.table, draft, "create" if draft.is_new else "change")
    for table, gone, index in deleted:
        with failing_at(index):
            _check(access, belonging, table, gone, "delete")
    values: list[tuple[Row, int]] = [(draft, draft.index) for draft in written if draft.table in _BY_CONFIGURATION]
    values += [(row, index) for table, row, index in deleted if table in _BY_CONFIGURATION]
    _check_configurations(work, access, values)


def authorise_action(context: RequestContext, action: Action) -> None:
    """Refuse an action on roles and keys to whoever may not administer the site; a key of one's own is one's own.

    Raises:
        PermissionDeniedError: Naming the action and the right it takes.
    """
    access = context.actor.access
    needed = _ACTIONS.get(type(action))
    if needed is None or needed in access.rights:
        return
    if isinstance(action, actions.ResetRemote) and action.entity_key == (access.user_id,):
        return
    raise PermissionDeniedError(
        f'You may not use the action {action.action}: it takes the right "{needed}", which none of your roles has. '
        "Ask an administrator."
    )


_ACTIONS: Mapping[type[Action], Right] = {
    actions.ResetRemote: "site",
    actions.AddUserSecurityRole: "site",
    actions.RemoveUserSecurityRole: "site",
    actions.UpdateUserSecurityRole: "site",
    actions.GrantUserSecurityRoleProject: "site",
    actions.RevokeUserSecurityRoleProject: "site",
    actions.SendUserInvite: "site",
    actions.DelayedJob: "site",
    actions.SendReviewSessionInvite: "contribute",
}
"""What the actions that are no creates, updates and deletes take; any other takes nothing."""


def authorise_row(work: Work, table: str, row: Row, verb: str) -> None:
    """Refuse what is going to be done to a stored row later, by a job: ``change`` or ``delete``.

    Raises:
        PermissionDeniedError: As `authorise`.
    """
    access = work.context.actor.access
    if "site" not in access.rights:
        _check(access, Belonging(work, access, [(table, row)]), table, row, verb)


def _check(access: Access, belonging: Belonging, table: str, row: Row, verb: str) -> None:
    maker = _MAKERS.get(table)
    is_own = maker is not None and row[maker] == access.user_id
    needed = _needed(table, row, verb, is_own=is_own)
    if needed not in access.rights:
        raise PermissionDeniedError(
            f'You may not {verb} {_described(table, row)}: it takes the right "{needed}", which none of your roles '
            "has. Ask an administrator for a role that has it."
        )
    project = belonging.project(table, row)
    if project is not None and not belonging.sees(project):
        raise PermissionDeniedError(
            f"You may not {verb} {_described(table, row)}: none of your roles extends to its project {project}. "
            "Ask an administrator to grant it."
        )
    if not belonging.is_theirs(table, row):
        raise PermissionDeniedError(
            f"You may not {verb} {_described(table, row)}: your roles extend to what you are assigned to, and you are "
            "not assigned there. Ask an administrator or whoever plans the work."
        )


def _check_configurations(work: Work, access: Access, values: Sequence[tuple[Row, int]]) -> None:
    """Refuse values of custom attributes that only holders of other roles may set; without such roles, all may."""
    allowed: dict[str, set[str]] = {}
    for row in work.select("configuration_write_role", configuration_id={row["configuration_id"] for row, _ in values}):
        allowed.setdefault(row["configuration_id"], set()).add(row["role_id"])
    for value, index in values:
        roles = allowed.get(value["configuration_id"])
        if roles is not None and roles.isdisjoint(access.roles):
            with failing_at(index):
                raise PermissionDeniedError(
                    f"You may not write values of the custom attribute {value['configuration_id']}: its "
                    "write_security_roles name none of your roles. Ask an administrator."
                )


_BY_CONFIGURATION = frozenset({"custom_attribute_value", "custom_attribute_link"})


def _needed(table: str, row: Row, verb: str, *, is_own: bool) -> Right:
    """Return the right that writing a row takes."""
    if table == "context" and row["context_type"] == "show":
        return "projects"
    bound = table == "context" or table in OWNERS or table in OF_A_PROJECT
    if table in {"resource", "api_key"}:
        return "contribute" if is_own and verb != "delete" else "site"
    if not bound and table not in _SHARED:
        return "projects" if table in {"location", "review_session", "list"} else "site"
    if table in _PERSONAL:
        return "contribute" if is_own else "projects"
    return "contribute" if verb != "delete" or is_own else "projects"


def _described(table: str, row: Row) -> str:
    name = row["name"] if table in {"context", "asset", "list"} else None
    return f'the {table.replace("_", " ")} "{name}"' if name else f"this {table.replace('_', ' ')}"
