"""Jobs that wait to be done, as rows: taken with a lease, so that what a dead process had begun is taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server.storage import media, records

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_server.storage.engine import Database

LEASE_SECONDS = 30
MOST_ATTEMPTS = 3


class JobQueue:
    """The jobs of a database; several servers may share it."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._database = database
        self._table = database.metadata.tables[media.JOBS]
        self._now = now

    def add(self, connection: Any, job_id: str, payload: dict[str, Any]) -> None:
        """Add a job within a transaction: one statement."""
        row = {"job_id": job_id, "payload": payload, "queued_at": int(self._now()), "attempts": 0}
        records.insert(connection, self._table, [row])

    def waiting(self) -> bool:
        """Return whether there is anything to do, by this server or, should it die, in place of another one."""
        with self._database.read() as connection:
            return bool(connection.execute(self._table.select().limit(1)).first())

    def take(self, owner: str) -> dict[str, Any] | None:
        """Take the oldest job that is free, for as long as a lease lasts; its ``attempts`` include this one."""
        now = int(self._now())
        with self._database.write() as connection:
            job = media.waiting_job(connection, self._database.metadata, now)
            if job is None:
                return None
            taken = {"owner": owner, "leased_until": now + LEASE_SECONDS, "attempts": job["attempts"] + 1}
            records.update(connection, self._table, [((job["job_id"],), taken)])
        return {**job, **taken}

    def renew(self, job_id: str, owner: str) -> bool:
        """Keep a job for another lease; return False, and change nothing, once it is somebody else's or done."""
        with self._database.write() as connection:
            until = {"leased_until": int(self._now()) + LEASE_SECONDS}
            return media.update_owned_job(connection, self._database.metadata, job_id, owner, until)

    def give_back(self, job_id: str, owner: str) -> None:
        """Let others take a job at once, as this server ends; one that is somebody else's by now stays theirs."""
        with self._database.write() as connection:
            free = {"owner": None, "leased_until": None}
            media.update_owned_job(connection, self._database.metadata, job_id, owner, free)

    def done(self, job_id: str, owner: str) -> None:
        """Remove a job, unless it is somebody else's by now."""
        with self._database.write() as connection:
            media.delete_owned_job(connection, self._database.metadata, job_id, owner)
