"""Recorded operations as changes that may be merged, dropped and sent; the operations themselves stay as they are."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias

from ftrack_api._codec.encode import PLAIN, plain_value
from ftrack_api._state.changes import Snapshot
from ftrack_api._state.merge import TYPE_KEY
from ftrack_api._state.storage import EntityState
from ftrack_api.operation import (
    CreateEntityOperation,
    DeleteEntityOperation,
    Entry,
    Identity,
    UpdateEntityOperation,
)

# Any below is an attribute value.


ChangeAction: TypeAlias = Literal["create", "update", "delete"]


class Change:
    """One change of one entity.

    Attributes:
        action: What the server is asked to do.
        identity: Type and key of the entity.
        names: Attributes of the primary key, in order.
        data: Values by attribute name; empty for a deletion.
    """

    __slots__ = ("action", "data", "identity", "names")

    def __init__(self, action: ChangeAction, identity: Identity, names: Sequence[str], data: dict[str, Any]) -> None:
        self.action: ChangeAction = action
        self.identity = identity
        self.names = names
        self.data = data

    @property
    def key(self) -> dict[str, str]:
        """Primary key by name, in the order of the primary key."""
        return dict(zip(self.names, self.key_values, strict=False))

    @property
    def key_values(self) -> list[str]:
        """The values of the primary key, in order."""
        key = self.identity[1]
        return [key] if key.__class__ is str else list(key)


def change_of(entry: Entry) -> Change:
    """Return the change an operation, or the parts of an update, asks for.

    Raises:
        ValueError: If the operation is of no class that can be sent.
    """
    if isinstance(entry, tuple):
        entity, name, _, value = entry
        return Change("update", (entity.entity_type, entity._key), entity.primary_key_attributes, {name: value})
    if isinstance(entry, CreateEntityOperation):
        return Change("create", entry.identity, entry.key_names, entry.entity_data.copy())
    if isinstance(entry, UpdateEntityOperation):
        return Change("update", entry.identity, entry.key_names, {entry.attribute_name: entry.raw_new_value})
    if isinstance(entry, DeleteEntityOperation):
        return Change("delete", entry.identity, entry.key_names, {})
    raise ValueError(f"Cannot send {entry!r}: creations, updates and deletions of entities can be sent.")


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
    key = change.key_values
    action: dict[str, Any] = {"action": change.action, "entity_type": entity_type, "entity_key": key}
    if change.action == "delete":
        return action
    data = action["entity_data"] = {TYPE_KEY: entity_type}
    if change.action == "create":
        data.update(zip(change.names, key, strict=False))
    name = ""
    try:
        for name, value in change.data.items():
            data[name] = value if value.__class__ in PLAIN else _wire_value(value, vanished)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{entity_type}.{name}: {error}") from error
    return action


def _wire_value(value: Any, vanished: Iterable[Identity]) -> Any:
    if isinstance(value, Snapshot):
        return [plain_value(item) for item in value.items() if not _is_gone(item, vanished)]
    return plain_value(value)


def _is_gone(item: Any, vanished: Iterable[Identity]) -> bool:
    return isinstance(item, EntityState) and (item._expunged or item._identity in vanished)
