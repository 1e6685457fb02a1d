"""Attributes fetched for entities that exist: one request for up to 500 entities of a type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ftrack_api import inspection
from ftrack_api._query.loader import load
from ftrack_api._query.parameters import literal
from ftrack_api.symbol import CREATED

if TYPE_CHECKING:
    from ftrack_api.operation import EntityKey
    from ftrack_api.typing import SessionProtocol

CHUNK = 500
COMPOSITE_CHUNK = 100  # a key of several parts takes a condition of its own

# Any below is an entity, or what should have been one.


def populate(session: SessionProtocol, entities: Any, projections: str | Iterable[str]) -> None:
    """Fetch attributes of exactly these entities; values set locally stay.

    Args:
        session: Session of the entities.
        entities: One entity or any iterable of entities, of one type or several. Those not created on the server
            yet are left out.
        projections: Attributes, separated by commas, with dots for those of related entities.

    Raises:
        TypeError: If something else than an entity is among the entities, or than text among the projections.
        ValueError: If nothing is to be fetched.

    Cost: one request per type and 500 entities.
    """
    try:
        text = projections if isinstance(projections, str) else ", ".join(projections)
    except TypeError as error:
        raise TypeError(f"populate needs the names of attributes as text, not {projections!r}.") from error
    if not text.strip():
        raise ValueError("populate needs the names of attributes, as in populate(tasks, 'name, status.name').")
    for entity_type, (names, keys) in _by_type(entities).items():
        for criterion in criteria(names, keys):
            load(session, f"select {text} from {entity_type} where {criterion}", regroup=False)


def criteria(names: list[str], keys: list[EntityKey]) -> Iterator[str]:
    """Yield conditions that together find the entities of these keys, each for one request."""
    if len(names) > 1:
        for start in range(0, len(keys), COMPOSITE_CHUNK):
            parts = [
                " and ".join(f"{name} is {literal(value)}" for name, value in zip(names, key, strict=True))
                for key in keys[start : start + COMPOSITE_CHUNK]
            ]
            yield parts[0] if len(parts) == 1 else " or ".join(f"({part})" for part in parts)
        return
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        yield f"{names[0]} is {literal(chunk[0])}" if len(chunk) == 1 else f"{names[0]} in {literal(chunk)}"


def _by_type(entities: Any) -> dict[str, tuple[list[str], list[EntityKey]]]:
    """Return key attributes and keys by entity type, in the order given, without what is not on the server."""
    found: dict[str, tuple[list[str], dict[EntityKey, None]]] = {}
    items = [entities] if hasattr(entities, "primary_key_attributes") else entities
    if not isinstance(items, Iterable) or isinstance(items, str):
        raise TypeError(f"populate takes an entity or an iterable of entities, got {entities!r}.")
    for item in items:
        entity: Any = item
        if not hasattr(entity, "primary_key_attributes"):
            raise TypeError(f"populate takes entities, got {entity!r}.")
        if inspection.state(entity) is CREATED:
            continue
        entity_type, key = inspection.key_identity(entity)
        found.setdefault(entity_type, (entity.primary_key_attributes, {}))[1][key] = None
    return {entity_type: (names, list(keys)) for entity_type, (names, keys) in found.items()}
