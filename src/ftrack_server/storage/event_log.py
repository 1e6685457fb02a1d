"""The log of events: appended to inside the batches they tell of, read in order of commit, kept within bounds.

Batches commit one after the other, so positions grow in the order of commits (see `WriteQueue`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from ftrack_server.storage import dialect

MARK = "/* events */"
"""Stands in the SQL of whoever reads and keeps the log, so that it can be told from the work that a call asks for."""

SENT = "events_sent"
"""The row of server_state that has the position of the last event which was sent for sure."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event of the log.

    Attributes:
        position: Its place, growing by commit; gaps mean nothing.
        payload: The event as JSON text.
        private_projects: Ids of the private projects it tells of.
    """

    position: int
    payload: str
    private_projects: tuple[str, ...]


def append(connection: Connection, log: Table, events: Mapping[str, str], private_projects: Sequence[str]) -> None:
    """Add events, as text by id, in their order: one statement."""
    rows = [
        {"event_id": id_, "size": len(text), "private_projects": list(private_projects), "payload": text}
        for id_, text in events.items()
    ]
    connection.execute(insert(log), rows)


def after(connection: Connection, log: Table, position: int, *, limit: int, characters: int) -> list[LoggedEvent]:
    """Return the events behind a position, in order: at most so many and about so long together, but one if there is.

    Cost: two statements.
    """
    sizes = select(log.c.position, log.c.size).where(log.c.position > position).order_by(log.c.position).limit(limit)
    last, total = position, 0
    for found, size in connection.execute(sizes.prefix_with(MARK)):
        if total and total + size > characters:
            break
        last, total = found, total + size
    if last == position:
        return []
    chosen = log.c.position.between(position + 1, last)
    rows = connection.execute(
        select(log.c.position, log.c.payload, log.c.private_projects)
        .where(chosen)
        .order_by(log.c.position)
        .prefix_with(MARK)
    )
    return [LoggedEvent(row.position, row.payload, tuple(row.private_projects)) for row in rows]


def has(connection: Connection, log: Table, event_id: str) -> bool:
    """Return whether an event is in the log: one statement."""
    found = select(log.c.position).where(log.c.event_id == event_id).limit(1).prefix_with(MARK)
    return connection.execute(found).first() is not None


def bounds(connection: Connection, log: Table) -> tuple[int, int]:
    """Return the positions of the oldest and the newest event, both 0 when there is none: one statement."""
    row = connection.execute(select(func.min(log.c.position), func.max(log.c.position)).prefix_with(MARK)).one()
    return row[0] or 0, row[1] or 0


def sent(connection: Connection, state: Table) -> int:
    """Return the position up to which events were sent for sure."""
    found = connection.execute(select(state.c.value).where(state.c.name == SENT).prefix_with(MARK)).scalar()
    return int(found or 0)


def mark_sent(connection: Connection, state: Table, position: int) -> None:
    """Note that events up to a position were sent."""
    statement = dialect.upsert(state, ["name"], ["value"], connection.dialect.name).prefix_with(MARK)
    connection.execute(statement, {"name": SENT, "value": str(position)})


def trim(connection: Connection, log: Table, *, events: int, characters: int) -> int:
    """Drop the oldest events beyond a number and a total length, the newest never; return how many went.

    Cost: two statements, and the sizes of what is kept.
    """
    sizes = select(log.c.position, log.c.size).order_by(log.c.position.desc()).limit(events).prefix_with(MARK)
    oldest, total = 0, 0
    for position, size in connection.execute(sizes):
        total += size
        if total > characters and oldest:
            break
        oldest = position
    result = connection.execute(delete(log).where(log.c.position < oldest).prefix_with(MARK))
    return int(result.rowcount)


def claim(
    connection: Connection, leases: Table, name: str, event_id: str, holder: str, *, now: int, seconds: int
) -> bool:
    """Give a lease to whoever asks first, or asks again, or comes when the time of the last one is over.

    Leases that ended long ago are dropped on the way.

    Cost: four statements at most.
    """
    connection.execute(delete(leases).where(leases.c.until < now - seconds).prefix_with(MARK))
    where = (leases.c.name == name) & (leases.c.event_id == event_id)
    found = connection.execute(select(leases.c.holder, leases.c.until).where(where).prefix_with(MARK)).first()
    if found is not None and found.holder != holder and found.until > now:
        return False
    values: dict[str, Any] = {"name": name, "event_id": event_id, "holder": holder, "until": now + seconds}
    statement = dialect.upsert(leases, ["name", "event_id"], ["holder", "until"], connection.dialect.name)
    connection.execute(statement.prefix_with(MARK), values)
    return True
