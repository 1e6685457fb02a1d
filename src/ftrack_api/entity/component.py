"""Components: what their entities can do, and the pictures that stand for other entities."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ftrack_api.entity import base

# Any below is an entity.


class Component(base.Entity):
    """A piece of data: a file, a sequence, or a container of them."""

    __slots__ = ()

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
