"""Webhooks: whether a request that a site makes is genuine, and what it says has changed (protocol: 7.11)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftrack_api import exception

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

HEADER = "ftrack-secret"
"""Header that holds the secret, unless another name was chosen in the settings of the webhook."""

SIGNATURE_PREFIX = "sha256="

# Values of attributes are any JSON value: the Any below.


@dataclass(frozen=True, slots=True)
class Webhook:
    """One change that a site tells of.

    Attributes:
        id: Identifier of the request; a request that is repeated has the same.
        date: When it was made, as the site writes it.
        server_url: Address of the site.
        resource_id: Who made the change.
        entity_type: Type of the entity.
        key: Its primary key.
        operation: ``create`` or ``update``; sites tell of nothing else.
        new: Its attributes after the change; neither related entities nor computed attributes.
        old: The same before the change, empty for a creation.
    """

    id: str
    date: str
    server_url: str
    resource_id: str
    entity_type: str
    key: tuple[str, ...]
    operation: str
    new: Mapping[str, Any]
    old: Mapping[str, Any]

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """The attributes that differ, each with its old and new value, None where it had none."""
        names = dict.fromkeys([*self.new, *self.old])
        return {
            name: (self.old.get(name), self.new.get(name)) for name in names if self.old.get(name) != self.new.get(name)
        }

    def entity(self, session: SessionProtocol) -> Any:
        """Return the entity as it is now, or None when it is gone.

        Cost: one request, none for an entity that the session has loaded.
        """
        return session.get(self.entity_type, list(self.key))


def receive(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str | Iterable[str],
    *,
    header: str = HEADER,
    server_url: str | None = None,
) -> Webhook:
    """Return what a request of a webhook says, once it is known to be genuine.

    Args:
        body: The body of the request, as it came.
        headers: Its headers; the case of their names does not matter.
        secret: See `verify`.
        header: See `verify`.
        server_url: Address of the site that the request must come from; any when None.

    Raises:
        AuthenticationError: If the request is not genuine, or of another site.
        ParseError: If the body is none of a webhook.
        ValueError: If a secret is empty.
    """
    verify(body, headers, secret, header=header)
    try:
        content = json.loads(body)
        about, entity = content["metadata"], content["entity"]
        key = [entity["id"]] if isinstance(entity["id"], str) else entity["id"]
        told = Webhook(
            id=str(content["id"]),
            date=str(about.get("date") or ""),
            server_url=str(about.get("server_url") or ""),
            resource_id=str(about.get("resource_id") or ""),
            entity_type=str(entity["entity_type"]),
            key=tuple(str(part) for part in key),
            operation=str(entity["operation"]),
            new=dict(entity.get("new") or {}),
            old=dict(entity.get("old") or {}),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise exception.ParseError(f"The body is none of a webhook: {reason}. It begins with {body[:80]!r}.") from error
    if server_url is not None and told.server_url.rstrip("/") != server_url.rstrip("/"):
        raise exception.AuthenticationError(f"The request is of {told.server_url!r}, not of {server_url!r}.")
    return told


def verify(body: bytes | str, headers: Mapping[str, str], secret: str | Iterable[str], *, header: str = HEADER) -> None:
    """Make sure that whoever made a request knows the secret of a webhook.

    Sites send the headers that are set for a webhook, and sign nothing: the secret is the value of one of them. A relay
    that shall not pass it on can send the signature of the body in its place, see `sign`; either is accepted.

    Args:
        body: The body of the request, as it came.
        headers: Its headers; the case of their names does not matter.
        secret: The secret, or several while one replaces another.
        header: Name of the header.

    Raises:
        AuthenticationError: If the header is missing, or holds neither. The message tells no secret.
        ValueError: If there is no secret, or an empty one, which everybody knows.

    Cost: independent of how much of a wrong secret is right.
    """
    secrets = [secret] if isinstance(secret, str) else list(secret)
    if not secrets or not all(secrets):
        raise ValueError("The secret of a webhook is empty; set a long random one, here and in the webhook.")
    given = next((value for name, value in headers.items() if name.lower() == header.lower()), None)
    if given is None:
        raise exception.AuthenticationError(
            f"The request has no header {header!r}; set it in the webhook, with the secret as its value."
        )
    accepted = [text for known in secrets for text in (known, sign(body, known))]
    matches = [hmac.compare_digest(given.encode("utf-8", "replace"), text.encode("utf-8")) for text in accepted]
    if not any(matches):
        raise exception.AuthenticationError(f"The header {header!r} holds neither the secret nor a signature of it.")


def sign(body: bytes | str, secret: str) -> str:
    """Return the signature of a body: ``sha256=`` and the hexadecimal HMAC-SHA256 with the secret as its key."""
    content = body.encode("utf-8") if isinstance(body, str) else body
    return SIGNATURE_PREFIX + hmac.new(secret.encode("utf-8"), content, hashlib.sha256).hexdigest()
