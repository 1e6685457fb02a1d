"""What a server says when it refuses: one object instead of a list of replies (protocol: 1.3).

Names that a fault goes by, and the HTTP status beside it for clients that ask for one:

=========================  ======  ================================================================================
InvalidCredentialsError    401     user or key is missing, unknown or switched off; code ``api_credentials_invalid``
FTAuthenticationError      401     not signed in for what was asked for; sent by older servers
PermissionError            403     the roles of the user do not allow it
NotFoundError              404     the entity to change does not exist
IntegrityError             409     rows would contradict each other; of duplicates the text says ``DuplicateEntryError``
DuplicateEntryError        409     the same as a name, from older servers
ValidationError            422     a value, or a change, that an attribute does not take
RequestError               400     the request cannot be read
RequestTooLargeError       413     the request exceeds a limit; code ``limit_exceeded``
QueryTimeoutError          400     a query took longer than it may; code ``query_timeout``
UnknownActionError         400     the text is ``Invalid action u'NAME'`` to the letter
ParseError                 400     a query that makes no sense
UnknownEntityTypeError     400     a query or an operation names no entity type
UnknownAttributeError      400     a query or an operation names no attribute
DatabaseBusyError          503     another writer was in the way; try again
DatabaseUnavailableError   503     the database is gone, full or cannot be reached
DeliveryError              502     the mail server did not take a message
ServerError                500     anything else
=========================  ======  ================================================================================

The set is open: a client treats a name it does not know as ``ServerError``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftrack_protocol.excerpt import described
from ftrack_protocol.frozen import Frozen

if TYPE_CHECKING:
    from ftrack_protocol.typing import FaultReply


class Fault(Frozen):
    """A refusal.

    Attributes:
        exception: Class-like name, ``ValidationError``; clients map it to their own types.
        content: Text for people.
        error_code: Machine-readable code, ``api_credentials_invalid``, or None.
        error: Further details, such as ``operation_index``, or None.
    """

    __slots__ = __match_args__ = ("exception", "content", "error_code", "error")

    exception: str
    content: str
    error_code: str | None
    error: Mapping[str, Any] | None

    def __init__(
        self,
        exception: str,
        content: str,
        error_code: str | None = None,
        error: Mapping[str, Any] | None = None,
    ) -> None:
        self._set(exception=exception, content=content, error_code=error_code, error=error)

    def to_wire(self) -> FaultReply:
        """Return the JSON object; ``error`` is only there when it holds something."""
        wire: FaultReply = {
            "exception": self.exception,
            "content": self.content,
            "error_code": self.error_code,
        }
        if self.error:
            wire["error"] = dict(self.error)
        return wire

    @classmethod
    def from_wire(cls, payload: Any) -> Fault | None:
        """Return the fault a reply holds, or None when it is no fault.

        Any object with an ``exception`` is one, as clients have always read it; missing parts become empty.
        """
        if not isinstance(payload, Mapping) or not payload.get("exception"):
            return None
        code, error = payload.get("error_code"), payload.get("error")
        return cls(
            _text(payload["exception"]),
            _text(payload.get("content") or ""),
            None if code is None else _text(code),
            dict(error) if isinstance(error, Mapping) else None,
        )

    def __str__(self) -> str:
        return f"{self.exception}({self.content})"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else described(value)
