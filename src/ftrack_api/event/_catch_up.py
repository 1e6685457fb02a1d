"""What a hub asks its server beside the socket: the events since a position, and leases of handlers."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ftrack_api import exception
from ftrack_api._transport.base import Request
from ftrack_api._transport.client import HttpTransport
from ftrack_api.event._wire import event_from_wire

if TYPE_CHECKING:
    from ftrack_api.event._handshake import EventServer
    from ftrack_api.event.base import Event

TIMEOUT = 15.0
"""Seconds for connecting, and for each wait for data: what is asked for is at hand."""

OK, NOT_FOUND = 200, 404
PAGE = 500

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LogPage:
    """A part of the log.

    Attributes:
        events: Position and event, in order.
        position: Where to go on.
        oldest: Position of the oldest event that is kept, 0 when unknown.
        newest: Position of the newest.
        has_event: Whether the event that was asked after is in the log; None when that is unknown.
    """

    events: tuple[tuple[int, Event], ...]
    position: int
    oldest: int
    newest: int
    has_event: bool | None = None


class CatchUp:
    """Questions to one server. A server without a log is asked for the rows of its ``Event`` table instead.

    Args:
        server: Address and credentials.
    """

    def __init__(self, server: EventServer) -> None:
        self._server = server
        self._transport = HttpTransport(server)
        self._has_log = True
        self._has_leases = True
        self._is_stale = False

    def after(self, position: int | None, event_id: str = "") -> LogPage:
        """Return the next events behind a position; without one none, only the bounds of the log.

        Args:
            position: Of the last event that is known.
            event_id: An event to look for in the whole log.

        Raises:
            EventHubConnectionError: If the server cannot be asked or refuses.
        """
        if self._has_log:
            query = {"after": position, "event": event_id or None}
            text = urlencode({key: value for key, value in query.items() if value is not None})
            status, answer = self._ask("GET", f"/events/log?{text}", b"")
            if status != NOT_FOUND:
                return _page(answer)
            _logger.warning(
                "The server has no event log: missed changes are read from its Event table, which tells less of them."
            )
            self._has_log = False
        return self._from_table(position)

    def claim(self, name: str, event_id: str, holder: str) -> bool:
        """Return whether the holder may run what is called by a name for an event.

        True from a server that knows no leases, which a warning says once.

        Raises:
            EventHubConnectionError: If the server cannot be asked or refuses.
        """
        if self._has_leases:
            body = json.dumps({"name": name, "event": event_id, "holder": holder}).encode()
            status, answer = self._ask("POST", "/events/leases", body)
            if status != NOT_FOUND:
                return bool(answer["granted"])
            _logger.warning("The server knows no leases: single-run subscribers run in every process that has them.")
            self._has_leases = False
        return True

    def renew(self) -> None:
        """Have the next question go over a new connection: the old ones may be as dead as the socket was."""
        self._is_stale = True

    def close(self) -> None:
        """Free connections."""
        self._transport.close()

    def _from_table(self, position: int | None) -> LogPage:
        fields = "id, action, created_at, data, insert, parent_id, parent_type, project_id, user_id"
        where = (
            "order by id descending limit 1" if position is None else f"where id > {position} order by id limit {PAGE}"
        )
        query = [{"action": "query", "expression": f"select {fields} from Event {where}"}]
        status, answer = self._ask("POST", "/api", json.dumps(query).encode())
        if status == NOT_FOUND or not isinstance(answer, list):
            raise exception.EventHubConnectionError(f"{self._server.server_url} answers no query for its Event table.")
        rows = answer[0]["data"]
        last = max((row["id"] for row in rows), default=position or 0)
        events = () if position is None else tuple((row["id"], _event_of_row(row)) for row in rows)
        return LogPage(events, last, 0, last)

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        if self._is_stale:
            self._is_stale = False
            self._transport.close()
            self._transport = HttpTransport(self._server)
        url = f"{self._server.server_url}{path}"
        headers = {"Content-Type": "application/json"} if body else {}
        request = Request(method, url, headers=headers, body=body, timeout=TIMEOUT, read_only=True)
        try:
            response = self._transport.send(request)
        except exception.ServerError as error:
            raise exception.EventHubConnectionError(f"The event log could not be read. {error}") from error
        if response.status == NOT_FOUND:
            return NOT_FOUND, None
        try:
            answer = json.loads(response.body)
        except ValueError:
            answer = None
        if response.status != OK or answer is None:
            said = answer.get("content", "") if isinstance(answer, dict) else ""
            raise exception.EventHubConnectionError(
                f"{request} was answered with HTTP status {response.status}. {said}".rstrip()
            )
        return response.status, answer


def _page(answer: dict[str, Any]) -> LogPage:
    try:
        events = tuple((item["position"], event_from_wire(item["event"])) for item in answer["events"])
        bounds = (int(answer["position"]), int(answer["oldest"]), int(answer["newest"]))
        return LogPage(events, *bounds, answer.get("has_event"))
    except (KeyError, TypeError, ValueError) as error:
        raise exception.EventHubConnectionError(f"The server's event log makes no sense: {error!r}") from error


def _event_of_row(row: dict[str, Any]) -> Event:
    """Return what a row of the Event table tells, as an update: which entity, by whom; not which of its values."""
    kind = str(row.get("parent_type") or "")
    entity: dict[str, Any] = {
        "entityId": row.get("parent_id"),
        "entityType": kind.lower(),
        "entity_type": kind,
        "action": "update",
        "keys": None,
        "changes": None,
        "parents": [],
    }
    created = row.get("created_at")
    return event_from_wire(
        {
            "id": f"event-{row['id']}",
            "topic": "ftrack.update",
            "sent": created.get("value") if isinstance(created, dict) else created,
            "source": {"user": {"id": row.get("user_id")}},
            "data": {"entities": [entity], "event": row, "user": {"userid": row.get("user_id")}},
        }
    )
