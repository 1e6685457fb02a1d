"""The outbox: what a batch has to tell is written in its own transaction, so it is committed with it or never was."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Protocol

from ftrack_protocol import json
from ftrack_protocol.event.envelope import Envelope
from ftrack_protocol.event.names import UPDATE
from ftrack_server.events.lineage import RowSource
from ftrack_server.events.update import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftrack_server.auth.keys import Actor
    from ftrack_server.events.changes import Change
    from ftrack_server.model.registry import Model

APPLICATION = "ftrack.api"
"""Who made a change, as events name it: by the API, which does not tell its programs apart."""

MAX_ENTITIES = 1000
"""Entities told in one event, some 2 MB of text: a larger one would fill the memory of a server with many listeners."""


class EventRows(RowSource, Protocol):
    """The transaction of a batch, to which an event can be added."""

    def append_events(self, events: Mapping[str, str], private_projects: Sequence[str]) -> None:
        """Add events to the log, text by id."""
        ...


def record(
    model: Model,
    rows: EventRows,
    changes: Iterable[Change],
    actor: Actor,
    *,
    client_token: str | None,
    push_token: str | None,
) -> bool:
    """Write the ``ftrack.update`` of a batch, several for a very large one; return False when there is nothing to tell.

    Args:
        model: The entity types at the end of the batch.
        rows: The transaction.
        changes: What the batch did to rows.
        actor: Who did it.
        client_token: What the client calls itself.
        push_token: What the client calls the change.

    Cost: one statement, and those of `describe`.
    """
    entities, private_projects = describe(model, rows, changes)
    if not entities:
        return False
    events = [
        _event(entities[start : start + MAX_ENTITIES], actor, client_token, push_token)
        for start in range(0, len(entities), MAX_ENTITIES)
    ]
    written = {event.id: json.dumps_bytes(event.to_wire()).decode() for event in events}
    rows.append_events(written, private_projects)
    return True


def _event(entities: list[dict[str, Any]], actor: Actor, client_token: str | None, push_token: str | None) -> Envelope:
    parents = dict.fromkeys(step["entityId"] for entity in entities for step in entity["parents"])
    identifier = uuid.uuid4().hex
    return Envelope(
        id=identifier,
        topic=UPDATE,
        data={
            "pushToken": push_token,
            "clientToken": client_token,
            "user": {"userid": actor.user_id, "name": actor.name},
            "parents": list(parents),
            "entities": entities,
        },
        source={
            "id": client_token or identifier,
            "clientToken": client_token,
            "applicationId": APPLICATION,
            "user": {"username": actor.username, "id": actor.user_id},
        },
    )
