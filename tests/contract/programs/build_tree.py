"""Create a project tree, commit, change it, read it back through a second session and delete it again."""

import json

import ftrack_api

session = ftrack_api.Session()
schema = session.query("ProjectSchema").first()
project = session.create("Project", {"name": "heron", "full_name": "Night Heron", "project_schema": schema})
sequence = session.create("Sequence", {"name": "sq010", "parent": project})
shots = [session.create("Shot", {"name": f"sh{n:03d}", "parent": sequence}) for n in range(10)]
tasks = [session.create("Task", {"name": "comp", "parent": shot}) for shot in shots]
project["metadata"]["colour"] = "grey"
session.commit()

asset = session.create("Asset", {"name": "plate", "parent": shots[0], "type": session.query("AssetType").first()})
versions = [session.create("AssetVersion", {"asset": asset, "task": tasks[0]}) for _ in range(3)]
note = tasks[0].create_note("Please look", author=session.query("User").first())
session.commit()

status = session.query('Status where name is "In progress"').one()
for task in tasks[:4]:
    task["status"] = status
tasks[0]["description"] = "first"
project["metadata"]["colour"] = "blue"
session.commit()

other = ftrack_api.Session()
seen = other.get("Project", project["id"])
result = {
    "children": [child.entity_type for child in seen["children"]],
    "shots": sorted(shot["name"] for shot in seen["children"][0]["children"]),
    "in_progress": len(
        other.query('Task where project_id is {} and status.name is "In progress"'.format(project["id"])).all()
    ),
    "colour": seen["metadata"]["colour"],
    "versions": sorted(v["version"] for v in other.query("AssetVersion where asset_id is " + asset["id"])),
    "link": [item["type"] for item in other.get("Task", tasks[0]["id"])["link"]],
    "notes": [n["content"] for n in other.get("Task", tasks[0]["id"])["notes"]],
    "recipients": len(other.get("Note", note["id"])["recipients"]),
}

session.delete(tasks[0])
session.commit()
result["after_task"] = len(other.query("select id from Task where project_id is " + project["id"]).all())
session.delete(project)
session.commit()
result["after_project"] = [
    len(other.query(f'select id from {kind} where id is "{key}"').all())
    for kind, key in (("Project", project["id"]), ("Shot", shots[0]["id"]), ("AssetVersion", versions[0]["id"]))
]
print(json.dumps(result))
