"""Versions: their components and media."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ftrack_api.entity import base

# Any below is an entity.


class AssetVersion(base.Entity):
    """A version of an asset."""

    __slots__ = ()

    def create_component(
        self, path: str | os.PathLike[str], data: Mapping[str, Any] | None = None, location: Any = None
    ) -> Any:
        """Return a new component of this version; see `Session.create_component`.

        Args:
            path: File or sequence.
            data: Values of the component; whatever they say, it belongs to this version.
            location: Location to add it to, ``"auto"`` for the preferred one, None for none: then the caller commits.
        """
        values = {name: value for name, value in (data or {}).items() if name != "version_id"}
        session: Any = self.session
        return session.create_component(path, data={**values, "version": self}, location=location)

    def encode_media(self, media: Any, keep_original: Any = "auto") -> Any:
        """Have media encoded for the web as components of this version; see `Session.encode_media`."""
        session: Any = self.session
        return session.encode_media(media, version_id=self["id"], keep_original=keep_original)
