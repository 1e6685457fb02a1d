"""Open a session and read the small production with projections, filters, order and paging."""

import json

import ftrack_api

session = ftrack_api.Session()
project = session.query("select name, full_name, project_schema.name from Project").first()
shots = session.query(
    'select name, parent.name, link from Shot where project.id is "{}" order by name'.format(project["id"])
).all()
tasks = session.query("select name, status.name, type.name, parent.name, assignments.resource.username from Task").all()
paged = session.query("select id from Task", page_size=7).all()
busy = session.query('Task where assignments any (resource.username like "%") and not status.name is "none"').all()
lazy = session.query("User").first()
print(
    json.dumps(
        {
            "version": ftrack_api.__version__,
            "project": [project["name"], project["full_name"], project["project_schema"]["name"]],
            "types": sorted(session.types),
            "shots": [
                [shot["name"], shot["parent"]["name"], [item["name"] for item in shot["link"]]] for shot in shots
            ],
            "tasks": len(tasks),
            "statuses": sorted({task["status"]["name"] for task in tasks}),
            "assigned": sorted({a["resource"]["username"] for task in tasks for a in task["assignments"]}),
            "paged": sorted(task["id"] for task in paged) == sorted(task["id"] for task in tasks),
            "busy": len(busy),
            "lazy": lazy["username"],
            "missing": session.get("User", "non-existant-id"),
        }
    )
)
