"""The four locations every session has."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftrack_api import symbol
from ftrack_api._mixin import mixin
from ftrack_api._state.merge import Merge
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.accessor.server import _ServerAccessor
from ftrack_api.entity import location
from ftrack_api.structure.entity_id import EntityIdStructure
from ftrack_api.structure.origin import OriginStructure

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

# Any below is a location.


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A location with the same id on every server (client: 10)."""

    name: str
    location_id: str
    class_name: str
    mixin: type
    priority: int


BUILT_IN = (
    BuiltIn("ftrack.origin", symbol.ORIGIN_LOCATION_ID, "OriginLocation", location.OriginLocationMixin, 100),
    BuiltIn("ftrack.unmanaged", symbol.UNMANAGED_LOCATION_ID, "UnmanagedLocation", location.UnmanagedLocationMixin, 90),
    BuiltIn("ftrack.review", symbol.REVIEW_LOCATION_ID, "UnmanagedLocation", location.UnmanagedLocationMixin, 110),
    BuiltIn("ftrack.server", symbol.SERVER_LOCATION_ID, "ServerLocation", location.ServerLocationMixin, 150),
)


def configure(session: SessionProtocol) -> None:
    """Make the built-in locations entities of a session and set them up; nothing is asked of the server.

    Does nothing when the server knows no locations.
    """
    if "Location" not in session.types:
        return
    for built_in in BUILT_IN:
        values = {"id": built_in.location_id, "name": built_in.name}
        made = session._create("Location", values, reconstructing=True)
        place: Any = Merge(session, regroup=False).adopt(made)
        mixin(place, built_in.mixin, name=built_in.class_name)
        place.priority = built_in.priority
        if built_in.location_id == symbol.SERVER_LOCATION_ID:
            place.accessor, place.structure = _ServerAccessor(session=session), EntityIdStructure()
        else:
            place.accessor, place.structure = DiskAccessor(prefix=""), OriginStructure()
