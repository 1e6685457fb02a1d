"""Addresses that open one thing for a while: signed, so that they need no key and cannot be altered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ftrack_server import errors
from ftrack_server.storage import records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftrack_server.storage.engine import Database

EXPIRES, SIGNATURE = "expires", "signature"
_STATE = "media_secret"
"""The row of `server_state` that keeps the secret."""
_SIGNATURE_BYTES = 24
# Links that are asked for again and again stay the same for so long, so that browsers can keep what they lead to.
_STEPS = 4


class Signer:
    """Signs and verifies addresses with the secret of a site."""

    def __init__(self, secret: bytes, now: Callable[[], float]) -> None:
        self._secret = secret
        self._now = now

    def query(self, method: str, path: str, parameters: Mapping[str, str], seconds: int) -> str:
        """Return the query of an address: the parameters, when it ends and a signature over all of it.

        Args:
            method: The method it may be used with; GET includes HEAD.
            path: Path of the address.
            parameters: What it opens; nothing may be altered or added.
            seconds: How long it is valid at least; up to a quarter longer, so that it can stay the same meanwhile.
        """
        step = max(seconds // _STEPS, 1)
        until = (int(self._now()) // step + 1) * step + seconds
        signed = {**parameters, EXPIRES: str(until)}
        return urlencode({**signed, SIGNATURE: self._signature(method, path, signed)})

    def verify(self, method: str, path: str, parameters: Mapping[str, str]) -> None:
        """Accept the parameters of a signed address.

        Raises:
            PermissionDeniedError: If anything was altered, or its time is over.
        """
        given = dict(parameters)
        signature = given.pop(SIGNATURE, "")
        expected = self._signature("GET" if method == "HEAD" else method, path, given)
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            raise errors.PermissionDeniedError("The signature of the address is not valid; ask for a new address.")
        if not given.get(EXPIRES, "").isdecimal() or int(given[EXPIRES]) < self._now():
            raise errors.PermissionDeniedError("The time of the address is over; ask for a new address.")

    def _signature(self, method: str, path: str, parameters: Mapping[str, str]) -> str:
        text = "\n".join((method, path, urlencode(sorted(parameters.items()))))
        digest = hmac.new(self._secret, text.encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(digest).decode()


def site_secret(database: Database) -> bytes:
    """Return the secret of a site, made with the first call; all servers of a database share it."""
    state = database.metadata.tables["server_state"]
    with database.read() as connection:
        found = records.fetch(connection, state, [(_STATE,)])
    if not found:
        with database.write() as connection:
            row = {"name": _STATE, "value": secrets.token_hex(32)}
            records.insert_ignoring(connection, state, [row])
            found = records.fetch(connection, state, [(_STATE,)])
    return bytes.fromhex(found[_STATE,]["value"])
