"""New API keys, and the roles that users hold (protocol: 2.8, 2.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.auth.keys import make_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftrack_protocol.actions import (
        AddUserSecurityRole,
        GrantUserSecurityRoleProject,
        RemoveUserSecurityRole,
        ResetRemote,
        RevokeUserSecurityRoleProject,
        UpdateUserSecurityRole,
    )
    from ftrack_server.api.context import RequestContext

_ROLE = "user_security_role"
_PROJECT = "user_security_role_project"


def reset_remote(context: RequestContext, action: ResetRemote) -> dict[str, Any]:
    """Give a user a new API key in place of all personal ones so far, and return it: it is shown this once.

    Raises:
        ValidationError: If anything else than the key of a user is to be reset.
        NotFoundError: If there is no such user.
    """
    if action.reset_type != "api_key":
        raise errors.ValidationError(f'Only "api_key" can be reset. Got "{action.reset_type}".')
    if len(action.entity_key) != 1 or action.entity_type not in {None, "User"}:
        raise errors.ValidationError("An API key is reset for a User, named by entity_key.")
    user = context.existing("resource", action.entity_key[0], "User")
    if user["resource_type"] != "user":
        raise errors.NotFoundError(f'There is no User with the key "{action.entity_key[0]}".')
    old = context.rows.keys("api_key", {"resource_id": [user["id"]]})
    secret, row = make_key(context.clock.new_id(), user["id"], "Personal key")
    context.rows.delete("api_key", old)
    context.rows.insert("api_key", [row])
    context.touched.add("api_key")
    return {"action": "reset_remote", "data": {"api_key": secret}}


def add_user_security_role(context: RequestContext, action: AddUserSecurityRole) -> dict[str, Any]:
    """Give a user a role; one they hold already stays as it is."""
    context.existing("resource", action.user_id, "User")
    context.existing("security_role", action.role_id, "SecurityRole")
    if _held(context, action.user_id, action.role_id) is None:
        _give(context, action.user_id, action.role_id)
    return _done(context, action.action)


def remove_user_security_role(context: RequestContext, action: RemoveUserSecurityRole) -> dict[str, Any]:
    """Take a role from a user, and with it the projects it was extended to."""
    held = _held_or_refused(context, action.user_id, action.role_id)
    _remove(context, _PROJECT, {"user_security_role_id": [held["id"]]})
    _remove(context, _ROLE, {"id": [held["id"]]})
    return _done(context, action.action)


def update_user_security_role(context: RequestContext, action: UpdateUserSecurityRole) -> dict[str, Any]:
    """Exchange a role of a user for another, which reaches as far as the old one did."""
    held = _held_or_refused(context, action.user_id, action.role_id)
    context.existing("security_role", action.new_role_id, "SecurityRole")
    if action.new_role_id != action.role_id and _held(context, action.user_id, action.new_role_id) is not None:
        raise errors.DuplicateEntryError(f'User "{action.user_id}" holds the role "{action.new_role_id}" already.')
    _change(context, held, {"security_role_id": action.new_role_id})
    return _done(context, action.action)


def grant_user_security_role_project(context: RequestContext, action: GrantUserSecurityRoleProject) -> dict[str, Any]:
    """Extend a role of a user to a project, or to all open ones; the role is given first where it is not held."""
    context.existing("resource", action.user_id, "User")
    context.existing("security_role", action.role_id, "SecurityRole")
    held = _held(context, action.user_id, action.role_id) or _give(context, action.user_id, action.role_id)
    if action.project_id is None:
        _reach(context, held, everywhere=True, required=action.all_open_projects)
        return _done(context, action.action)
    context.existing("context", action.project_id, "Project")
    where = {"user_security_role_id": [held["id"]], "project_id": [action.project_id]}
    if not context.rows.keys(_PROJECT, where):
        row = {"id": context.clock.new_id(), "user_security_role_id": held["id"], "project_id": action.project_id}
        _add(context, _PROJECT, row)
    return _done(context, action.action)


def revoke_user_security_role_project(context: RequestContext, action: RevokeUserSecurityRoleProject) -> dict[str, Any]:
    """Take a project, or all open ones, out of the reach of a user's role."""
    held = _held_or_refused(context, action.user_id, action.role_id)
    if action.project_id is None:
        _reach(context, held, everywhere=False, required=action.all_open_projects)
        return _done(context, action.action)
    where = {"user_security_role_id": [held["id"]], "project_id": [action.project_id]}
    _remove(context, _PROJECT, where)
    return _done(context, action.action)


def _reach(context: RequestContext, held: Mapping[str, Any], *, everywhere: bool, required: Any) -> None:
    if not required:
        raise errors.ValidationError("Name a project by project_id, or send all_open_projects as true.")
    _change(context, held, {"is_all_open_projects": everywhere})


def _give(context: RequestContext, user_id: str, role_id: str) -> dict[str, Any]:
    row = {
        "id": context.clock.new_id(),
        "user_id": user_id,
        "security_role_id": role_id,
        "is_all_open_projects": False,
    }
    _add(context, _ROLE, row)
    return row


def _add(context: RequestContext, table: str, row: dict[str, Any]) -> None:
    context.rows.insert(table, [row])
    context.changes.written(table, (row["id"],), None, row)


def _change(context: RequestContext, held: Mapping[str, Any], values: dict[str, Any]) -> None:
    context.rows.update(_ROLE, [((held["id"],), values)])
    context.changes.written(_ROLE, (held["id"],), held, {**held, **values})


def _remove(context: RequestContext, table: str, where: dict[str, list[Any]]) -> None:
    rows = context.rows.select(table, where)
    context.rows.delete(table, [(row["id"],) for row in rows])
    for row in rows:
        context.changes.removed(table, (row["id"],), row)


def _held(context: RequestContext, user_id: str, role_id: str) -> Mapping[str, Any] | None:
    rows = context.rows.select(_ROLE, {"user_id": [user_id], "security_role_id": [role_id]})
    return rows[0] if rows else None


def _held_or_refused(context: RequestContext, user_id: str, role_id: str) -> Mapping[str, Any]:
    held = _held(context, user_id, role_id)
    if held is None:
        raise errors.NotFoundError(f'User "{user_id}" does not hold the role "{role_id}".')
    return held


def _done(context: RequestContext, action: str) -> dict[str, Any]:
    context.touched.add(_ROLE)
    return {"action": action, "success": True}
