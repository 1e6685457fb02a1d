"""What the conditional and range headers of a request ask for (RFC 9110, 13 and 14): pure decisions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

_ONE_RANGE = re.compile(r"bytes=\s*(?P<first>\d*)\s*-\s*(?P<last>\d*)\s*", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?"[^"]*"|\*')

# What browsers may show in place; anything else is offered for saving, as it could be a page with a program in it.
_SHOWN = frozenset({"application/pdf", "text/plain"})
_SHOWN_FAMILIES = ("image/", "video/", "audio/")
_SCRIPTABLE = frozenset({"image/svg+xml"})


@dataclass(frozen=True, slots=True)
class Slice:
    """What of a file to answer.

    Attributes:
        status: 200, 206, 304 or 416.
        start: First byte.
        length: Number of bytes.
    """

    status: int
    start: int
    length: int


def wanted(headers: Mapping[str, str], size: int, etag: str, stored_at: int) -> Slice:
    """Return what a request wants of a file of some size; headers that make no sense are passed over.

    Several ranges in one request are answered with the whole file, which the protocol allows.
    """
    quoted = f'"{etag}"'
    if "if-none-match" in headers and _names(headers["if-none-match"], quoted):
        return Slice(304, 0, 0)
    found = _ONE_RANGE.fullmatch(headers.get("range", ""))
    condition = headers.get("if-range", "").strip()
    if found is None or not (found["first"] or found["last"]):
        return Slice(200, 0, size)
    if condition and condition not in {quoted, http_date(stored_at)}:
        return Slice(200, 0, size)
    if found["first"]:
        start, end = int(found["first"]), min(int(found["last"] or size), size - 1)
        if found["last"] and int(found["last"]) < start:
            return Slice(200, 0, size)
    else:
        start, end = max(size - int(found["last"]), 0), size - 1
    if start > end:
        return Slice(416, 0, 0)
    return Slice(206, start, end - start + 1)


def http_date(moment: int) -> str:
    """Return a moment, in seconds since 1970, as headers have it."""
    return formatdate(moment, usegmt=True)


def disposition(file_name: str, content_type: str) -> str:
    """Return the `Content-Disposition` of a file: shown in place when that is safe, offered for saving otherwise."""
    shown = content_type in _SHOWN or content_type.startswith(_SHOWN_FAMILIES)
    kind = "inline" if shown and content_type not in _SCRIPTABLE else "attachment"
    name = file_name.replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r"[^ !#-\[\]-~]", "_", name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _names(header: str, quoted: str) -> bool:
    """Return whether a list of tags has one; weak comparison, as for reading."""
    return any(tag.removeprefix("W/") in {quoted, "*"} for tag in _TAG.findall(header))
