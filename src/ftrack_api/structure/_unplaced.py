"""What structures say of entities that they have no place for."""

from __future__ import annotations

from typing import Any

from ftrack_api import exception


class NotPlacedError(exception.StructureError, NotImplementedError):
    """Raised for an entity of a type that a structure does not place; callers of old catch the built-in error."""


def not_placed(structure: Any, entity: Any) -> NotPlacedError:
    """Return the error for an entity that is neither a file, a sequence nor a container."""
    return NotPlacedError(
        f"{type(structure).__name__} places files, sequences and containers, not a {entity.entity_type}: {entity}."
    )
