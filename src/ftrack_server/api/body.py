"""The body of a request, expanded where it was sent compressed; never more of it than the limit."""

from __future__ import annotations

import zlib

from ftrack_server.errors import RequestError
from ftrack_server.limits import body_too_large

_GZIP = 16 + zlib.MAX_WBITS
_PLAIN = frozenset({"", "identity"})


def expanded(body: bytes, encoding: str, largest: int) -> bytes:
    """Return a body as it was before it was compressed.

    Args:
        body: What arrived.
        encoding: Its ``Content-Encoding``: ``gzip``, ``identity`` or empty.
        largest: Most bytes that may come out.

    Raises:
        RequestTooLargeError: If more would come out; no more than the limit is ever held.
        RequestError: If the encoding is another one, or the data is damaged.
    """
    kind = encoding.strip().lower()
    if kind in _PLAIN:
        return body
    if kind not in {"gzip", "x-gzip"}:
        raise RequestError(f'The request body has the encoding "{encoding}"; this server reads gzip, or none at all.')
    parts: list[bytes] = []
    room = largest
    rest = body
    while rest:  # members may follow one another
        decoder = zlib.decompressobj(_GZIP)
        try:
            part = decoder.decompress(rest, room + 1)
        except zlib.error as error:
            raise RequestError(f"The request body is no gzip data: {error}.") from error
        room -= len(part)
        if room < 0:
            raise body_too_large(largest)
        if not decoder.eof:
            raise RequestError("The request body is gzip data that breaks off.")
        parts.append(part)
        rest = decoder.unused_data
    return b"".join(parts)
