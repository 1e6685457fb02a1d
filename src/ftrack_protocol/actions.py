"""Operations of a batch: JSON objects to frozen actions and back (protocol: 2).

A batch is a list of objects with an ``action`` each; a lone object counts as a batch of one. Keys an action does not
know are ignored, ``metadata`` among them, because every client has sent some at one time or another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeAlias

from ftrack_protocol.excerpt import LIMIT, described

MAX_OPERATIONS = 100_000
"""How many operations one batch may hold."""


class ActionError(ValueError):
    """An operation that cannot be read.

    Attributes:
        index: Position in the batch, or None when the batch itself is no list.
        reason: What is wrong with it.
    """

    def __init__(self, index: int | None, reason: str) -> None:
        super().__init__(reason if index is None else f"Operation {index}: {reason}")
        self.index = index
        self.reason = reason


class UnknownActionError(ActionError):
    """An action no server knows; the wording is looked for by clients (protocol: 1.3).

    Attributes:
        name: The action asked for, its beginning if it is absurdly long.
    """

    def __init__(self, index: int, name: str) -> None:
        self.name = name[:LIMIT]
        super().__init__(index, f"Invalid action u'{self.name}'")

    def __str__(self) -> str:
        return self.reason


def _required(kind: str) -> Any:
    return field(metadata={"kind": kind})


def _optional(kind: str, default: Any = None) -> Any:
    return field(default=default, metadata={"kind": kind})


def _mapping() -> Any:
    return field(default_factory=dict, metadata={"kind": "mapping"})


@dataclass(frozen=True, slots=True)
class QueryServerInformation:
    """Ask for facts about the server; no ``values`` asks for the default set."""

    action: ClassVar[str] = "query_server_information"
    values: tuple[str, ...] | None = _optional("texts")


@dataclass(frozen=True, slots=True)
class QuerySchemas:
    """Ask for the schema documents of every entity type."""

    action: ClassVar[str] = "query_schemas"


@dataclass(frozen=True, slots=True)
class Query:
    """Ask for entities with an expression of the query language."""

    action: ClassVar[str] = "query"
    expression: str = _required("text")


@dataclass(frozen=True, slots=True)
class Search:
    """Look for entities by free text; every term must be found in one of an entity's searchable texts."""

    action: ClassVar[str] = "search"
    expression: str = _required("text")
    entity_type: str | None = _optional("text")
    terms: tuple[str, ...] = _optional("texts", ())
    context_id: str | None = _optional("text")
    object_type_ids: tuple[str, ...] = _optional("texts", ())


@dataclass(frozen=True, slots=True)
class Create:
    """Make an entity. ``entity_key`` is empty when the client leaves the identifier to the server."""

    action: ClassVar[str] = "create"
    entity_type: str = _required("text")
    entity_data: Mapping[str, Any] = _mapping()
    entity_key: tuple[str, ...] = _optional("key", ())


@dataclass(frozen=True, slots=True)
class Update:
    """Change the attributes in ``entity_data`` of one entity, given by its key in primary key order."""

    action: ClassVar[str] = "update"
    entity_type: str = _required("text")
    entity_key: tuple[str, ...] = _required("key")
    entity_data: Mapping[str, Any] = _mapping()


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove one entity and what belongs to it."""

    action: ClassVar[str] = "delete"
    entity_type: str = _required("text")
    entity_key: tuple[str, ...] = _required("key")


@dataclass(frozen=True, slots=True)
class ResetRemote:
    """Renew something of an entity that no attribute shows, such as an API key."""

    action: ClassVar[str] = "reset_remote"
    reset_type: Any = _required("any")  # noqa: RUF009 - a field with reading rules
    entity_type: str | None = _optional("text")
    entity_key: tuple[str, ...] = _optional("key", ())


@dataclass(frozen=True, slots=True)
class GetUploadMetadata:
    """Ask where to send the bytes of a component; ``parts`` beyond 1 asks for a multipart upload."""

    action: ClassVar[str] = "get_upload_metadata"
    component_id: str = _required("text")
    file_name: str | None = _optional("text")
    file_size: int | None = _optional("integer")
    checksum: str | None = _optional("text")
    parts: int | None = _optional("integer")


@dataclass(frozen=True, slots=True)
class CompleteMultipartUpload:
    """Join the parts of an upload; each part is ``{"part_number", "e_tag"}``."""

    action: ClassVar[str] = "complete_multipart_upload"
    upload_id: str = _required("text")
    component_id: str = _required("text")
    parts: tuple[Any, ...] = _required("list")


@dataclass(frozen=True, slots=True)
class EncodeMedia:
    """Make web-playable files of a component in a background job."""

    action: ClassVar[str] = "encode_media"
    component_id: str = _required("text")
    version_id: str | None = _optional("text")
    keep_original: bool | str | None = _optional("any")


@dataclass(frozen=True, slots=True)
class GetWidgetUrl:
    """Ask for the address of a page that shows something of the server."""

    action: ClassVar[str] = "get_widget_url"
    name: str = _required("text")
    theme: str | None = _optional("text")
    entity_type: str | None = _optional("text")
    entity_key: tuple[str, ...] = _optional("key", ())


@dataclass(frozen=True, slots=True)
class SendUserInvite:
    """Send a user the message that lets them sign in."""

    action: ClassVar[str] = "send_user_invite"
    user_id: str = _required("text")


@dataclass(frozen=True, slots=True)
class SendReviewSessionInvite:
    """Send an invitee the address of a review session."""

    action: ClassVar[str] = "send_review_session_invite"
    review_session_invitee_id: str = _required("text")


@dataclass(frozen=True, slots=True)
class DelayedJob:
    """Start a job of the server by its type."""

    action: ClassVar[str] = "delayed_job"
    job_type: str = _required("text")
    data: Any = _optional("any")  # noqa: RUF009 - a field with reading rules


@dataclass(frozen=True, slots=True)
class TrackUsage:
    """Tell how a tool is used."""

    action: ClassVar[str] = "_track_usage"
    data: Any = _optional("any")  # noqa: RUF009 - a field with reading rules


@dataclass(frozen=True, slots=True)
class AddUserSecurityRole:
    """Give a user a role."""

    action: ClassVar[str] = "add_user_security_role"
    user_id: str = _required("text")
    role_id: str = _required("text")


@dataclass(frozen=True, slots=True)
class RemoveUserSecurityRole:
    """Take a role from a user."""

    action: ClassVar[str] = "remove_user_security_role"
    user_id: str = _required("text")
    role_id: str = _required("text")


@dataclass(frozen=True, slots=True)
class UpdateUserSecurityRole:
    """Exchange one role of a user for another."""

    action: ClassVar[str] = "update_user_security_role"
    user_id: str = _required("text")
    role_id: str = _required("text")
    new_role_id: str = _required("text")


@dataclass(frozen=True, slots=True)
class GrantUserSecurityRoleProject:
    """Extend a user's role to a project, or to all open ones."""

    action: ClassVar[str] = "grant_user_security_role_project"
    user_id: str = _required("text")
    role_id: str = _required("text")
    project_id: str | None = _optional("text")
    all_open_projects: bool | None = _optional("any")


@dataclass(frozen=True, slots=True)
class RevokeUserSecurityRoleProject:
    """Take a project out of the reach of a user's role."""

    action: ClassVar[str] = "revoke_user_security_role_project"
    user_id: str = _required("text")
    role_id: str = _required("text")
    project_id: str | None = _optional("text")
    all_open_projects: bool | None = _optional("any")


Action: TypeAlias = (
    "QueryServerInformation | QuerySchemas | Query | Search | Create | Update | Delete | ResetRemote | "
    "GetUploadMetadata | CompleteMultipartUpload | EncodeMedia | GetWidgetUrl | SendUserInvite | "
    "SendReviewSessionInvite | DelayedJob | TrackUsage | AddUserSecurityRole | RemoveUserSecurityRole | "
    "UpdateUserSecurityRole | "
    "GrantUserSecurityRoleProject | RevokeUserSecurityRoleProject"
)

ACTIONS: Mapping[str, type[Any]] = {
    kind.action: kind
    for kind in (
        QueryServerInformation,
        QuerySchemas,
        Query,
        Search,
        Create,
        Update,
        Delete,
        ResetRemote,
        GetUploadMetadata,
        CompleteMultipartUpload,
        EncodeMedia,
        GetWidgetUrl,
        SendUserInvite,
        SendReviewSessionInvite,
        DelayedJob,
        TrackUsage,
        AddUserSecurityRole,
        RemoveUserSecurityRole,
        UpdateUserSecurityRole,
        GrantUserSecurityRoleProject,
        RevokeUserSecurityRoleProject,
    )
}
"""Every action by its wire name."""

_FIELDS = {name: fields(kind) for name, kind in ACTIONS.items()}


def parse_batch(payload: Any) -> list[Action]:
    """Return the actions of a decoded request body, in order.

    Raises:
        ActionError: If the body is no list of objects, is longer than `MAX_OPERATIONS`, or an operation lacks a value
            or has one of the wrong type: with its position, the key and what was found.
        UnknownActionError: For an action that is not in `ACTIONS`. What servers have under names that no client
            shows the parts of, such as ``generate_signed_url``, is not there (protocol: 2.14).
    """
    operations = [payload] if isinstance(payload, Mapping) else payload
    if not isinstance(operations, list):
        raise ActionError(None, f"A request is a list of operations, got {described(payload)}.")
    if len(operations) > MAX_OPERATIONS:
        raise ActionError(None, f"A request may hold {MAX_OPERATIONS:,} operations, got {len(operations):,}.")
    return [_parse(index, operation) for index, operation in enumerate(operations)]


def to_wire(action: Action) -> dict[str, Any]:
    """Return the JSON object of an action; optional parts that are None are left out."""
    wire: dict[str, Any] = {"action": action.action}
    for item in _FIELDS[action.action]:
        value = getattr(action, item.name)
        if value is not None and not (value == () and item.default == ()):
            wire[item.name] = list(value) if isinstance(value, tuple) else value
    return wire


def _parse(index: int, operation: Any) -> Action:
    if not isinstance(operation, Mapping):
        raise ActionError(index, f"An operation is an object, got {described(operation)}.")
    name = operation.get("action")
    if not isinstance(name, str):
        raise ActionError(index, f'An operation needs its "action" as text, got {described(name)}.')
    kind = ACTIONS.get(name)
    if kind is None:
        raise UnknownActionError(index, name)
    values: dict[str, Any] = {}
    for item in _FIELDS[kind.action]:
        value = operation.get(item.name)
        if value is None:
            if item.metadata["kind"] != "mapping" and item.default is not None and item.default != ():
                raise ActionError(index, f'"{name}" needs "{item.name}".')
            continue
        values[item.name] = _READERS[item.metadata["kind"]](index, name, item.name, value)
    return kind(**values)  # type: ignore[no-any-return]  # one of the classes of Action


def _read_text(index: int, action: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ActionError(index, f'"{key}" of "{action}" must be text, got {described(value)}.')
    return value


def _read_texts(index: int, action: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ActionError(index, f'"{key}" of "{action}" must be a list of texts, got {described(value)}.')
    return tuple(_read_text(index, action, key, item) for item in value)


def _read_key(index: int, action: str, key: str, value: Any) -> tuple[str, ...]:
    """Read an entity key: a text, a number or a list of them, as different clients send it."""
    parts = value if isinstance(value, list) else [value]
    if not parts or any(isinstance(part, bool) or not isinstance(part, str | int) for part in parts):
        raise ActionError(
            index,
            f'"{key}" of "{action}" must be a primary key as text or a list of its parts, got {described(value)}.',
        )
    return tuple(str(part) for part in parts)


def _read_integer(index: int, action: str, key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ActionError(index, f'"{key}" of "{action}" must be a whole number, got {described(value)}.')
    return value


def _read_mapping(index: int, action: str, key: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ActionError(index, f'"{key}" of "{action}" must be an object, got {described(value)}.')
    return value


def _read_list(index: int, action: str, key: str, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ActionError(index, f'"{key}" of "{action}" must be a list, got {described(value)}.')
    return tuple(value)


def _read_any(_index: int, _action: str, _key: str, value: Any) -> Any:
    return value


_READERS = {
    "text": _read_text,
    "texts": _read_texts,
    "key": _read_key,
    "integer": _read_integer,
    "mapping": _read_mapping,
    "list": _read_list,
    "any": _read_any,
}
