"""What a session itself leans on: facts about the server, schemas and their hash, caches, merging, formatting."""

import hashlib
import json
import pathlib
import tempfile
import threading

from studio import PROJECT_ID, TASK_ID, USER_ID, ids, new_project, new_task, new_user, raises, unique

import ftrack_api
import ftrack_api.cache
import ftrack_api.exception
import ftrack_api.formatter
import ftrack_api.inspection
import ftrack_api.symbol


def the_hash_is_of_the_schemas_that_are_served(session):
    text = json.dumps(session.schemas, sort_keys=True)
    assert hashlib.md5(text.encode("utf-8")).hexdigest() == session.server_information["schema_hash"]  # noqa: S324
    again = session.call([{"action": "query_schemas"}])[0]
    assert again == session.schemas


def the_server_tells_what_clients_switch_on(session):
    known = session.server_information
    assert tuple(int(part) for part in known["version"].split(".")[:3]) > (3, 3, 11)
    assert known["is_timezone_support_enabled"] is True
    assert known["storage_scenario"]["scenario"]
    values = ["user_information", "is_nested_subqueries_enabled", "company_information", "week_startday"]
    values += ["workday_length", "license", "default_colors", "preferred_language", "nothing_like_this"]
    told = session.call([{"action": "query_server_information", "values": values}])[0]
    assert told["user_information"]["username"] == session.api_user
    assert told["is_nested_subqueries_enabled"] is True
    assert set(values) - set(told) == {"nothing_like_this"}
    assert told["version"] == known["version"]


def schemas_are_read_from_a_cache_of_ones_own(session):
    folder = tempfile.mkdtemp()
    first = ftrack_api.Session(schema_cache_path=folder)
    assert list(pathlib.Path(folder).iterdir())
    second = ftrack_api.Session(schema_cache_path=folder)
    assert second.schemas == first.schemas
    assert ftrack_api.Session(schema_cache_path=False).schemas == first.schemas


def schemas_say_what_listeners_need(session):
    by_id = {schema["id"]: schema for schema in session.schemas}
    assert by_id["Shot"]["alias_for"]["classifiers"]["object_typeid"]
    assert by_id["Project"]["alias_for"] == "Show"
    assert by_id["Task"]["properties"]["status_id"]["alias_for"] == "statusid"
    assert "parent_id" in by_id["Metadata"]["primary_key"]
    assert {"bid", "start_date"} <= set(by_id["Shot"]["immutable"])
    defaults = {name for name, item in by_id["User"]["properties"].items() if "default" in item}
    assert defaults == {"id", "resource_type"}
    assert by_id["Task"]["metadata"]["group_by"] is True
    assert "custom_attribute_links" not in session.types["Task"].attributes.keys()  # noqa: SIM118


def a_tree_is_read_back_from_the_cache(session):
    path = str(pathlib.Path(tempfile.mkdtemp()) / "cache")

    def make(of):
        return ftrack_api.cache.SerialisedCache(ftrack_api.cache.FileCache(path), encode=of.encode, decode=of.decode)

    first = ftrack_api.Session(cache=make)
    text = "select children, children.children, children.children.children, "
    text += f'children.children.children.assignments.resource from Project where id is "{PROJECT_ID}"'
    project = first.query(text).one()
    assert project["children"]
    second = ftrack_api.Session(cache=make)
    with second.auto_populating(False):
        seen = second.get("Project", PROJECT_ID)
        assert sorted(ids(seen["children"])) == sorted(ids(project["children"]))


def entities_survive_being_encoded(session):
    task = session.query(f'select name, status.name, assignments from Task where id is "{TASK_ID}"').one()
    for strategy in ("all", "set_only", "modified_only", "persisted_only"):
        text = session.encode({"task": task, "other": [1, None, "x"]}, entity_attribute_strategy=strategy)
        other = ftrack_api.Session()
        decoded = other.decode(text)
        assert decoded["task"]["id"] == TASK_ID, strategy
        assert decoded["other"] == [1, None, "x"]
    raises(ValueError, lambda: session.encode(task, entity_attribute_strategy="other"))


def states_follow_what_happens(session):
    user = session.create("User", {"username": unique()})
    assert ftrack_api.inspection.state(user) is ftrack_api.symbol.CREATED
    session.commit()
    assert ftrack_api.inspection.state(user) is ftrack_api.symbol.NOT_SET
    user["first_name"] = "Kim"
    assert ftrack_api.inspection.state(user) is ftrack_api.symbol.MODIFIED
    session.rollback()
    assert ftrack_api.inspection.state(user) is ftrack_api.symbol.NOT_SET
    session.delete(user)
    assert ftrack_api.inspection.state(user) is ftrack_api.symbol.DELETED
    session.commit()
    assert ftrack_api.inspection.primary_key(user)["id"]


def rollback_brings_back_what_was(session):
    user = new_user(session, first_name="Kim")
    log = session.create("Timelog", {"user": user, "duration": 1})
    session.commit()
    user["first_name"] = "Lee"
    user["timelogs"].remove(log) if log in user["timelogs"] else None
    session.delete(log)
    session.rollback()
    assert user["first_name"] == "Kim"
    assert ids(user["timelogs"]) == [log["id"]]
    other = session.create("User", {"username": unique()})
    session.rollback()
    assert session.get("User", other["id"]) is None


def values_are_refreshed_when_asked(session):
    task = new_task(session)
    other = ftrack_api.Session()
    mirrored = other.get("Task", task["id"])
    assert mirrored["description"] == ""
    task["description"] = "new"
    session.commit()
    assert mirrored["description"] == ""
    del mirrored["description"]
    other.populate(mirrored, "description")
    assert mirrored["description"] == "new"


def several_threads_share_a_server(session):
    project = new_project(session)
    failures = []

    def work(number):
        try:
            own = ftrack_api.Session()
            for step in range(3):
                own.create("Task", {"name": f"{number}-{step}", "parent": own.get("Project", project["id"])})
                own.commit()
                assert own.query('Task where project_id is "{}"'.format(project["id"])).first()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = ftrack_api.Session().query('Task where project_id is "{}"'.format(project["id"])).all()
    assert len(found) == 12


def people_read_entities_as_text(session):
    user = session.get("User", USER_ID)
    text = ftrack_api.formatter.format(user, recursive=False)
    assert "jenkins" in text
    assert ftrack_api.formatter.format(session.query("select timelogs.user from User where timelogs any ()").first())


def closed_sessions_say_so(session):
    other = ftrack_api.Session()
    other.close()
    assert other.closed
    raises(ftrack_api.exception.ConnectionClosedError, lambda: other.query("User").first())
