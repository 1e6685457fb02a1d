"""What the headers of a request ask for: who calls, how strict to be, how to write entities."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftrack_server.auth.sessions import COOKIE

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRUE = frozenset({"1", "true", "yes", "on"})
_PAIR = re.compile(r"^\s*(?P<name>[^:=]+?)\s*[:=]\s*(?P<value>.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who a request says it comes from; nothing is verified yet.

    Attributes:
        username: Login name, empty when missing.
        api_key: Secret, empty when missing. Kept out of the representation so that no log line shows it.
        session: Value of the session cookie, empty when there is none that counts. Kept out likewise.
    """

    username: str
    api_key: str
    session: str = ""

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r}, api_key=<hidden>)"

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Credentials:
        """Read the two headers, and the cookie; ``ftrack-api-user`` is accepted for ``ftrack-user`` (protocol: 1.2)."""
        username = headers.get("ftrack-user") or headers.get("ftrack-api-user") or ""
        return cls(_unmangled(username), headers.get("ftrack-api-key") or "", _session(headers))


@dataclass(frozen=True, slots=True)
class CallOptions:
    """How one call wants to be treated (protocol: 1.2, 3.4).

    Attributes:
        error_statuses: Answer errors with an HTTP status of 400 or more instead of 200.
        refuse_unknown: Refuse attributes that a type does not have, instead of ignoring them on writes.
        strict: Answer queries with what was asked for alone: no system projections.
        denormalize: Write every occurrence of an entity in full.
        client_token: Opaque name of the client.
        push_token: Opaque name of the change, None when it is empty or the text ``undefined``.
    """

    error_statuses: bool = False
    refuse_unknown: bool = False
    strict: bool = False
    denormalize: bool = False
    client_token: str | None = None
    push_token: str | None = None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> CallOptions:
        """Read ``ftrack-strict-api``, ``ftrack-api-options`` and the two tokens; unknown options are ignored."""
        strict_api = _is_true(headers.get("ftrack-strict-api", ""))
        pairs = _pairs(headers.get("ftrack-api-options", ""))
        strict = _is_true(pairs.get("strict", ""))
        push_token = headers.get("ftrack-pushtoken")
        return cls(
            error_statuses=strict_api or strict,
            refuse_unknown=strict_api,
            strict=strict,
            # A denormalised answer is defined together with strict only.
            denormalize=strict and _is_true(pairs.get("denormalize", "")),
            client_token=headers.get("ftrack-clienttoken") or None,
            push_token=None if push_token in {None, "", "undefined"} else push_token,
        )


def _session(headers: Mapping[str, str]) -> str:
    """Return the session cookie, unless a page of another origin makes the browser send it."""
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != headers.get("host"):
        return ""
    pairs = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")


def _pairs(text: str) -> dict[str, str]:
    """Split ``strict:1;denormalize=1``: both separators are in use (protocol: 1.2)."""
    matches = (_PAIR.match(part) for part in text.split(";"))
    return {match["name"].lower(): match["value"] for match in matches if match}


def _is_true(text: str) -> bool:
    return text.strip().lower() in _TRUE


def _unmangled(text: str) -> str:
    """Undo what HTTP does to names beyond Latin-1: clients send UTF-8, frameworks decode it as Latin-1."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
