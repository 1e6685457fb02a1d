"""Timers, timelogs, moments and days."""

import datetime as dt

import arrow
from studio import PROJECT_ID, TASK_ID, USER_ID, new_project, new_task, raises, unique

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


def timelogs_belong_to_the_caller_by_default(session):
    task = new_task(session)
    log = session.create("Timelog", {"context": task, "duration": 90})
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("Timelog", log["id"])
    assert seen["user"]["username"] == session.api_user
    assert seen["start"] is not None
    assert seen["duration"] == 90
    assert other.get("Task", task["id"])["timelogs"][0]["id"] == log["id"]
    rows = other.query(
        'select context.link, start, duration from Timelog where user.username is "{}" and context_id is "{}"'.format(
            session.api_user, task["id"]
        )
    ).all()
    assert [item["name"] for item in rows[0]["context"]["link"]][-1] == task["name"]


def moments_compare_in_utc(session):
    task = new_task(session)
    session.create("Timelog", {"context": task, "start": arrow.get("2031-02-03T23:30:00-02:00"), "duration": 1})
    session.commit()
    other = ftrack_api.Session()
    for criterion, count in (
        ('start is "2031-02-04T01:30:00"', 1),
        ('start is "2031-02-03T23:30:00-02:00"', 1),
        ('start is "2031-02-04"', 1),
        ('start > "2031-02-03" and start < "2031-02-04"', 0),
        ('start >= "2031-2-4"', 1),
        ('start after "2031-02-04 01:29"', 1),
        ('start before "2031-02-04T01:30:00+00:00"', 0),
        ("start is_not none", 1),
        ("start > 2031-02-04", 1),
    ):
        found = other.query('Timelog where context_id is "{}" and {}'.format(task["id"], criterion)).all()
        assert len(found) == count, criterion
    row = other.query('Timelog where context_id is "{}"'.format(task["id"])).one()
    assert row["start"] == arrow.get("2031-02-04T01:30:00+00:00")


def calendar_events_have_people_and_places(session):
    project = new_project(session)
    kind = session.query("Type").first()
    event = session.create(
        "CalendarEvent",
        {
            "name": unique(),
            "project": project,
            "type": kind,
            "start": arrow.get("2031-02-03T09:00:00"),
            "end": arrow.get("2031-02-03T18:00:00"),
            "effort": 4.5,
        },
    )
    user = session.get("User", USER_ID)
    session.create("CalendarEventResource", {"calendar_event": event, "resource": user})
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("CalendarEvent", event["id"])
    assert (seen["name"], seen["effort"], seen["project"]["id"]) == (event["name"], 4.5, project["id"])
    assert [row["resource"]["id"] for row in seen["calendar_event_resources"]] == [USER_ID]
    assert [row["id"] for row in other.get("Project", project["id"])["calendar_events"]] == [event["id"]]
    found = other.query('CalendarEvent where start > "2031-02-01" and end < "2031-02-04"').all()
    assert event["id"] in [row["id"] for row in found]
    session.delete(event)
    session.commit()
    assert (
        not ftrack_api.Session()
        .query('CalendarEventResource where calendar_event_id is "{}"'.format(event["id"]))
        .all()
    )
