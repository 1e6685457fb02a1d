"""From the roles somebody holds to what they may see and do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftrack_server.access import Access, Right

if TYPE_CHECKING:
    from ftrack_server.storage.engine import Database

ASSIGNED = "ASSIGNED"
"""Type of the roles that show only what somebody is assigned to."""

EVERYTHING: frozenset[Right] = frozenset({"site", "projects", "contribute"})


@dataclass(frozen=True, slots=True)
class Grant:
    """One role that somebody holds.

    Attributes:
        role_id: Id of the role.
        kind: Type of the role: ``PROJECT``, ``ASSIGNED`` or ``API``.
        rights: What it allows.
        all_open_projects: Whether it extends to every project that is not private.
        projects: Projects to which it extends by name.
    """

    role_id: str
    kind: str
    rights: frozenset[Right]
    all_open_projects: bool
    projects: frozenset[str]


def access_of(user_id: str, grants: Iterable[Grant]) -> Access:
    """Return what roles amount to together: the widest of what each allows.

    Somebody whose every role is of the kind ASSIGNED sees only what they are assigned to; any other role lifts that.
    """
    held = list(grants)
    return Access(
        user_id,
        frozenset().union(*(grant.rights for grant in held)),
        all_open_projects=any(grant.all_open_projects for grant in held),
        projects=frozenset().union(*(grant.projects for grant in held)),
        assigned_only=bool(held) and all(grant.kind == ASSIGNED for grant in held),
        roles=frozenset(grant.role_id for grant in held),
    )


def everything(user_id: str) -> Access:
    """Return the access of a global key, which acts for the site itself, whoever it names as the acting person."""
    return Access(user_id, EVERYTHING, all_open_projects=True)


def read_grants(database: Database, connection: Any, user_id: str, mark: str) -> list[Grant]:
    """Return the roles that somebody holds: two statements.

    Args:
        database: Whose tables.
        connection: Where to read.
        user_id: The person.
        mark: A comment that the statements carry, so that they can be told from the work of a call.
    """
    tables = database.metadata.tables
    held, role, permission = tables["user_security_role"], tables["security_role"], tables["role_permission"]
    project = tables["user_security_role_project"]
    roles = (
        held.join(role, role.c.id == held.c.security_role_id)
        .outerjoin(permission, permission.c.role_id == role.c.id)
        .select()
        .with_only_columns(held.c.id, role.c.id, role.c.type, held.c.is_all_open_projects, permission.c.permission)
        .where(held.c.user_id == user_id)
        .prefix_with(mark)
    )
    found: dict[str, tuple[str, str, bool, set[Any]]] = {}
    for held_id, role_id, kind, everywhere, right in connection.execute(roles):
        found.setdefault(held_id, (role_id, kind or "", bool(everywhere), set()))[3].update([right] if right else [])
    if not found:
        return []
    granted: dict[str, set[str]] = {}
    named = (
        project.select()
        .with_only_columns(project.c.user_security_role_id, project.c.project_id)
        .where(project.c.user_security_role_id.in_(list(found)))
        .prefix_with(mark)
    )
    for held_id, project_id in connection.execute(named):
        granted.setdefault(held_id, set()).add(project_id)
    return [
        Grant(role_id, kind, frozenset(rights), everywhere, frozenset(granted.get(held_id, ())))
        for held_id, (role_id, kind, everywhere, rights) in found.items()
    ]
