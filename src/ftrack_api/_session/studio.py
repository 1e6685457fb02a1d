"""The verbs of a studio beside those for entities: invitations, widgets, keys and uploads."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from ftrack_api import _session, exception
from ftrack_api._query.loader import merged
from ftrack_api._query.plan import plan
from ftrack_api._session.engine import SessionEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_SERVER = (3, 3, 11)
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")

# Any below is an entity or a result of the server.


class StudioVerbs(SessionEngine):
    """Actions of the server that are neither queries nor changes of entities."""

    def search(
        self, text: str, expression: str = "TypedContext", *, context: Any = None, limit: int = 100
    ) -> list[Any]:
        """Return the entities that have every word of a text in their names or descriptions, or those above them.

        Args:
            text: What somebody typed into a search field; its words are looked for in any case and order.
            expression: What to look in: an entity type, or a query that narrows it and names what to load.
            context: Entity, such as a project, below which to look; everywhere when omitted.
            limit: How many entities at most, unless the query has a limit of its own.

        Raises:
            UnrecognisedEntityTypeError: If the query starts with an unknown type.
            ValueError: If the limit is not positive.
            ServerCompatibilityError: If the server does not search.

        Cost: one request.
        """
        if limit < 1:
            raise ValueError(f"limit must be at least 1, not {limit!r}.")
        planned = plan(expression, self.types)
        rows = limit if planned.limit is None else min(limit, planned.limit)
        action: dict[str, Any] = {
            "action": "search",
            "expression": f"{planned.text} offset {planned.offset or 0} limit {rows}",
            "terms": text.split(),
        }
        if context is not None:
            action["context_id"] = context["id"]
        with needs("search"), self._state.readings.one() as asked:
            return merged(self, self._send([action])[0], asked)[0]

    def reset_remote(self, reset_type: str, entity: Any = None) -> Any:
        """Reset something on the server and return what it says; ``"api_key"`` with a user gives a new key.

        Raises:
            ServerError: If the server knows no such reset.
        """
        action = {"action": "reset_remote", "reset_type": reset_type}
        if entity is not None:
            action |= {"entity_type": entity.entity_type, "entity_key": entity.get("id")}
        return self.call([action])[0]["data"]

    def get_widget_url(self, name: str, entity: Any = None, theme: str | None = None) -> str:
        """Return the address of a web page to be shown in another program; it is valid for some minutes.

        Args:
            name: Name of the page, such as ``tasks`` or ``info``.
            entity: Entity the page is about.
            theme: ``light`` or ``dark``.

        Raises:
            ServerCompatibilityError: If the server has no such pages.
        """
        action: dict[str, Any] = {"action": "get_widget_url", "name": name, "theme": theme}
        if entity is not None:
            action |= {"entity_type": entity.entity_type, "entity_key": list(entity._key_texts())}
        with needs("get_widget_url"):
            return str(self.call([action])[0]["widget_url"])

    def get_upload_metadata(
        self, component_id: str, file_name: str, file_size: int, checksum: str | None = None
    ) -> dict[str, Any]:
        """Return where and how to upload the file of a component.

        Args:
            component_id: Id of the component; it need not exist yet.
            file_name: Name the file will have.
            file_size: Size in bytes.
            checksum: MD5 of the content, in base64.

        Returns:
            Mapping with ``url`` and the ``headers`` of the upload.

        Raises:
            ServerCompatibilityError: If the server takes no uploads this way.
        """
        action = {
            "action": "get_upload_metadata",
            "component_id": component_id,
            "file_name": file_name,
            "file_size": file_size,
            "checksum": checksum,
        }
        with needs("get_upload_metadata"):
            return dict(self.call([action])[0])

    def send_user_invite(self, user: Any) -> None:
        """Send a user an invitation by mail; see `send_user_invites`."""
        self.send_user_invites([user])

    def send_user_invites(self, users: Iterable[Any]) -> None:
        """Send users invitations by mail, in one request.

        Raises:
            ServerCompatibilityError: If the server sends no invitations.
        """
        actions = [{"action": "send_user_invite", "user_id": user["id"]} for user in users]
        with needs("send_user_invite"):
            self.call(actions)

    def send_review_session_invite(self, invitee: Any) -> None:
        """Invite somebody to a review session by mail; see `send_review_session_invites`."""
        self.send_review_session_invites([invitee])

    def send_review_session_invites(self, invitees: Iterable[Any]) -> None:
        """Invite people to review sessions by mail, in one request.

        Raises:
            ServerCompatibilityError: If the server sends no invitations.
        """
        actions = [
            {"action": "send_review_session_invite", "review_session_invitee_id": invitee["id"]} for invitee in invitees
        ]
        with needs("send_review_session_invite"):
            self.call(actions)

    def job(self, description: str, *, user: Any = None, heartbeat: float | None = 60) -> AbstractContextManager[Any]:
        """Return a context in which a job runs: it is done when the block ends, and failed when that raises.

        The job is created and changed at once; what is pending in the session stays so. Its data are JSON with the
        ``description``, the ``heartbeat``, a moment in UTC, and after a failure the ``error``. The job of a program
        that was killed is one that is running and whose heartbeat is long ago.

        Args:
            description: What is done, for people.
            user: Whose job it is; the session's own user when omitted.
            heartbeat: Seconds between two signs of life; None for none.

        Raises:
            ValueError: If ``heartbeat`` is not positive.
            ServerError: If the server refuses the job.

        Cost: two requests at the start, one at the end, and one for each sign of life.
        """
        return _session.jobs.job(self, description, user, heartbeat)

    def check_server_compatibility(self) -> None:
        """Raise `ServerCompatibilityError` when the server is too old, or is no ftrack server at all."""
        version = self._server_information.get("version")
        if version is None:
            raise exception.ServerCompatibilityError(
                f"{self._server_url} names no version; check that it is the address of an ftrack server."
            )
        numbers = _VERSION.match(str(version))
        if numbers and tuple(map(int, numbers.groups())) < OLDEST_SERVER:
            oldest = ".".join(map(str, OLDEST_SERVER))
            raise exception.ServerCompatibilityError(
                f"{self._server_url} has version {version}; this client needs {oldest} or newer."
            )


@contextmanager
def needs(action: str) -> Iterator[None]:
    """Turn the refusal of a server that does not know an action into a `ServerCompatibilityError`."""
    try:
        yield
    except exception.ServerError as error:
        text = str(error)
        if "Invalid action" not in text or f"'{action}'" not in text:
            raise
        raise exception.ServerCompatibilityError(f"The server does not know the action {action!r}.") from error
