"""Names for the shapes that travel: JSON, identifiers, and the replies a server gives to actions (protocol: 2).

For annotations alone, nothing here looks at a value. The actions themselves are the classes of
`ftrack_protocol.actions`; saying their parts a second time here would only let the two drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NewType, TypeAlias, TypedDict

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
EntityId = NewType("EntityId", str)
TypeName = NewType("TypeName", str)

EntityData: TypeAlias = dict[str, Any]
"""An entity on the wire: ``__entity_type__``, its key and attributes, nested entities among them."""


# Replies, in the order of the operations.


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


class _ServerInformation(TypedDict):
    version: str


class ServerInformation(_ServerInformation, total=False):
    """The answer to ``query_server_information``; that to ``query_schemas`` is a bare list of documents."""

    schema_hash: str
    is_timezone_support_enabled: bool
    storage_scenario: dict[str, Any] | None
    user_information: dict[str, Any]


class ResetRemoteData(TypedDict):
    """What was renewed."""

    api_key: str


class ResetRemoteReply(TypedDict):
    """The answer to ``reset_remote``."""

    action: str
    data: ResetRemoteData


class UploadReply(TypedDict):
    """The answer to ``get_upload_metadata`` for a file in one piece; header values are text."""

    component_id: str
    url: str
    headers: dict[str, str]


class SignedPart(TypedDict):
    """Where to send one part."""

    part_number: int
    signed_url: str


class MultipartUploadReply(TypedDict):
    """The answer to ``get_upload_metadata`` for a file in parts."""

    component_id: str
    upload_id: str
    urls: list[SignedPart]


class CompleteMultipartUploadReply(TypedDict):
    """The answer to ``complete_multipart_upload``."""

    action: str
    component_id: str
    url: str


class EncodeMediaReply(TypedDict):
    """The answer to ``encode_media``."""

    job_id: str


class WidgetUrlReply(TypedDict):
    """The answer to ``get_widget_url``; the address opens without credentials."""

    widget_url: str


class InviteReply(TypedDict):
    """The answer to both invitations."""

    sent: bool


class _FaultReply(TypedDict):
    exception: str
    content: str


class FaultReply(_FaultReply, total=False):
    """What stands in place of all answers when a batch fails."""

    error_code: str | None
    error: dict[str, Any]
