"""The server's own tables about files: what is stored, what is being sent, what waits to be encoded.

Times are whole seconds since 1970. None of this is part of the data model: clients see components, locations and jobs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, MetaData, Table, and_, delete, exists, or_, select, update

from ftrack_server.storage.dialect import COLUMN_TYPES

if TYPE_CHECKING:
    from sqlalchemy import Connection

OBJECTS, UPLOADS, JOBS = "media_object", "media_upload", "media_job"


def add_media_tables(metadata: MetaData) -> None:
    """Describe the tables; `migrate` makes them where they are missing."""
    text, number, document = COLUMN_TYPES["uid"], COLUMN_TYPES["integer"], COLUMN_TYPES["json"]
    Table(
        OBJECTS,
        metadata,
        Column("component_id", text, primary_key=True),
        Column("object_id", text, nullable=False),
        Column("size", number, nullable=False),
        Column("etag", text, nullable=False),
        Column("content_type", text, nullable=False),
        Column("file_name", COLUMN_TYPES["string"], nullable=False),
        Column("parts", document),
        Column("user_id", text),
        Column("stored_at", number, nullable=False, index=True),
    )
    Table(
        UPLOADS,
        metadata,
        Column("id", text, primary_key=True),
        Column("component_id", text, nullable=False, index=True),
        Column("file_name", COLUMN_TYPES["string"], nullable=False),
        Column("content_type", text, nullable=False),
        Column("size", number),
        Column("checksum", text),
        Column("parts", number, nullable=False),
        Column("reference", COLUMN_TYPES["string"], nullable=False),
        Column("user_id", text),
        Column("started_at", number, nullable=False, index=True),
        Column("completed_at", number),
    )
    Table(
        JOBS,
        metadata,
        Column("job_id", text, primary_key=True),
        Column("payload", document, nullable=False),
        Column("queued_at", number, nullable=False),
        Column("attempts", number, nullable=False),
        Column("owner", text),
        Column("leased_until", number),
    )


def old_uploads(connection: Connection, metadata: MetaData, before: int) -> list[dict[str, Any]]:
    """Return the uploads that were started before a moment: one statement."""
    uploads = metadata.tables[UPLOADS]
    statement = select(uploads).where(uploads.c.started_at < before).order_by(uploads.c.id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def unclaimed_objects(
    connection: Connection, metadata: MetaData, location_id: str, before: int
) -> list[dict[str, Any]]:
    """Return what was stored before a moment and no component has in a location: one statement."""
    objects, held = metadata.tables[OBJECTS], metadata.tables["component_location"]
    claim = select(held.c.id).where(held.c.component_id == objects.c.component_id, held.c.location_id == location_id)
    statement = (
        select(objects)
        .where(objects.c.stored_at < before, ~exists(claim.correlate(objects)))
        .order_by(objects.c.object_id)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def claimed(connection: Connection, metadata: MetaData, location_id: str, component_ids: list[str]) -> set[str]:
    """Return which of some components have a row in a location: one statement."""
    held = metadata.tables["component_location"]
    statement = select(held.c.component_id).where(
        held.c.location_id == location_id, held.c.component_id.in_(component_ids)
    )
    return set(connection.execute(statement).scalars())


def waiting_job(connection: Connection, metadata: MetaData, now: int) -> dict[str, Any] | None:
    """Return the oldest job that nobody works on, or whose worker has not been heard of until its lease ended."""
    jobs = metadata.tables[JOBS]
    free = or_(jobs.c.owner.is_(None), and_(jobs.c.leased_until.isnot(None), jobs.c.leased_until < now))
    statement = select(jobs).where(free).order_by(jobs.c.queued_at, jobs.c.job_id).limit(1)
    row = connection.execute(statement).mappings().first()
    return None if row is None else dict(row)


def update_owned_job(
    connection: Connection, metadata: MetaData, job_id: str, owner: str, values: dict[str, Any]
) -> bool:
    """Change a job that somebody works on; return whether it still was theirs: one statement."""
    jobs = metadata.tables[JOBS]
    statement = update(jobs).where(jobs.c.job_id == job_id, jobs.c.owner == owner).values(values)
    return connection.execute(statement).rowcount > 0


def delete_owned_job(connection: Connection, metadata: MetaData, job_id: str, owner: str) -> None:
    """Remove a job that somebody works on, if it still is theirs: one statement."""
    jobs = metadata.tables[JOBS]
    connection.execute(delete(jobs).where(jobs.c.job_id == job_id, jobs.c.owner == owner))
