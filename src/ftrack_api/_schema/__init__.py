"""Where schema documents come from: a file of an earlier session, or the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api._schema import private_folder as private_folder
    from ftrack_api._schema import source as source

# For sessions that are told no folder, and for those whose schemas did not come with their first request.
__getattr__, __dir__ = attach(__name__, ("private_folder", "source"))
