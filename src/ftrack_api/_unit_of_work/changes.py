"""Recorded operations as changes that may be merged, dropped and sent; the operations themselves stay as they are."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from ftrack_api._codec.encode import plain_value
from ftrack_api._state.changes import Snapshot
from ftrack_api._state.merge import TYPE_KEY
from ftrack_api._state.storage import EntityState
from ftrack_api.operation import (
    CreateEntityOperation,
    DeleteEntityOperation,
    Identity,
    Operation,
    UpdateEntityOperation,
)

# Any below is an attribute value.


@dataclass(slots=True)
class Change:
    """One change of one entity.

    Attributes:
        action: What the server is asked to do.
        identity: Type and key of the entity.
        key: Primary key by name, in the order of the primary key.
        data: Values by attribute name; empty for a deletion.
    """

    action: Literal["create", "update", "delete"]
    identity: Identity
    key: dict[str, str]
    data: dict[str, Any]


def change_of(operation: Operation) -> Change:
    """Return the change an operation asks for.

    Raises:
        ValueError: If the operation is of no class that can be sent.
    """
    if isinstance(operation, UpdateEntityOperation):
        data = {operation.attribute_name: operation.raw_new_value}
        return Change("update", operation.identity, operation.entity_key, data)
    if isinstance(operation, CreateEntityOperation):
        return Change("create", operation.identity, operation.entity_key, dict(operation.entity_data))
    if isinstance(operation, DeleteEntityOperation):
        return Change("delete", operation.identity, operation.entity_key, {})
    raise ValueError(f"Cannot send {operation!r}: creations, updates and deletions of entities can be sent.")


def to_action(change: Change, vanished: Iterable[Identity] = ()) -> dict[str, Any]:
    """Return a change as the action that travels (client: 16).

    Args:
        change: The change.
        vanished: Entities that will not exist; they are left out of collections.

    Raises:
        TypeError: If a value cannot be sent.
        ValueError: If a number is not finite.
    """
    entity_type = change.identity[0]
    action = {"action": change.action, "entity_type": entity_type, "entity_key": list(change.key.values())}
    if change.action == "delete":
        return action
    data: dict[str, Any] = {TYPE_KEY: entity_type}
    if change.action == "create":
        data.update(change.key)
    name = ""
    try:
        for name, value in change.data.items():
            data[name] = _wire_value(value, vanished)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{entity_type}.{name}: {error}") from error
    return {**action, "entity_data": data}


def _wire_value(value: Any, vanished: Iterable[Identity]) -> Any:
    if isinstance(value, Snapshot):
        return [plain_value(item) for item in value.items() if not _is_gone(item, vanished)]
    return plain_value(value)


def _is_gone(item: Any, vanished: Iterable[Identity]) -> bool:
    return isinstance(item, EntityState) and (item._expunged or item._identity in vanished)
