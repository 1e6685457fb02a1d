"""The base class of structures."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any, ClassVar

from ftrack_api.structure._parts import check_part

# Any below is an entity, or a value of a context.


class Structure(abc.ABC):
    """Names the place of each component in a location; a place is a resource identifier, which accessors understand.

    Args:
        prefix: Beginning of every resource identifier, for subclasses that use it.

    Attributes:
        prefix: As given.
        path_separator: What stands between the parts of a resource identifier.
    """

    path_separator: ClassVar[str] = "/"

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    @abc.abstractmethod
    def get_resource_identifier(self, entity: Any, context: Mapping[str, Any] | None = None) -> str:
        """Return the resource identifier of an entity: text, with ``/`` between its parts and none around them.

        The same entity must get the same one in every session, and no two entities one (client: 21.4).

        Args:
            entity: Entity, mostly a component.
            context: What else is known: ``source_resource_identifier`` says where the data come from, where the
                source of the location knows.

        Raises:
            StructureError: If the entity cannot be given a place.
        """

    def _get_sequence_expression(self, sequence: Any) -> str:
        """Return what stands for the frame number in the identifier of a sequence: ``%04d``, or ``%d`` unpadded."""
        padding = sequence["padding"]
        return f"%0{padding}d" if padding else "%d"

    def _joined(self, *parts: str) -> str:
        """Return parts as one identifier.

        Raises:
            StructureError: If a part is empty, leads to a parent or holds a separator.
        """
        return self.path_separator.join(check_part(part) for part in parts)
