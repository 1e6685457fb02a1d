"""The encode_media action: notes a job and the components that it is going to make (protocol: 2.11)."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

from ftrack_protocol.actions import Create
from ftrack_server import errors
from ftrack_server.api.actions.authorise import authorise_row
from ftrack_server.api.actions.segment import run_segment
from ftrack_server.api.actions.work import Work
from ftrack_server.query.visible import sees_component

if TYPE_CHECKING:
    from ftrack_protocol.actions import EncodeMedia
    from ftrack_server.api.context import RequestContext

_FILM, _PICTURE = "ftrackreview-mp4", "ftrackreview-image"
_FORMATS = {_FILM: "video/mp4", _PICTURE: "image/jpeg"}
_FILE_TYPES = {_FILM: ".mp4", _PICTURE: ".jpg"}


def encode_media(context: RequestContext, action: EncodeMedia) -> dict[str, Any]:
    """Queue a file to be encoded; return the job, whose data name the components that it is going to fill.

    A picture becomes one for the web, anything else a film with a picture of its first frame. A version gets them as
    components, and the picture as thumbnail where it has none.

    Raises:
        NotFoundError: If there is no such component, or the caller does not see it, or no such version.
        PermissionDeniedError: If the caller may not create components or jobs, change the version, or delete the file
            that is not to be kept.
        ValidationError: If its file is not in ftrack.server.
        RequestError: If this server has no encoder.

    Cost: some twenty statements.
    """
    if importlib.util.find_spec("av") is None:
        raise errors.RequestError("This server has no encoder; its administrator can add one: pip install av.")
    source, version_id = action.component_id, action.version_id
    component = context.existing("component", source, "Component")
    if not sees_component(context.edition.queries, context.connection, context.actor.access, source):
        raise errors.NotFoundError(f'There is no Component with the key "{source}".')
    if not context.services.files.library.holds(context.connection, [source]):
        raise errors.ValidationError(f'Component "{source}" has no file in ftrack.server; upload it there first.')
    version = None if version_id is None else context.existing("asset_version", version_id, "AssetVersion")
    if version is not None:
        authorise_row(Work(context), "asset_version", version, "change")
    is_picture = (component["file_type"] or "").lstrip(".").lower() in PICTURES
    names = (_PICTURE,) if is_picture else (_FILM, _PICTURE)
    outputs = {name: context.clock.new_id() for name in names}
    job_id = context.clock.new_id()
    keep_original = action.keep_original is None or bool(action.keep_original)
    if not keep_original:
        authorise_row(Work(context), "component", component, "delete")
    data = {
        "output": [{"format": _FORMATS[name], "component_id": outputs[name]} for name in names],
        "source_component_id": source,
        "keep_original": keep_original,
    }
    _create(context, job_id, data, outputs, version_id)
    payload = {
        "source": source,
        "kind": "picture" if is_picture else "film",
        "outputs": outputs,
        "file_types": _FILE_TYPES,
        "thumbnail": _PICTURE,
        "thumbnail_of": version_id if version is not None and version["thumbnail_id"] is None else None,
        "keep_original": keep_original,
        "user_id": context.actor.user_id,
        "username": context.actor.username,
        "data": data,
    }
    context.services.files.queue.add(context.connection, job_id, payload)
    context.after_commit.append(context.services.files.queued.set)
    return {"job_id": job_id}


PICTURES = frozenset({"bmp", "dds", "gif", "jp2", "jpeg", "jpg", "png", "psd", "sgi", "tga", "tif", "tiff", "webp"})
"""File types of which pictures are made, and no films."""


def _create(
    context: RequestContext, job_id: str, data: dict[str, Any], outputs: dict[str, str], version_id: str | None
) -> None:
    """Create the job and its components by the rules that hold for everybody."""
    job = {"id": job_id, "type": "api_job", "status": "queued", "data": json.dumps(data)}
    creations = [Create("Job", {**job, "user_id": context.actor.user_id})]
    for name, component_id in outputs.items():
        component = {"id": component_id, "name": name, "file_type": _FILE_TYPES[name], "version_id": version_id}
        creations.append(Create("FileComponent", component))
        creations.append(Create("JobComponent", {"component_id": component_id, "job_id": job_id}))
    run_segment(Work(context), list(enumerate(creations)))
