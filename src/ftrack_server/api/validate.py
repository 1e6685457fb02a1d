"""Values of attributes: what a client sent → what is stored → what an answer says, with errors that name both sides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from ftrack_protocol import values
from ftrack_server import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_server.model.definition import EntityDefinition, Field
    from ftrack_server.model.registry import Model

MAX_ID_LENGTH = 36
INTEGER_BITS = 64
LARGEST_NUMBER = 1e300
"""Sums of numbers up to here are numbers, too; they would not be up to the end of what a float holds."""

MAX_DEPTH = 64
"""How deep a stored structure may be nested, far below what writing an answer could take."""

SHOWN_CHARACTERS = 80

_JSON_TYPES = ((bool, "boolean"), (int | float, "number"), (str, "string"), (Mapping, "object"), (list | tuple, "list"))


class UnfitError(ValueError):
    """A value that an attribute cannot hold; the text says what was expected instead."""


def stored(model: Model, definition: EntityDefinition, attribute: Field, value: Any) -> Any:
    """Return the form in which a sent value is stored.

    Date-times become naive UTC in whole seconds (protocol: 3.5), schema ids of a ``table`` column become table names
    (protocol: 3.8), None stays None. Whole floats are taken for integers; nothing else is converted.

    Raises:
        ValidationError: Naming type, attribute, value and what was expected.
    """
    if value is None:
        return None
    if attribute.kind == "table":
        return _table(model, definition, attribute, value)
    try:
        result = _STORED[attribute.kind](value)
    except ValueError as error:
        _refuse(definition, attribute.name, value, str(error))
    if attribute.enum and result not in attribute.enum:
        choices = ", ".join(attribute.enum)
        hint = errors.near_match(str(result), attribute.enum)
        _refuse(definition, attribute.name, value, f"one of {choices}", hint)
    return result


def echoed(attribute: Field, value: Any) -> Any:
    """Return a sent value as an answer repeats it: exactly, to the microsecond, dates as naive UTC (protocol: 2.6)."""
    if value is None or attribute.kind != "datetime":
        return value
    return {"__type__": "datetime", "value": moment(value).isoformat()}


def answered(model: Model, attribute: Field, value: Any) -> Any:
    """Return a stored value as an answer writes it."""
    if isinstance(value, datetime):
        return values.encode_datetime(value)
    if attribute.kind == "table" and value is not None:
        return model.public_parent_type(value)
    return value


def moment(value: Any) -> datetime:
    """Return the instant that a sent value names, as naive UTC with its microseconds.

    Raises:
        ValueError: If it names none; the text says what a date-time looks like.
    """
    if isinstance(value, Mapping):
        value = values.decode_tagged(value)
    if isinstance(value, str):
        return values.parse_datetime(value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - naive UTC is what is stored
    raise UnfitError("type datetime")


def shown(value: Any) -> str:
    """Return a value for an error message: its JSON type and a short form of itself."""
    kind = "null" if value is None else next((name for types, name in _JSON_TYPES if isinstance(value, types)), "?")
    text = f'"{value}"' if isinstance(value, str) else str(value)
    short = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return f"{short} of type {kind}"


def _refuse(definition: EntityDefinition, name: str, value: Any, expected: str, hint: str = "") -> NoReturn:
    reason = expected if expected.endswith(".") else f"must be {expected}."
    if expected.startswith("type "):
        reason = f"must be of {expected}."
    raise errors.ValidationError(f"{definition.id}.{name} {reason} Got {shown(value)}.{hint}")


def _table(model: Model, definition: EntityDefinition, attribute: Field, value: Any) -> str:
    if not isinstance(value, str):
        _refuse(definition, attribute.name, value, "the name of an entity type")
    try:
        return model.parent_table(value)
    except errors.UnknownEntityTypeError as error:
        raise errors.ValidationError(f"{definition.id}.{attribute.name}: {error.message}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnfitError("type string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise UnfitError("valid Unicode text") from None
    return value


def _identifier(value: Any) -> str:
    text = _text(value)
    if not 0 < len(text) <= MAX_ID_LENGTH:
        raise UnfitError(f"an identifier of 1 to {MAX_ID_LENGTH} characters")
    return text


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise UnfitError("type integer")
    if not -(2 ** (INTEGER_BITS - 1)) <= value < 2 ** (INTEGER_BITS - 1):
        raise UnfitError(f"an integer of {INTEGER_BITS} bits")
    return int(value)


def _number(value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnfitError("type number")
    if not abs(value) <= LARGEST_NUMBER:
        raise UnfitError(f"a number between -{LARGEST_NUMBER:g} and {LARGEST_NUMBER:g}")
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UnfitError("type boolean")
    return value


def _moment(value: Any) -> datetime:
    return moment(value).replace(microsecond=0)


def _anything(value: Any) -> Any:
    """Return any JSON value; the one that cannot be written again is a number too large, which is read as infinite."""
    pending = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        if isinstance(item, Mapping | list):
            if depth == MAX_DEPTH:
                raise UnfitError(f"nested at most {MAX_DEPTH} levels deep")
            pending.extend((inner, depth + 1) for inner in (item.values() if isinstance(item, Mapping) else item))
        elif isinstance(item, float) and not math.isfinite(item):
            raise UnfitError("free of numbers beyond 1e308")
    return value


_STORED: Mapping[str, Callable[[Any], Any]] = {
    "uid": _identifier,
    "fk": _identifier,
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "datetime": _moment,
    "json": _anything,
    "variable": _anything,
}
