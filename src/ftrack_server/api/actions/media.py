"""Upload actions: where to send the bytes of a component, and that all of them have been sent (protocol: 2.9, 8)."""

from __future__ import annotations

import mimetypes
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.media.store import MAX_PARTS, Upload, hexadecimal_md5, is_identifier, listed_parts
from ftrack_server.query.visible import sees_component

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftrack_protocol.actions import CompleteMultipartUpload, GetUploadMetadata
    from ftrack_server.api.context import RequestContext
    from ftrack_server.auth.keys import Actor
    from ftrack_server.media.files import Files

DEFAULT_TYPE = "application/octet-stream"


def get_upload_metadata(context: RequestContext, action: GetUploadMetadata) -> dict[str, Any]:
    """Return a signed address for the bytes of a component, or one for each part of them.

    The component need not exist yet; its name and size must be given then.

    Raises:
        PermissionDeniedError: If the component exists and the caller may not change it.
        RequestTooLargeError: If the file is larger than this server takes.
        ValidationError: If size, checksum or number of parts make no sense.

    Cost: up to four statements; with a store that clients talk to, one request to it for an upload in parts.
    """
    files = context.services.files
    component = _writable_component(context, action.component_id)
    upload = Upload(
        id=uuid.uuid4().hex,
        component_id=action.component_id,
        file_name=_file_name(action, component),
        content_type="",
        size=_size(action, component, files.limits.upload_bytes),
        checksum=action.checksum or None,
        parts=_parts(action),
        user_id=context.actor.user_id,
        started_at=files.library.now(),
    )
    if upload.checksum is not None:
        hexadecimal_md5(upload.checksum)
    upload = replace(upload, content_type=mimetypes.guess_type(upload.file_name)[0] or DEFAULT_TYPE)
    upload = replace(upload, reference=files.library.store.begin(upload))
    replaced = files.library.begin(context.connection, upload)
    if replaced:
        context.after_commit.append(lambda: files.library.discard(replaced))
    if upload.parts:
        urls = [
            {"part_number": number, "signed_url": files.upload_address(context.base_url, upload, number)}
            for number in range(1, upload.parts + 1)
        ]
        return {"component_id": upload.component_id, "upload_id": upload.id, "urls": urls}
    address = files.upload_address(context.base_url, upload, 0)
    return {"url": address, "headers": upload_headers(upload), "component_id": upload.component_id}


def upload_headers(upload: Upload) -> dict[str, str]:
    """Return the headers that have to be sent together with the bytes.

    The length of an empty file is left out: Python clients send such a file in chunks, and both together are no HTTP.
    """
    headers = {"Content-Type": upload.content_type}
    if upload.size:
        headers["Content-Length"] = str(upload.size)
    if upload.checksum is not None:
        headers["Content-MD5"] = upload.checksum
    return headers


def prepare_completion(files: Files, actor: Actor, action: CompleteMultipartUpload) -> None:
    """Join the parts of an upload, before the batch of the action is run.

    Joining may take the store a while, during which nobody else could write if it were part of the transaction. It may
    be repeated, so it does no harm when the rest of the batch fails.

    Raises:
        NotFoundError: If there is no such upload of the component, or somebody else's.
        ValidationError: If a part is missing, or is not the one that was sent last.
    """
    upload = _own_upload(files, actor, action)
    if upload.completed_at is not None:
        return
    if not upload.parts:
        raise errors.ValidationError(f"Upload {upload.id} is sent in one piece; there is nothing to complete.")
    parts = listed_parts(upload, action.parts)
    files.library.complete(upload, files.library.store.complete(upload, parts))


def complete_multipart_upload(context: RequestContext, action: CompleteMultipartUpload) -> dict[str, Any]:
    """Return the address of a file whose parts `prepare_completion` has joined."""
    address = context.services.files.download_address(context.base_url, "get", action.component_id)
    return {"action": action.action, "component_id": action.component_id, "url": address}


def _own_upload(files: Files, actor: Actor, action: CompleteMultipartUpload) -> Upload:
    upload = files.library.upload(action.upload_id)
    allowed = upload is not None and (upload.user_id == actor.user_id or "site" in actor.access.rights)
    if upload is None or not allowed or upload.component_id != action.component_id:
        raise errors.NotFoundError(
            f'There is no upload "{action.upload_id}" of the component "{action.component_id}"; it may have been given '
            "up. Ask for a new one by get_upload_metadata."
        )
    return upload


def _writable_component(context: RequestContext, component_id: str) -> Mapping[str, Any] | None:
    """Return the component, None when there is none yet, if the actor may send a file for it."""
    if not is_identifier(component_id):
        raise errors.ValidationError(f"A component_id is a text of 1 to 255 characters. Got {component_id[:80]!r}.")
    rights = context.actor.access.rights
    if not rights & {"site", "contribute"}:
        raise errors.PermissionDeniedError(
            'You may not upload files: it takes the right "contribute", which none of your roles has. '
            "Ask an administrator for a role that has it."
        )
    component = context.rows.fetch("component", [(component_id,)]).get((component_id,))
    queries, access = context.edition.queries, context.actor.access
    if component is not None and not sees_component(queries, context.connection, access, component_id):
        raise errors.PermissionDeniedError(f'You may not change the component "{component_id}", as you do not see it.')
    if component is not None and component["system_type"] != "file":
        raise errors.ValidationError(
            f'Component "{component_id}" is a {component["system_type"]}; only its members have files. Upload those.'
        )
    return component


def _file_name(action: GetUploadMetadata, component: Mapping[str, Any] | None) -> str:
    if action.file_name:
        return action.file_name[:1024]
    if component is None:
        raise errors.ValidationError(f'Component "{action.component_id}" does not exist yet; give its file_name.')
    kind = (component["file_type"] or "").lstrip(".")
    return f"{component['name']}.{kind}" if kind else str(component["name"])


def _size(action: GetUploadMetadata, component: Mapping[str, Any] | None, most: int) -> int | None:
    if action.file_size is None:
        if component is None:
            raise errors.ValidationError(f'Component "{action.component_id}" does not exist yet; give its file_size.')
        return None
    if action.file_size < 0:
        raise errors.ValidationError(f"A file_size is a number of bytes. Got {action.file_size}.")
    if action.file_size > most:
        raise errors.RequestTooLargeError(
            f"A file of {action.file_size} bytes is larger than the {most} bytes that this server takes.",
            "max_upload_bytes",
            most,
        )
    return action.file_size


def _parts(action: GetUploadMetadata) -> int:
    parts = action.parts or 0
    if not 0 <= parts <= MAX_PARTS:
        raise errors.ValidationError(f"An upload has 1 to {MAX_PARTS} parts. Got {parts}; use larger ones.")
    return parts if parts > 1 else 0
