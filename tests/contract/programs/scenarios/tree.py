"""The production tree: contexts of every kind, their links, moves, names, bids and what hangs below them."""

from studio import PROJECT_ID, SCHEMA_ID, TASK_ID, ids, names, new_project, new_shot, new_task, raises, unique

import ftrack_api
import ftrack_api.exception


def every_kind_of_item_can_be_made(session):
    project = new_project(session)
    kinds = [
        "Folder",
        "Sequence",
        "Shot",
        "Episode",
        "AssetBuild",
        "Scene",
        "Image",
        "Information",
        "Milestone",
        "Task",
    ]
    for kind in kinds:
        session.create(kind, {"name": kind.lower(), "parent": project})
    session.commit()
    other = ftrack_api.Session()
    children = other.query('select name from TypedContext where parent_id is "{}"'.format(project["id"])).all()
    assert sorted(child.entity_type for child in children) == sorted(kinds)
    for child in children:
        assert child["object_type"]["name"].replace(" ", "") == child.entity_type
        assert child["object_type_id"] == other.types[child.entity_type].attributes.get("object_type_id").default_value
        assert child["project_id"] == project["id"]


def a_parent_may_be_named_by_id_or_not_at_all(session):
    project = new_project(session)
    first = session.create("Folder", {"name": "a", "parent_id": project["id"], "project_id": project["id"]})
    second = session.create("Folder", {"name": "b", "project_id": project["id"]})
    third = session.create("Folder", {"name": "c", "parent_id": first["id"]})
    session.commit()
    other = ftrack_api.Session()
    assert other.get("Folder", second["id"])["parent"]["id"] == project["id"]
    assert other.get("Folder", third["id"])["project"]["id"] == project["id"]
    assert [item["id"] for item in other.get("Folder", third["id"])["ancestors"]] == [first["id"]]
    assert sorted(ids(other.get("Project", project["id"])["descendants"])) == sorted(ids([first, second, third]))


def links_follow_renames_and_moves(session):
    project = new_project(session)
    folder = session.create("Folder", {"name": "old", "parent": project})
    shot = session.create("Shot", {"name": "sh010", "parent": folder})
    session.commit()
    folder["name"] = "new"
    session.commit()
    assert [item["name"] for item in ftrack_api.Session().get("Shot", shot["id"])["link"]][1:] == ["new", "sh010"]
    shot["parent"] = project
    session.commit()
    link = ftrack_api.Session().get("Shot", shot["id"])["link"]
    assert ids(link) == [project["id"], shot["id"]]
    assert link[0]["type"] == "Project"
    assert ftrack_api.Session().get(link[1]["type"], link[1]["id"])["name"] == "sh010"


def a_move_to_another_project_takes_everything_along(session):
    source, target = new_project(session), new_project(session)
    shot = new_shot(session, source)
    task = new_task(session, shot)
    asset = session.create("Asset", {"name": "plate", "parent": shot})
    version = session.create("AssetVersion", {"asset": asset, "task": task})
    session.commit()
    shot["parent"] = target
    session.commit()
    other = ftrack_api.Session()
    assert other.get("Task", task["id"])["project_id"] == target["id"]
    assert other.get("Asset", asset["id"])["project_id"] == target["id"]
    assert other.get("AssetVersion", version["id"])["project_id"] == target["id"]
    assert ids(other.query('Task where project_id is "{}"'.format(target["id"])).all()) == [task["id"]]


def names_are_taken_once_below_a_parent(session):
    project = new_project(session)
    session.create("Folder", {"name": "a", "parent": project})
    session.commit()
    session.create("Folder", {"name": "a", "parent": project})
    assert "IntegrityError" in raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()
    session.create("Folder", {"name": "b", "parent": project})
    session.commit()
    session.create("Project", {"name": project["name"], "project_schema": session.get("ProjectSchema", SCHEMA_ID)})
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()


def nothing_lies_below_itself(session):
    project = new_project(session)
    outer = session.create("Folder", {"name": "outer", "parent": project})
    inner = session.create("Folder", {"name": "inner", "parent": outer})
    session.commit()
    outer["parent"] = inner
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()
    assert ftrack_api.Session().get("Folder", outer["id"])["parent_id"] == project["id"]


def bids_and_logged_time_add_up(session):
    shot = new_shot(session)
    tasks = [session.create("Task", {"name": str(n), "parent": shot, "bid": 3600.0}) for n in range(2)]
    user = session.create("User", {"username": unique()})
    for task in tasks:
        session.create("Timelog", {"user": user, "context": task, "duration": 600})
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("Shot", shot["id"])
    assert (seen["bid"], seen["time_logged"], seen["bid_time_logged_difference"]) == (7200, 1200, 6000)
    assert other.get("Task", tasks[0]["id"])["time_logged"] == 600
    assert ids(other.query('Shot where time_logged > 1000 and id is "{}"'.format(shot["id"])).all()) == [shot["id"]]


def a_deleted_item_takes_what_is_below_it(session):
    shot = new_shot(session)
    task = new_task(session, shot)
    note = task.create_note("gone soon", session.query("User").first())
    scope = session.create("Scope", {"name": unique()})
    task["scopes"].append(scope)
    task["metadata"]["k"] = "v"
    session.create("Appointment", {"context": task, "resource": session.query("User").first(), "type": "assignment"})
    asset = session.create("Asset", {"name": "plate", "parent": shot})
    version = session.create("AssetVersion", {"asset": asset, "task": task})
    component = session.create("FileComponent", {"name": "main", "version": version})
    session.commit()
    session.delete(shot)
    session.commit()
    other = ftrack_api.Session()
    for entity in (shot, task, note, asset, version, component):
        assert other.get(entity.entity_type, entity["id"]) is None, entity.entity_type
    for kind, column in (("Appointment", "context_id"), ("Metadata", "parent_id")):
        assert not other.query('{} where {} is "{}"'.format(kind, column, task["id"])).all(), kind
    assert other.get("Scope", scope["id"])["name"] == scope["name"]


def default_status_type_and_priority_follow_the_schema(session):
    project = new_project(session)
    task = new_task(session, project)
    shot = new_shot(session, project)
    folder = session.create("Folder", {"name": "f", "parent": project})
    session.commit()
    other = ftrack_api.Session()
    schema = other.get("ProjectSchema", SCHEMA_ID)
    seen = other.get("Task", task["id"])
    assert seen["status"]["id"] in ids(schema.get_statuses("Task"))
    assert seen["status"]["state"]["short"] == "NOT_STARTED"
    assert seen["type"]["id"] in ids(schema.get_types("Task"))
    assert seen["priority"]["name"] == "None"
    assert other.get("Shot", shot["id"])["status"]["name"] in names(schema.get_statuses("Shot"))
    assert other.get("Folder", folder["id"])["status"] is None


def status_changes_are_told(session):
    task = new_task(session)
    status = session.query('Status where name is "Approved"').first()
    before = task["status"]
    task["status"] = status
    session.commit()
    other = ftrack_api.Session()
    changes = other.get("Task", task["id"])["status_changes"]
    assert [(c["from_status"]["id"], c["status"]["id"]) for c in changes] == [(before["id"], status["id"])]
    assert changes[0].entity_type == "TypedContextStatusChange"
    assert changes[0]["user"]["username"] == session.api_user
    found = other.query('StatusChange where parent_id is "{}"'.format(task["id"])).one()
    assert found["id"] == changes[0]["id"]


def links_between_items_go_both_ways(session):
    project = new_project(session)
    first, second = new_task(session, project), new_task(session, project)
    session.create("TypedContextLink", {"from": first, "to": second})
    session.commit()
    other = ftrack_api.Session()
    assert [link["to"]["id"] for link in other.get("Task", first["id"])["outgoing_links"]] == [second["id"]]
    rows = other.query('select incoming_links.from.name from Task where id is "{}"'.format(second["id"])).one()
    assert [link["from"]["name"] for link in rows["incoming_links"]] == [first["name"]]
    either = 'TypedContextLink where from_id is "{0}" or to_id is "{0}"'.format(second["id"])
    assert len(other.query(either).all()) == 1


def assignments_lead_from_people_to_work_and_back(session):
    project = new_project(session)
    task = new_task(session, project)
    user = session.create("User", {"username": unique()})
    group = session.create("Group", {"name": unique()})
    session.create("Membership", {"user": user, "group": group})
    for resource in (user, group):
        session.create("Appointment", {"context": task, "resource": resource, "type": "assignment"})
    session.create("Appointment", {"context": project, "resource": group, "type": "allocation"})
    session.commit()
    other = ftrack_api.Session()
    kinds = sorted(item["resource"].entity_type for item in other.get("Task", task["id"])["assignments"])
    assert kinds == ["Group", "User"]
    assert [a["context"]["id"] for a in other.get("User", user["id"])["assignments"]] == [task["id"]]
    assert [a["resource"]["id"] for a in other.get("Project", project["id"])["allocations"]] == [group["id"]]
    mine = 'Task where assignments any (resource.username = "{}")'.format(user["username"])
    assert ids(other.query(mine).all()) == [task["id"]]
    assert ids(other.query('User where assignments any (context_id = "{}")'.format(task["id"])).all()) == [user["id"]]
    members = 'Group where memberships any (user.username is "{}")'.format(user["username"])
    assert ids(other.query(members).all()) == [group["id"]]
    session.create("Appointment", {"context": task, "resource": user, "type": "assignment"})
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()


def managers_of_a_project(session):
    project = new_project(session)
    kind = session.create("ManagerType", {"name": unique()})
    session.create("Manager", {"context": project, "user": session.query("User").first(), "type": kind})
    session.commit()
    other = ftrack_api.Session()
    assert [m["type"]["name"] for m in other.get("Project", project["id"])["managers"]] == [kind["name"]]
    session.delete(kind)
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()


def the_tasks_of_the_acceptance_project_are_where_they_should_be(session):
    task = session.get("Task", TASK_ID)
    assert [item["name"] for item in task["link"]][1:] == ["python_api", "tasks", "t1"]
    assert task["link"][0]["id"] == PROJECT_ID
    assert task["parent"]["parent"]["parent"]["id"] == PROJECT_ID
    assert names(task["ancestors"]) == ["python_api", "tasks"]


def values_are_echoed_read_back_and_cleared(session):
    task = new_task(session, description="x", sort=3.5)
    task["description"] = "Füße\n\"quoted\" \\ 'single'"
    task["end_date"] = None
    session.commit()
    assert ftrack_api.Session().get("Task", task["id"])["description"] == "Füße\n\"quoted\" \\ 'single'"
    status = task["status"]
    task["status"] = None
    session.commit()
    other = ftrack_api.Session()
    assert other.get("Task", task["id"])["status"] is None
    task["status_id"] = status["id"]
    session.commit()
    assert ftrack_api.Session().get("Task", task["id"])["status"]["id"] == status["id"]
