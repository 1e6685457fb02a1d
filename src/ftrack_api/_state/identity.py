"""One object for each entity of the server, found by type and primary key."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_api._state.storage import EntityState
    from ftrack_api.operation import EntityKey, Identity


class IdentityMap:
    """Entities by type and key. The caller holds the session's lock while changing it; reading needs none."""

    __slots__ = ("_types",)

    def __init__(self) -> None:
        self._types: dict[str, dict[EntityKey, EntityState]] = {}

    def of_type(self, entity_type: str) -> dict[EntityKey, EntityState]:
        """Return the entities of exactly this type by key: the map itself, to be read and written."""
        return self._types.setdefault(entity_type, {})

    def get(self, identity: Identity) -> EntityState | None:
        """Return the entity of an identity, or None when it was never loaded."""
        entities = self._types.get(identity[0])
        return None if entities is None else entities.get(identity[1])

    def add(self, entity: EntityState) -> None:
        """Add an entity under its own identity, in place of another that had it."""
        entity_type, key = entity._identity
        self.of_type(entity_type)[key] = entity

    def add_new(self, entity: EntityState) -> bool:
        """Add an entity unless there is one of its identity; return whether it was added."""
        key = entity._key
        if key is None:
            key = entity._learn_key()
        return self._types.setdefault(entity.entity_type, {}).setdefault(key, entity) is entity

    def holds(self, entity: EntityState) -> bool:
        """Return whether this very object is the one of its identity."""
        return entity._key is not None and self.get((entity.entity_type, entity._key)) is entity

    def discard(self, entity: EntityState) -> None:
        """Remove an entity; another object of its identity stays."""
        if self.holds(entity):
            entity_type, key = entity._identity
            del self._types[entity_type][key]

    def clear(self) -> None:
        """Remove all entities."""
        for entities in self._types.values():
            entities.clear()
        self._types.clear()

    def __iter__(self) -> Iterator[EntityState]:
        for entities in list(self._types.values()):
            yield from list(entities.values())

    def __len__(self) -> int:
        return sum(map(len, self._types.values()))
