"""Recorded operations as changes that may be merged, dropped and sent; the operations themselves stay as they are."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal, TypeAlias

from ftrack_api._codec.encode import plain_value, reference
from ftrack_api._state.changes import Snapshot
from ftrack_api._state.merge import TYPE_KEY
from ftrack_api._state.storage import EntityState
from ftrack_api.operation import (
    PLAIN,
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
        uncertain: Names of the values that may be something else than plain JSON; all of them when omitted.
    """

    __slots__ = ("action", "data", "identity", "names", "uncertain")

    def __init__(
        self,
        action: ChangeAction,
        identity: Identity,
        names: Sequence[str],
        data: dict[str, Any],
        uncertain: Collection[str] | None = None,
    ) -> None:
        self.action: ChangeAction = action
        self.identity = identity
        self.names = names
        self.data = data
        self.uncertain: Collection[str] = data if uncertain is None else uncertain

    def add(self, name: str, value: Any) -> None:
        """Make a value part of the change, in place of another under its name."""
        self.data[name] = value
        if value.__class__ not in PLAIN and self.uncertain is not self.data and name not in self.uncertain:
            self.uncertain = [*self.uncertain, name]

    def keep(self, names: Collection[str]) -> None:
        """Go on with some of the values alone, in a new dictionary."""
        is_all = self.uncertain is self.data
        self.data = {name: self.data[name] for name in names}
        self.uncertain = self.data if is_all else [name for name in self.uncertain if name in self.data]

    @property
    def key(self) -> dict[str, str]:
        """Primary key by name, in the order of the primary key."""
        return dict(zip(self.names, self.key_values, strict=False))

    @property
    def key_values(self) -> list[str]:
        """The values of the primary key, in order."""
        key = self.identity[1]
        return [key] if key.__class__ is str else list(key)


def changes_of(entries: Collection[Entry]) -> tuple[list[Change], bool]:
    """Return the changes a log asks for, and whether they are of as many entities.

    In that case, the usual one, values that are set right after the entity was created or changed are part of that
    change. Nothing is left then that could be overwritten, joined with something else or come to nothing.

    Raises:
        ValueError: If an operation is of no class that can be sent.
    """
    changes: list[Change] = []
    owner: Any = None
    for entry in entries:
        if entry.__class__ is tuple:
            if entry[0] is owner and len(entry) == 4 and entry[1] not in changes[-1].data:
                changes[-1].add(entry[1], entry[3])
                continue
            owner = entry[0]
        else:
            owner = None
        changes.append(change_of(entry))
    if len({change.identity for change in changes}) == len(changes):
        return changes, True
    return list(map(change_of, entries)), False


def change_of(entry: Entry) -> Change:
    """Return the change an operation, or the parts of one, asks for.

    Raises:
        ValueError: If the operation is of no class that can be sent.
    """
    if isinstance(entry, tuple):
        entity = entry[0]
        identity, names = (entity.entity_type, entity._key), entity.primary_key_attributes
        if len(entry) == 3:
            return Change("create", identity, names, entry[1].copy(), entry[2])
        return Change("update", identity, names, {entry[1]: entry[3]})
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
    entity_type, key = change.identity
    keys = [key] if key.__class__ is str else list(key)
    if change.action == "delete":
        return {"action": "delete", "entity_type": entity_type, "entity_key": keys}
    data: dict[str, Any] = {TYPE_KEY: entity_type}
    if change.action == "create":
        data.update(zip(change.names, keys, strict=False))
    data.update(change.data)
    name = ""
    try:
        for name in change.uncertain:
            value = data[name]
            if isinstance(value, EntityState):
                data[name] = reference(value)
            elif value.__class__ not in PLAIN:
                data[name] = _wire_value(value, vanished)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{entity_type}.{name}: {error}") from error
    return {"action": change.action, "entity_type": entity_type, "entity_key": keys, "entity_data": data}


def _wire_value(value: Any, vanished: Iterable[Identity]) -> Any:
    if isinstance(value, Snapshot):
        return [plain_value(item) for item in value.items() if not _is_gone(item, vanished)]
    return plain_value(value)


def _is_gone(item: Any, vanished: Iterable[Identity]) -> bool:
    return isinstance(item, EntityState) and (item._expunged or item._identity in vanished)
