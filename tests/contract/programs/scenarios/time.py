"""Timers, timelogs, moments and days."""

import datetime as dt

import arrow
from studio import PROJECT_ID, TASK_ID, USER_ID, raises, unique

import ftrack_api
import ftrack_api.exception


def timers_are_one_per_user(session):
    user = session.create("User", {"username": unique()})
    session.commit()
    session.create("Timer", {"user": user})
    session.commit()
    session.create("Timer", {"user": user})
    message = raises(ftrack_api.exception.ServerError, session.commit)
    assert "DuplicateEntryError" in message
    session.reset()


def timers_become_timelogs(session):
    user = session.create("User", {"username": unique()})
    task = session.get("Task", TASK_ID)
    session.commit()
    timer = user.start_timer(task, name="work", comment="hard")
    assert timer["start"]
    raises(ftrack_api.exception.NotUniqueError, lambda: user.start_timer(task))
    session.reset()
    session = ftrack_api.Session()
    user = session.get("User", user["id"])
    log = user.stop_timer()
    assert (log["name"], log["comment"], log["context_id"]) == ("work", "hard", TASK_ID)
    assert session.query('Timer where user_id = "{}"'.format(user["id"])).first() is None
    forced = user.start_timer(task)
    again = user.start_timer(task, force=True)
    assert forced["id"] != again["id"]
    raises(ftrack_api.exception.NoResultFoundError, lambda: (user.stop_timer(), user.stop_timer()))


def ensure_with_dates_and_numbers(session):
    data = {
        "start": arrow.get("2031-02-03T04:05:06.789012+00:00"),
        "duration": 10,
        "user_id": USER_ID,
        "context_id": TASK_ID,
    }
    first = session.ensure("Timelog", data)
    assert first["start"] == data["start"]
    other = ftrack_api.Session()
    assert other.ensure("Timelog", data)["id"] == first["id"]
    assert other.query('Timelog where start is "2031-02-03T04:05:06" and duration is 10').one()["id"] == first["id"]
    session.delete(first)
    session.commit()


def dates_come_back_as_arrow(session):
    task = session.create("Task", {"name": unique(), "parent": session.get("Project", PROJECT_ID)})
    task["start_date"] = dt.datetime(2031, 2, 3)
    session.commit()
    seen = ftrack_api.Session().get("Task", task["id"])
    assert seen["start_date"] == arrow.get("2031-02-03T00:00:00+00:00")
    assert isinstance(seen["created_at"], arrow.Arrow)
