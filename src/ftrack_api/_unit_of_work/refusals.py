"""What a server means when it refuses a batch."""

from __future__ import annotations

from ftrack_api import exception

DUPLICATE = "DuplicateEntryError"


def is_duplicate(error: exception.ServerError) -> bool:
    """Return whether a batch was refused because something it creates exists already.

    Servers say so by the name of the failure or in its text (protocol: 1.3).
    """
    return isinstance(error, exception.DuplicateEntry) or DUPLICATE in str(error)
