"""Lists and jobs."""

from studio import PROJECT_ID, TASK_ID, USER_ID, new_project, new_task, new_version, raises, unique

import ftrack_api
import ftrack_api.exception


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


def lists_hold_items_of_their_kind(session):
    project = new_project(session)
    category = session.query("ListCategory").first()
    version, task = new_version(session), new_task(session, project)
    versions = session.create("AssetVersionList", {"name": unique(), "project": project, "category": category})
    tasks = session.create("TypedContextList", {"name": unique(), "project": project, "category": category})
    versions["items"].append(version)
    tasks["items"].append(task)
    session.commit()
    other = ftrack_api.Session()
    assert [item["id"] for item in other.get("AssetVersionList", versions["id"])["items"]] == [version["id"]]
    lists = other.query('List where project_id is "{}"'.format(project["id"]))
    assert sorted(row.entity_type for row in lists) == [
        "AssetVersionList",
        "TypedContextList",
    ]
    found = 'AssetVersion where lists any (name is "{}")'.format(versions["name"])
    assert [row["id"] for row in other.query(found)] == [version["id"]]
    rows = other.query('ListObject where list_id is "{}"'.format(versions["id"])).all()
    assert [row["entity_id"] for row in rows] == [version["id"]]
    assert other.get("List", tasks["id"])["system_type"] == "task"
    assert other.get("List", tasks["id"])["owner"]["username"] == session.api_user


def list_objects_are_rows_of_their_own(session):
    project = new_project(session)
    category = session.query("ListCategory").first()
    listing = session.create("TypedContextList", {"name": unique(), "project": project, "category": category})
    tasks = [new_task(session, project) for _ in range(3)]
    for task in tasks:
        session.create("ListObject", {"list_id": listing["id"], "entity_id": task["id"]})
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("TypedContextList", listing["id"])
    assert sorted(item["id"] for item in seen["items"]) == sorted(task["id"] for task in tasks)
    seen["items"].remove(other.get("Task", tasks[0]["id"]))
    other.commit()
    rows = ftrack_api.Session().query('ListObject where list_id is "{}"'.format(listing["id"])).all()
    assert sorted(row["entity_id"] for row in rows) == sorted(task["id"] for task in tasks[1:])
    session.delete(listing)
    session.commit()
    assert ftrack_api.Session().get("Task", tasks[1]["id"]) is not None


def jobs_tell_their_progress(session):
    job = session.create(
        "Job", {"user": session.get("User", USER_ID), "status": "running", "data": '{"description": "Rendering"}'}
    )
    component = session.create("FileComponent", {"name": "log"})
    session.commit()
    session.create("JobComponent", {"job_id": job["id"], "component_id": component["id"]})
    job["status"] = "done"
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("Job", job["id"])
    assert (seen["status"], seen["data"]) == ("done", '{"description": "Rendering"}')
    assert seen["finished_at"] is not None
    assert [row["component_id"] for row in seen["job_components"]] == [component["id"]]
    running = 'select id, user_id, status, created_at, data from Job where status in ("queued","running")'
    assert job["id"] not in [row["id"] for row in other.query(running)]
    job["status"] = "dancing"
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()


def dashboards_are_shared_with_people(session):
    dashboard = session.create("Dashboard", {"name": unique(), "created_by_id": USER_ID})
    widget = session.create("DashboardWidget", {"dashboard": dashboard, "type": "chart", "config": '{"x": 1}'})
    session.create("DashboardResource", {"dashboard_id": dashboard["id"], "resource_id": USER_ID})
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("Dashboard", dashboard["id"])
    assert [row["id"] for row in seen["widgets"]] == [widget["id"]]
    assert [row["resource_id"] for row in seen["dashboard_resources"]] == [USER_ID]
    session.delete(dashboard)
    session.commit()
    assert ftrack_api.Session().get("DashboardWidget", widget["id"]) is None
