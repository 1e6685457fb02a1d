"""The base class of resource identifier transformers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

# Any below is a value of a context: ``component`` is the component.


class ResourceIdentifierTransformer:
    """Changes resource identifiers on their way to the server and back; this one leaves them as they are.

    Args:
        session: Session of the location.

    Attributes:
        session: As given.
    """

    def __init__(self, session: SessionProtocol) -> None:
        self.session = session

    def encode(self, resource_identifier: str, context: Mapping[str, Any] | None = None) -> str:
        """Return what the server is to keep for a resource identifier."""
        del context
        return resource_identifier

    def decode(self, resource_identifier: str, context: Mapping[str, Any] | None = None) -> str:
        """Return the resource identifier for what the server keeps."""
        del context
        return resource_identifier
