"""Literals of a query to values of a column, by the type of the attribute and never by their shape (protocol: 5.3)."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ftrack_protocol.values import ACCEPTED_DATES, is_date_only, parse_datetime
from ftrack_server.errors import UnknownEntityTypeError

if TYPE_CHECKING:
    from ftrack_protocol.query.ast import Value
    from ftrack_server.model.definition import Field
    from ftrack_server.query.scope import Compilation

_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_BACKSLASH = re.compile(r"\\[%_\\]?")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_WHOLE_DIGITS = len(str(2**63))
_SHOWN_CHARACTERS = 80
MAX_PATTERN_BYTES = 50_000
"""The longest pattern of ``like``, as SQLite limits it."""
# Texts that name things of a fixed list compare exactly, which their indexes need (data_model: 6.2).
_EXACT_NAMES = frozenset({"type", "system_type", "context_type", "resource_type", "parent_type", "kind", "id"})


def compares_exactly(item: Field) -> bool:
    """Return whether a text attribute compares with case: identifiers and names of a fixed list."""
    return bool(item.enum) or item.kind != "string" or item.name in _EXACT_NAMES or item.name.endswith("_id")


def folded(text: str) -> str:
    """Return a text without case as the databases see it: ASCII letters only (data_model: 6.2)."""
    return text.translate(_LOWER)


def read_pattern(text: str) -> str:
    r"""Return a pattern of ``like`` as databases read it: a backslash always escapes what follows.

    In a query it does so before ``%``, ``_`` and another backslash only, and is itself elsewhere, as in ``C:\new%``.

    Raises:
        ValueError: If it is longer than databases take.
    """
    found = _BACKSLASH.sub(lambda match: match[0] if len(match[0]) > 1 else "\\\\", text)
    if len(found) > MAX_PATTERN_BYTES or len(found.encode()) > MAX_PATTERN_BYTES:
        raise ValueError(f"A pattern may be {MAX_PATTERN_BYTES:,} bytes long")
    return found


def pattern(context: Compilation, value: Value) -> str:
    """Return the pattern that a literal is.

    Raises:
        ParseError: As `read_pattern`, with the place.
    """
    try:
        return read_pattern(value.text)
    except ValueError as error:
        raise context.refuse(str(error), value.offset) from None


def read_number(text: str) -> int | float | None:
    """Return the number that a text means, None when it means none.

    A whole number of 64 bits is an integer, anything else a float. What no column can hold is an infinity: whatever is
    stored lies below it, or above, which is what comparing with it should say.
    """
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped) is None:
        return None
    digits = stripped.lstrip("+-")
    if digits.isdigit() and len(digits.lstrip("0")) <= _WHOLE_DIGITS:
        whole = int(stripped)
        return whole if -(2**63) <= whole < 2**63 else math.copysign(math.inf, whole)
    return float(stripped)


def is_whole(number: float) -> bool:
    """Return whether a number is one that an integer column can hold."""
    return abs(number) < 2**63 and number == int(number)


def number(context: Compilation, item: Field, value: Value) -> int | float:
    """Return the number a literal means, an infinity for what no column can hold.

    Raises:
        ParseError: If it is none.
    """
    found = read_number(value.text)
    if found is None:
        raise context.refuse(f'"{item.name}" is a number, and {_shown(value)} is none', value.offset)
    return found


def boolean(context: Compilation, item: Field, value: Value) -> bool:
    """Return the truth value a literal means, quoted or not.

    Raises:
        ParseError: If it is none.
    """
    text = value.text.lower()
    if text not in _TRUE | _FALSE:
        raise context.refuse(f'"{item.name}" is true or false, and {_shown(value)} is neither', value.offset)
    return text in _TRUE


def moment(context: Compilation, item: Field, value: Value) -> tuple[datetime, datetime | None]:
    """Return the moment a literal means, and the end of its day when it is a date alone (protocol: 5.7).

    Raises:
        ParseError: If it is no date.
    """
    try:
        start = parse_datetime(value.text).replace(microsecond=0)
    except ValueError:
        raise context.refuse(
            f'"{item.name}" is a date, and {_shown(value)} is none; expected {ACCEPTED_DATES}', value.offset
        ) from None
    if not is_date_only(value.text):
        return start, None
    # The day after the last one is not there, so its end is its last instant.
    return start, datetime.max if start.date() == date.max else start + timedelta(days=1)  # noqa: DTZ901 - naive UTC


def stored_type(context: Compilation, value: Value) -> str:
    """Return what a ``table`` column stores for a literal: the family of an entity type, or the text as it is."""
    try:
        return context.model.parent_table(value.text)
    except UnknownEntityTypeError:
        return value.text


def plain(context: Compilation, item: Field, value: Value) -> Any:
    """Return the value to compare a column with, dates aside.

    Raises:
        ParseError: If the literal does not fit the attribute.
    """
    if item.kind in {"integer", "number"}:
        return number(context, item, value)
    if item.kind == "boolean":
        return boolean(context, item, value)
    if item.kind == "table":
        return stored_type(context, value)
    if item.kind == "json":
        raise context.refuse(f'"{item.name}" holds a structure and can only be compared with none', value.offset)
    return value.text


def _shown(value: Value) -> str:
    """Return a literal for an error message: in quotes, its beginning if it is long."""
    text = value.text
    return f'"{text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"}"'
