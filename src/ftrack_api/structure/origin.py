"""A structure that leaves data where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftrack_api.structure.base import Structure

# Any below is an entity, or a value of a context.


class OriginStructure(Structure):
    """Gives each component the resource identifier it has at its source, a path as a rule."""

    def get_resource_identifier(self, entity: Any, context: Mapping[str, Any] | None = None) -> str:
        """Return ``context["source_resource_identifier"]``.

        Raises:
            ValueError: If the context does not name it.
        """
        identifier = (context or {}).get("source_resource_identifier")
        if identifier is None:
            raise ValueError(
                f"Nothing tells where the data of {entity} lie: the source gives no source_resource_identifier. "
                "Add the component to a location it is in, or from the path of its file."
            )
        return str(identifier)
