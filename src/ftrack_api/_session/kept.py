"""Inner steps of a session under the names that plugins and subclasses call them by; nothing here is called by us."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import TYPE_CHECKING, Any

from ftrack_api import exception
from ftrack_api._codec.decode import revive
from ftrack_api._codec.encode import plain
from ftrack_api._session.engine import SessionEngine

if TYPE_CHECKING:
    from ftrack_api.typing import AttributeStrategy

# Any below is an entity or a JSON value.


class KeptSteps(SessionEngine):
    """Private names of the old interface that have no part in ours; see docs/compatibility.md."""

    def _get(self, entity_type: str, entity_key: Iterable[str]) -> Any:
        """Return an entity that the session or a cache below knows.

        Raises:
            KeyError: If none does; the server is not asked.
        """
        values = [str(value) for value in entity_key]
        found = self._known(entity_type, values)
        if found is None:
            raise KeyError(self.cache_key_maker.key((entity_type, values)))
        return found

    def _merge_recursive(self, entity: Any, merged: MutableMapping[Any, Any] | None = None) -> Any:
        return self._merge(entity, merged)

    def _merge_entity(self, entity: Any, merged: MutableMapping[Any, Any] | None = None) -> Any:
        return self._merge(entity, merged)

    def _encode(self, item: Any, entity_attribute_strategy: AttributeStrategy = "set_only") -> Any:
        """Return an item as a plain JSON value."""
        return plain(item, entity_attribute_strategy)

    def _decode(self, item: Any) -> Any:
        """Return a JSON value with dates and entities in it as such."""
        return revive(self, item)

    def _raise_server_error(self, error_message: str) -> None:
        error = exception.ServerError(error_message)
        self.logger.error("%s", error_message, exc_info=error)
        raise error
