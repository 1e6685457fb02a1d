"""Jobs that end with the work they stand for: done, or failed with the reason."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import contextlib
import json
import logging
import threading
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ftrack_api import exception
from ftrack_api._query.parameters import literal

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

HEARTBEAT = "heartbeat"  # moment in the data of a job, in ISO 8601 and UTC
ERROR = "error"  # reason in the data of a job that failed, as the server's own jobs have it

_logger = logging.getLogger(__name__)

# Any below is a job or a user.


@contextlib.contextmanager
def job(session: SessionProtocol, description: str, user: Any, interval: float | None) -> Iterator[Any]:
    """Have a job run while the block does; see `Session.job`."""
    if interval is not None and not interval > 0:
        raise ValueError(f"heartbeat is {interval!r}; give the seconds between two signs of life, or None for none.")
    owner = session.query(f"User where username is {literal(session.api_user)}").one() if user is None else user
    running = _begin(session, {"description": description}, owner["id"])
    with _beating(running, interval):
        try:
            yield running
        except BaseException as error:
            with contextlib.suppress(exception.NetworkError):
                _update(running, status="failed", **{ERROR: f"{type(error).__name__}: {error}"})
            raise
    _update(running, status="done")


def _begin(session: SessionProtocol, data: dict[str, Any], user_id: str) -> Any:
    """Create a running job on the server at once, whatever else is pending in the session."""
    values = {"id": str(uuid.uuid4()), "type": "api_job", "status": "running", "user_id": user_id}
    values["data"] = json.dumps(data | {HEARTBEAT: _now()})
    session._send(
        [
            {
                "action": "create",
                "entity_type": "Job",
                "entity_key": [values["id"]],
                "entity_data": {"__entity_type__": "Job", **values},
            }
        ]
    )
    return session.create("Job", values, reconstructing=True)


@contextlib.contextmanager
def _beating(running: Any, interval: float | None) -> Iterator[None]:
    """Give a sign of life of a job now and then, from a thread of its own that ends with the block."""
    if interval is None:
        yield
        return
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(interval):
            _give_sign_of_life(running)

    thread = threading.Thread(target=beat, name="ftrack-job", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _give_sign_of_life(running: Any) -> None:
    """Note that a job goes on; the next sign makes up for one that does not arrive."""
    try:
        _update(running)
    except exception.Error as error:
        _logger.warning("The job %s could not give a sign of life: %s", running["id"], error)


def _update(running: Any, status: str | None = None, **more: str) -> None:
    """Change a job on the server at once, whatever else is pending in its session."""
    session: SessionProtocol = running.session
    values = {"data": json.dumps({**_data_of(running), **more, HEARTBEAT: _now()})}
    if status is not None:
        values["status"] = status
    session._send(
        [
            {
                "action": "update",
                "entity_type": "Job",
                "entity_key": [running["id"]],
                "entity_data": {"__entity_type__": "Job", **values},
            }
        ]
    )
    session.create("Job", {"id": running["id"], **values}, reconstructing=True)


def _data_of(running: Any) -> dict[str, Any]:
    """Return the data of a job, as its program may have set them meanwhile."""
    try:
        data = json.loads(running["data"])
    except (TypeError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
