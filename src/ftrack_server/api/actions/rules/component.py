"""Components and locations, and that the server's own location holds only what is really there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.circles import refuse_circles
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.base import TableRules
from ftrack_server.media.library import SERVER_LOCATION

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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

    def deleted(self, work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
        """Remove the files of components that are gone."""
        _release(work, [row["id"] for row in rows])


class ComponentLocationRules(TableRules):
    """Rules of components in locations."""

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse to say that a file is in the server's location when nobody has sent it there."""
        claims = [
            draft
            for draft in drafts
            if draft["location_id"] == SERVER_LOCATION
            and (draft.changes("location_id") or draft.changes("component_id"))
        ]
        if not claims:
            return
        work.load_ids("component", {draft["component_id"] for draft in claims})
        components = {draft["component_id"]: work.view("component", draft["component_id"]) for draft in claims}
        files = [id_ for id_, component in components.items() if component and component["system_type"] == "file"]
        missing = set(files) - work.context.services.files.library.holds(work.context.connection, files)
        for draft in claims:
            if draft["component_id"] in missing:
                with failing_at(draft.index):
                    raise errors.IntegrityError(
                        f'Component "{draft["component_id"]}" cannot be in ftrack.server: its file has not been '
                        "uploaded, or not as it was announced. Send it to the address that get_upload_metadata "
                        "returns first."
                    )

    def deleted(self, work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
        """Remove the files that the server's location does not hold any more."""
        _release(work, [row["component_id"] for row in rows if row["location_id"] == SERVER_LOCATION])


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


def _release(work: Work, component_ids: list[str]) -> None:
    """Remove files once the batch is committed, unless the server's location holds them anew by then."""
    if component_ids:
        library = work.context.services.files.library
        work.context.after_commit.append(lambda: library.release(component_ids))
