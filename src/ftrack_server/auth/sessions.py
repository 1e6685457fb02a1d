"""Signed claims: who somebody is for a day, or which page an address shows, signed with what only the server knows.

Nothing is stored: the signature is keyed with the hash of the API key that was shown, so that a revoked key takes its
sessions and pages along, on every server of the same database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass

COOKIE = "ftrack_session"
VALID_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Claim:
    """What a cookie or an address says, to be believed only once its signature was compared.

    Attributes:
        key_id: Id of the ApiKey that was shown.
        user_id: Id of the User.
        until: When it ends, in seconds since 1970.
        page: What the address shows, in the words of whoever serves it; empty for a session, which is good for
            everything.
    """

    key_id: str
    user_id: str
    until: int
    page: tuple[str, ...] = ()

    def signed(self, secret_hash: str) -> str:
        """Return it as a text for cookies and addresses."""
        parts = [self.key_id, self.user_id, self.until, list(self.page)]
        text = json.dumps(parts, separators=(",", ":")).encode()
        body = base64.urlsafe_b64encode(text).decode().rstrip("=")
        return f"{body}.{_signature(body, secret_hash)}"


def read_claim(value: str) -> Claim | None:
    """Return what a text claims, None when it is none of ours."""
    body = value.partition(".")[0]
    try:
        parts = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(parts, list) or [type(part) for part in parts] != [str, str, int, list]:
        return None
    key_id, user_id, until, page = parts
    return Claim(key_id, user_id, until, tuple(page)) if all(isinstance(item, str) for item in page) else None


def is_signed(value: str, secret_hash: str) -> bool:
    """Return whether a text was signed with the hash of a key."""
    body, _, signature = value.partition(".")
    return hmac.compare_digest(signature.encode(), _signature(body, secret_hash).encode())


def set_cookie(value: str, *, secure: bool) -> str:
    """Return the header that gives a browser its cookie, which no script reads and no other site makes it send."""
    attributes = f"Path=/; Max-Age={VALID_SECONDS}; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}"
    return f"{COOKIE}={value}; {attributes}"


def _signature(body: str, secret_hash: str) -> str:
    return hmac.new(secret_hash.encode(), body.encode(), hashlib.sha256).hexdigest()
