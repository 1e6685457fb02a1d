"""Every error a client can be told of, with the name, code and HTTP status that travel with it.

::

    ServerError                       500
    ├── InvalidCredentialsError       401  api_credentials_invalid
    ├── PermissionDeniedError         403  (travels as PermissionError)
    ├── NotFoundError                 404
    ├── RequestError                  400  the request itself cannot be read
    │   ├── RequestTooLargeError      413  limit_exceeded
    │   └── UnknownActionError        400
    ├── QueryTimeoutError             400  query_timeout
    ├── ParseError                    400  a query that makes no sense
    │   ├── UnknownEntityTypeError    400
    │   └── UnknownAttributeError     400
    ├── ValidationError               422  a value that cannot be
    ├── IntegrityError                409  rows that would contradict each other
    │   └── DuplicateEntryError       409
    ├── DatabaseBusyError             503
    ├── DatabaseUnavailableError      503
    ├── StorageError                  507  files cannot be written or are not there any more
    ├── DatabaseVersionError          500
    └── BackupError                   500  a command, never a request

Clients map the names (protocol: 1.3): keep them.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from ftrack_protocol.faults import Fault


class ServerError(Exception):
    """Anything that ends a request.

    Attributes:
        exception: Name that travels to the client.
        status: HTTP status for clients that ask for one.
        error_code: Machine-readable code, or None.
        operation_index: Position of the failing operation in its batch, once known.
        details: Further facts for programs, as JSON values by name.
    """

    exception = "ServerError"
    status = 500
    error_code: str | None = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.operation_index: int | None = None
        self.details: dict[str, Any] = {}

    def to_fault(self) -> Fault:
        """Return what the client is told."""
        details = dict(self.details)
        if self.operation_index is not None:
            details["operation_index"] = self.operation_index
        return Fault(self.exception, self.message, self.error_code, details or None)


class InvalidCredentialsError(ServerError):
    """The user or key is missing, unknown or switched off."""

    exception = "InvalidCredentialsError"
    status = 401
    error_code = "api_credentials_invalid"


class PermissionDeniedError(ServerError):
    """The actor may not do this."""

    exception = "PermissionError"
    status = 403


class NotFoundError(ServerError):
    """The entity to change does not exist."""

    exception = "NotFoundError"
    status = 404


class RequestError(ServerError):
    """The request cannot be understood."""

    exception = "RequestError"
    status = 400


class RequestTooLargeError(RequestError):
    """The request exceeds a limit of this server; its details tell the setting and the largest value."""

    exception = "RequestTooLargeError"
    status = 413
    error_code = "limit_exceeded"

    def __init__(self, message: str, limit: str, largest: int) -> None:
        super().__init__(f"{message} (The limit is the setting {limit} of the server.)")
        self.details = {"limit": limit, "largest": largest}


class QueryTimeoutError(ServerError):
    """A query took longer than this server lets queries take.

    The status is none of those that say "try again": the same query would take as long a second time.
    """

    exception = "QueryTimeoutError"
    status = 400
    error_code = "query_timeout"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The query took longer than the {seconds:g} s this server lets one take, and was stopped. Ask for less at "
            "a time with limit and offset, or narrow it down. (The limit is the setting query_timeout of the server.)"
        )
        self.details = {"limit": "query_timeout", "largest": seconds}


class UnknownActionError(RequestError):
    """No such action; clients look for this very phrase (protocol: 1.3)."""

    exception = "UnknownActionError"

    def __init__(self, action: object) -> None:
        super().__init__(f"Invalid action u'{action}'")
        self.action = action


class ParseError(ServerError):
    """A query that does not follow the grammar or asks for what cannot be."""

    exception = "ParseError"
    status = 400


class UnknownEntityTypeError(ParseError):
    """No such entity type."""

    exception = "UnknownEntityTypeError"

    def __init__(self, name: str, choices: Iterable[str] = ()) -> None:
        super().__init__(f'Unknown entity type "{name}".{near_match(name, choices)}')
        self.name = name


class UnknownAttributeError(ParseError):
    """No such attribute on the entity type."""

    exception = "UnknownAttributeError"

    def __init__(self, entity_type: str, name: str, choices: Iterable[str] = ()) -> None:
        super().__init__(f'{entity_type} has no attribute "{name}".{near_match(name, choices)}')
        self.entity_type = entity_type
        self.name = name


class ValidationError(ServerError):
    """A value that its attribute cannot hold, or an attribute that cannot change."""

    exception = "ValidationError"
    status = 422


class IntegrityError(ServerError):
    """Rows would contradict each other: a missing reference, a row still in use."""

    exception = "IntegrityError"
    status = 409


class DuplicateEntryError(IntegrityError):
    """A second row where there can be one; old clients look for the name in the text (protocol: 1.3)."""

    exception = "IntegrityError"

    def __init__(self, message: str) -> None:
        super().__init__(f"DuplicateEntryError: {message}")


class DatabaseBusyError(ServerError):
    """Another writer held the database for too long."""

    exception = "DatabaseBusyError"
    status = 503


class DatabaseUnavailableError(ServerError):
    """The database is gone, full or cannot be reached."""

    exception = "DatabaseUnavailableError"
    status = 503


class StorageError(ServerError):
    """The store of files cannot do what it should: it is full, cannot be reached or has lost something."""

    exception = "StorageError"
    status = 507


class DatabaseVersionError(ServerError):
    """The database belongs to a newer server, or is no database of this server at all."""

    exception = "DatabaseVersionError"


class DatabaseMissingError(ServerError):
    """There is no database where one has to be."""

    exception = "DatabaseMissingError"


class BackupError(ServerError):
    """A backup or a restore that cannot be done; told to whoever typed the command."""

    exception = "BackupError"


def near_match(name: str, choices: Iterable[str]) -> str:
    """Return `` Did you mean "x"?`` for the nearest of some choices, or nothing."""
    listed = list(choices)
    matches = get_close_matches(name, listed, n=1, cutoff=0.6)
    if not matches:
        folded = {choice.lower(): choice for choice in listed}
        matches = [folded[name.lower()]] if name.lower() in folded else []
    return f' Did you mean "{matches[0]}"?' if matches else ""
