"""Small services: usage reports that nobody keeps, and jobs that the server is asked to run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ftrack_server import errors

if TYPE_CHECKING:
    from ftrack_protocol.actions import DelayedJob, TrackUsage
    from ftrack_server.api.context import RequestContext

JOB_TYPES = ("SYNC_USERS_LDAP", "ICONIK_SYNC_STRUCTURE")


def track_usage(_context: RequestContext, action: TrackUsage) -> dict[str, Any]:
    """Accept what a tool tells of its use, and forget it: this server watches nobody."""
    return {"action": action.action, "data": True}


def delayed_job(context: RequestContext, action: DelayedJob) -> dict[str, Any]:
    """Note a job for a service that this server has no counterpart to: it fails at once, and says why.

    Raises:
        ValidationError: If there is no such type of job.
    """
    if action.job_type not in JOB_TYPES:
        raise errors.ValidationError(f'There is no job "{action.job_type}"; there are {", ".join(JOB_TYPES)}.')
    reason = "This server has no directory or media service that it could synchronise with."
    row = {
        "id": context.clock.new_id(),
        "type": "api_job",
        "status": "failed",
        "data": json.dumps({"type": action.job_type, "description": reason}),
        "user_id": context.actor.user_id,
        "created_at": context.now,
        "finished_at": context.now,
    }
    context.rows.insert("job", [row])
    context.changes.written("job", (row["id"],), None, row)
    context.touched.add("job")
    told = {name: row[name] for name in ("id", "type", "status", "data", "user_id")}
    return {"action": action.action, "data": {"__entity_type__": "Job", **told}}
