"""The main walks: read a production, build a tree, change it, write on it, and take it away."""

from __future__ import annotations

from datetime import datetime, timezone

import arrow
import pytest

from ftrack_api import exception, inspection
from ftrack_api.symbol import CREATED, MODIFIED, NOT_SET


def test_a_production_is_read_with_its_relations(session):
    tasks = session.query(
        "select name, status.name, type.name, parent.name, project.full_name, assignments.resource.username from Task"
    ).all()

    assert len(tasks) > 20
    assert all(task["project"] is tasks[0]["project"] for task in tasks)
    assert all(task["status"]["name"] and task["parent"]["name"] and task["type"]["name"] for task in tasks)
    assert any(assignment["resource"]["username"] for task in tasks for assignment in task["assignments"])


def test_pages_hold_every_row_once(session):
    paged = session.query("select id from Task order by id", page_size=7)

    assert [task["id"] for task in paged] == [task["id"] for task in session.query("select id from Task order by id")]
    assert len({task["id"] for task in paged}) == len(paged)
    assert paged[:3] == paged.all()[:3]
    assert paged[-1] is paged.all()[-1]


def test_a_tree_is_built_changed_and_deleted(session, new_session):
    schema = session.query("ProjectSchema").first()
    project = session.create("Project", {"name": "heron_two", "full_name": "Heron Two", "project_schema": schema})
    sequence = session.create("Sequence", {"name": "sq", "parent": project})
    shots = [session.create("Shot", {"name": f"sh{n:03}", "parent": sequence}) for n in range(10)]
    tasks = [session.create("Task", {"name": "comp", "parent": shot}) for shot in shots]
    project["metadata"]["colour"] = "grey"
    assert {inspection.state(entity) for entity in (project, *shots, *tasks)} == {CREATED}
    session.commit()

    status = session.query('Status where name is "In progress"').one()
    for task in tasks[:4]:
        task["status"] = status
    project["metadata"]["colour"] = "blue"
    tasks[0]["description"] = "first"
    assert inspection.state(tasks[0]) is MODIFIED
    session.commit()

    other = new_session()
    seen = other.get("Project", project["id"])
    assert [child["name"] for child in seen["children"]] == ["sq"]
    assert sorted(shot["name"] for shot in seen["children"][0]["children"]) == [shot["name"] for shot in shots]
    in_progress = other.query(
        "Task where project_id is {project} and status.name is {name}", project=seen, name=status["name"]
    )
    assert len(in_progress) == 4
    assert seen["metadata"]["colour"] == "blue"
    assert [item["name"] for item in other.get("Task", tasks[0]["id"])["link"]] == ["heron_two", "sq", "sh000", "comp"]

    session.delete(tasks[1])
    session.commit()
    assert session.get("Task", tasks[1]["id"]) is None
    assert list(shots[1]["children"]) == []
    session.delete(project)
    session.commit()
    assert len(other.query("select id from Task where project_id is {project}", project=seen)) == 0


def test_what_the_server_fills_in_shows_after_the_commit(session, shot):
    task = session.create("Task", {"name": "fresh", "parent": shot})
    session.commit()

    assert task["project"] is shot["project"]
    assert task["status"]["name"]
    assert isinstance(task["created_at"], arrow.Arrow)
    assert [item["id"] for item in task["link"]][-2:] == [shot["id"], task["id"]]


def test_values_of_all_kinds_come_back_as_they_were(session, new_session, shot):
    moment = datetime(2031, 2, 3, 4, 5, 6, tzinfo=timezone.utc)
    text = 'O"Brien \\ 50% æøåßđŋħ…😀❤️ \n{brace}'
    task = session.create(
        "Task", {"name": text, "parent": shot, "bid": 1.5, "start_date": moment, "end_date": arrow.get(moment)}
    )
    session.commit()

    other = new_session().query(
        "select name, bid, start_date, end_date, thumbnail_id from Task where name is {n}", n=text
    )
    found = other.one()
    assert (found["name"], found["bid"], found["thumbnail_id"]) == (text, 1.5, None)
    assert found["start_date"] == found["end_date"] == moment
    assert found["id"] == task["id"]


def test_the_same_day_everywhere(session, shot):
    task = session.create("Task", {"name": "leap", "parent": shot})
    task["start_date"] = datetime.strptime("2024-02-29", "%Y-%m-%d")  # noqa: DTZ007 - what tools write
    session.commit()

    assert task["start_date"].format("YYYY-MM-DD") == "2024-02-29"


def test_notes_metadata_and_custom_attributes_travel_in_one_batch(session, server, new_session, shot):
    author = session.query("User").first()
    with server.counting() as traffic:
        task = session.create("Task", {"name": "noted", "parent": shot, "metadata": {"a": "1", "b": "2"}})
        note = task.create_note("Please look", author=author)
        note.create_reply("Done", author)
        session.commit()
    assert traffic.requests == 1

    seen = new_session().get("Task", task["id"])
    assert dict(seen["metadata"]) == {"a": "1", "b": "2"}
    (written,) = (n for n in seen["notes"] if n["in_reply_to"] is None)
    assert written["content"] == "Please look"
    assert [reply["content"] for reply in written["replies"]] == ["Done"]
    assert len(note["recipients"]) == 1


def test_custom_attributes_are_read_set_and_given_when_creating(session, new_session, shot):
    key = next(key for key, value in shot["custom_attributes"].items() if isinstance(value, int | float))
    shot["custom_attributes"][key] = 1005
    new = session.create("Shot", {"name": "with_attributes", "parent": shot["parent"], "custom_attributes": {key: 7}})
    session.commit()

    other = new_session()
    assert other.get("Shot", shot["id"])["custom_attributes"][key] == 1005
    assert other.get("Shot", new["id"])["custom_attributes"][key] == 7
    with pytest.raises(KeyError):
        shot["custom_attributes"]["no such key"] = 1


def test_metadata_written_by_another_session_shows_after_a_refresh(session, new_session, shot):
    shot["metadata"]["k"] = "1"
    session.commit()
    other = new_session().get("Shot", shot["id"])
    other["metadata"]["k"] = "2"
    other["metadata"]["new"] = "3"
    other.session.commit()

    assert dict(shot["metadata"]) == {"k": "1"}
    session.populate(shot, "metadata")
    assert dict(shot["metadata"]) == {"k": "2", "new": "3"}


def test_a_dictionary_of_metadata_is_replaced(session, new_session, shot):
    shot["metadata"] = {"a": "1", "b": "2"}
    session.commit()
    shot["metadata"] = {"b": "3", "c": "4"}
    session.commit()

    assert dict(new_session().get("Shot", shot["id"])["metadata"]) == {"b": "3", "c": "4"}
    del shot["metadata"]["b"]
    shot["metadata"]["b"] = "again"
    session.commit()
    assert dict(new_session().get("Shot", shot["id"])["metadata"]) == {"b": "again", "c": "4"}


def test_ensuring_twice_gives_one_entity(session, server):
    first = session.ensure("User", {"username": 'O"Brien', "is_active": True})
    with server.counting() as traffic:
        second = session.ensure("User", {"username": 'O"Brien', "is_active": True})

    assert second is first
    assert traffic.requests == 1
    assert session.ensure("User", {"username": 'O"Brien', "email": "o@b"}, ["username"])["email"] == "o@b"


def test_two_sessions_that_ensure_the_same_get_the_same(session, new_session):
    first = session.ensure("User", {"username": "both"})
    second = new_session().ensure("User", {"username": "both"})

    assert first["id"] == second["id"]


def test_timers_run_once_per_user_and_become_time_logs(session, shot):
    user = session.query("User").first()
    user.start_timer(shot, comment="roto")
    with pytest.raises(exception.NotUniqueError):
        user.start_timer(shot)
    assert not session.recorded_operations
    log = user.stop_timer()

    assert (log["comment"], log["context_id"]) == ("roto", shot["id"])
    with pytest.raises(exception.NoResultFoundError):
        user.stop_timer()


def test_statuses_and_types_of_a_project_schema(session):
    schema = session.query("Project").first()["project_schema"]

    assert {"Not started", "In progress"} <= {status["name"] for status in schema.get_statuses("Task")}
    assert schema.get_statuses("Shot")
    assert schema.get_types("Task")


def test_a_batch_of_several_actions_by_hand(session):
    users, shots = session.call(
        [
            {"action": "query", "expression": "select username from User limit 2"},
            {"action": "query", "expression": "select name from Shot limit 3"},
        ]
    )

    assert [user.entity_type for user in users["data"]] == ["User", "User"]
    assert len(shots["data"]) == 3
    assert session.call([]) == []


def test_grouped_rows_are_plain(new_session):
    session = new_session(strict_api=True)
    rows = session.query("select count(id), status.name from Task group by status.name").all()

    assert rows
    assert all(type(row) is dict for row in rows)


def test_keys_are_reset_and_the_old_one_is_void(session, new_session):
    user = session.ensure("User", {"username": "keyed", "is_active": True})
    first, second = user.reset_api_key(), user.reset_api_key()

    assert first != second
    assert new_session(api_user="keyed", api_key=second).query("User").first()
    with pytest.raises(exception.Unauthorized):
        new_session(api_user="keyed", api_key=first)


def test_a_persistent_cache_spares_requests(session, new_session, server, tmp_path):
    import functools

    from ftrack_api.cache import FileCache, SerialisedCache

    def make(owner):
        encode = functools.partial(owner.encode, entity_attribute_strategy="persisted_only")
        return SerialisedCache(FileCache(str(tmp_path / "cache")), encode=encode, decode=owner.decode)

    task = new_session(cache=make).query("select name, status.name from Task").first()
    later = new_session(cache=make)
    with server.counting() as traffic:
        same = later.get("Task", task["id"])
        assert (same["name"], same["status"]["name"]) == (task["name"], task["status"]["name"])

    assert traffic.requests == 0


def test_reading_without_fetching_leaves_the_unknown_unset(new_session):
    session = new_session(auto_populate=False)

    assert session.query("select id from Task").first()["name"] is NOT_SET
