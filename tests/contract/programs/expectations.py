"""What users of the official client rely on: each function is one expectation, run in a session of its own.

Prints a mapping of function name to "ok" or the traceback.
"""

import datetime as dt
import json
import sys
import traceback
import uuid

import arrow
import requests

import ftrack_api
import ftrack_api.exception
import ftrack_api.inspection
import ftrack_api.symbol

USER_ID = "d07ae5d0-66e1-11e1-b5e9-f23c91df25eb"
PROJECT_ID = "5671dcb0-66de-11e1-8e6e-f23c91df25eb"
TASK_ID = "adb4ad6c-7679-11e2-8df2-f23c91df25eb"
SCHEMA_ID = "69cb7f92-4dbf-11e1-9902-f23c91df25eb"


def unique():
    return "test-" + uuid.uuid4().hex


def raises(kind, work):
    try:
        work()
    except kind as error:
        return str(error)
    raise AssertionError("nothing was raised")


def new_project(session):
    schema = session.query("ProjectSchema").first()
    project = session.create("Project", {"name": unique(), "full_name": unique(), "project_schema": schema})
    session.commit()
    return project


def get_user(session):
    assert session.get("User", USER_ID)["username"] == "jenkins"
    assert session.get("User", "non-existant-id") is None


def create_with_server_defaults_only(session):
    user = session.create("User")
    session.commit()
    assert user["username"] is not ftrack_api.symbol.NOT_SET
    session.delete(user)
    session.commit()


def several_users_with_first_names_only(session):
    name = unique()
    for _ in range(2):
        session.create("User", {"first_name": name})
    session.commit()
    assert len(session.query(f'User where first_name is "{name}"').all()) == 2


def ensure_new_and_existing(session):
    name = unique()
    first = session.ensure("User", {"username": name})
    second = session.ensure("User", {"username": name, "email": "a@example.invalid"}, identifying_keys=["username"])
    assert first["id"] == second["id"]
    assert second["email"] == "a@example.invalid"


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


def delete_child_then_parent(session):
    project = new_project(session)
    sequence = session.create("Sequence", {"name": "s", "parent": project})
    session.commit()
    session.delete(sequence)
    session.delete(project)
    session.commit()
    project = new_project(session)
    sequence = session.create("Sequence", {"name": "s", "parent": project})
    session.commit()
    session.delete(project)
    session.delete(sequence)
    session.commit()


def required_attribute_may_come_last(session):
    scope = session.create("Scope")
    other = session.create("Scope", {"name": unique()})
    scope["name"] = unique()
    session.commit()
    assert scope["name"] and other["name"]


def populate_tells_null_from_unset(session):
    user = session.create("User", {"username": unique()})
    session.commit()
    with session.auto_populating(False):
        assert user["email"] is ftrack_api.symbol.NOT_SET
    session.populate(user, "email")
    with session.auto_populating(False):
        assert user["email"] is None


def populate_several(session):
    users = [session.create("User", {"username": unique()}) for _ in range(3)]
    session.commit()
    session.populate(users, "first_name, last_name, email")
    with session.auto_populating(False):
        assert all(user["email"] is None for user in users)


def composite_keys(session):
    project = new_project(session)
    project["metadata"] = {"a": "1", "b": "2"}
    session.commit()
    other = ftrack_api.Session()
    row = other.get("Metadata", [project["id"], "a"])
    assert row["value"] == "1"
    rows = other.query('Metadata where parent_id is "{}"'.format(project["id"])).all()
    other.populate(rows, "value")
    assert sorted(row["value"] for row in rows) == ["1", "2"]


def metadata_is_replaced_updated_and_deleted(session):
    project = new_project(session)
    project["metadata"]["one"] = "1"
    project["metadata"]["two"] = "2"
    session.commit()
    project["metadata"]["one"] = "uno"
    del project["metadata"]["two"]
    session.commit()
    other = ftrack_api.Session()
    assert dict(other.get("Project", project["id"])["metadata"]) == {"one": "uno"}
    project["metadata"] = {"three": "3"}
    session.commit()
    third = ftrack_api.Session()
    assert dict(third.get("Project", project["id"])["metadata"]) == {"three": "3"}


def metadata_on_create_and_its_type(session):
    project = session.get("Project", PROJECT_ID)
    task = session.create("Task", {"name": unique(), "parent": project, "metadata": {"x": "1", "y": "2", "z": "2"}})
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("Task", task["id"])
    assert dict(seen["metadata"]) == {"x": "1", "y": "2", "z": "2"}
    user = session.get("User", USER_ID)
    user["metadata"][unique()] = "v"
    session.commit()
    rows = ftrack_api.Session().query(f'select parent_type from Metadata where parent_id is "{USER_ID}"').all()
    assert {row["parent_type"] for row in rows} == {"User"}
    project_rows = new_project(session)
    project_rows["metadata"]["k"] = "v"
    session.commit()
    found = ftrack_api.Session().query(
        "Project where metadata.key is k and metadata.value is v and id is " + project_rows["id"]
    )
    assert len(found.all()) == 1


def nested_selection_and_types(session):
    project = session.query(
        "select children, children.children, children.children.children, "
        f'children.children.children.assignments.resource from Project where id is "{PROJECT_ID}"'
    ).one()
    with session.auto_populating(False):
        kinds = {child.entity_type for child in project["children"]}
        assert {"Folder", "Sequence"} <= kinds
        deep = [
            grandchild
            for child in project["children"]
            for middle in child["children"]
            for grandchild in middle["children"]
        ]
        assert any(item.entity_type == "Task" for item in deep)
        resources = {assignment["resource"].entity_type for item in deep for assignment in item["assignments"]}
        assert resources == {"User"}


def only_what_was_asked_for(session):
    rows = session.call(
        [{"action": "query", "expression": f'select status from Task where project_id is "{PROJECT_ID}" limit 10'}]
    )[0]["data"]
    with session.auto_populating(False):
        for row in rows:
            known = {name for name in row if row[name] is not ftrack_api.symbol.NOT_SET}
            collections = (ftrack_api.collection.Collection, ftrack_api.collection.MappedCollectionProxy)
            plain = {name for name in known if not isinstance(row[name], collections)}
            assert plain <= {"id", "context_type", "project_id", "object_type_id", "status"}, plain


def every_attribute_of_a_task_can_be_read_alone(session):
    task = session.get("Task", TASK_ID)
    for name in task:
        assert task[name] is not ftrack_api.symbol.NOT_SET, name


def paging_asks_for_exactly_as_many_pages_as_there_are(session):
    total = len(session.query("User").all())
    calls = []
    original = session.call

    def counted(data):
        calls.append(data)
        return original(data)

    session.call = counted
    assert total % 13 or total
    for size in (total, total // 2 if total % 2 == 0 else total):
        del calls[:]
        assert len(session.query("User", page_size=size).all()) == total
        assert len(calls) == total // size, (total, size, len(calls))


def paging_keeps_offset_limit_and_order(session):
    everyone = session.query("User").all()
    results = session.query("User offset 2 limit 8", page_size=6).all()
    assert results == everyone[2:10]
    assert session.query("User").first() == everyone[0]
    assert session.query("User offset 3").first() == everyone[3]


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


def notes_recipients_replies_and_category(session):
    task = session.get("Task", TASK_ID)
    author = session.get("User", USER_ID)
    other = session.create("User", {"username": unique()})
    category = session.query("NoteCategory").first()
    session.commit()
    note = task.create_note("hello", author, recipients=[other], category=category)
    session.commit()
    fresh = ftrack_api.Session()
    seen = fresh.get("Note", note["id"])
    assert seen["content"] == "hello"
    assert seen["parent_id"] == TASK_ID
    assert len(seen["recipients"]) == 2
    assert seen["category"]["id"] == category["id"]
    reply = note.create_reply("yes", author)
    session.commit()
    fresh = ftrack_api.Session()
    assert fresh.get("Note", reply["id"])["in_reply_to"]["id"] == note["id"]
    assert [r["content"] for r in fresh.get("Note", note["id"])["replies"]] == ["yes"]
    assert note["id"] in [n["id"] for n in fresh.get("Task", TASK_ID)["notes"]]


def scopes_are_replaced(session):
    task = session.get("Task", TASK_ID)
    scope = session.create("Scope", {"name": unique()})
    session.commit()
    task["scopes"].append(scope)
    session.commit()
    found = ftrack_api.Session().query("Task where scopes.name is {}".format(scope["name"])).all()
    assert [t["id"] for t in found] == [TASK_ID]
    task["scopes"].remove(scope)
    session.commit()
    assert not ftrack_api.Session().query("Task where scopes.name is {}".format(scope["name"])).all()


def custom_attributes_read_and_write(session):
    task = session.get("Task", TASK_ID)
    sparse = session.query(
        f'CustomAttributeValue where entity_id is "{TASK_ID}" and configuration.key is customNumber'
    ).first()
    assert sparse["value"] == task["custom_attributes"]["customNumber"]
    for kind, key in (("Task", "customNumber"), ("Shot", "fstart"), ("AssetVersion", "versiontest")):
        entity = session.query(kind).first()
        entity["custom_attributes"][key] = 42
        session.commit()
        seen = ftrack_api.Session().get(kind, entity["id"])["custom_attributes"][key]
        assert seen == 42 and isinstance(seen, (int, float)), seen
        raises(KeyError, lambda: entity["custom_attributes"]["nothing-like-this"])
    raises(KeyError, lambda: session.query("Task").first()["custom_attributes"].__setitem__("fstart", 1))


def custom_attributes_of_new_entities(session):
    project = session.get("Project", PROJECT_ID)
    shot = session.create("Shot", {"name": unique(), "parent": project})
    shot["custom_attributes"]["fstart"] = 1005
    asset = session.create("Asset", {"name": unique(), "parent": shot, "type": session.query("AssetType").first()})
    version = session.create("AssetVersion", {"asset": asset})
    session.commit()
    version["custom_attributes"]["versiontest"] = 7
    session.commit()
    other = ftrack_api.Session()
    assert other.get("Shot", shot["id"])["custom_attributes"]["fstart"] == 1005
    found = other.query("select versions.custom_attributes from Asset where id is " + asset["id"]).one()
    assert found["versions"][0]["custom_attributes"]["versiontest"] == 7


def schema_statuses_and_types(session):
    schema = session.get("ProjectSchema", SCHEMA_ID)

    def names(items):
        return sorted(item["name"] for item in items)

    assert names(schema.get_statuses("Task")) == ["Approved", "Awaiting approval", "In progress", "Not started"]
    assert names(schema.get_statuses("Shot")) == ["Normal", "Omitted", "On Hold"]
    assert names(schema.get_statuses("AssetVersion")) == ["Approved", "Pending"]
    assert names(schema.get_statuses("AssetBuild")) == ["Normal", "Omitted", "On Hold"]
    assert names(schema.get_types("AssetBuild")) == ["Character", "Environment", "Matte Painting", "Prop"]
    assert len(schema.get_types("Task")) == 14
    raises(ValueError, lambda: schema.get_statuses("Sequence"))
    first = session.query("ProjectSchema").first()
    assert first.get_statuses("Shot") and first.get_types("Task") and first.get_statuses("Task")


def versions_count_up_and_move_components(session):
    project = session.get("Project", PROJECT_ID)
    shot = session.create("Shot", {"name": unique(), "parent": project})
    kind = session.query("AssetType").first()
    assets = [session.create("Asset", {"name": "same", "context_id": shot["id"], "type": kind}) for _ in range(2)]
    versions = [session.create("AssetVersion", {"asset_id": assets[0]["id"]}) for _ in range(3)]
    session.commit()
    assert [v["version"] for v in versions] == [1, 2, 3]
    assert [v["is_latest_version"] for v in versions] == [False, False, True]
    component = session.create("FileComponent", {"name": "main", "version": versions[0]})
    session.commit()
    versions[1]["components"].append(component)
    session.commit()
    fresh = ftrack_api.Session()
    assert fresh.get("FileComponent", component["id"])["version_id"] == versions[1]["id"]
    names = [item["name"] for item in fresh.get("AssetVersion", versions[0]["id"])["link"]]
    assert names[-1] == "same v001" and names[-2] == shot["name"], names


def a_plain_component_keeps_its_type_on_create(session):
    component = session.create("Component", {"name": "x"})
    session.commit()
    assert component["name"] == "x"
    assert session.query('Component where id is "{}"'.format(component["id"])).one()["name"] == "x"


def sequence_components(session):
    sequence = session.create("SequenceComponent", {"name": "seq", "padding": 4})
    members = [session.create("FileComponent", {"name": str(n), "container": sequence, "size": 10}) for n in range(3)]
    session.commit()
    fresh = ftrack_api.Session()
    seen = fresh.get("SequenceComponent", sequence["id"])
    assert len(seen["members"]) == 3
    assert {m.entity_type for m in seen["members"]} == {"FileComponent"}
    location = session.ensure("Location", {"name": "test.location"})
    row = session.create(
        "ComponentLocation",
        {"component": members[0], "location": location, "resource_identifier": "a\nb"},
    )
    session.commit()
    assert ftrack_api.Session().get("ComponentLocation", row["id"])["resource_identifier"] == "a\nb"
    session.delete(sequence)
    session.commit()
    assert ftrack_api.Session().get("FileComponent", members[0]["id"]) is None


def without_an_asset_there_is_no_version(session):
    session.create("AssetVersion", {"comment": "lost"})
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()


def remote_reset_of_keys(session):
    user = session.create("User", {"username": unique()})
    session.commit()
    keys = {session.reset_remote("api_key", entity=user)["api_key"] for _ in range(3)}
    assert len(keys) == 3
    raises(ftrack_api.exception.ServerError, lambda: session.reset_remote(["id"], entity=user))
    user["is_active"] = True
    session.commit()
    key = session.reset_remote("api_key", entity=user)["api_key"]
    assert ftrack_api.Session(api_user=user["username"], api_key=key).query("User").first()


def widgets_and_invitations(session):
    url = session.get_widget_url("tasks", theme="light")
    info = session.get_widget_url("info", entity=session.get("Task", TASK_ID), theme="dark")
    assert requests.get(url, timeout=30).status_code == requests.get(info, timeout=30).status_code == 200
    user = session.create("User", {"username": unique(), "email": "kim@example.invalid"})
    session.commit()
    session.send_user_invite(user)
    session.send_user_invites([user, user])


def lists_and_jobs(session):
    project = session.get("Project", PROJECT_ID)
    category = session.query("ListCategory").first()
    listing = session.create("TypedContextList", {"name": unique(), "project": project, "category": category})
    task = session.get("Task", TASK_ID)
    listing["items"].append(task)
    job = session.create("Job", {"user": session.get("User", USER_ID)})
    session.commit()
    assert (job["type"], job["status"]) == ("api_job", "queued")
    fresh = ftrack_api.Session()
    assert [i["id"] for i in fresh.get("TypedContextList", listing["id"])["items"]] == [TASK_ID]
    assert fresh.get("List", listing["id"]).entity_type == "TypedContextList"
    assert listing["id"] in [item["id"] for item in fresh.get("Task", TASK_ID)["lists"]]
    session.delete(job)
    session.commit()


def unicode_everywhere(session):
    project = session.get("Project", PROJECT_ID)
    name = "bjørn " + "\u2764 " + unique()
    folder = session.create("Folder", {"name": name, "parent": project})
    session.commit()
    assert ftrack_api.Session().query(f'Folder where name is "{name}"').one()["id"] == folder["id"]


def dates_come_back_as_arrow(session):
    task = session.create("Task", {"name": unique(), "parent": session.get("Project", PROJECT_ID)})
    task["start_date"] = dt.datetime(2031, 2, 3)
    session.commit()
    seen = ftrack_api.Session().get("Task", task["id"])
    assert seen["start_date"] == arrow.get("2031-02-03T00:00:00+00:00")
    assert isinstance(seen["created_at"], arrow.Arrow)


def rows_that_first_must_find(session):
    for kind in (
        "AssetType",
        "NoteCategory",
        "ListCategory",
        "Status",
        "Sequence",
        "Shot",
        "Asset",
        "AssetVersion",
        "Task",
        "Project",
        "Timelog",
        "ObjectType",
        "Location",
    ):
        assert session.query(kind).first() is not None, kind
    assert len(session.query("User")) >= 50
    assert session.query("select asset.parent from AssetVersion where asset is_not None limit 10").all()
    assert session.query("select timelogs.user from User where timelogs any ()").first()["timelogs"]


def groups_in_strict_mode(session):
    strict = ftrack_api.Session(strict_api=True)
    rows = strict.call(
        [{"action": "query", "expression": "select count(id), project_id from Task group by project_id"}]
    )[0]["data"]
    assert rows and rows[0]["count_id"] > 5 and "__entity_type__" not in rows[0]


def deleting_what_is_in_use_is_refused(session):
    location = session.create("Location", {"name": unique()})
    component = session.create("FileComponent", {"name": "main"})
    session.create("ComponentLocation", {"component": component, "location": location, "resource_identifier": "x"})
    session.commit()
    session.delete(session.query("ProjectSchema").first())
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()


def run():
    expectations = {
        name: value
        for name, value in globals().items()
        if callable(value)
        and getattr(value, "__module__", "") == "__main__"
        and value.__code__.co_argcount == 1
        and name != "new_project"
    }
    chosen = sys.argv[1:] or sorted(expectations)
    results = {}
    for name in chosen:
        session = ftrack_api.Session()
        try:
            expectations[name](session)
        except Exception:
            results[name] = traceback.format_exc()
        else:
            results[name] = "ok"
        session.close()
    print(json.dumps(results))


if __name__ == "__main__":
    run()
