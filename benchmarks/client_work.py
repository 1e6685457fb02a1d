"""The work that both clients do, timed in milliseconds; run by versus_official, prints one line of JSON."""

import json
import time

started = time.perf_counter()
import ftrack_api  # noqa: E402 - importing is part of what is timed

TIMES = {"import": (time.perf_counter() - started) * 1e3}
TASKS = 500


def timed(name, work):
    """Run work and note how long it took."""
    start = time.perf_counter()
    result = work()
    TIMES[name] = (time.perf_counter() - start) * 1e3
    return result


session = timed("first session, no schema cache", ftrack_api.Session)
session.close()
session = timed("session, warm schema cache", ftrack_api.Session)

schema = session.query("ProjectSchema").first()
project = session.create(
    "Project", {"name": "bench-" + str(time.time()), "full_name": "Bench", "project_schema": schema}
)
shot = session.create("Shot", {"name": "sh", "parent": project})
session.commit()


def create():
    """Create tasks and commit them."""
    for number in range(TASKS):
        session.create("Task", {"name": f"task{number:04d}", "parent": shot})
    session.commit()


timed(f"create and commit {TASKS} tasks", create)
SELECT = "select {} from Task where project_id is " + project["id"]
NESTED = "name, bid, description, parent.name, status.name, status.color, type.name, project.full_name"


def fresh():
    """Return a session that has loaded nothing."""
    return ftrack_api.Session()


session = fresh()
tasks = timed(f"load {TASKS} tasks, nested", lambda: session.query(SELECT.format(NESTED)).all())
timed("load them again", lambda: session.query(SELECT.format(NESTED)).all())
timed("read 3 attributes of each", lambda: [(t["name"], t["status"]["name"], t["parent"]["name"]) for t in tasks])


def change_one():
    """Change one attribute and commit."""
    tasks[0]["description"] = str(time.time())
    session.commit()


timed("commit one change, all cached", change_one)


def change_all():
    """Change one attribute of every task and commit."""
    for task in tasks:
        task["description"] = str(time.time())
    session.commit()


timed(f"commit {TASKS} changes", change_all)
session = fresh()
bare = session.query(SELECT.format("id")).all()[:100]
timed("read an unloaded attribute of 100 tasks", lambda: [t["name"] for t in bare])
timed("smallest query", lambda: session.query("select id from State limit 1").all())
print(json.dumps(TIMES))
