"""What entities, queries and commits ask of a session, beneath the verbs that users know.

Everything here is made on first use and kept under the names subclasses know, so that a class which replaces the whole
constructor of `Session`, as several products do, still works (usage: 6).
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import contextlib
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from ftrack_api import _query
from ftrack_api import cache as caches
from ftrack_api._per_session import made_once
from ftrack_api._session.flags import default_of
from ftrack_api._session.wire import SessionWire
from ftrack_api._state.flags import ThreadFlags
from ftrack_api._state.identity_cache import IdentityCache, with_identities
from ftrack_api._state.merge import Merge
from ftrack_api._state.session_state import SessionState
from ftrack_api._state.storage import EntityState
from ftrack_api._unit_of_work.commit import withdraw
from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.operation import Operations, key_of
from ftrack_api.symbol import NOT_SET

if TYPE_CHECKING:
    from ftrack_api._schema.documents import Documents
    from ftrack_api.operation import EntityKey
    from ftrack_api.symbol import Symbol

# Any below is an entity, an attribute value, or what plugins may put in place of a part of ours.


class SessionEngine(SessionWire):
    """State, settings and caches of a session; base class of `Session`."""

    strict_attributes: bool = False
    """Whether creating an entity with a name its type does not have is an error, and not a warning in the log."""

    _transaction: Any = None
    _documents: Documents | None = None  # the schemas, as long as nobody has looked at all of them
    _auto_connect_event_hub_thread: Any = None
    cache_key_maker: Any = caches.StringKeyMaker()

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        """Refuse to be pickled or deep-copied.

        Raises:
            TypeError: Always.
        """
        raise TypeError(
            f"A {type(self).__name__} cannot be pickled or copied: it holds connections and an API key. "
            "Open one in each process; entities are pickled as plain dictionaries."
        )

    @made_once
    def _state(self) -> SessionState:
        return SessionState()

    @made_once
    def types(self) -> Any:
        """Entity classes by name; empty until the schemas are known."""
        return {}

    @property
    def schemas(self) -> Any:
        """Schema documents of the server, a list of dictionaries; empty until they are known."""
        kept = vars(self)
        if "_schemas" not in kept:
            kept.setdefault("_schemas", list((self._documents or {}).values()))
        return kept["_schemas"]

    @schemas.setter
    def schemas(self, schemas: Any) -> None:
        vars(self)["_schemas"] = schemas

    @made_once
    def _server_information(self) -> dict[str, Any]:
        return {}

    @property
    def auto_populate(self) -> bool:
        """Whether reading an unknown attribute fetches it; each thread has its own setting."""
        return self._state.flags.auto_populate

    @auto_populate.setter
    def auto_populate(self, value: bool) -> None:
        self._state.flags.auto_populate = bool(value)

    @property
    def record_operations(self) -> bool:
        """Whether changes are recorded for the next commit; each thread has its own setting."""
        return self._state.flags.record_operations

    @record_operations.setter
    def record_operations(self, value: bool) -> None:
        self._state.flags.record_operations = bool(value)

    @property
    def recorded_operations(self) -> Operations:
        """The operations recorded since the last commit, oldest first."""
        return self._state.operations

    @recorded_operations.setter
    def recorded_operations(self, operations: Operations) -> None:
        self._state.use(operations)

    @property
    def prefetch_limit(self) -> int:
        """How many entities of one result get an attribute together when one of them is read; 1 for each alone."""
        return self._state.prefetch_limit

    @prefetch_limit.setter
    def prefetch_limit(self, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"prefetch_limit must be at least 1, not {limit!r}; 1 turns prefetching off.")
        self._state.prefetch_limit = limit

    @property
    def cache(self) -> caches.LayeredCache:
        """The caches of entities by text key, the entities of this session first."""
        return self._layers

    @cache.setter
    def cache(self, cache: caches.Cache) -> None:
        self.__dict__["_layers"] = with_identities(IdentityCache(self), cache)

    @made_once
    def _layers(self) -> caches.LayeredCache:
        return with_identities(IdentityCache(self), caches.LayeredCache([]))

    # Kept for plugins and for classes that replace the constructor; see docs/compatibility.md.

    @property
    def _local_cache(self) -> caches.Cache:
        return next(layer for layer in self.cache.caches if isinstance(layer, IdentityCache))

    def _set_thread_default(self, name: str, value: Any) -> None:
        flags = self._state.flags
        defaults = {"auto_populate": flags.auto_populate, "record_operations": flags.record_operations}
        defaults[name] = default_of(value, otherwise=defaults[name])
        self._state.flags = ThreadFlags(**defaults)

    _auto_populate = property(
        lambda self: self.auto_populate, lambda self, value: self._set_thread_default("auto_populate", value)
    )
    _record_operations = property(
        lambda self: self.record_operations, lambda self, value: self._set_thread_default("record_operations", value)
    )

    @property
    def _sends_ahead(self) -> bool:
        """Whether several requests of one result may be on their way at a time."""
        return self.prefetch_limit > 1 and self._is_plain

    # Entities.

    def _load_missing(self, entity: Any, names: list[str]) -> None:
        """Fetch attributes that were read and are not known, for siblings too; see `_query.prefetch`."""
        _query.prefetch.load_missing(self, entity, names)
        own = self._state.identities.get(entity._identity)
        if own is not None and own is not entity:
            # An object from before a reset, or from elsewhere: what was fetched went to the session's own.
            entity._remote.update({name: own._remote[name] for name in names if name in own._remote})

    def _adopt(self, entity: Any) -> Any:
        """Make a new entity the session's own, or bring the known one of its identity up to date; return that."""
        layers = self.cache.caches
        if entity.session is self and len(layers) == 1 and isinstance(layers[0], IdentityCache):
            state = self._state
            with state.lock:
                if state.identities.add_new(entity):
                    return entity
        merge = Merge(self, regroup=False)
        attached = merge.adopt(entity)
        self._cache_outside(merge)
        return attached

    def _entities_of_rows(self, entity: Any, name: str) -> Any:
        """Return the value of a relation whose rows nobody read yet: an entity, a tuple of them, or NOT_SET.

        The last is what another thread leaves that made the value unknown meanwhile.
        """
        merge = Merge(self, regroup=False)
        with self._state.lock:
            value = entity._remote.get(name, NOT_SET)
            if type(value) is list:
                value = entity._remote[name] = tuple(merge.rows(value))
            elif type(value) is dict:
                value = entity._remote[name] = merge.rows([dict(value)])[0]  # other threads still look at the row
        self._cache_outside(merge)
        return value

    def _merge(self, value: Any, merged: MutableMapping[Any, Any] | None = None) -> Any:
        if isinstance(value, MappedCollectionProxy | Collection):
            return [self._merge(item, merged) for item in getattr(value, "collection", value)]
        if not isinstance(value, EntityState):
            return value
        key = self._cache_key(value)
        if merged is not None and key in merged:
            return merged[key]
        merge = Merge(self, regroup=False)
        entity = merge.entity(value)
        self._cache_outside(merge)
        if merged is not None:
            merged[key] = entity
        return entity

    def _known(self, entity_type: str, values: list[str]) -> Any:
        """Return an entity that need not be fetched, from this session or the caches below it, or None."""
        subtypes = getattr(self.types, "subtypes", None)
        key = key_of(values)
        for name in [entity_type] if subtypes is None else subtypes(entity_type):
            found = self._state.identities.get((name, key))
            if found is not None:
                return found
        if not self._outer_caches:
            return None
        with self._state.readings.one() as asked:
            cached = self._cached_outside(entity_type, key)
            if cached is None:
                return None
            merge = Merge(self, regroup=False)
            with self._state.readings.merging(asked):
                found = merge.entity(cached)
        self._cache_outside(merge)
        return None if found._expunged else found

    def _cached_outside(self, entity_type: str, key: EntityKey) -> EntityState | None:
        """Return what the first cache below that knows an entity has of it, or None."""
        values = [key] if isinstance(key, str) else list(key)
        for layer in self._outer_caches:
            with contextlib.suppress(KeyError):
                found = layer.get(self.cache_key_maker.key((entity_type, values)))
                return found if isinstance(found, EntityState) else None
        return None

    def _in_state(self, state: Symbol) -> list[Any]:
        found = map(self._state.identities.get, self.recorded_operations.in_state(state))
        return [entity for entity in found if entity is not None]

    def _withdraw(self, entity: EntityState) -> None:
        """Forget what was recorded of one entity, and let go of it."""
        withdraw(self, entity)

    @property
    def _outer_caches(self) -> list[caches.Cache]:
        """The caches below the entities of this session, usually none."""
        return [layer for layer in self.cache.caches if not isinstance(layer, IdentityCache)]

    def _cache_outside(self, merge: Merge) -> None:
        """Exchange what is known of the entities of a merge with the caches below.

        Entities that are new here learn what the caches remember; then the caches are told of all. Called without the
        lock, as a cache may do anything.
        """
        if merge.touched is None:
            return
        for entity in merge.fresh:
            remembered = self._cached_outside(*entity._identity)
            if remembered is not None:
                merge.complete(entity, remembered)
        for entity in {id(entity): entity for entity in merge.touched}.values():
            for layer in self._outer_caches:
                layer.set(self._cache_key(entity), entity)
            if entity._expunged:  # deleted by another thread, which may have told the caches before
                self._uncache_outside(entity)

    def _uncache_outside(self, entity: EntityState) -> None:
        """Remove an entity from the caches below."""
        for layer in self._outer_caches:
            with contextlib.suppress(KeyError):
                layer.remove(self._cache_key(entity))

    def _cache_key(self, entity: EntityState) -> Any:
        entity_type, key = entity._identity
        return self.cache_key_maker.key((entity_type, [key] if isinstance(key, str) else list(key)))
