"""The session: everything a program does with a server starts here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, MutableMapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from ftrack_api import _query, _session, _transport, inspection
from ftrack_api._codec.payload import OperationPayload
from ftrack_api._query.loader import load
from ftrack_api._session import lifecycle
from ftrack_api._session.bootstrap import RESET_TOPIC, StartSteps
from ftrack_api._session.config import SessionConfig
from ftrack_api._session.flags import AutoPopulatingContext, OperationRecordingContext
from ftrack_api._session.kept import KeptSteps
from ftrack_api._unit_of_work.commit import commit, rollback
from ftrack_api.operation import DeleteEntityOperation, key_of
from ftrack_api.query import DEFAULT_PAGE_SIZE, QueryResult
from ftrack_api.symbol import CREATED, DELETED, MODIFIED, NOT_SET

if TYPE_CHECKING:
    from ftrack_api._transport.base import Timeout
    from ftrack_api._transport.http import SessionAuthentication

# Any below is an entity, an attribute value, or what plugins may put in place of a part of ours.

__all__ = [
    "AutoPopulatingContext",
    "OperationPayload",
    "OperationRecordingContext",
    "Session",
    "SessionAuthentication",
]


def __getattr__(name: str) -> Any:
    """Return `SessionAuthentication`, or requests, by way of which tests patch it, when it is asked for (PEP 562)."""
    if name in {"SessionAuthentication", "requests"}:
        return getattr(_transport.http, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


OperationPayload.__module__ = AutoPopulatingContext.__module__ = OperationRecordingContext.__module__ = __name__


class Session(KeptSteps, StartSteps):
    """A connection to a server, the entities loaded over it, and the changes not yet sent.

    One entity of the server is one object of the session. Changes are recorded and sent as one transaction by
    `commit`. A session may be used from several threads: they share entities and pending changes, while
    ``auto_populate`` and ``record_operations`` are each thread's own.

    Args:
        server_url: Address of the server; ``FTRACK_SERVER`` when omitted.
        api_key: API key; ``FTRACK_API_KEY`` when omitted.
        api_user: User name; ``FTRACK_API_USER``, else the name of the logged in user, when omitted.
        auto_populate: Whether reading an unknown attribute fetches it; what each thread starts with.
        plugin_paths: Folders with plugins, in order; those of ``FTRACK_EVENT_PLUGIN_PATH`` when omitted, ``[]`` for
            none.
        cache: A cache below the entities of the session, or a function of the session that returns one or None.
        cache_key_maker: Makes the keys of such caches; a `StringKeyMaker` when omitted.
        auto_connect_event_hub: Whether the event hub connects in the background.
        schema_cache_path: Folder of the schema file, False for none; ``FTRACK_API_SCHEMA_CACHE_PATH``, else a folder
            of the user, when omitted.
        plugin_arguments: Keyword arguments for the plugins' ``register``.
        timeout: Seconds for connecting and for each wait for an answer, or one figure for each of the two; None
            waits for ever.
        cookies: Cookies sent with each request.
        headers: Headers sent with each request.
        strict_api: Whether the server answers failures with HTTP error statuses.

    Empty variables of the environment count as not set. ``FTRACK_APIKEY`` is an older name of ``FTRACK_API_KEY``.

    Raises:
        TypeError: If address, key or user is missing, or an argument has the wrong type.
        ValueError: If the address has no scheme or host, or the timeout is not positive.
        ServerError: If the server cannot be reached or refuses the user.
        ServerCompatibilityError: If the server is too old.

    Cost: one request.
    """

    def __init__(
        self,
        server_url: str | None = None,
        api_key: str | None = None,
        api_user: str | None = None,
        auto_populate: bool = True,  # noqa: FBT001, FBT002 - signature users know
        plugin_paths: Iterable[str | os.PathLike[str]] | None = None,
        cache: Any = None,
        cache_key_maker: Any = None,
        auto_connect_event_hub: bool | None = False,  # noqa: FBT001, FBT002 - as above
        schema_cache_path: str | os.PathLike[str] | Literal[False] | None = None,
        plugin_arguments: Mapping[str, Any] | None = None,
        timeout: Timeout = 60,
        cookies: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        strict_api: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> None:
        super().__init__()
        config = SessionConfig.resolve(
            server_url,
            api_key,
            api_user,
            auto_populate=auto_populate,
            plugin_paths=plugin_paths,
            cache=cache,
            cache_key_maker=cache_key_maker,
            auto_connect_event_hub=auto_connect_event_hub,
            schema_cache_path=schema_cache_path,
            plugin_arguments=plugin_arguments,
            timeout=timeout,
            cookies=cookies,
            headers=headers,
            strict_api=strict_api,
        )
        try:
            self._start(config)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Session:  # noqa: PYI034 - Self is not in typing before Python 3.11
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """Whether the session was closed."""
        return self._closed

    @property
    def server_information(self) -> dict[str, Any]:
        """What the server said of itself at the start; a copy."""
        return dict(self._server_information)

    @property
    def server_url(self) -> str:
        """Address of the server, without a trailing slash."""
        return self._server_url

    @property
    def api_user(self) -> str:
        """Name of the user on whose behalf requests are made."""
        return self._api_user

    @property
    def api_key(self) -> str:
        """Secret of the user; never to be logged."""
        return self._api_key

    @property
    def event_hub(self) -> Any:
        """The event hub of the session."""
        return self._event_hub

    def auto_populating(self, auto_populate: bool) -> AutoPopulatingContext:  # noqa: FBT001 - signature users know
        """Return a context in which ``auto_populate`` of this thread has another value."""
        return AutoPopulatingContext(self, auto_populate)

    def operation_recording(self, record_operations: bool) -> OperationRecordingContext:  # noqa: FBT001 - as above
        """Return a context in which ``record_operations`` of this thread has another value."""
        return OperationRecordingContext(self, record_operations)

    @property
    def created(self) -> list[Any]:
        """Entities the next commit creates, in the order of their first change."""
        return self._in_state(CREATED)

    @property
    def modified(self) -> list[Any]:
        """Entities the next commit changes, in the order of their first change."""
        return self._in_state(MODIFIED)

    @property
    def deleted(self) -> list[Any]:
        """Entities the next commit deletes, in the order of their first change."""
        return self._in_state(DELETED)

    def create(
        self,
        entity_type: str,
        data: Mapping[str, Any] | None = None,
        reconstructing: bool = False,  # noqa: FBT001, FBT002 - signature users know
    ) -> Any:
        """Return a new entity, to be created on the server by the next commit.

        Args:
            entity_type: Type of the entity.
            data: Values by attribute name. Defaults of the type fill in what is missing, a new id among them.
            reconstructing: Whether the data are the server's and the entity exists there already.

        Raises:
            UnrecognisedEntityTypeError: If there is no such type; it is a `KeyError` too.
            KeyError: If the primary key of the entity is not complete.
        """
        return self._adopt(self._create(entity_type, data or {}, reconstructing=reconstructing))

    def ensure(self, entity_type: str, data: Mapping[str, Any], identifying_keys: Iterable[str] | None = None) -> Any:
        """Return the one entity with these values, created when there is none and brought up to date when there is.

        Args:
            entity_type: Type of the entity.
            data: Values by attribute name.
            identifying_keys: Names of the values that tell it apart; all of them when omitted or empty.

        Raises:
            ValueError: If nothing identifies the entity.
            KeyError: If an identifying key is not in the data.
            MultipleResultsFoundError: If several entities have these values.

        Cost: one request, two when something has to be written; pending changes are committed along.
        """
        return _session.ensure.ensure(self, entity_type, data, identifying_keys)

    def delete(self, entity: Any) -> None:
        """Record the deletion of an entity; what belongs to it is deleted by the server."""
        if self.record_operations:
            operation = DeleteEntityOperation(entity.entity_type, inspection.primary_key(entity))
            self.recorded_operations.push(operation)

    def get(self, entity_type: str, entity_key: Any) -> Any:
        """Return the entity of a key, or None.

        Args:
            entity_type: Type of the entity, or one it is derived from, such as ``Context``.
            entity_key: Id, or the values of a key of several parts: in order, or by name.

        Raises:
            UnrecognisedEntityTypeError: If there is no such type; it is a `KeyError` too.
            ValueError: If the key has too many or too few parts.
            TypeError: If there is no key: None, or NOT_SET.

        Cost: nothing when the entity was loaded before, whatever is known of it; one request otherwise.
        """
        names = self.types[entity_type].primary_key_attributes
        values = _key_values(entity_key, names)
        if len(values) != len(names):
            raise ValueError(
                f"A {entity_type} has the key {', '.join(names)}; {len(values)} values were given: {entity_key!r}."
            )
        known = self._known(entity_type, values)
        if known is not None:
            return known
        criterion = next(_query.populate.criteria(names, [key_of(values)]))
        return self.query(f"{entity_type} where {criterion}").first()

    def query(self, expression: str, page_size: int = DEFAULT_PAGE_SIZE, **parameters: Any) -> QueryResult:
        """Return the entities a query finds; nothing is sent before the result is looked at.

        Args:
            expression: Query text, with or without ``select``, such as ``"Task where name is {name}"``.
            page_size: Rows per request.
            **parameters: Values for the placeholders in the text, written so that no value can change the query.

        Raises:
            UnrecognisedEntityTypeError: If the text has no ``select`` and starts with an unknown type.
            ValueError: If placeholders and parameters do not match.
        """
        if parameters:
            expression = _query.parameters.fill(expression, parameters)
        return QueryResult(self, expression, page_size)

    def populate(self, entities: Any, projections: str) -> None:
        """Fetch attributes of exactly these entities; values set locally stay.

        Args:
            entities: One entity or any iterable of them, of one type or several.
            projections: Attributes, separated by commas, with dots for those of related entities.

        Cost: one request per type and 500 entities.
        """
        _query.populate.populate(self, entities, projections)

    def merge(self, value: Any, merged: MutableMapping[Any, Any] | None = None) -> Any:
        """Return the session's own instance of an entity from elsewhere, brought up to date.

        Args:
            value: Entity, which is only read; or a collection, for which a list of entities is returned. Anything
                else is returned as it is.
            merged: Entities that need not be merged again, by cache key; those merged are added.
        """
        return self._merge(value, merged)

    def commit(self) -> None:
        """Send the recorded changes as one transaction; all of them take effect or none.

        When it fails, changes stay recorded: mend them and commit again, or `rollback`.

        Raises:
            ServerError: Or the subclass that fits: if the server refuses or cannot be reached.

        Within a transaction nothing is sent before it ends; one that another thread has open is waited for.

        Cost: one request; the work depends on the number of changes alone.
        """
        with self._state.turn:
            if self._transaction is None:
                commit(self)

    def rollback(self) -> None:
        """Forget the recorded changes; entities show the server's values again, new ones are let go of."""
        rollback(self)

    def reset(self) -> None:
        """Forget all entities and pending changes; connections, schemas and plugins stay."""
        lifecycle.forget_pending(self, "reset")
        self._configure_locations()
        self._announce(RESET_TOPIC, {"session": self})

    def close(self) -> None:
        """End the session: pending changes are dropped with a warning, connections closed. Repeating it is harmless."""
        lifecycle.close(self)

    def entity_reference(self, entity: Any) -> dict[str, Any]:
        """Return ``{"__entity_type__": type, key attribute: value, …}``; fetches nothing."""
        with self.auto_populating(False):
            return {"__entity_type__": entity.entity_type, **inspection.primary_key(entity)}

    # Kept for plugins and for classes that replace the constructor; see docs/compatibility.md.

    def _create(self, entity_type: str, data: Mapping[str, Any], reconstructing: bool) -> Any:  # noqa: FBT001
        return self.types[entity_type](self, data=data, reconstructing=reconstructing)

    def _query(self, expression: str) -> tuple[list[Any], dict[str, Any]]:
        return load(self, expression)


def _key_values(entity_key: Any, names: list[str]) -> list[str]:
    """Return the values of a key as texts, in the order of the primary key.

    Raises:
        TypeError: If it is None or NOT_SET, which is what is read of a reference that leads nowhere.
    """
    if entity_key is None or entity_key is NOT_SET:
        raise TypeError(f"A key is text, or a list or mapping of texts, not {entity_key!r}; is there an entity at all?")
    if isinstance(entity_key, Mapping):
        return [str(entity_key[name]) for name in names if name in entity_key]
    if isinstance(entity_key, str) or not isinstance(entity_key, Iterable):
        return [str(entity_key)]
    return [str(value) for value in entity_key]
