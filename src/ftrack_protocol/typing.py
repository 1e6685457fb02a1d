"""Names for the shapes that travel: JSON, identifiers, and the replies a server gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NewType, TypeAlias, TypedDict

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
EntityId = NewType("EntityId", str)
TypeName = NewType("TypeName", str)

EntityData: TypeAlias = dict[str, Any]
"""An entity on the wire: ``__entity_type__``, its key and attributes, nested entities among them."""


class NextPage(TypedDict):
    """Where a query goes on; ``offset`` is None at the end."""

    offset: int | None


class QueryMetadata(TypedDict):
    """What a query says about its answer."""

    next: NextPage


class QueryReply(TypedDict):
    """The answer to ``query`` and ``search``."""

    action: str
    data: list[EntityData]
    metadata: QueryMetadata


class WriteReply(TypedDict):
    """The answer to ``create`` and ``update``: the entity as it now is, unset attributes left out."""

    action: str
    data: EntityData


class DeleteReply(TypedDict):
    """The answer to ``delete``."""

    action: str
    data: bool


class ServerInformation(TypedDict, total=False):
    """The answer to ``query_server_information``; ``version`` is always there."""

    version: str
    schema_hash: str
    is_timezone_support_enabled: bool
    storage_scenario: dict[str, Any] | None
    user_information: dict[str, Any]


class FaultReply(TypedDict, total=False):
    """What stands in place of all answers when a batch fails."""

    exception: str
    content: str
    error_code: str | None
    error: dict[str, Any]
