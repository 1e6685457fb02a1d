"""Every exception of the client, in one tree.

::

    Error (defined in `_error`)
    ├─ AuthenticationError
    ├─ ServerError
    │  ├─ ServerCompatibilityError
    │  ├─ Unauthorized (also an AuthenticationError)
    │  ├─ PermissionDenied (also a PermissionDeniedError)
    │  ├─ NotFound (also a NotFoundError)
    │  ├─ ValidationError
    │  ├─ DuplicateEntry
    │  ├─ RateLimited
    │  └─ NetworkError ── ConnectionError, Timeout
    ├─ NotFoundError, NotUniqueError
    ├─ IncorrectResultError ── NoResultFoundError, MultipleResultsFoundError
    ├─ EntityTypeError ── UnrecognisedEntityTypeError (also a KeyError)
    ├─ OperationError
    ├─ InvalidStateError ── InvalidStateTransitionError
    ├─ AttributeError (not the builtin) ── ImmutableAttributeError, UnknownAttributeError (also a KeyError)
    ├─ CollectionError ── ImmutableCollectionError, DuplicateItemInCollectionError
    ├─ ParseError
    ├─ EventHubError ── EventHubConnectionError, EventHubPacketError
    ├─ PermissionDeniedError
    ├─ LocationError ── ComponentNotInAnyLocationError, ComponentNotInLocationError, ComponentInLocationError,
    │                    TransferCancelledError
    ├─ AccessorError
    │  ├─ AccessorOperationFailedError ── AccessorUnsupportedOperationError, AccessorPermissionDeniedError
    │  ├─ AccessorResourceIdentifierError ── AccessorFilesystemPathError
    │  └─ AccessorResourceError ── AccessorResourceNotFoundError, AccessorParentResourceNotFoundError,
    │                              AccessorResourceInvalidError, AccessorContainerNotEmptyError
    ├─ StructureError
    └─ ConnectionClosedError

A message is a template for `str.format` when details are given, and plain text otherwise: what a server says is never
formatted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# Names that have their home here and live elsewhere.
# isort: off
from ftrack_api._error import Error as Error, with_details
from ftrack_api._storage_error import (
    AccessorContainerNotEmptyError as AccessorContainerNotEmptyError,
    AccessorError as AccessorError,
    AccessorFilesystemPathError as AccessorFilesystemPathError,
    AccessorOperationFailedError as AccessorOperationFailedError,
    AccessorParentResourceNotFoundError as AccessorParentResourceNotFoundError,
    AccessorPermissionDeniedError as AccessorPermissionDeniedError,
    AccessorResourceError as AccessorResourceError,
    AccessorResourceIdentifierError as AccessorResourceIdentifierError,
    AccessorResourceInvalidError as AccessorResourceInvalidError,
    AccessorResourceNotFoundError as AccessorResourceNotFoundError,
    AccessorUnsupportedOperationError as AccessorUnsupportedOperationError,
    ComponentInLocationError as ComponentInLocationError,
    ComponentNotInAnyLocationError as ComponentNotInAnyLocationError,
    ComponentNotInLocationError as ComponentNotInLocationError,
    LocationError as LocationError,
    StructureError as StructureError,
    TransferCancelledError as TransferCancelledError,
)

# isort: on
from ftrack_protocol.similar import close_matches

# Details are whatever explains the failure: entities, attributes, paths, other exceptions. Hence the Any below.


class AuthenticationError(Error):
    """Raised when the user could not be identified."""

    default_message = "Authentication error."


class ServerError(Error):
    """Raised when the server reports a failure, or answers with something that is no answer.

    Attributes:
        status: HTTP status, or None when there was no answer. Servers that are not strict report failures with 200.
        exception: Name the server gives the failure, such as ``ValidationError``.
        content: What the server says of it.
        code: The server's ``error_code``, such as ``api_credentials_invalid``.
        error: Further details from the server; any JSON value.
        operation_index: Position in the batch of the operation that failed, 0-based, when the server tells.
        request_id: The server's ``X-Request-ID``, for its administrator.
    """

    default_message = "Server reported an error."

    status: int | None = None
    exception: str | None = None
    content: str | None = None
    code: str | None = None
    error: Any = None
    operation_index: int | None = None
    request_id: str | None = None


class ServerCompatibilityError(ServerError):
    """Raised when the server is too old for the client, or lacks an action."""

    default_message = "Server is not compatible with this version of the client."


class NotFoundError(Error):
    """Raised when something that should exist was not found."""

    default_message = "Not found."


class NotUniqueError(Error):
    """Raised when a value must be unique and is not."""

    default_message = "Not unique."


class PermissionDeniedError(Error):
    """Raised when an operation is not allowed."""

    default_message = "Permission denied."


class Unauthorized(ServerError, AuthenticationError):  # noqa: N818 - the names below are short, as HTTP has them
    """Raised when the server does not accept the API user and key."""

    default_message = "Server did not accept the API user and key."


class PermissionDenied(ServerError, PermissionDeniedError):  # noqa: N818 - as above
    """Raised when the user's roles do not allow an operation."""

    default_message = "Permission denied by the server."


class NotFound(ServerError, NotFoundError):  # noqa: N818 - as above
    """Raised when the server does not know what was named."""

    default_message = "Not found on the server."


class ValidationError(ServerError):
    """Raised when the server refuses a value: wrong type, immutable, required."""

    default_message = "Server refused a value."


class DuplicateEntry(ServerError):  # noqa: N818 - as above
    """Raised when something like it exists already."""

    default_message = "Such an entry exists already."


class RateLimited(ServerError):  # noqa: N818 - as above
    """Raised when the server asks for fewer requests, after retries."""

    default_message = "Server asks for fewer requests."


class NetworkError(ServerError):
    """Raised when no answer came. What the HTTP library raised is the cause, and can be caught by its own type too."""

    default_message = "Server could not be reached."


class ConnectionError(NetworkError):  # noqa: A001 - the name users look for; the builtin is not used here
    """Raised when a connection could not be made or was lost; proxies and certificates included."""

    default_message = "Connection to the server failed."


class Timeout(NetworkError):  # noqa: N818 - as above
    """Raised when the server did not answer in time."""

    default_message = "Server timed out."


class IncorrectResultError(Error):
    """Raised when a result is not what was asked for."""

    default_message = "Incorrect result detected."


class NoResultFoundError(IncorrectResultError):
    """Raised when a result was expected and there was none."""

    default_message = "Expected a result, found none."


class MultipleResultsFoundError(IncorrectResultError):
    """Raised when one result was expected and there were more."""

    default_message = "Expected one result, found several."


class EntityTypeError(Error):
    """Raised on a mistake in an entity type."""

    default_message = "Entity type error."


class UnrecognisedEntityTypeError(EntityTypeError, KeyError):
    """Raised when the server has no such entity type. Also a `KeyError`, as a missing key of ``session.types`` is."""

    default_message = 'Entity type "{entity_type}" not recognised.'

    def __init__(self, entity_type: str, *, suggestions: Iterable[str] = (), **kw: Any) -> None:
        near = " or ".join(f'"{name}"' for name in suggestions)
        if near and "message" not in kw:
            kw["message"] = f"{self.default_message} Did you mean {near}?"
        super().__init__(**with_details(kw, entity_type=entity_type))


class OperationError(Error):
    """Raised on a mistake in an operation."""

    default_message = "Operation error."


class InvalidStateError(Error):
    """Raised when a state is not valid."""

    default_message = "Invalid state."


class InvalidStateTransitionError(InvalidStateError):
    """Raised when an entity cannot go from one state to another."""

    default_message = "Cannot go from state {current_state!r} to {target_state!r} for {entity}."

    def __init__(self, current_state: Any, target_state: Any, entity: Any, **kw: Any) -> None:
        super().__init__(**with_details(kw, current_state=current_state, target_state=target_state, entity=entity))


class AttributeError(Error):  # noqa: A001 - a name of the old interface; the builtin is not used here
    """Raised on a mistake in an attribute of an entity. Not the builtin of that name."""

    default_message = "Attribute error."


class UnknownAttributeError(AttributeError, KeyError):
    """Raised when an entity type has no attribute of a name. Also a `KeyError`, as a missing key of a mapping is."""

    default_message = '{entity_type} has no attribute "{name}".{hint}'

    def __init__(self, entity_type: str, name: object, known: Iterable[str] = (), **kw: Any) -> None:
        close = close_matches(str(name), known, most=2)
        hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
        super().__init__(**with_details(kw, entity_type=entity_type, name=name, hint=hint))


class ImmutableAttributeError(AttributeError):
    """Raised when a read-only attribute is set."""

    default_message = 'Cannot modify the read-only attribute "{attribute.name}".'

    def __init__(self, attribute: Any, **kw: Any) -> None:
        super().__init__(**with_details(kw, attribute=attribute))


class CollectionError(Error):
    """Raised on a mistake in a collection of entities."""

    default_message = "Error in collection {collection}."

    def __init__(self, collection: Any, **kw: Any) -> None:
        super().__init__(**with_details(kw, collection=collection))


class ImmutableCollectionError(CollectionError):
    """Raised when a read-only collection is changed."""

    default_message = "Cannot modify the read-only collection {collection}."


class DuplicateItemInCollectionError(CollectionError):
    """Raised when a collection would hold an entity twice."""

    default_message = "Item {item} is in collection {collection} already."

    def __init__(self, item: Any, collection: Any, **kw: Any) -> None:
        super().__init__(collection, **with_details(kw, item=item))


class ParseError(Error):
    """Raised when a text cannot be understood."""

    default_message = "Failed to parse."


class EventHubError(Error):
    """Raised on a failure of the event hub."""

    default_message = "Event hub error."


class EventHubConnectionError(EventHubError):
    """Raised when the event hub is not, or cannot be, connected."""

    default_message = "Event hub is not connected."


class EventHubPacketError(EventHubError):
    """Raised when a packet from the event server cannot be read."""

    default_message = "Invalid packet."


class ConnectionClosedError(Error):
    """Raised when a session is used after it was closed."""

    default_message = "Connection closed."
