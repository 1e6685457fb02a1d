"""Components: what their entities can do, and the pictures that stand for other entities."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ftrack_api.entity import base
from ftrack_protocol.identifiers import spread_identifier

# Any below is an entity.


class Component(base.Entity):
    """A piece of data: a file, a sequence, or a container of them."""

    __slots__ = ()

    def _construct(self, data: Mapping[str, Any]) -> None:
        """Set the values of a new component; its identifier differs from others in the first digit already.

        `IdStructure` makes folders of those digits. The members of another component have none: their identifiers keep
        the order in which they are made, and so does the list of them.
        """
        if "id" not in data and data.get("container") is None:
            data = {**data, "id": spread_identifier()}
        super()._construct(data)

    def get_availability(self, locations: Iterable[Any] | None = None) -> dict[str, float]:
        """Return how available this component is, from 0.0 to 100.0 by location id; in all locations when omitted."""
        session: Any = self.session
        found: dict[str, float] = session.get_component_availability(self, locations=locations)
        return found


class CreateThumbnailMixin:
    """Adds thumbnails to entities that may have one."""

    __slots__ = ()

    def create_thumbnail(self, path: str | os.PathLike[str], data: Mapping[str, Any] | None = None) -> Any:
        """Upload a picture as the thumbnail of this entity, commit, and return its component.

        Args:
            path: Picture on disk.
            data: Values of the component; its name is ``thumbnail`` unless they say otherwise.

        Raises:
            FileNotFoundError: If there is no such file.
            LocationError: If the upload fails; nothing is left of the thumbnail.

        Cost: two requests and the upload.
        """
        entity: Any = self
        return entity.session._create_thumbnail(entity, path, data)
