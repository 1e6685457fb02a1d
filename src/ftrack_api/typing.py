"""What the parts of the client ask of one another: protocols, so that entities do not depend on the session class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
    from contextlib import AbstractContextManager

# Attribute values, JSON and event data have no narrower type before a schema is known: those are the Any below.
Row: TypeAlias = "dict[str, Any]"
Action: TypeAlias = "dict[str, Any]"
Headers: TypeAlias = "Mapping[str, str]"
AttributeStrategy: TypeAlias = Literal["all", "set_only", "modified_only", "persisted_only"]


class EventProtocol(Protocol):
    """An event as a subscriber's callback receives it: a mapping with a fixed set of keys."""

    def __getitem__(self, key: str) -> Any:
        """Return one of ``id``, ``topic``, ``data``, ``sent``, ``source``, ``target``, ``in_reply_to_event``."""

    def stop(self) -> None:
        """Keep the event from subscribers of a later priority."""


class EventHubProtocol(Protocol):
    """The part of the event hub that the rest of the client uses."""

    id: str

    @property
    def connected(self) -> bool:
        """Whether the hub can reach the event server at this moment."""

    def subscribe(
        self,
        subscription: str,
        callback: Callable[[Any], Any],
        subscriber: dict[str, Any] | None = None,
        priority: int = 100,
    ) -> str:
        """Call ``callback`` for each event that the subscription matches; return the subscriber's identifier."""

    def unsubscribe(self, subscriber_identifier: str) -> None:
        """End a subscription."""

    def publish(
        self,
        event: Any,
        synchronous: bool = False,  # noqa: FBT001, FBT002 - the signature users know
        on_reply: Callable[[Any], Any] | None = None,
        on_error: str = "raise",
    ) -> Any:
        """Publish an event; return the list of results when synchronous."""

    def wants(self, topic: str) -> bool:
        """Whether a local subscriber could match an event of this topic; cheap enough to ask before building data."""


class EntityProtocol(Protocol):
    """An entity as the session and its helpers see it: a mapping of attribute values that knows its session and key."""

    session: SessionProtocol
    entity_type: str
    primary_key_attributes: list[str]
    default_projections: list[str]
    attributes: Any

    def __getitem__(self, key: str) -> Any:
        """Return a value, fetching it when the session populates automatically."""

    def __setitem__(self, key: str, value: Any) -> None:
        """Set a local value, recorded for the next commit."""

    def __delitem__(self, key: str) -> None:
        """Withdraw a local value."""

    def __contains__(self, key: object) -> bool:
        """Whether the type has such an attribute."""

    def __iter__(self) -> Iterator[str]:
        """Iterate over the attribute names of the type."""

    def __len__(self) -> int:
        """Return the number of attributes of the type."""


@runtime_checkable
class SessionProtocol(Protocol):
    """What an entity, an attribute, a query or a location may ask of its session."""

    auto_populate: bool
    record_operations: bool
    strict_attributes: bool
    recorded_operations: Any
    cache: Any
    cache_key_maker: Any
    compound_file_types: tuple[str, ...]
    request_timeout: Any

    @property
    def schemas(self) -> Any:
        """Schema documents of the server."""

    @property
    def types(self) -> Any:
        """Entity classes by name."""

    @property
    def server_url(self) -> str:
        """Address of the server, without a trailing slash."""

    @property
    def api_user(self) -> str:
        """Name of the user on whose behalf requests are made."""

    @property
    def api_key(self) -> str:
        """Secret of the user; never to be logged."""

    @property
    def server_information(self) -> dict[str, Any]:
        """What the server said of itself at the start."""

    @property
    def event_hub(self) -> EventHubProtocol:
        """The hub of this session."""

    def auto_populating(self, auto_populate: bool) -> AbstractContextManager[Any]:  # noqa: FBT001 - known signature
        """Set ``auto_populate`` of this thread for the length of a block."""

    def operation_recording(self, record_operations: bool) -> AbstractContextManager[Any]:  # noqa: FBT001 - as above
        """Set ``record_operations`` of this thread for the length of a block."""

    def call(self, data: Any) -> Any:
        """Send a batch of actions; return one result per action."""

    def query(self, expression: str, page_size: int = 500, **parameters: Any) -> Any:
        """Return the lazy result of a query, its placeholders filled in."""

    def get(self, entity_type: str, entity_key: Any) -> Any:
        """Return the entity of this key, or None."""

    def create(
        self,
        entity_type: str,
        data: Mapping[str, Any] | None = None,
        reconstructing: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> Any:
        """Return a new entity, or a known one when reconstructing."""

    def ensure(self, entity_type: str, data: Mapping[str, Any], identifying_keys: Iterable[str] | None = None) -> Any:
        """Return the entity that matches, created when there is none."""

    def delete(self, entity: Any) -> None:
        """Record the deletion of an entity."""

    def populate(self, entities: Any, projections: str) -> None:
        """Fetch attributes of entities, in as few requests as possible."""

    def merge(self, value: Any, merged: MutableMapping[str, Any] | None = None) -> Any:
        """Return the session's own instance of a value, brought up to date."""

    def commit(self) -> None:
        """Send the recorded operations as one transaction."""

    def rollback(self) -> None:
        """Forget the recorded operations and the local values they stand for."""

    def encode(self, data: Any, entity_attribute_strategy: AttributeStrategy = "set_only") -> str:
        """Return data, entities included, as JSON text."""

    def decode(self, string: str) -> Any:
        """Return JSON text as data, entities included."""

    def entity_reference(self, entity: Any) -> dict[str, Any]:
        """Return ``{"__entity_type__": type, key attribute: value, …}``."""

    # What the parts of the client ask of a session beside its verbs.

    _transaction: Any
    """The open `Transaction`, which lies in a higher layer than this protocol, or None."""

    @property
    def _state(self) -> Any:
        """The `SessionState`, which lies in a higher layer than this protocol."""

    @property
    def _outer_caches(self) -> list[Any]:
        """The caches below the entities of the session."""

    def _create(self, entity_type: str, data: Mapping[str, Any], reconstructing: bool) -> Any:  # noqa: FBT001 - as above
        """Return a new object of an entity type, which is not yet among the entities of the session."""

    def get_upload_metadata(
        self, component_id: str, file_name: str, file_size: int, checksum: str | None = None
    ) -> dict[str, Any]:
        """Return where and how to upload the file of a component."""

    def _open_transport(self) -> Any:
        """Return the `Transport`, which lies in a higher layer than this protocol."""

    def _announce(self, topic: str, data: dict[str, Any]) -> list[Any]:
        """Publish an event inside the process; return what the subscribers return."""

    def _publish(self, topic: str, news: Iterable[dict[str, Any]]) -> None:
        """Publish an event for each of the data, where the hub can reach anybody."""

    def _configure_locations(self) -> None:
        """Set up the locations."""

    def pick_location(self, component: Any = None) -> Any:
        """Return the preferred location, or None."""

    def _create_component(self, entity_type: str, path: str, data: Mapping[str, Any], location: Any) -> Any:
        """Return a new component, its path noted and its data added to a location, if any."""

    def _get_filesystem_size(self, path: str) -> int:
        """Return the bytes of a file, 0 when it cannot be read."""

    def _get_locations(self) -> list[Any]:
        """Return the locations with an accessor, the preferred ones first."""

    def _send(self, actions: list[Action]) -> list[Any]:
        """Send a batch; return one result per action, rows as plain JSON."""

    @property
    def _sends_ahead(self) -> bool:
        """Whether several requests of one result may be on their way at a time."""

    def _query(self, expression: str) -> tuple[list[Any], dict[str, Any]]:
        """Send a complete query text; return entities and metadata."""

    def _load_missing(self, entity: Any, names: list[str]) -> None:
        """Fetch attributes that were read and are not known, for siblings of the entity too."""

    def _entities_of_rows(self, entity: Any, name: str) -> Any:
        """Return the value of a relation whose rows nobody read yet."""

    def _withdraw(self, entity: Any) -> None:
        """Forget what was recorded of one entity, and let go of it."""

    def _cache_key(self, entity: Any) -> Any:
        """Return the key of an entity in the caches of the session."""

    def _cached_outside(self, entity_type: str, key: Any) -> Any:
        """Return what the caches below have of an entity, or None."""

    def _cache_outside(self, merge: Any) -> None:
        """Tell the caches below of the entities of a merge."""

    def _uncache_outside(self, entity: Any) -> None:
        """Remove an entity from the caches below."""
