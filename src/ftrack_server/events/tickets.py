"""Session ids that every server of a database accepts: a balancer may spread handshakes and sockets as it likes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING

from ftrack_server.access import Access
from ftrack_server.auth.keys import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

LIFETIME = 60
"""Seconds in which a client has to open its socket."""

_PURPOSE = b"event socket\n"
_NONCE_BYTES = 18
_SIGNATURE_BYTES = 24


class Tickets:
    """Signed session ids. Each serves once at a server; those it has issued itself are not for `claimed`.

    Args:
        secret: The secret of the site.
        now: The time, in seconds, as all servers have it.
    """

    def __init__(self, secret: bytes, now: Callable[[], float]) -> None:
        self._secret = secret
        self._now = now
        self._server = secrets.token_urlsafe(_NONCE_BYTES)
        self._used: OrderedDict[str, float] = OrderedDict()

    def issue(self, actor: Actor) -> str:
        """Return a new session id for a person."""
        until = self._now() + LIFETIME
        told = [self._server, secrets.token_urlsafe(_NONCE_BYTES), actor.key_id, actor.user_id, until]
        body = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
        return f"{body}.{self._signature(body)}"

    def claimed(self, ticket: str) -> Actor | None:
        """Return who has shaken hands with another server, by key and user; what they may do is to be looked up.

        None for an id that is invented, altered, used or too old, or was issued here.
        """
        body, _, signature = ticket.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(body).encode()):
            return None
        padded = body + "=" * (-len(body) % 4)
        server, nonce, key_id, user_id, until = json.loads(base64.urlsafe_b64decode(padded))
        now = self._now()
        while self._used and next(iter(self._used.values())) <= now:
            self._used.popitem(last=False)
        if server == self._server or nonce in self._used or until <= now:
            return None
        self._used[nonce] = until
        return Actor(user_id, "", key_id, is_global=False, access=Access(user_id))

    def _signature(self, body: str) -> str:
        digest = hmac.new(self._secret, _PURPOSE + body.encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(digest).decode()
