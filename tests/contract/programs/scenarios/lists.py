"""Lists and jobs."""

from studio import PROJECT_ID, TASK_ID, USER_ID, unique

import ftrack_api


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
