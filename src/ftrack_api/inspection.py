"""What can be said of an entity without its server: identity, primary key and pending state."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ftrack_api._state.storage import EntityState
from ftrack_api.operation import key_of, next_state
from ftrack_api.symbol import NOT_SET, Symbol

if TYPE_CHECKING:
    from ftrack_api.operation import Identity, Operation
    from ftrack_api.typing import EntityProtocol


def identity(entity: EntityProtocol) -> tuple[str, list[str]]:
    """Return the entity type and the primary key values as text, in the order of the primary key.

    ``("User", ["d07ae5d0-…"])``; equal for two objects of one entity, also of different sessions (client: 5).

    Raises:
        KeyError: If part of the key is not known. Nothing is fetched.
    """
    return str(entity.entity_type), list(primary_key(entity).values())


def primary_key(entity: EntityProtocol) -> OrderedDict[str, str]:
    """Return the primary key as name to text, in the order of the primary key.

    Raises:
        KeyError: If part of the key is not known. Nothing is fetched, since nothing can be fetched without a key.
    """
    names = entity.primary_key_attributes
    if isinstance(entity, EntityState):
        key = entity._identity[1]
        return OrderedDict(zip(names, (key,) if isinstance(key, str) else key, strict=True))
    values = OrderedDict((str(name), entity[name]) for name in names)
    missing = [name for name, value in values.items() if value is NOT_SET]
    if missing:
        raise KeyError(f'{entity.entity_type} has no value for "{missing[0]}", a part of its primary key.')
    return OrderedDict((name, str(value)) for name, value in values.items())


def key_identity(entity: EntityProtocol) -> Identity:
    """Return type and key as the operation log and the identity map name an entity.

    Raises:
        KeyError: If part of the key is not known.
    """
    if isinstance(entity, EntityState):
        return entity._identity
    return str(entity.entity_type), key_of(primary_key(entity).values())


def state(entity: EntityProtocol) -> Symbol:
    """Return CREATED, MODIFIED or DELETED for what the next commit will do to an entity, NOT_SET for nothing.

    The state follows from the recorded operations alone (client: 5).

    Raises:
        KeyError: If the primary key of the entity is not known.

    Cost: one look-up.
    """
    found: Symbol = entity.session.recorded_operations.state(key_identity(entity))
    return found


def states(entities: Iterable[EntityProtocol]) -> list[Symbol]:
    """Return the state of each entity, in the order given; an entity that occurs twice has two results.

    Raises:
        KeyError: If the primary key of an entity is not known.

    Cost: one look-up for each entity.
    """
    return [state(entity) for entity in entities]


# Kept for callers that replay operations themselves.


def _state(operation: Operation, state: Symbol) -> Symbol:
    return next_state(state, operation)
