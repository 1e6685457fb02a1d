"""Values into query text, written so that no value can change the query around it."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import math
import string
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from ftrack_api._state.storage import EntityState
from ftrack_protocol.identifiers import is_uuid
from ftrack_protocol.query.tokens import quote
from ftrack_protocol.similar import close_matches
from ftrack_protocol.values import to_utc

# Any below is a value of a criterion.


def literal(value: Any) -> str:
    """Return a value as the query language writes it.

    Text and ids are quoted, ``None`` is ``none``, flags are ``true`` and ``false``, moments are in UTC to the second
    (one without zone is taken as UTC), an entity is its id, and several values are a list in parentheses for ``in``.

    Raises:
        TypeError: If the value is of no such kind.
        ValueError: If it is ``NaN``, infinite, or an entity whose key has several parts.
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) or is_uuid(value):
        return quote(str(value))
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise ValueError(f"{value!r} cannot be compared with in a query.")
        return repr(value)
    if isinstance(value, EntityState):
        return quote(_id_of(value))
    moment = getattr(value, "datetime", value)
    if isinstance(moment, datetime):
        return quote(to_utc(moment).replace(microsecond=0).isoformat())
    if isinstance(moment, date):
        return quote(moment.isoformat())
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        return f"({', '.join(map(literal, value))})"
    raise TypeError(f"Cannot write {value!r} of type {type(value).__name__} into a query.")


def fill(expression: str, parameters: Mapping[str, Any]) -> str:
    """Return a query text with each ``{name}`` replaced by the literal of a parameter.

    Args:
        expression: Query text. Placeholders stand without quotes; ``{{`` and ``}}`` are plain braces.
        parameters: Values by name; when there are none, the text is not looked at.

    Raises:
        ValueError: If a placeholder has no parameter, a parameter no placeholder, or a placeholder stands in quotes.
    """
    if not parameters:
        return expression
    parts: list[str] = []
    used: set[str] = set()
    try:
        fields = list(string.Formatter().parse(expression))
    except ValueError as error:
        raise ValueError(f"Cannot fill in {expression!r}: {error}; write {{{{ and }}}} for plain braces.") from error
    for text, name, spec, conversion in fields:
        parts.append(text)
        if name is None:
            continue
        if name not in parameters or spec or conversion:
            raise ValueError(f"Nothing is given for the placeholder {{{name}}}.{_hint(name, parameters)}")
        if _is_inside_quotes("".join(parts)):
            raise ValueError(f"The placeholder {{{name}}} stands in quotes; leave them out, the value brings its own.")
        used.add(name)
        parts.append(literal(parameters[name]))
    unused = sorted(set(parameters) - used)
    if unused:
        raise ValueError(f"The query has no placeholder {{{unused[0]}}}.{_hint(unused[0], used)}")
    return "".join(parts)


def _id_of(entity: EntityState) -> str:
    entity_type, key = entity._identity
    if not isinstance(key, str):
        raise ValueError(  # noqa: TRY004 - the kind of value is right, its key is not usable here
            f"A {entity_type} has a key of {len(key)} parts; compare each attribute on its own."
        )
    return key


def _is_inside_quotes(text: str) -> bool:
    """Return whether a string literal is open at the end of a text."""
    quote_mark = ""
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = bool(quote_mark)
        elif quote_mark:
            quote_mark = "" if character == quote_mark else quote_mark
        elif character in "\"'":
            quote_mark = character
    return bool(quote_mark)


def _hint(name: str, known: Iterable[str]) -> str:
    close = close_matches(name, known)
    return f" Did you mean {close[0]!r}?" if close else ""
