"""Who may see which part of an ``ftrack.update``: entities of projects that are hidden from somebody are left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ftrack_protocol.event.envelope import Envelope
    from ftrack_server.access import Access

PROJECT_TYPE = "show"


class Narrowing:
    """One event, cut for each who receives it; those who see the same get the same object.

    Whoever sees only what they are assigned to is told what changed, and not the values, which they can ask for.

    Args:
        event: The whole event.
        private_projects: Ids of the private projects it tells of.
    """

    def __init__(self, event: Envelope, private_projects: Collection[str]) -> None:
        self._event = event
        self._private = frozenset(private_projects)
        self._entities: list[Mapping[str, Any]] = event.data["entities"]
        self._projects = [_project(entity) for entity in self._entities]
        self._made: dict[tuple[frozenset[str | None], bool], Envelope | None] = {}

    def for_access(self, access: Access) -> Envelope | None:
        """Return what somebody is sent, None for nothing."""
        if access.sees_everything:
            return self._event
        seen = frozenset(project for project in self._projects if self._sees(access, project))
        key = (seen, access.assigned_only)
        if key not in self._made:
            self._made[key] = self._cut(*key)
        return self._made[key]

    def _sees(self, access: Access, project: str | None) -> bool:
        return project is None or access.sees_project(project, is_private=project in self._private)

    def _cut(self, seen: frozenset[str | None], without_values: bool) -> Envelope | None:  # noqa: FBT001 - a key
        kept = [entity for entity, project in zip(self._entities, self._projects, strict=True) if project in seen]
        if not kept:
            return None
        if without_values:
            kept = [{**entity, "changes": {}} for entity in kept]
        elif len(kept) == len(self._entities):
            return self._event
        parents = dict.fromkeys(step["entityId"] for entity in kept for step in entity["parents"])
        return replace(self._event, data={**self._event.data, "entities": kept, "parents": list(parents)})


def _project(entity: Mapping[str, Any]) -> str | None:
    """Return the id of the project an entity is in, None for what is in none."""
    last = entity["parents"][-1]
    return last["entityId"] if last["entityType"] == PROJECT_TYPE else None
