"""Events that tell others what came to a location and what left it."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

# Any below is a component or a location.


def tell(session: SessionProtocol, topic: str, location: Any, components: Iterable[Any]) -> None:
    """Publish one event for each component; within a transaction when that is committed.

    Nothing is published while the hub is not connected, nor about to be: there is nobody to hear it.
    """
    place = location["id"]
    keys = [component["id"] for component in components]

    def publish() -> None:
        session._publish(topic, ({"component_id": key, "location_id": place} for key in keys))

    if session._transaction is None:
        publish()
    else:
        session._transaction.afterwards(publish)
