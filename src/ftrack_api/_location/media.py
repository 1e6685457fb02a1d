"""Media on the server: thumbnails, and files encoded for the web."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftrack_api import exception
from ftrack_api._location.components import origin_of, size_of
from ftrack_api.symbol import SERVER_LOCATION_ID

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

# Any below is an entity.


def create_thumbnail(session: Any, entity: Any, path: str | os.PathLike[str], data: Mapping[str, Any] | None) -> Any:
    """Upload the thumbnail of an entity and commit; see `CreateThumbnailMixin.create_thumbnail`."""
    values = {**(data or {})}
    values["name"] = values.get("name") or "thumbnail"
    values.setdefault("size", size_of(os.fspath(path)))
    component = session.create_component(path, data=values, location=None)
    before = entity._known("thumbnail_id") if "thumbnail_id" in (entity._local or {}) else None
    entity["thumbnail_id"] = component["id"]
    try:
        _server(session).add_component(component, origin_of(session))
    except Exception:
        if before is None:
            del entity["thumbnail_id"]
        else:
            entity["thumbnail_id"] = before
        session._withdraw(component)
        raise
    return component


def encode(session: Any, media: Any, version_id: str | None, keep_original: Any) -> Any:
    """Have media encoded; see `Session.encode_media`."""
    if session._transaction is not None:
        raise exception.OperationError("encode_media cannot be part of a transaction; call it when that has ended.")
    if isinstance(media, str | os.PathLike):
        keep_original = False if keep_original == "auto" else keep_original
        values = {"version_id": version_id} if keep_original and version_id else {}
        component = session.create_component(media, data=values, location=_server(session))
        session.commit()
    elif getattr(media, "entity_type", None) == "FileComponent":
        keep_original = True if keep_original == "auto" else keep_original
        component = media
    else:
        raise ValueError(f"encode_media takes the path of a file or a FileComponent, got {media!r}.")
    action = {
        "action": "encode_media",
        "component_id": component["id"],
        "version_id": version_id,
        "keep_original": keep_original,
    }
    return session.get("Job", session.call([action])[0]["job_id"])


def _server(session: SessionProtocol) -> Any:
    origin_of(session)  # configures the locations if that is needed
    return session.get("Location", SERVER_LOCATION_ID)
