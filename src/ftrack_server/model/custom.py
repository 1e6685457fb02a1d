"""Custom attributes: which configurations apply to an entity, what values they take, how values are kept comparable.

Pure logic over configuration rows; whoever has the database hands the rows in (data_model: 6.5, protocol: 3.9).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from ftrack_protocol.values import decode_tagged, encode_datetime, parse_datetime
from ftrack_server.errors import ValidationError

ValueType: TypeAlias = Literal[
    "text", "boolean", "date", "number", "enumerator", "dynamic enumerator", "expression", "url"
]

# Owners as configurations name them, by the table of the owner (data_model: 8.2).
OWNER_KINDS: Mapping[str, str] = {
    "asset": "asset",
    "asset_version": "assetversion",
    "list": "list",
    "list_object": "listobject",
}
_HIERARCHICAL_KINDS = frozenset({"task", "show", "asset", "assetversion"})


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
        """Return the configuration of a stored row; unreadable ``config`` text counts as empty."""
        return cls(
            row["id"],
            row["key"] or "",
            row["entity_type"] or "",
            row["object_type_id"] or None,
            row["project_id"] or None,
            bool(row["is_hierarchical"]),
            type_name.strip().lower(),  # type: ignore[arg-type]  # a name of the custom_attribute_type table
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
        """Return what an entity without a stored value answers: raw for hierarchical ones, which inherit elsewhere."""
        if self.is_hierarchical:
            return None
        if self.type == "number" and isinstance(self.default, str):
            return _number_or_none(self.default)
        if self.type == "boolean":
            return self.default in {True, "1", "true", "True"}
        if self.type in {"enumerator", "dynamic enumerator"}:
            return _choices_of(self.default)
        if self.type == "date":
            return _date_answer(self.default)
        return "" if self.default is None and self.type != "number" else self.default


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


def refuse(configuration: Configuration, expected: str, value: Any) -> ValidationError:
    """Return the error for a value of the wrong type, in the wording of recorded answers."""
    shown = json.dumps(value, default=str)
    return ValidationError(
        f'Custom attribute value for "{configuration.key}" must be of type {expected}. '
        f"Got {shown} of type {type(value).__name__}."
    )


def _cast_text(configuration: Configuration, value: Any) -> CastValue:
    if not isinstance(value, str):
        raise refuse(configuration, "text", value)
    return CastValue(json.dumps(value), text=value)


def _cast_number(configuration: Configuration, value: Any) -> CastValue:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse(configuration, "number", value)
    return CastValue(json.dumps(value), number=float(value))


def _cast_boolean(configuration: Configuration, value: Any) -> CastValue:
    if not isinstance(value, bool):
        raise refuse(configuration, "boolean", value)
    return CastValue(json.dumps(value), number=float(value), text=str(value).lower())


def _cast_date(configuration: Configuration, value: Any) -> CastValue:
    try:
        text = value.get("value") if isinstance(value, Mapping) else value
        moment = parse_datetime(text) if isinstance(text, str) else decode_tagged(value)
    except (ValueError, AttributeError) as error:
        raise refuse(configuration, "date", value) from error
    if not isinstance(moment, datetime):
        raise refuse(configuration, "date", value)
    return CastValue(json.dumps(encode_datetime(moment)), date=moment.replace(microsecond=0))


def _cast_choices(configuration: Configuration, value: Any) -> CastValue:
    chosen = [value] if isinstance(value, str) else value
    if not isinstance(chosen, list) or any(not isinstance(item, str) for item in chosen):
        raise refuse(configuration, "enumerator (a list of texts)", value)
    known = _known_choices(configuration.config)
    unknown = [item for item in chosen if known and item not in known]
    if unknown and configuration.type == "enumerator":
        raise ValidationError(
            f'Custom attribute "{configuration.key}" has no choice "{unknown[0]}", choose from: {", ".join(known)}.'
        )
    if len(chosen) > 1 and not configuration.config.get("multiSelect", True):
        raise ValidationError(f'Custom attribute "{configuration.key}" takes one choice, got {len(chosen)}.')
    return CastValue(json.dumps(chosen), text=",".join(chosen))


_CASTS = {
    "text": _cast_text,
    "expression": _cast_text,
    "url": _cast_text,
    "number": _cast_number,
    "boolean": _cast_boolean,
    "date": _cast_date,
    "enumerator": _cast_choices,
    "dynamic enumerator": _cast_choices,
}


def _known_choices(config: Mapping[str, Any]) -> list[str]:
    """Return the values an enumerator offers: menu text of the form ``[{"menu": .., "value": ..}]`` under ``data``."""
    data = config.get("data")
    items = _json_or_text(data) if isinstance(data, str) else data
    if not isinstance(items, list):
        return []
    return [str(item["value"]) for item in items if isinstance(item, Mapping) and "value" in item]


def _choices_of(default: Any) -> list[str]:
    if isinstance(default, list):
        return [str(item) for item in default]
    return [part.strip() for part in str(default).split(",") if part.strip()] if default else []


def _date_answer(default: Any) -> Any:
    if isinstance(default, Mapping):
        return dict(default)
    try:
        return encode_datetime(parse_datetime(default)) if default else None
    except (ValueError, TypeError):
        return None


def _number_or_none(text: str) -> int | float | None:
    if re.fullmatch(r"-?\d+", text.strip()):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return None


def _json_or_text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _object(text: Any) -> Mapping[str, Any]:
    found = _json_or_text(text)
    return found if isinstance(found, Mapping) else {}
