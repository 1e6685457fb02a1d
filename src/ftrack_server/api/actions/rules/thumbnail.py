"""Which components may serve as thumbnails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work

PICTURE_TYPES = ("bmp", "gif", "jpeg", "jpg", "png", "tif", "tiff")


def check_thumbnails(work: Work, drafts: Sequence[Draft]) -> None:
    """Refuse a thumbnail that cannot be shown: a container, or a file of a type that is no picture (data_model: 8.2).

    Files whose type is not known are accepted.
    """
    for draft in drafts:
        if not draft.changes("thumbnail_id") or draft["thumbnail_id"] is None:
            continue
        component = work.view("component", draft["thumbnail_id"])
        if component is None:
            continue  # reported as a reference that leads nowhere
        kind = (component["file_type"] or "").lstrip(".").lower()
        with failing_at(draft.index):
            if component["system_type"] != "file":
                found = component["system_type"]
                raise errors.ValidationError(f"{draft.definition.id}.thumbnail must be a single file. Got a {found}.")
            if kind and kind not in PICTURE_TYPES:
                raise errors.ValidationError(
                    f'{draft.definition.id}.thumbnail must be of type {", ".join(PICTURE_TYPES)}. Got "{kind}".'
                )
