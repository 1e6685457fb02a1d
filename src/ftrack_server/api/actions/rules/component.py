"""Components and locations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.circles import refuse_circles
from ftrack_server.api.actions.rules.base import TableRules

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ftrack_server.api.actions.draft import Draft, Key
    from ftrack_server.api.actions.work import Work


# Clients know these by heart (protocol: 9.1).
BUILT_IN = frozenset(
    {
        "ce9b348f-8809-11e3-821c-20c9d081909b",  # ftrack.origin
        "cb268ecc-8809-11e3-a7e2-20c9d081909b",  # ftrack.unmanaged
        "cd41be70-8809-11e3-b98a-20c9d081909b",  # ftrack.review
        "07b82a97-8cf9-11e3-9383-20c9d081909b",  # ftrack.connect
        "3a372bde-05bc-11e4-8908-20c9d081909b",  # ftrack.server
    }
)


class ComponentRules(TableRules):
    """Rules of components."""

    def classify(self, values: dict[str, Any]) -> None:
        """Take a plain Component for a file (data_model: 8.2)."""
        if values["system_type"] is None:
            values["system_type"] = "file"

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse containers that hold themselves."""
        refuse_circles(work, "component", "container_id", drafts)


class LocationRules(TableRules):
    """Rules of locations."""

    def deleting(self, work: Work, keys: Collection[Key]) -> None:
        """Refuse to delete a location that holds something, whose place nobody would know any more, or is built in."""
        for (identifier,) in keys:
            if identifier in BUILT_IN:
                raise errors.IntegrityError(
                    f"Location {identifier} is one of those that every client expects; it cannot be deleted."
                )
        held = work.context.rows.select("component_location", {"location_id": [key[0] for key in keys]})
        gone = {key for table, key in work.deletions if table == "component_location"}
        held = [row for row in held if (row["id"],) not in gone]
        if held:
            location = work.stored("location", (held[0]["location_id"],)) or {}
            raise errors.IntegrityError(
                f'Location "{location.get("name")}" still holds {len(held)} components; remove them from it first.'
            )
