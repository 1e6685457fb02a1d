"""Python values, entities included, to plain JSON values (client: 13).

Measured with CPython 3.11: 0.04 µs for a plain value, 0.15 µs for a reference to an entity.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from ftrack_api._codec.payload import OperationPayload
from ftrack_api._state.merge import TYPE_KEY
from ftrack_api._state.storage import EntityState, is_tagged_date
from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.operation import PLAIN
from ftrack_api.symbol import NOT_SET
from ftrack_protocol.identifiers import is_uuid

if TYPE_CHECKING:
    from ftrack_api._attribute import Attribute
    from ftrack_api.typing import AttributeStrategy

# Any below is whatever users put into a batch: JSON, dates, entities, collections.

STRATEGIES: tuple[AttributeStrategy, ...] = ("all", "set_only", "modified_only", "persisted_only")


def reference(entity: Any) -> dict[str, Any]:
    """Return ``{"__entity_type__": type, key attribute: value, …}``.

    Raises:
        KeyError: If the primary key of the entity is not known.
    """
    key = entity._key
    if key is None:
        key = entity._learn_key()
    names = entity.primary_key_attributes
    if key.__class__ is str:
        return {TYPE_KEY: entity.entity_type, names[0]: key}
    return {TYPE_KEY: entity.entity_type, **dict(zip(names, key, strict=True))}


def plain(value: Any, strategy: str = "set_only") -> Any:
    """Return a value as plain JSON: dictionaries with text keys, lists, text, numbers, flags and None.

    Args:
        value: Any mix of JSON values, dates, entities and collections.
        strategy: Which attributes of an entity are written beside its key. ``all``: every one, fetched where unknown;
            ``set_only``: those with a value, local before remote; ``modified_only``: local values that differ from
            the server's; ``persisted_only``: the server's values, without computed ones. Entities inside an entity
            are written as references.

    Raises:
        ValueError: For an unknown strategy, and for ``NaN`` and infinities, which JSON has no form for.
        TypeError: For a value of another kind, NOT_SET included.
    """
    if strategy not in STRATEGIES:
        raise ValueError(f"Unknown entity_attribute_strategy {strategy!r}; choose one of {', '.join(STRATEGIES)}.")
    return _plain(value, lambda entity: _entity(entity, strategy))


def plain_value(value: Any) -> Any:
    """Return an attribute value as plain JSON, every entity in it as a reference."""
    if value.__class__ in PLAIN:
        return value
    return reference(value) if isinstance(value, EntityState) else _plain(value, reference)


def _plain(value: Any, of_entity: Callable[[Any], Any]) -> Any:
    kind = value.__class__
    if kind in PLAIN:
        return value
    if isinstance(value, EntityState):
        return of_entity(value)
    if isinstance(value, MappedCollectionProxy | Collection):
        return [reference(item) for item in getattr(value, "collection", value)]
    if isinstance(value, Mapping):
        items = _with_references(value) if isinstance(value, OperationPayload) else value
        return {_name(name): _plain(item, of_entity) for name, item in items.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, of_entity) for item in value]
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, date) or (hasattr(value, "isoformat") and hasattr(value, "year")):  # of arrow, not a time
        return {"__type__": "datetime", "value": value.isoformat()}
    if isinstance(value, str | int):
        return value
    if is_uuid(value):
        return str(value)
    raise TypeError(
        f"Cannot send {value!r} of type {kind.__name__}: JSON values, dates, entities and collections can be sent."
    )


def _with_references(payload: OperationPayload) -> Mapping[str, Any]:
    """Return an action built by hand with the entities that are values of its data as references (client: 13)."""
    data = payload.get("entity_data")
    if not isinstance(data, Mapping):
        return payload
    referring = {name: reference(item) if isinstance(item, EntityState) else item for name, item in data.items()}
    return {**payload, "entity_data": referring}


def _name(name: Any) -> str:
    """Return a key as JSON writes it: numbers, flags and None become text."""
    if isinstance(name, str):
        return name
    if name is None or isinstance(name, bool):
        return {None: "null", True: "true", False: "false"}[name]
    if isinstance(name, int | float):
        return repr(_number(name) if isinstance(name, float) else int(name))
    raise TypeError(f"Names in JSON are text, got {name!r} of type {type(name).__name__}.")


def _number(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"Cannot send {value!r}: JSON has no such number; use None for an unknown value.")
    return value


def _entity(entity: Any, strategy: str) -> dict[str, Any]:
    """Return an entity with the attributes a strategy asks for."""
    encoded = reference(entity)
    session = entity.session
    with session.auto_populating(strategy == "all"):
        if strategy == "all":
            entity._populate_unset_attributes()
        for attribute in entity.attributes:
            value = _chosen(entity, attribute, strategy)
            if value is not NOT_SET and attribute.name not in encoded:
                encoded[attribute.name] = value if is_tagged_date(value) else plain_value(value)
    return encoded


def _chosen(entity: Any, attribute: Attribute, strategy: str) -> Any:
    if strategy == "all":
        return attribute.get_value(entity)
    if strategy == "modified_only":
        return attribute.get_local_value(entity) if attribute.is_modified(entity) else NOT_SET
    if strategy == "persisted_only":
        return NOT_SET if attribute.computed else attribute.get_remote_value(entity)
    local = attribute.get_local_value(entity)
    return attribute.get_remote_value(entity) if local is NOT_SET else local
