"""What somebody may see and do, worked out once for a call and then only applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Right: TypeAlias = Literal["site", "projects", "contribute"]
"""``site``: people, roles, schemas, declarations, settings and everything else. ``projects``: make, change and delete
projects and all that is in them. ``contribute``: make and change work, and delete what is one's own."""


@dataclass(frozen=True, slots=True)
class Access:
    """What an actor may see and do.

    Attributes:
        user_id: The person.
        rights: What their roles allow.
        all_open_projects: Whether they see every project that is not private.
        projects: Projects they were granted by name, private ones among them.
        assigned_only: Whether, of those projects, they see only what they are assigned to and what leads there.
        roles: Ids of the security roles they hold, which custom attributes may be kept to.
    """

    user_id: str
    rights: frozenset[Right] = frozenset()
    all_open_projects: bool = False
    projects: frozenset[str] = frozenset()
    assigned_only: bool = False
    roles: frozenset[str] = frozenset()

    @property
    def sees_everything(self) -> bool:
        """Return whether nothing is hidden from them."""
        return "site" in self.rights

    def sees_project(self, project_id: str, *, is_private: bool) -> bool:
        """Return whether a project is shown to them."""
        if self.sees_everything or project_id in self.projects:
            return True
        return self.all_open_projects and not is_private
