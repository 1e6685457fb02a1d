"""Where written rows belong: the project, and for those who see only their own work, whether it is theirs.

Everything is looked up for all rows of a segment at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ftrack_server.api.actions.owners import load_upwards, owner_of
from ftrack_server.model.bounds import OF_A_PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ftrack_server.access import Access
    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work

    Row: TypeAlias = Mapping[str, Any] | Draft

CONTEXT = "context"


class Belonging:
    """The projects and tree items that written rows belong to.

    Cost: one statement for each table on the way from what is written to contexts, two more for whoever sees only
    what they are assigned to.
    """

    def __init__(self, work: Work, access: Access, rows: Iterable[tuple[str, Row]]) -> None:
        self._work = work
        self._access = access
        listed = list(rows)
        load_upwards(work, listed, lambda table: table == CONTEXT)
        projects = {project for table, row in listed if (project := self.project(table, row)) is not None}
        work.load_ids(CONTEXT, projects)
        self._assigned: set[str] = set()
        self._leading: set[str] = set()
        if access.assigned_only:
            self._read_assignments({item for table, row in listed if (item := self.item(table, row)) is not None})

    def project(self, table: str, row: Row) -> str | None:
        """Return the project a row belongs to, None when it belongs to none."""
        if table == CONTEXT or table in OF_A_PROJECT:
            return row["project_id"]  # type: ignore[no-any-return]  # an identifier
        above = owner_of(self._work, table, row)
        return None if above is None else self.project(*above)

    def item(self, table: str, row: Row) -> str | None:
        """Return the tree item a row belongs to, itself if it is one; None when it belongs to none."""
        if table == CONTEXT:
            return row["id"]  # type: ignore[no-any-return]  # an identifier
        above = owner_of(self._work, table, row)
        return None if above is None else self.item(*above)

    def sees(self, project_id: str) -> bool:
        """Return whether the actor sees a project; one they make in this batch they do."""
        project = self._work.view(CONTEXT, project_id)
        return self._access.sees_project(project_id, is_private=project is not None and bool(project["is_private"]))

    def is_theirs(self, table: str, row: Row) -> bool:
        """Return whether somebody who sees only what they are assigned to may write a row there.

        Of tree items they change those they are assigned to, and add to them; everything else they write on those and
        on what leads there.
        """
        if not self._access.assigned_only:
            return True
        item = self.item(table, row)
        if item is None:
            return True
        if table != CONTEXT:
            return item in self._leading
        return item in self._assigned or row["parent_id"] in self._assigned

    def _read_assignments(self, items: set[str]) -> None:
        work = self._work
        mine = work.context.rows.select("appointment", {"resource_id": [self._access.user_id]})
        self._assigned = {row["context_id"] for row in mine}
        if self._assigned and items:
            where = {"descendant_id": sorted(self._assigned), "ancestor_id": sorted(items)}
            self._leading = {row["ancestor_id"] for row in work.context.rows.select("context_path", where)}
