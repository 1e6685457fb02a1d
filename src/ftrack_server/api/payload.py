"""From the bytes of a request to its payload: UTF-8, JSON, and no text in it that a database cannot hold."""

from __future__ import annotations

import re
from typing import Any

from ftrack_protocol import json
from ftrack_server import errors

# Written out, such a character is no JSON or no UTF-8; so only an escape can bring one in.
_UNSTORABLE_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_NAMED = 4
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def decode(body: bytes) -> Any:
    """Return the payload of a request body.

    Neither engine stores every text that JSON can write: PostgreSQL has no zero character, and half of a surrogate pair
    has no UTF-8. Such a text is refused wherever it stands, so that nothing behind has to think of it.

    Raises:
        RequestError: If it is no JSON in UTF-8, or holds such a text: naming the place.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise errors.RequestError(f"The request body is no UTF-8: {error.reason} at byte {error.start}.") from error
    try:
        payload = json.loads(text)
    except ValueError as error:
        raise errors.RequestError(f"The request body is no JSON: {error}.") from error
    if _UNSTORABLE_ESCAPE.search(text) is not None:
        _refuse_unstorable(payload)
    return payload


def _refuse_unstorable(payload: Any) -> None:
    """Refuse a payload with a text that no database can hold; depth lives on a list, since it may be large."""
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), payload)]
    while pending:
        place, value = pending.pop()
        if isinstance(value, str):
            found = _UNSTORABLE.search(value)
            if found is not None:
                raise _unstorable(place, found[0])
        elif isinstance(value, dict):
            for name, item in value.items():
                if _UNSTORABLE.search(name) is not None:
                    raise _unstorable((*place, "a name"), name)
                pending.append(((*place, name), item))
        elif isinstance(value, list):
            pending.extend(((*place, index), item) for index, item in enumerate(value))


def _unstorable(place: tuple[str | int, ...], found: str) -> errors.RequestError:
    reason = "a zero character (\\u0000)" if "\x00" in found else "half of a surrogate pair, which is no character"
    index = place[0] if place and isinstance(place[0], int) else None
    names = place if index is None else place[1:]
    where = ".".join(str(part) for part in names[:_NAMED]) or "The request"
    error = errors.RequestError(f"{where} holds {reason}; no database stores such a text.")
    error.operation_index = index
    return error
