"""Jobs that end with the work they stand for."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta, timezone

import pytest

PATIENCE = 60


def beating():
    return [thread for thread in threading.enumerate() if thread.name == "ftrack-job"]


def seen(new_session, job_id):
    """Return a job as another session sees it: status, data, and its user's name."""
    job = new_session().get("Job", job_id)
    return job["status"], json.loads(job["data"]), job["user"]["username"]


def test_a_job_runs_while_the_block_does(session, new_session):
    with session.job("Publish the shot") as job:
        during = seen(new_session, job["id"])
    after = seen(new_session, job["id"])

    assert (during[0], during[1]["description"], during[2]) == ("running", "Publish the shot", session.api_user)
    assert (after[0], after[1]["description"], "error" in after[1]) == ("done", "Publish the shot", False)
    assert job["status"] == "done"
    assert new_session().get("Job", job["id"])["finished_at"] is not None


@pytest.mark.parametrize("error", [ValueError("no frames"), KeyboardInterrupt(), SystemExit(1)], ids=type)
def test_p74_a_job_whose_work_fails_has_failed(session, new_session, error):
    jobs = []

    def work():
        with session.job("Render") as job:
            jobs.append(job["id"])
            raise error

    with pytest.raises(type(error)):
        work()

    status, data, _ = seen(new_session, jobs[0])
    assert (status, data["error"]) == ("failed", f"{type(error).__name__}: {error}")


def test_what_is_pending_stays_pending(session, new_session, shot):
    shot["description"] = "not yet"
    jobs = []

    def work():
        with session.job("Fail") as job:
            jobs.append(job["id"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()

    assert new_session().get("Shot", shot["id"])["description"] != "not yet"
    assert seen(new_session, jobs[0])[0] == "failed"
    session.commit()
    assert new_session().get("Shot", shot["id"])["description"] == "not yet"


def test_a_job_gives_signs_of_life(session, new_session):
    beats = []
    enough = threading.Event()

    def note(report):
        if list(report.actions) == ["update"]:
            beats.append(report)
            if len(beats) == 3:
                enough.set()

    session.on_request.append(note)
    with session.job("Wait", heartbeat=0.01) as job:
        assert beating()
        assert enough.wait(PATIENCE)
        status, data, _ = seen(new_session, job["id"])

    assert status == "running"
    assert datetime.now(timezone.utc) - datetime.fromisoformat(data["heartbeat"]) < timedelta(minutes=5)
    assert not beating()


def test_a_job_may_be_of_somebody_else_and_without_a_heartbeat(session, server):
    user = session.query(f'User where username is_not "{session.api_user}"').first()

    with server.counting() as traffic, session.job("Quiet", user=user, heartbeat=None) as job:
        assert not beating()

    assert job["user_id"] == user["id"]
    assert traffic.requests == 2


@pytest.mark.parametrize("heartbeat", [0, -1])
def test_a_heartbeat_that_makes_no_sense_is_refused(session, heartbeat):
    with pytest.raises(ValueError, match="heartbeat is"), session.job("Never", heartbeat=heartbeat):
        pass
