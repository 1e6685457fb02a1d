"""Definitions to the JSON schema documents that clients read (protocol: 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server.model.definition import (
    UNSET,
    AnyAttribute,
    Computed,
    EntityDefinition,
    Field,
    ManyToMany,
    Mapping,
    ToMany,
    ToOne,
)

if TYPE_CHECKING:
    from ftrack_server.model.registry import Model

_KINDS: dict[str, dict[str, Any]] = {
    "uid": {"type": "string"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "json": {"type": "object"},
    "variable": {"type": "variable"},
    "table": {"type": "string", "transform": {"client": "{schema_id}", "server": "{table_name}"}},
}


def publish(model: Model) -> list[dict[str, Any]]:
    """Return the documents of every type in served order: new objects each time, down to the last list.

    Cost: about 2 ms; callers keep the result until the object types change.
    """
    return [_document(model, definition) for definition in model.types.values()]


def _document(model: Model, definition: EntityDefinition) -> dict[str, Any]:
    document: dict[str, Any] = _copied(definition.published)
    document["properties"] = {
        name: _property(model, item) for name, item in sorted(definition.attributes.items()) if not item.hidden
    }
    return document


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(item) for name, item in value.items()}
    return list(value) if isinstance(value, list) else value


def _property(model: Model, item: AnyAttribute) -> dict[str, Any]:
    found = _shape(model, item)
    if item.alias:
        found["alias_for"] = item.alias
    if item.restricted:
        found["restricted_projection"] = True
    if isinstance(item, Field):
        if item.default is not UNSET:
            found["default"] = item.default
        if item.enum:
            found["enum"] = list(item.enum)
        if item.format:
            found["format"] = item.format
    if item.description:
        found["description"] = item.description
    return found


def _shape(model: Model, item: AnyAttribute) -> dict[str, Any]:
    if isinstance(item, Field):
        if item.kind == "fk":
            return {"type": _foreign_type(model, item), "format": "foreign_key"}
        shape: dict[str, Any] = _copied(_KINDS[item.kind])
        return shape
    if isinstance(item, ToOne):
        return {"$ref": item.target}
    if isinstance(item, ToMany | ManyToMany):
        return {"type": "array", "items": {"$ref": item.target}}
    if isinstance(item, Mapping):
        shape = {"type": "mapped_array", "items": {"$ref": item.target}}
        if not item.restricted:
            shape["key_value_attributes"] = {"key": "key", "value": "value"}
        return shape
    return _computed_shape(item)


def _computed_shape(item: Computed) -> dict[str, Any]:
    if item.many:
        return {"type": "array", "items": {"$ref": item.target}}
    if item.target and not item.json_type:
        return {"$ref": item.target}
    if item.target:
        return {"type": item.json_type, "format": "foreign_key"}
    return {"type": item.json_type}


def _foreign_type(model: Model, item: Field) -> str:
    """Return ``integer`` for a reference to an integer key, as Feed.social_id has, else ``string``."""
    target = model.types[item.target]
    key = target.attributes[target.key[0]]
    return "integer" if isinstance(key, Field) and key.kind == "integer" else "string"
