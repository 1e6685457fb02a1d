"""`trackteroid`, which wraps session, entities and collections, and reads the schemas for the ways between types."""

import json
import sys

from trackteroid import SESSION, Query
from trackteroid.entities import Note, Project, Shot, Task, User

shots = Query(Shot).get_all(projections=["name", "parent.name", "children.name", "custom_attributes"])
seen = {
    "projects": list(Query(Project).get_all().name),
    "shots": sorted(shots.name),
    "parents": sorted(set(shots.parent.name)),
    "children": sorted(set(shots.children.name)),
    "attributes": sorted(shots[0].custom_attributes[0]),
    "statuses": sorted(set(Query(Task).get_all(projections=["status.name"]).status.name)),
    "users": sorted(Query(User).get_all(projections=["username"]).username),
    "nothing": len(Query(Task).by_id("nothing").get_all()),
    "notes": len(Query(Note).get_all(projections=["content"])),
}
shot = Query(Shot).by_name("sh%").get_first(projections=["description"])
shot.description = "changed by a wrapper"
SESSION.commit()
again = Query(Shot).by_id(shot.id[0]).get_first(projections=["description"])
seen["changed"] = list(again.description)
sys.stdout.write(json.dumps(seen) + "\n")
