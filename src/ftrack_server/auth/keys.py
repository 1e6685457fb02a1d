"""API keys: made once, kept as hashes, verified with every call."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.auth import sessions
from ftrack_server.auth.roles import access_of, everything, read_grants

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ftrack_server.access import Access
    from ftrack_server.storage.engine import Database

SECRET_BYTES = 32
PREFIX_CHARACTERS = 6

# A verified key is trusted this long without another look: a burst of calls costs one, and a key that another process
# revokes stops working at once for all practical purposes. Changes through this process count immediately.
TRUSTED_SECONDS = 0.5
KEYS_REMEMBERED = 1024

AUTHENTICATION_MARK = "/* authentication */"
"""Stands in the SQL of these look-ups, so that they can be told from the work that a call asks for."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The person a call acts for.

    Attributes:
        user_id: Id of the User.
        username: Login name.
        key_id: Id of the key that was used.
        is_global: Whether the key is nobody's own, so that the call merely names its user.
        access: What they may see and do.
        name: First and last name, as events tell it.
    """

    user_id: str
    username: str
    key_id: str
    is_global: bool
    access: Access
    name: str = field(default="", compare=False)


def make_key(key_id: str, resource_id: str | None, label: str) -> tuple[str, dict[str, Any]]:
    """Return a new secret and the row to store for it; the secret can not be had from the row.

    Args:
        key_id: Id of the new ApiKey.
        resource_id: The user whose key it is, None for a global key.
        label: What people call it.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return secret, {
        "id": key_id,
        "identifier": label,
        "prefix": secret[:PREFIX_CHARACTERS],
        "resource_id": resource_id,
        "secret_hash": hashed(secret),
    }


def hashed(secret: str) -> str:
    """Return the form in which a secret is stored.

    Plain SHA-256 is right here: slow, salted hashes protect passwords, which can be guessed; a key has 256 random bits,
    so there is nothing to guess, and it is verified with every call.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


class Authenticator:
    """Verifies keys against a database and remembers for a moment which were right."""

    def __init__(
        self,
        database: Database,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._monotonic = monotonic
        self._wall = wall
        self._lock = threading.Lock()
        self._generation = 0
        self._trusted: OrderedDict[tuple[str, str], tuple[float, Actor]] = OrderedDict()

    def verify(self, username: str, secret: str) -> Actor:
        """Return who a user name and a key belong to.

        Raises:
            InvalidCredentialsError: If either is missing, unknown or switched off, or they do not belong together. The
                message is the same in all but the first case, so that nobody learns which names exist.

        Cost: nothing for a key verified a moment ago, else four indexed look-ups.
        """
        if not username or not secret:
            missing = "ftrack-user" if not username else "ftrack-api-key"
            raise errors.InvalidCredentialsError(f"The request has no {missing} header; both user and key are needed.")
        digest = hashed(secret)
        found = self._remembered((username, digest), lambda: self._look_up(username, digest))
        if found is None:
            raise errors.InvalidCredentialsError(
                "The supplied API key is not valid. It must be a key of the user that the request names, or a global "
                "key, and the user must be active."
            )
        return found

    def session(self, actor: Actor, secret: str) -> str:
        """Return the value of a cookie that stands for an actor and the key they have shown, for a day."""
        claim = sessions.Claim(actor.key_id, actor.user_id, int(self._wall()) + sessions.VALID_SECONDS)
        return claim.signed(hashed(secret))

    def resume(self, cookie: str) -> Actor:
        """Return who a session cookie stands for.

        Raises:
            InvalidCredentialsError: If it is none of ours or has ended, or if its key or user is no longer good.

        Cost: as `verify`.
        """
        claim = sessions.read_claim(cookie)
        found = None if claim is None or claim.page else self._claimed(claim, cookie)
        if found is None:
            raise errors.InvalidCredentialsError("The session has ended. Send ftrack-user and ftrack-api-key again.")
        return found

    def open_page(self, token: str) -> tuple[Actor, tuple[str, ...]] | None:
        """Return on whose behalf the token of an address shows what, None for one that is not good any more.

        Cost: as `verify`.
        """
        claim = sessions.read_claim(token)
        actor = None if claim is None or not claim.page else self._claimed(claim, token)
        return None if claim is None or actor is None else (actor, claim.page)

    def _claimed(self, claim: sessions.Claim, text: str) -> Actor | None:
        if self._wall() >= claim.until:
            return None
        return self._remembered(("", hashed(text)), lambda: self._of_session(claim, text))

    def _remembered(self, entry: tuple[str, str], look_up: Callable[[], Actor | None]) -> Actor | None:
        """Return what was found out a moment ago, or find it out."""
        with self._lock:
            generation = self._generation
            until, actor = self._trusted.get(entry, (0.0, None))
        if actor is not None and self._monotonic() < until:
            return actor
        found = look_up()
        if found is None:
            return None
        with self._lock:
            if generation == self._generation:  # else something was revoked while we looked
                self._trusted[entry] = (self._monotonic() + TRUSTED_SECONDS, found)
                self._trusted.move_to_end(entry)
                while len(self._trusted) > KEYS_REMEMBERED:
                    self._trusted.popitem(last=False)
        return found

    def renew(self, actor: Actor) -> Actor | None:
        """Return an actor as they are now, None when their key or user is no longer good.

        For connections that outlive what they began with. Cost: four indexed look-ups.
        """
        with self._database.read() as connection:
            key = self._first(connection, "api_key", "id", actor.key_id)
            user = self._first(connection, "resource", "id", actor.user_id)
            return None if key is None or user is None else self._actor(connection, key, user)

    def forget(self) -> None:
        """Trust nothing any more, because keys or users have changed."""
        with self._lock:
            self._generation += 1
            self._trusted.clear()

    def _look_up(self, username: str, digest: str) -> Actor | None:
        with self._database.read() as connection:
            key = self._first(connection, "api_key", "secret_hash", digest)
            user = self._first(connection, "resource", "username", username)
            if key is None or user is None or not hmac.compare_digest(key["secret_hash"], digest):
                return None
            return self._actor(connection, key, user)

    def _of_session(self, claim: sessions.Claim, cookie: str) -> Actor | None:
        with self._database.read() as connection:
            key = self._first(connection, "api_key", "id", claim.key_id)
            user = self._first(connection, "resource", "id", claim.user_id)
            if key is None or user is None or not sessions.is_signed(cookie, key["secret_hash"]):
                return None
            return self._actor(connection, key, user)

    def _actor(self, connection: Any, key: Mapping[str, Any], user: Mapping[str, Any]) -> Actor | None:
        """Return who acts with a key, None when its user is switched off or it is somebody else's."""
        if not user["is_active"] or key["resource_id"] not in {None, user["id"]}:
            return None
        is_global = key["resource_id"] is None
        access = (
            everything(user["id"])
            if is_global
            else access_of(user["id"], read_grants(self._database, connection, user["id"], AUTHENTICATION_MARK))
        )
        name = " ".join(filter(None, (user["first_name"], user["last_name"])))
        return Actor(user["id"], user["username"], key["id"], is_global, access, name or user["username"])

    def _first(self, connection: Any, table: str, column: str, value: str) -> Mapping[str, Any] | None:
        target = self._database.metadata.tables[table]
        statement = target.select().where(target.c[column] == value).prefix_with(AUTHENTICATION_MARK)
        row: Mapping[str, Any] | None = connection.execute(statement).mappings().first()
        return row
