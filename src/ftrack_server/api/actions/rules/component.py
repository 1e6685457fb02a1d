"""Components and locations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.rules.base import TableRules

if TYPE_CHECKING:
    from collections.abc import Collection

    from ftrack_server.api.actions.draft import Key
    from ftrack_server.api.actions.work import Work


class ComponentRules(TableRules):
    """Rules of components."""

    def classify(self, values: dict[str, Any]) -> None:
        """Take a plain Component for a file (data_model: 8.2)."""
        if values["system_type"] is None:
            values["system_type"] = "file"


class LocationRules(TableRules):
    """Rules of locations."""

    def deleting(self, work: Work, keys: Collection[Key]) -> None:
        """Refuse to delete a location that holds something: nobody would know any more where it is."""
        held = work.context.rows.select("component_location", {"location_id": [key[0] for key in keys]})
        gone = {key for table, key in work.deletions if table == "component_location"}
        held = [row for row in held if (row["id"],) not in gone]
        if held:
            location = work.stored("location", (held[0]["location_id"],)) or {}
            raise errors.IntegrityError(
                f'Location "{location.get("name")}" still holds {len(held)} components; remove them from it first.'
            )
