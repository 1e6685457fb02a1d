"""Constants with an identity of their own: unset and state markers, fixed location ids, topics, the chunk size."""

from __future__ import annotations

import os
import warnings
from typing import Any

DEFAULT_CHUNK_SIZE = 1024 * 1024


class Symbol:
    """A named constant, compared by identity.

    Copies, deep copies and pickles of the symbols of this module are the same objects, so that ``value is NOT_SET``
    holds wherever a value has travelled.
    """

    def __init__(self, name: str, value: Any = True) -> None:  # noqa: FBT002 - known signature; only its truth counts
        self.name = name
        self.value = value

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name})"

    def __bool__(self) -> bool:
        return bool(self.value)

    def __copy__(self) -> Symbol:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Symbol:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.name, self.value)


def _restore(symbol_class: type[Symbol], name: str, value: Any) -> Symbol:
    """Return this module's symbol of a name, or a new one for symbols made elsewhere."""
    known = _NAMED.get(name)
    return known if type(known) is symbol_class else symbol_class(name, value)


def _chunk_size(text: str | None) -> int:
    """Return the number of bytes in ``text``, or the default, with a warning, when it is no positive number."""
    if not text:
        return DEFAULT_CHUNK_SIZE
    try:
        size = int(text)
    except ValueError:
        size = -1
    if size == 0:
        return DEFAULT_CHUNK_SIZE
    if size < 0:
        message = f"FTRACK_API_FILE_CHUNK_SIZE is {text!r}, not a positive number of bytes; using {DEFAULT_CHUNK_SIZE}."
        warnings.warn(message, RuntimeWarning, stacklevel=2)
        return DEFAULT_CHUNK_SIZE
    return size


NOT_SET = Symbol("NOT_SET", value=False)
CREATED = Symbol("CREATED")
MODIFIED = Symbol("MODIFIED")
DELETED = Symbol("DELETED")
JOB_SYNC_USERS_LDAP = Symbol("SYNC_USERS_LDAP")

_NAMED = {symbol.name: symbol for symbol in (NOT_SET, CREATED, MODIFIED, DELETED, JOB_SYNC_USERS_LDAP)}

COMPONENT_ADDED_TO_LOCATION_TOPIC = "ftrack.location.component-added"
COMPONENT_REMOVED_FROM_LOCATION_TOPIC = "ftrack.location.component-removed"

# Ids of the locations that exist on every server (protocol: 9.1).
ORIGIN_LOCATION_ID = "ce9b348f-8809-11e3-821c-20c9d081909b"
UNMANAGED_LOCATION_ID = "cb268ecc-8809-11e3-a7e2-20c9d081909b"
REVIEW_LOCATION_ID = "cd41be70-8809-11e3-b98a-20c9d081909b"
CONNECT_LOCATION_ID = "07b82a97-8cf9-11e3-9383-20c9d081909b"
SERVER_LOCATION_ID = "3a372bde-05bc-11e4-8908-20c9d081909b"

# Bytes moved at a time when files are copied; read once.
CHUNK_SIZE = _chunk_size(os.environ.get("FTRACK_API_FILE_CHUNK_SIZE"))
