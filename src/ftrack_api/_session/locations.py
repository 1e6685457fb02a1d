"""The four locations every session has."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_api import accessor, structure, symbol
from ftrack_api._mixin import mixin
from ftrack_api._per_session import made_once
from ftrack_api._state.merge import Merge
from ftrack_api.entity import location
from ftrack_protocol.record import Record

if TYPE_CHECKING:
    from ftrack_api.accessor.base import Accessor
    from ftrack_api.structure.base import Structure
    from ftrack_api.typing import SessionProtocol

# Any below is a location.


class _InPlace(location._LocationMixin):
    """Has the data where they are already; accessor and structure are made when they are first looked at."""

    __slots__ = ()

    @made_once
    def accessor(self) -> Accessor:
        return accessor.disk.DiskAccessor(prefix="")

    @made_once
    def structure(self) -> Structure:
        return structure.origin.OriginStructure()


class _OnServer(location._LocationMixin):
    """Has the data on the server; accessor and structure are made when they are first looked at."""

    __slots__ = ()

    @made_once
    def accessor(self) -> Accessor:
        return accessor.server._ServerAccessor(session=self.session)

    @made_once
    def structure(self) -> Structure:
        return structure.entity_id.EntityIdStructure()


class BuiltIn(Record):
    """A location with the same id on every server (client: 10)."""

    name: str
    location_id: str
    class_name: str
    mixins: tuple[type, ...]
    priority: int


_UNMANAGED = (_InPlace, location.UnmanagedLocationMixin)
BUILT_IN = (
    BuiltIn(
        "ftrack.origin", symbol.ORIGIN_LOCATION_ID, "OriginLocation", (_InPlace, location.OriginLocationMixin), 100
    ),
    BuiltIn("ftrack.unmanaged", symbol.UNMANAGED_LOCATION_ID, "UnmanagedLocation", _UNMANAGED, 90),
    BuiltIn("ftrack.review", symbol.REVIEW_LOCATION_ID, "UnmanagedLocation", _UNMANAGED, 110),
    BuiltIn(
        "ftrack.server", symbol.SERVER_LOCATION_ID, "ServerLocation", (_OnServer, location.ServerLocationMixin), 150
    ),
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
        for added in built_in.mixins:
            mixin(place, added, name=built_in.class_name)
        place.priority = built_in.priority
