"""Schema documents: what a server tells of its entity types, read without loss, and the hash that names a list.

A schema keeps the document it was read from, so that ``Schema.from_wire(document).to_wire()`` gives the
document back whatever a newer server adds (protocol: 4).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ftrack_protocol.excerpt import described


@dataclass(frozen=True, slots=True)
class Property:
    """One attribute of an entity type.

    Attributes:
        name: Attribute name.
        type: JSON type, ``mapped_array`` or ``variable``; empty for a reference.
        ref: Type of the entity, or of the items of a collection; empty for values.
        format: ``date-time``, ``foreign_key``, ``json``, ``integer`` or empty.
        wire: The property as it came.
    """

    name: str
    type: str
    ref: str
    format: str
    wire: Mapping[str, Any]

    @classmethod
    def from_wire(cls, name: str, wire: Mapping[str, Any]) -> Property:
        """Return the property a document describes.

        Raises:
            ValueError: If it is described by something else than an object.
        """
        if not isinstance(wire, Mapping):
            raise ValueError(f'Property "{name}" is described by {described(wire)}, expected an object.')  # noqa: TRY004 - one error for every unusable document
        items = wire.get("items")
        ref = wire.get("$ref") or (items.get("$ref") if isinstance(items, Mapping) else None) or ""
        return cls(name, str(wire.get("type") or ""), str(ref), str(wire.get("format") or ""), wire)

    @property
    def has_default(self) -> bool:
        """Return whether clients fill the attribute on create."""
        return "default" in self.wire

    @property
    def default(self) -> Any:
        """Return the value clients fill in, None when there is none; ``"{uid}"`` asks for a new UUID."""
        return self.wire.get("default")

    @property
    def backend_name(self) -> str:
        """Return the name events use."""
        return str(self.wire.get("alias_for") or self.name)

    @property
    def is_restricted(self) -> bool:
        """Return whether criteria may use it and projections may not."""
        return bool(self.wire.get("restricted_projection"))


@dataclass(frozen=True, slots=True)
class Schema:
    """One entity type as a server describes it. Lists keep the order of the document."""

    id: str
    primary_key: tuple[str, ...]
    properties: Mapping[str, Property]
    required: tuple[str, ...] = ()
    immutable: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    default_projections: tuple[str, ...] = ()
    system_projections: tuple[str, ...] = ()
    wire: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def from_wire(cls, document: Mapping[str, Any]) -> Schema:
        """Return the schema of a document.

        Raises:
            ValueError: If it has no id, no primary key or no properties, since nothing could be built from it, or
                something else than names where names belong.
        """
        if not isinstance(document, Mapping):
            raise ValueError(f"A schema is an object, got {described(document)}.")  # noqa: TRY004 - one error for every unusable document
        identifier, properties = document.get("id"), document.get("properties")
        if not isinstance(identifier, str):
            raise _unusable(document, "id", "text")
        if not isinstance(properties, Mapping):
            raise _unusable(document, "properties", "an object")
        if document.get("primary_key") is None:
            raise _unusable(document, "primary_key", "a list of names")
        return cls(
            identifier,
            _names(document, "primary_key"),
            {key: Property.from_wire(key, wire) for key, wire in properties.items()},
            _names(document, "required"),
            _names(document, "immutable"),
            _names(document, "computed"),
            _names(document, "default_projections"),
            _names(document, "system_projections"),
            document,
        )

    @property
    def base(self) -> str:
        """Return the id of the base type, or nothing."""
        mixin = self.wire.get("$mixin")
        return str(mixin.get("$ref", "")) if isinstance(mixin, Mapping) else ""

    def to_wire(self) -> dict[str, Any]:
        """Return the document again, every key of it."""
        wire = dict(self.wire)
        wire["properties"] = {name: dict(item.wire) for name, item in self.properties.items()}
        return wire


def _names(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = document.get(key)
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise _unusable(document, key, "a list of names")
    return tuple(found)


def _unusable(document: Mapping[str, Any], key: str, expected: str) -> ValueError:
    name, found = described(document.get("id")), described(document.get(key))
    return ValueError(f'Schema {name} has no usable "{key}": expected {expected}, got {found}.')


def schema_hash(documents: Iterable[Mapping[str, Any]]) -> str:
    """Return the MD5 that names a list of schema documents.

    Order matters in the list and in every list inside, not in objects; separators and escapes are those of
    ``json.dumps`` (protocol: 4.6). Cost: about 3 ms for 130 types.
    """
    text = json.dumps(list(documents), sort_keys=True)
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()
