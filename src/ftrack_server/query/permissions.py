"""Which rows an actor sees, as criteria of every statement that reads them - never row by row.

A table is bound to projects directly, by a column of its own, or through the row it belongs to. What belongs to no
project (people, statuses, locations) is seen by everybody; what is bound to none yet (a component without version) too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, true

from ftrack_server.model.bounds import CONTAINERS, OF_A_PROJECT, OF_ANYTHING, OWNERS, PARENTS, WITH_PROJECT
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from sqlalchemy.sql.selectable import NamedFromClause

    from ftrack_server.access import Access
    from ftrack_server.query.scope import Compilation


# Tables of which everybody sees their own rows only, and the column that says whose a row is.
_OF_ONESELF: Mapping[str, str] = {
    "api_key": "resource_id",
    "user_application_state": "user_id",
    "user_session": "user_id",
}
# Tables whose rows are the site's to write, and to be seen with the project that some of them are for.
_FOR_A_PROJECT = frozenset({"custom_attribute_configuration"})
# Tables whose rows are values of a custom attribute, which may be kept to some roles.
_BY_CONFIGURATION = frozenset({"custom_attribute_value", "custom_attribute_link"})


def is_bound(table: str) -> bool:
    """Return whether what somebody sees of a table depends on who they are."""
    bound = table in OWNERS or table in OF_A_PROJECT or table in OF_ANYTHING or table in _FOR_A_PROJECT
    return table == "context" or bound or table in _OF_ONESELF


def visible(context: Compilation, table: str, source: NamedFromClause) -> list[ColumnElement[bool]]:
    """Return the criteria that rows must meet to be seen by the actor of a query; none for who sees everything."""
    access = context.access
    if access is None or access.sees_everything or not is_bound(table):
        return []
    if table in _OF_ONESELF:
        return [source.c[_OF_ONESELF[table]] == access.user_id]
    by_configuration = _readable(context, source.c.configuration_id) if table in _BY_CONFIGURATION else []
    return [_rule(context, access, table, source), *by_configuration]


def _readable(context: Compilation, configuration_id: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """Return the criteria under which the actor may read values of a custom attribute; none for who sees everything."""
    access = context.access
    if access is None or access.sees_everything:
        return []
    reader, own = context.alias("configuration_read_role"), context.alias("configuration_read_role")
    held = dialect.member_of(own.c.role_id, sorted(access.roles), context.dialect)
    return [
        or_(
            configuration_id.not_in(select(reader.c.configuration_id)),
            configuration_id.in_(select(own.c.configuration_id).where(held)),
        )
    ]


def _rule(context: Compilation, access: Access, table: str, source: NamedFromClause) -> ColumnElement[bool]:
    """Return the criterion that a row meets to be seen.

    Whoever sees all open projects is kept from the rows of a few: those are looked up by index, instead of all the
    others. Whoever sees some projects, or what they are assigned to, is shown the rows of those.
    """
    hides_little = access.all_open_projects and not access.assigned_only
    if table == "context":
        return _context(context, access, source)
    if table in OWNERS and not (hides_little and table in WITH_PROJECT):
        if hides_little and table in CONTAINERS:
            return source.c.id.not_in(_hidden(context, access, table))
        placed = _owned(context, access, table, source)
        if table not in CONTAINERS:
            return placed
        around = source.c[CONTAINERS[table]]
        return and_(placed, or_(around.is_(None), around.not_in(_hidden_containers(context, access, table))))
    if table in OF_ANYTHING:
        column = OF_ANYTHING[table]
        return and_(true(), *(source.c[column].not_in(_hidden(context, access, owner)) for owner in PARENTS))
    in_project = or_(source.c.project_id.is_(None), _in_project(context, access, source.c.project_id))
    if table == "note" and access.assigned_only:
        parents = or_(
            *(source.c.parent_id.in_(_seen(context, access, owner)) for owner in ("context", "asset_version"))
        )
        return or_(source.c.project_id.is_(None), parents)
    return in_project


def _owned(context: Compilation, access: Access, table: str, source: NamedFromClause) -> ColumnElement[bool]:
    column, owner = OWNERS[table]
    found = source.c[column]
    if access.all_open_projects and not access.assigned_only:
        return or_(found.is_(None), found.not_in(_hidden(context, access, owner)))
    return or_(found.is_(None), found.in_(_seen(context, access, owner)))


def _seen(context: Compilation, access: Access, table: str) -> Select[tuple[str]]:
    """Return the ids of a table's rows that the actor sees."""
    alias = context.alias(table)
    return select(alias.c.id).where(_rule(context, access, table, alias))


def _hidden(context: Compilation, access: Access, table: str) -> Select[tuple[str]]:
    """Return the ids of a table's rows that the actor does not see."""
    alias = context.alias(table)
    if not access.all_open_projects or access.assigned_only:
        return select(alias.c.id).where(not_(func.coalesce(_rule(context, access, table, alias), false())))
    if table in OWNERS and table not in WITH_PROJECT:
        column, owner = OWNERS[table]
        hidden = select(alias.c.id).where(alias.c[column].in_(_hidden(context, access, owner)))
        return hidden if table not in CONTAINERS else _with_contents(context, table, hidden)
    return select(alias.c.id).where(alias.c.project_id.in_(_hidden_projects(context, access)))


def _hidden_containers(context: Compilation, access: Access, table: str) -> Select[tuple[str]]:
    """Return the ids of rows that are hidden themselves and have others in them, and of what lies in those."""
    outer, inner = context.alias(table), context.alias(table)
    filled = select(inner.c[CONTAINERS[table]]).where(inner.c[CONTAINERS[table]].is_not(None))
    hidden = not_(func.coalesce(_owned(context, access, table, outer), false()))
    return _with_contents(context, table, select(outer.c.id).where(outer.c.id.in_(filled), hidden))


def _with_contents(context: Compilation, table: str, rows: Select[tuple[str]]) -> Select[tuple[str]]:
    """Return the ids of rows and of all that lies in them, at any depth."""
    found = rows.cte(recursive=True)
    below = context.alias(table)
    found = found.union(select(below.c.id).join(found, found.c.id == below.c[CONTAINERS[table]]))
    return select(found.c.id)


def _hidden_projects(context: Compilation, access: Access) -> Select[tuple[str]]:
    """Return the private projects that somebody who sees all open ones was not granted."""
    project, private = _private_projects(context)
    return private.where(not_(dialect.member_of(project.c.id, sorted(access.projects), context.dialect)))


def _private_projects(context: Compilation) -> tuple[NamedFromClause, Select[tuple[str]]]:
    """Return what is read for the private projects, and the query: only projects are without a parent, an index."""
    project = context.alias("context")
    return project, select(project.c.id).where(project.c.parent_id.is_(None), project.c.is_private.is_(true()))


def _context(context: Compilation, access: Access, source: NamedFromClause) -> ColumnElement[bool]:
    in_project = _in_project(context, access, source.c.project_id)
    if not access.assigned_only:
        return in_project
    path, appointment = context.alias("context_path"), context.alias("appointment")
    own = select(appointment.c.context_id).where(appointment.c.resource_id == access.user_id)
    leading = select(path.c.ancestor_id).where(path.c.descendant_id.in_(own))
    return and_(in_project, source.c.id.in_(leading))


def _in_project(context: Compilation, access: Access, column: ColumnElement[str]) -> ColumnElement[bool]:
    granted = dialect.member_of(column, sorted(access.projects), context.dialect)
    if not access.all_open_projects:
        return granted
    _, private = _private_projects(context)
    return or_(column.not_in(private), granted)
