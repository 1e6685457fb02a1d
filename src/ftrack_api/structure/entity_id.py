"""A structure of flat ids, as the server's own storage has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftrack_api.structure.base import Structure

# Any below is an entity, or a value of a context.


class EntityIdStructure(Structure):
    """Gives each entity its id as resource identifier; nothing tells members of a container from others."""

    def get_resource_identifier(self, entity: Any, context: Mapping[str, Any] | None = None) -> str:
        """Return the id of the entity, 36 characters as a rule; the context does not matter."""
        del context
        return str(entity["id"])
