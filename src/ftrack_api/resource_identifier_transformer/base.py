"""The base class of resource identifier transformers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

# Any below is a value of a context: ``component`` is the component.


class ResourceIdentifierTransformer:
    """Changes resource identifiers on their way to the server and back; this one leaves them as they are.

    A location asks it when it records components and when it looks them up, not when it reads or writes data. What one
    method makes the other must undo (client: 21.5).

    Args:
        session: Session of the location.

    Attributes:
        session: As given.
    """

    def __init__(self, session: SessionProtocol) -> None:
        self.session = session

    def encode(self, resource_identifier: str, context: Mapping[str, Any] | None = None) -> str:
        """Return what the server is to keep for a resource identifier.

        Args:
            resource_identifier: As the structure of the location made it.
            context: ``component`` is the component; nothing else is promised.

        Whatever it raises ends the adding as a `LocationError`, before anything is recorded.
        """
        del context
        return resource_identifier

    def decode(self, resource_identifier: str, context: Mapping[str, Any] | None = None) -> str:
        """Return the resource identifier for what the server keeps.

        Args:
            resource_identifier: As `encode` returned it, in this session or another.
            context: As for `encode`.
        """
        del context
        return resource_identifier
