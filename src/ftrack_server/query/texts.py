"""Query texts taken apart: the shape, which decides the plan, and what only fills it in.

Values in quotes, lists of values and the page at the end are cut out of a text, so that all texts that differ in these
only have one shape. Which of the values a plan leaves open is for the compiler to say; the others remain part of what
plans are kept by. Texts that hold a backslash, which escapes, are their own shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_VALUE, _LIST = "\x00", "\x01"
"""What stands in a shape for a value and for a list of them; a text that holds such characters is its own shape."""
_PAGE_CHARACTERS = 64
_NULLS = ("none", "null")

_WORD = r"[a-zA-Z0-9_.-]+"  # of the words that need no quotes those that lists are made of
_ITEM = rf"""(?:"[^"]*"|'[^']*'|{_WORD})"""
_LITERALS = re.compile(rf"""(\(\s*{_ITEM}(?:\s*,\s*{_ITEM})+\s*\)|"[^"]*"|'[^']*')""")
_ITEMS = re.compile(_ITEM)
_PAGE = re.compile(
    r"\s+(?P<first>limit|offset)\s+(?P<one>\d{1,18})(?:\s+(?P<second>limit|offset)\s+(?P<two>\d{1,18}))?\s*\Z",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Text:
    """One query text.

    Attributes:
        shape: The text without what was cut out.
        values: What was cut out, as written: values with their quotes, lists with their brackets.
        limit: Number of rows asked for, None when the shape tells it.
        offset: Number of rows to pass over, None when the shape tells it.
    """

    shape: str
    values: tuple[str, ...] = ()
    limit: int | None = None
    offset: int | None = None

    def at(self, whole: str) -> dict[int, int]:
        """Return which value starts at a character of the whole text; for a list that of its first item."""
        found = {}
        place = 0
        for number, value in enumerate(self.values):
            place = whole.index(value, place)
            found[place + len(value) - len(value[1:].lstrip()) if value[0] == "(" else place] = number
            place += len(value)
        return found


def take_apart(text: str) -> Text:
    """Return a text as shape and values; about 3 µs, and 0.1 µs for each item of a list."""
    end = len(text.rstrip())
    found = _PAGE.search(text, max(0, end - _PAGE_CHARACTERS), end)
    limit = offset = None
    if found is not None:
        counts = {found["first"].lower(): int(found["one"])}
        if found["second"] is not None:
            counts.setdefault(found["second"].lower(), int(found["two"]))
        if len(counts) == 1 + (found["second"] is not None):
            limit, offset, end = counts.get("limit"), counts.get("offset"), found.start()
    if "\\" in text or _VALUE in text or _LIST in text:
        return Text(text[:end], (), limit, offset)
    parts = _LITERALS.split(text[:end])
    values = []
    for index in range(1, len(parts), 2):
        part = parts[index]
        if part[0] != "(":
            parts[index] = _VALUE
        elif _may_hold_null(part):
            continue  # none is no value like others, so the list stays
        else:
            parts[index] = _LIST
        values.append(part)
    return Text("".join(parts), tuple(values), limit, offset)


def value_of(written: str) -> str:
    """Return a value without its quotes."""
    return written[1:-1]


def values_of(written: str) -> list[str]:
    """Return the items of a list, without brackets and quotes."""
    body = written[1:-1]
    for mark in ('"', "'"):
        pieces = body.split(mark)
        if len(pieces) > 1 and all(not between.strip(" \t\r\n,") for between in set(pieces[::2])):
            return pieces[1::2]
    if '"' not in body and "'" not in body:
        return [item.strip() for item in body.split(",")]
    return [item[1:-1] if item[0] in "\"'" else item for item in _ITEMS.findall(body)]


def _may_hold_null(written: str) -> bool:
    lowered = written.lower()
    return any(word in lowered for word in _NULLS)
