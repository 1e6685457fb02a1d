"""What an actor may write: checked on the pending rows of a segment, before anything is written.

Rights are those of `ftrack_server.access`. What belongs to a project needs that the actor sees the project; what
belongs to none is the site's, but for what everybody has of their own: time, jobs, their own record.

Cost: nothing for who may do everything; else one statement for each table on the way from what is written to contexts.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ftrack_protocol import actions
from ftrack_server.api.actions.position import failing_at
from ftrack_server.errors import PermissionDeniedError
from ftrack_server.model.bounds import OF_A_PROJECT, OF_ANYTHING, OWNERS, PARENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    projects = _Projects(work, access, [(draft.table, draft) for draft in written] + [row[:2] for row in deleted])
    for draft in written:
        if draft.is_new or any(draft.changes(column) for column in draft.values):
            with failing_at(draft.index):
                if draft.before is not None:
                    _check(access, projects, draft.table, draft.before, "change")
                _check(access, projects, draft.table, draft, "create" if draft.is_new else "change")
    for table, gone, index in deleted:
        with failing_at(index):
            _check(access, projects, table, gone, "delete")


def authorise_action(context: RequestContext, action: Action) -> None:
    """Refuse an action on roles and keys to whoever may not administer the site; a key of one's own is one's own.

    Raises:
        PermissionDeniedError: Naming the action and the right it takes.
    """
    access = context.actor.access
    if "site" in access.rights or not isinstance(action, _OF_THE_SITE):
        return
    if isinstance(action, actions.ResetRemote) and action.entity_key == (access.user_id,):
        return
    raise PermissionDeniedError(
        f'You may not use the action {action.action}: it takes the right "site", which none of your roles has. '
        "Ask an administrator."
    )


_OF_THE_SITE = (
    actions.ResetRemote,
    actions.AddUserSecurityRole,
    actions.RemoveUserSecurityRole,
    actions.UpdateUserSecurityRole,
    actions.GrantUserSecurityRoleProject,
    actions.RevokeUserSecurityRoleProject,
)


def _check(access: Access, projects: _Projects, table: str, row: Row, verb: str) -> None:
    maker = _MAKERS.get(table)
    is_own = maker is not None and row[maker] == access.user_id
    needed = _needed(table, row, verb, is_own=is_own)
    if needed not in access.rights:
        raise PermissionDeniedError(
            f'You may not {verb} {_described(table, row)}: it takes the right "{needed}", which none of your roles '
            "has. Ask an administrator for a role that has it."
        )
    project = projects.of(table, row)
    if project is not None and not projects.sees(project):
        raise PermissionDeniedError(
            f"You may not {verb} {_described(table, row)}: none of your roles extends to its project {project}. "
            "Ask an administrator to grant it."
        )


def _needed(table: str, row: Row, verb: str, *, is_own: bool) -> Right:
    """Return the right that writing a row takes."""
    if table == "context" and row["context_type"] == "show":
        return "projects"
    bound = table == "context" or table in OWNERS or table in OF_A_PROJECT
    if table in {"resource", "api_key"}:
        return "contribute" if is_own and verb != "delete" else "site"
    if not bound and table not in _SHARED:
        return "projects" if table in {"location", "review_session", "list"} else "site"
    return "contribute" if verb != "delete" or is_own else "projects"


def _described(table: str, row: Row) -> str:
    name = row["name"] if table in {"context", "asset", "list"} else None
    return f'the {table.replace("_", " ")} "{name}"' if name else f"this {table.replace('_', ' ')}"


class _Projects:
    """The project of each written row, looked up for all of them at once."""

    def __init__(self, work: Work, access: Access, rows: Iterable[tuple[str, Row]]) -> None:
        self._work = work
        self._access = access
        pending: dict[str, set[Any]] = defaultdict(set)
        listed = list(rows)
        for table, row in listed:
            self._want(pending, table, row)
        while pending:
            table = next(iter(pending))
            ids = pending.pop(table)
            work.load_ids(table, ids)
            for identifier in ids:
                found = work.view(table, identifier)
                if found is not None and table != "context":
                    self._want(pending, table, found)
        projects = {project for table, row in listed if (project := self.of(table, row)) is not None}
        work.load_ids("context", projects)

    def _want(self, pending: dict[str, set[Any]], table: str, row: Row) -> None:
        for owner, identifier in _owners(table, row):
            pending[owner].add(identifier)

    def of(self, table: str, row: Row) -> str | None:
        """Return the project a row belongs to, None when it belongs to none."""
        if table == "context" or table in OF_A_PROJECT:
            return row["project_id"]  # type: ignore[no-any-return]  # an identifier
        for owner, identifier in _owners(table, row):
            above = self._work.view(owner, identifier)
            if above is not None:
                return self.of(owner, above)
        return None

    def sees(self, project_id: str) -> bool:
        """Return whether the actor sees a project; one they make in this batch they do."""
        if project_id in self._access.projects:
            return True
        project = self._work.view("context", project_id)
        return self._access.all_open_projects and (project is None or not project["is_private"])


def _owners(table: str, row: Row) -> Iterable[tuple[str, Any]]:
    """Yield where a row may belong, as table and id: one place for most, any of several for metadata and the like."""
    if table in OWNERS:
        column, owner = OWNERS[table]
        if row[column] is not None:
            yield owner, row[column]
    elif table in OF_ANYTHING:
        for owner in PARENTS:
            yield owner, row[OF_ANYTHING[table]]
