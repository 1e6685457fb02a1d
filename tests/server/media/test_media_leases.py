"""Leases of jobs: one that was taken over belongs to who took it, whatever its former owner still believes."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.media.conftest import ON_DISK

from ftrack_server import errors
from ftrack_server.jobs.queue import LEASE_SECONDS, JobQueue
from ftrack_server.jobs.worker import Worker

if TYPE_CHECKING:
    from tests.server.media.conftest import Client

pytestmark = ON_DISK


def later() -> float:
    return time.time() + LEASE_SECONDS + 1


@pytest.mark.parametrize("late", ["renews", "gives back", "is done"])
def test_a_former_owner_changes_nothing(client: Client, late: str) -> None:
    database = client.server.database
    now, then = JobQueue(database, time.time), JobQueue(database, later)
    with database.write() as connection:
        now.add(connection, "job", {})
    assert now.take("former")["attempts"] == 1  # type: ignore[index]
    assert then.take("owner")["attempts"] == 2  # type: ignore[index]

    if late == "renews":
        assert not then.renew("job", "former")
    elif late == "gives back":
        then.give_back("job", "former")
    else:
        then.done("job", "former")

    assert then.take("third") is None
    assert then.renew("job", "owner")
    then.done("job", "owner")
    assert not then.waiting()
    assert not then.renew("job", "owner")


@pytest.mark.parametrize("outcome", ["outputs", "a failure"])
def test_a_server_leaves_a_job_that_another_one_took_over(
    client: Client, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    queue = JobQueue(client.server.database, later)
    left = threading.Event()
    holds = Worker._holds

    def take_over(worker: Worker, job_id: str, payload: Any, folder: Any) -> Any:
        assert queue.take("another") is not None
        if outcome == "outputs":
            return {name: {} for name in payload["outputs"]}
        raise errors.ValidationError("The file cannot be played.")

    def looked(worker: Worker, job_id: str) -> bool:
        try:
            return holds(worker, job_id)
        finally:
            left.set()

    monkeypatch.setattr(Worker, "_encode", take_over)
    monkeypatch.setattr(Worker, "_holds", looked)
    client.upload("source", b"a picture", "source.png")
    client.call(client.component("source", name="source", file_type=".png"), client.location("source"))
    (told,) = client.call({"action": "encode_media", "component_id": "source", "keep_original": True})

    assert left.wait(120)
    assert queue.renew(told["job_id"], "another")
    (found,) = client.call({"action": "query", "expression": f"select status from Job where id is {told['job_id']}"})
    assert found["data"][0]["status"] == "running"
    queue.done(told["job_id"], "another")
