"""Bodies of answers as they were before the server made them smaller: gzip and deflate, which are asked for."""

from __future__ import annotations

import zlib

GZIP = zlib.MAX_WBITS + 16
NOTHING = frozenset({"", "identity"})


class CodingError(Exception):
    """A body that cannot be unpacked."""


class UnknownCodingError(CodingError):
    """A body that was packed in a way nobody asked for."""


def unpacked(body: bytes, coding: str) -> bytes:
    """Return a body without its content coding.

    Args:
        body: As it travelled.
        coding: Value of the header ``Content-Encoding``: names in the order in which they were applied.

    Raises:
        CodingError: If the body is damaged or incomplete.
        UnknownCodingError: If a name is another than gzip and deflate.
    """
    for name in (part.strip() for part in reversed(coding.lower().split(","))):
        if not body or name in NOTHING:
            continue
        if name in {"gzip", "x-gzip"}:
            body = _members(body)
        elif name == "deflate":
            body = _inflated(body)
        else:
            raise UnknownCodingError(f"the answer is packed as {name!r}, which was not asked for")
    return body


def _members(body: bytes) -> bytes:
    """Return what gzip files in a row hold; zeros after them are padding, and so is anything else."""
    pieces: list[bytes] = []
    while body[:2] == b"\x1f\x8b" or not pieces:
        piece, body = _one(body, GZIP)
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _inflated(body: bytes) -> bytes:
    """Return what a deflated body holds; some servers leave the frame out that the standard demands."""
    try:
        return _one(body, zlib.MAX_WBITS)[0]
    except CodingError:
        return _one(body, -zlib.MAX_WBITS)[0]


def _one(body: bytes, form: int) -> tuple[bytes, bytes]:
    """Return what one packed piece holds, and what follows it."""
    decompressor = zlib.decompressobj(form)
    try:
        piece = decompressor.decompress(body)
    except zlib.error as error:
        raise CodingError(f"the answer cannot be unpacked: {error}") from error
    if not decompressor.eof:
        raise CodingError(f"the answer cannot be unpacked: it ends after {len(body)} packed bytes")
    return piece, decompressor.unused_data
