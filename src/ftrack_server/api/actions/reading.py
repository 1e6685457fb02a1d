"""The data of one create or update: attribute by attribute, into columns, references and collections."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from ftrack_server import errors
from ftrack_server.api import validate
from ftrack_server.api.actions.shape import column_of
from ftrack_server.model import definition as model_definition

if TYPE_CHECKING:
    from ftrack_server.api.actions.draft import Key
    from ftrack_server.model.definition import EntityDefinition
    from ftrack_server.model.registry import Model

ManyAttribute: TypeAlias = "model_definition.ToMany | model_definition.ManyToMany | model_definition.Mapping"


@dataclass(frozen=True, slots=True)
class Reference:
    """An entity that a request names: its type as sent, and its primary key in key order."""

    definition: EntityDefinition
    key: Key

    def to_wire(self) -> dict[str, Any]:
        """Return the reference as an answer repeats it."""
        return {"__entity_type__": self.definition.id, **dict(zip(self.definition.key, self.key, strict=True))}


@dataclass(slots=True)
class Reading:
    """What an operation says about one entity.

    Attributes:
        values: Column to stored form, relations included.
        sent: Attribute to what an answer repeats: scalars exactly, relations as type and key.
        collections: Attributes that hold many, with the value as it was sent.
        related: Columns that a relation has set.
    """

    values: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, Any] = field(default_factory=dict)
    collections: list[tuple[ManyAttribute, Any]] = field(default_factory=list)
    related: set[str] = field(default_factory=set)


def read(
    model: Model,
    definition: EntityDefinition,
    data: Mapping[str, Any],
    *,
    refuse_unknown: bool,
    conflicting: Collection[str] = (),
) -> Reading:
    """Return the meaning of ``entity_data`` for a type.

    Args:
        model: Entity types.
        definition: The type.
        data: Attribute to value in wire form.
        refuse_unknown: Refuse attributes that the type does not have; they are skipped otherwise.
        conflicting: Attributes for which a wrong value is an `IntegrityError`.

    Raises:
        ValidationError: For a value that its attribute cannot hold.
    """
    reading = Reading()
    for name, value in data.items():
        if name == "__entity_type__":
            continue
        attribute = definition.attributes.get(name)
        if attribute is None or attribute.hidden:
            if refuse_unknown:
                known = [other for other, item in definition.attributes.items() if not item.hidden]
                hint = errors.near_match(name, known)
                raise errors.ValidationError(f'{definition.id} has no attribute "{name}".{hint}')
        elif isinstance(attribute, model_definition.Field):
            try:
                _read_field(model, definition, attribute, value, reading)
            except errors.ValidationError as error:
                if name in conflicting:
                    raise errors.IntegrityError(error.message) from error
                raise
        elif isinstance(attribute, model_definition.ToOne):
            _read_relation(model, definition, attribute, value, reading)
        elif isinstance(attribute, model_definition.Computed):
            if value is not None:
                raise errors.ValidationError(f"{definition.id}.{name} is worked out by the server and cannot be set.")
        else:
            reading.collections.append((attribute, value))
    return reading


def read_reference(model: Model, where: str, target: str, value: Any) -> Reference:
    """Return the entity that a value names; everything beside type and key is ignored (protocol: 3.6).

    Args:
        model: Entity types.
        where: What the reference stands in, ``Task.status``, for errors.
        target: Type the relation leads to; the reference may name any type of the same family.
        value: The value in wire form; without ``__entity_type__`` it is taken for a `target`.

    Raises:
        ValidationError: If it names no entity of the family.
    """
    expected = f'a reference such as {{"__entity_type__": "{target}", "id": "…"}}'
    if not isinstance(value, Mapping):
        raise errors.ValidationError(f"{where} must be {expected}. Got {validate.shown(value)}.")
    name = value.get("__entity_type__", target)
    family = model.type(target).table
    if not isinstance(name, str) or name not in model.types or model.types[name].table != family:
        raise errors.ValidationError(f"{where} must be a {target}. Got {validate.shown(name)}.")
    definition = model.types[name]
    missing = [part for part in definition.key if value.get(part) is None]
    if missing:
        raise errors.ValidationError(f'{where} must be {expected}. Got {validate.shown(value)} without "{missing[0]}".')
    key = tuple(_key_part(model, definition, part, value[part]) for part in definition.key)
    return Reference(definition, key)


def read_references(model: Model, where: str, target: str, value: Any) -> list[Reference]:
    """Return the entities of a collection in the order sent, each once; null is an empty collection."""
    if value is None:
        return []
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        raise errors.ValidationError(f"{where} must be a list of references. Got {validate.shown(value)}.")
    references = (read_reference(model, where, target, item) for item in value)
    return list({reference.key: reference for reference in references}.values())


def read_key(model: Model, definition: EntityDefinition, parts: Iterable[str]) -> Key:
    """Return the primary key in ``entity_key``.

    Raises:
        ValidationError: If it has more or fewer parts than the type's key.
    """
    given = tuple(parts)
    if len(given) != len(definition.key):
        names = ", ".join(definition.key)
        raise errors.ValidationError(f"The key of {definition.id} is {names}. Got {len(given)} parts: {list(given)}.")
    return tuple(_key_part(model, definition, name, part) for name, part in zip(definition.key, given, strict=True))


def _key_part(model: Model, definition: EntityDefinition, name: str, value: Any) -> Any:
    attribute = definition.attributes[name]
    if not isinstance(attribute, model_definition.Field):
        return value
    if attribute.kind == "integer" and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    return validate.stored(model, definition, attribute, value)


def _read_field(
    model: Model, definition: EntityDefinition, attribute: model_definition.Field, value: Any, reading: Reading
) -> None:
    column = attribute.synonym_of or attribute.name
    stored = validate.stored(model, definition, attribute, value)
    if column in reading.related:
        return  # a relation wins over its column (protocol: 2.5)
    reading.sent[attribute.name] = validate.echoed(attribute, value)
    if stored is not None or reading.values.get(column) is None:  # a value wins over a null under another name
        reading.values[column] = stored


def _read_relation(
    model: Model, definition: EntityDefinition, attribute: model_definition.ToOne, value: Any, reading: Reading
) -> None:
    if value is None:
        reading.sent[attribute.name] = None
        for column in attribute.columns:
            reading.values.setdefault(column_of(definition, column), None)
        return
    reference = read_reference(model, f"{definition.id}.{attribute.name}", attribute.target, value)
    reading.sent[attribute.name] = reference.to_wire()
    for name, part in zip(attribute.columns, reference.key, strict=True):
        column = column_of(definition, name)
        reading.sent.pop(name, None)
        reading.values[column] = part
        reading.related.add(column)
