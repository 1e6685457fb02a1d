"""Custom attributes: which configurations apply to an entity, what values they take, how values are kept comparable.

Pure logic over configuration rows; whoever has the database hands the rows in (data_model: 6.5, protocol: 3.9).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from ftrack_protocol.excerpt import described
from ftrack_protocol.values import decode_tagged, encode_datetime, parse_datetime
from ftrack_server.errors import ValidationError, near_match

ValueType: TypeAlias = Literal[
    "text", "boolean", "date", "number", "enumerator", "dynamic enumerator", "expression", "url"
]

_HIERARCHICAL_KINDS = frozenset({"task", "show", "asset", "assetversion"})
_CHOICES_NAMED = 20


@dataclass(frozen=True, slots=True)
class Owner:
    """What must be known of an entity to tell which custom attributes it has.

    Attributes:
        kind: ``task``, ``show``, ``asset``, ``assetversion``, ``user``, ``list`` or ``listobject``.
        object_type_id: Of a tree item, else None.
        project_id: The project it belongs to, or None.
    """

    kind: str
    object_type_id: str | None = None
    project_id: str | None = None


@dataclass(frozen=True, slots=True)
class CastValue:
    """A value as it is stored: JSON text for answers, and one comparable copy of it for criteria and sorting."""

    value: str
    number: float | None = None
    text: str | None = None
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """One declared custom attribute."""

    id: str
    key: str
    entity_type: str
    object_type_id: str | None
    project_id: str | None
    is_hierarchical: bool
    type: ValueType
    default: Any
    config: Mapping[str, Any]

    @classmethod
    def from_row(cls, row: Mapping[str, Any], type_name: str) -> Configuration:
        """Return the configuration of a stored row; unreadable ``config`` text counts as empty.

        Args:
            row: Columns of ``custom_attribute_configuration``.
            type_name: Name of the row's CustomAttributeType, in any case.

        Raises:
            ValidationError: If there is no such type of values.
        """
        return cls(
            row["id"],
            row["key"] or "",
            row["entity_type"] or "",
            row["object_type_id"] or None,
            row["project_id"] or None,
            bool(row["is_hierarchical"]),
            _value_type(type_name),
            row["default"],
            _object(row["config"]),
        )

    def applies_to(self, owner: Owner) -> bool:
        """Return whether an entity has this attribute, leaving shadowing aside."""
        if self.project_id is not None and self.project_id != owner.project_id:
            return False
        if self.is_hierarchical and owner.kind in _HIERARCHICAL_KINDS:
            return True
        if self.entity_type != owner.kind:
            return False
        return owner.kind != "task" or self.object_type_id in {None, owner.object_type_id}

    @property
    def default_answer(self) -> Any:
        """Return what an entity without a stored value answers, in the form in which `cast_value` keeps values.

        None for hierarchical attributes, whose values clients inherit. A default that does not fit the type counts as
        none: older servers kept texts such as ``"1"`` for true, which are understood.
        """
        return None if self.is_hierarchical else _DEFAULTS[self.type](self)


def applicable(configurations: Iterable[Configuration], owner: Owner) -> tuple[Configuration, ...]:
    """Return the attributes of an entity by order of configuration; project ones shadow global ones of the key."""
    found: dict[str, Configuration] = {}
    for configuration in configurations:
        if not configuration.applies_to(owner):
            continue
        known = found.get(configuration.key)
        if known is None or (known.project_id is None and configuration.project_id is not None):
            found[configuration.key] = configuration
    return tuple(found.values())


def cast_value(configuration: Configuration, value: Any) -> CastValue:
    """Return how a value is stored.

    Args:
        configuration: The attribute.
        value: As it came over the wire; a tagged or plain ISO date for ``date``.

    Raises:
        ValidationError: Naming the attribute, the expected type and the value (data_model: 8.2).
    """
    return _CASTS[configuration.type](configuration, value)


def _refusal(configuration: Configuration, expected: str, value: Any) -> ValidationError:
    """Return the error for a value of the wrong type, in the wording of recorded answers."""
    shown = described(value)
    if isinstance(value, str):
        shown = f'"{shown[1:-1]}"'
    return ValidationError(
        f'Custom attribute value for "{configuration.key}" must be of type {expected}. '
        f"Got {shown} of type {type(value).__name__}."
    )


def _cast_text(configuration: Configuration, value: Any) -> CastValue:
    if not _is_text(value):
        raise _refusal(configuration, "text", value)
    return CastValue(json.dumps(value), text=value)


def _cast_number(configuration: Configuration, value: Any) -> CastValue:
    number = _finite(value)
    if number is None:
        raise _refusal(configuration, "number", value)
    return CastValue(json.dumps(value), number=number)


def _cast_boolean(configuration: Configuration, value: Any) -> CastValue:
    if not isinstance(value, bool):
        raise _refusal(configuration, "boolean", value)
    return CastValue(json.dumps(value), number=float(value), text=str(value).lower())


def _cast_date(configuration: Configuration, value: Any) -> CastValue:
    try:
        moment = _moment(value)
    except ValueError as error:
        raise _refusal(configuration, "date", value) from error
    return CastValue(json.dumps(encode_datetime(moment)), date=moment)


def _cast_choices(configuration: Configuration, value: Any) -> CastValue:
    chosen = [value] if isinstance(value, str) else value
    if not isinstance(chosen, list) or not all(map(_is_text, chosen)):
        raise _refusal(configuration, "enumerator (a list of texts)", value)
    known = _known_choices(configuration.config)
    unknown = next((item for item in chosen if known and item not in known), None)
    if unknown is not None and configuration.type == "enumerator":
        choices = ", ".join(known[:_CHOICES_NAMED]) + (", …" if len(known) > _CHOICES_NAMED else "")
        raise ValidationError(
            f'Custom attribute "{configuration.key}" has no choice {described(unknown)}, choose from: {choices}.'
            f"{near_match(unknown, known)}"
        )
    if len(chosen) > 1 and not configuration.config.get("multiSelect"):
        raise ValidationError(
            f'Custom attribute "{configuration.key}" takes one choice, got {len(chosen)}. '
            'Set "multiSelect" in its config for more.'
        )
    return CastValue(json.dumps(chosen), text=",".join(chosen))


_CASTS: Mapping[ValueType, Callable[[Configuration, Any], CastValue]] = {
    "text": _cast_text,
    "expression": _cast_text,
    "url": _cast_text,
    "number": _cast_number,
    "boolean": _cast_boolean,
    "date": _cast_date,
    "enumerator": _cast_choices,
    "dynamic enumerator": _cast_choices,
}


def _default_text(configuration: Configuration) -> str:
    return configuration.default if isinstance(configuration.default, str) else ""


def _default_number(configuration: Configuration) -> int | float | None:
    default = _json_or_text(configuration.default)
    return default if _finite(default) is not None else None


def _default_boolean(configuration: Configuration) -> bool:
    return configuration.default is True or str(configuration.default).lower() in {"1", "true"}


def _default_date(configuration: Configuration) -> Any:
    try:
        return encode_datetime(_moment(configuration.default))
    except ValueError:
        return None


def _default_choices(configuration: Configuration) -> list[str]:
    default = configuration.default
    if isinstance(default, str):
        known = _known_choices(configuration.config)
        parts = [part.strip() for part in default.split(",")]
        listed = [default] if default in known or not set(parts) <= set(known) else parts
        return [item for item in listed if item]
    return [item for item in default if isinstance(item, str)] if isinstance(default, list) else []


_DEFAULTS: Mapping[ValueType, Callable[[Configuration], Any]] = {
    "text": _default_text,
    "expression": _default_text,
    "url": _default_text,
    "number": _default_number,
    "boolean": _default_boolean,
    "date": _default_date,
    "enumerator": _default_choices,
    "dynamic enumerator": _default_choices,
}


def _is_text(value: Any) -> bool:
    """Return whether a value is text that databases can store: no lone surrogates."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _finite(value: Any) -> float | None:
    """Return a number as a float, None for anything else and for what no float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _moment(value: Any) -> datetime:
    """Return the instant of a tagged or plain ISO text as naive UTC in whole seconds.

    Raises:
        ValueError: If the value names none.
    """
    if isinstance(value, Mapping) and isinstance(value.get("__type__"), str):
        value = decode_tagged(value)
    elif isinstance(value, str):
        value = parse_datetime(value)
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - naive UTC is what is stored
    raise ValueError("neither a date-time nor a text")


def _value_type(name: str) -> ValueType:
    folded = name.strip().lower()
    for known in _CASTS:
        if known == folded:
            return known
    raise ValidationError(f'"{name}" is no type of custom attributes, choose from: {", ".join(_CASTS)}.')


def _known_choices(config: Mapping[str, Any]) -> list[str]:
    """Return the values an enumerator offers: menu text of the form ``[{"menu": .., "value": ..}]`` under ``data``."""
    data = config.get("data")
    items = _json_or_text(data) if isinstance(data, str) else data
    if not isinstance(items, list):
        return []
    return [str(item["value"]) for item in items if isinstance(item, Mapping) and "value" in item]


def _json_or_text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _object(text: Any) -> Mapping[str, Any]:
    found = _json_or_text(text)
    return found if isinstance(found, Mapping) else {}
