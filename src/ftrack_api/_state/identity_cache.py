"""The identity map in the clothes of a cache with text keys, so that plugins can look in and add layers below."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from ftrack_api._state.merge import Merge
from ftrack_api._state.storage import EntityState
from ftrack_api.cache import Cache, LayeredCache, MemoryCache, StringKeyMaker
from ftrack_api.operation import key_of

if TYPE_CHECKING:
    from ftrack_api.operation import Identity
    from ftrack_api.typing import SessionProtocol

# Any below is a key of whatever kind the key maker of the session makes, or a cached value.


class _View(MutableMapping[Any, Any]):
    """The entities of a session by cache key, and whatever else was put in under keys that name no entity.

    Cost: O(1) for the keys of `StringKeyMaker`, a walk over all entities for those of another key maker.
    """

    def __init__(self, session: SessionProtocol) -> None:
        self._session = session
        self._others: dict[Any, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        if key in self._others:
            return self._others[key]
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(value, EntityState) and self._key(value) == key:
            Merge(self._session, regroup=False).adopt(value)
        else:
            self._others[key] = value

    def __delitem__(self, key: Any) -> None:
        if self._others.pop(key, None) is not None:
            return
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        with self._session._state.lock:  # as the map asks for
            self._session._state.identities.discard(found)

    def __iter__(self) -> Iterator[Any]:
        yield from [self._key(entity) for entity in self._session._state.identities]
        yield from list(self._others)

    def __len__(self) -> int:
        return len(self._session._state.identities) + len(self._others)

    def clear(self) -> None:
        """Forget all entities; those the user holds are orphaned."""
        with self._session._state.lock:
            self._session._state.identities.clear()
        self._others.clear()

    def _key(self, entity: EntityState) -> Any:
        return self._session._cache_key(entity)

    def _find(self, key: Any) -> EntityState | None:
        if type(self._session.cache_key_maker) is StringKeyMaker:
            identity = _identity_of(key)
            return None if identity is None else self._session._state.identities.get(identity)
        return next((entity for entity in self._session._state.identities if self._key(entity) == key), None)


class IdentityCache(MemoryCache):
    """The entities of a session as the in-memory layer of its caches; nothing is stored twice."""

    def __init__(self, session: SessionProtocol) -> None:
        super().__init__()
        self._cache = _View(session)  # type: ignore[assignment]  # used as a dictionary

    def clear(self, pattern: str | None = None) -> None:
        """Forget all entities, or those whose key a regular expression is found in."""
        if pattern is None:
            self._cache.clear()
        else:
            super().clear(pattern)


def with_identities(identities: IdentityCache, cache: Cache) -> LayeredCache:
    """Return a layered cache with the identities of a session as its first layer.

    A layered cache is changed and returned itself; the content of a plain memory layer that stood first, unless
    it has a maximum, is taken over.
    """
    layered = cache if isinstance(cache, LayeredCache) else LayeredCache([cache])
    layers = layered.caches
    if layers and type(layers[0]) is MemoryCache and layers[0].maximum is None:
        for key in layers[0].keys():  # noqa: SIM118 - no mapping
            identities.set(key, layers[0].get(key))
        del layers[0]
    elif layers and isinstance(layers[0], IdentityCache):
        del layers[0]
    layers.insert(0, identities)
    return layered


def _identity_of(key: Any) -> Identity | None:
    """Return the identity a key of `StringKeyMaker` names, or None."""
    import ast  # noqa: PLC0415 - few programs take keys apart

    try:
        entity_type, values = ast.literal_eval(str(key))
        return str(entity_type), key_of(values)
    except (ValueError, SyntaxError, TypeError):
        return None
