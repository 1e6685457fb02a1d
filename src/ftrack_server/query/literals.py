"""Literals of a query to values of a column, by the type of the attribute and never by their shape (protocol: 5.3)."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
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
# Texts that name things of a fixed list compare exactly, which their indexes need (data_model: 6.2).
_EXACT_NAMES = frozenset({"type", "system_type", "context_type", "resource_type", "parent_type", "kind", "id"})


def compares_exactly(item: Field) -> bool:
    """Return whether a text attribute compares with case: identifiers and names of a fixed list."""
    return bool(item.enum) or item.kind != "string" or item.name in _EXACT_NAMES or item.name.endswith("_id")


def folded(text: str) -> str:
    """Return a text without case as the databases see it: ASCII letters only (data_model: 6.2)."""
    return text.translate(_LOWER)


def pattern(text: str) -> str:
    r"""Return a pattern of ``like`` as databases read it: a backslash always escapes what follows.

    In a query it does so before ``%``, ``_`` and another backslash only, and is itself elsewhere, as in ``C:\new%``.
    """
    return _BACKSLASH.sub(lambda found: found[0] if len(found[0]) > 1 else "\\\\", text)


def number(context: Compilation, item: Field, value: Value) -> int | float:
    """Return the number a literal means.

    Raises:
        ParseError: If it is none.
    """
    try:
        found = int(value.text) if value.text.lstrip("-+").isdigit() else float(value.text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise context.refuse(f'"{item.name}" is a number, and "{value.text}" is none', value.offset)
    return found


def boolean(context: Compilation, item: Field, value: Value) -> bool:
    """Return the truth value a literal means, quoted or not.

    Raises:
        ParseError: If it is none.
    """
    text = value.text.lower()
    if text not in _TRUE | _FALSE:
        raise context.refuse(f'"{item.name}" is true or false, and "{value.text}" is neither', value.offset)
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
            f'"{item.name}" is a date, and "{value.text}" is none; expected {ACCEPTED_DATES}', value.offset
        ) from None
    return start, start + timedelta(days=1) if is_date_only(value.text) else None


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
