"""Collections, metadata and custom attributes."""

import ftrack_api
import ftrack_api.collection
import ftrack_api.inspection


def _list(session, name):
    project = session.query('select id from Project where name is "tests"').one()
    category = session.query("select id from ListCategory order by name").first()
    user = session.query('User where username is "jenkins"').one()
    return session.create(
        "TypedContextList", {"name": name, "project": project, "category": category, "user": user, "owner": user}
    )


def _tasks(session):
    return session.query('select name from Task where parent.name is "tasks" order by name').all()


def appending_and_removing(see, stage):
    session = stage.session()
    tasks = _tasks(session)
    item = _list(session, "appending")
    session.commit()
    item["items"].append(tasks[0])
    item["items"].extend(tasks[1:3])
    see("names", [task["name"] for task in item["items"]])
    see("operations", [(type(o).__name__, getattr(o, "attribute_name", None)) for o in session.recorded_operations])
    session.commit()
    item["items"].remove(tasks[1])
    session.commit()
    see("here", sorted(task["name"] for task in item["items"]))
    other = stage.session().get("TypedContextList", item["id"])
    see("there", sorted(task["name"] for task in other["items"]))
    item["items"] = [tasks[4]]
    session.commit()
    see("replaced", [task["name"] for task in stage.session().get("TypedContextList", item["id"])["items"]])
    item["items"] = []
    session.commit()
    see("emptied", list(stage.session().get("TypedContextList", item["id"])["items"]))


def what_collections_refuse(see, stage):
    session = stage.session()
    tasks = _tasks(session)
    item = _list(session, "refusing")
    item["items"].append(tasks[0])
    items = item["items"]
    see.refused("twice", lambda: items.append(tasks[0]))
    see("length", len(items))
    see.refused("beyond", lambda: items[5])
    see.refused("absent", lambda: items.remove(tasks[3]))
    see.refused("index of absent", lambda: items.index(tasks[3]))
    see("membership", (tasks[0] in items, tasks[1] in items))
    project = session.query('select id from Project where name is "tests"').one()
    see("mutable", (items.mutable, project["descendants"].mutable))
    see.refused("read-only", lambda: project["descendants"].append(tasks[0]))
    session.rollback()


def collections_as_lists(see, stage):
    session = stage.session()
    tasks = _tasks(session)
    item = _list(session, "listing")
    items = item["items"]
    items.insert(0, tasks[0])
    items.insert(0, tasks[1])
    items[1] = tasks[2]
    see("items", [task["name"] for task in items])
    see("pop", items.pop()["name"])
    del items[0]
    see("empty", len(items))
    items.extend([tasks[0], tasks[1]])
    see.refused("reversed", lambda: items.reverse() or [task["name"] for task in items])
    see("is a collection", isinstance(items, ftrack_api.collection.Collection))
    see("equal", item["items"] == items)
    session.rollback()


def assignments(see, stage):
    session = stage.session()
    task = session.query("select name from Task where name is t9").one()
    user = session.query('User where username is "artist20"').one()
    last = {
        "id": "ffffffff-0000-4000-8000-000000000001"
    }  # answers are in the order of ids, which clients make differently
    session.create("Appointment", {**last, "context": task, "resource": user, "type": "assignment"})
    session.commit()
    other = stage.session().get("Task", task["id"])
    see("there", sorted(item["resource"]["username"] for item in other["assignments"]))
    see("here", sorted(item["resource"]["username"] for item in task["assignments"]))


def metadata(see, stage):
    session = stage.session()
    task = session.query("select name from Task where name is t10").one()
    see("empty", dict(task["metadata"]))
    task["metadata"]["one"] = "1"
    task["metadata"]["two"] = "2"
    see("before", (sorted(task["metadata"].keys()), len(task["metadata"]), "one" in task["metadata"]))
    session.commit()
    task["metadata"]["one"] = "uno"
    del task["metadata"]["two"]
    session.commit()
    see("there", stage.session().get("Task", task["id"])["metadata"])
    see.refused("missing", lambda: task["metadata"]["three"])
    see("get", task["metadata"].get("three", "default"))
    task["metadata"].update({"four": "4", "five": "5"})
    session.commit()
    see("updated", stage.session().get("Task", task["id"])["metadata"])
    task["metadata"] = {"only": "this"}
    session.commit()
    see("replaced", stage.session().get("Task", task["id"])["metadata"])
    task["metadata"].clear()
    session.commit()
    see("cleared", stage.session().get("Task", task["id"])["metadata"])


def metadata_of_new_entities(see, stage):
    session = stage.session()
    project = session.query('Project where name is "tests"').one()
    task = session.create("Task", {"name": "with metadata", "parent": project, "metadata": {"a": "1", "b": "2"}})
    see("before", task["metadata"])
    session.commit()
    see("here", task["metadata"])
    see("there", stage.session().get("Task", task["id"])["metadata"])


def custom_attributes(see, stage):
    session = stage.session()
    task = session.query("select name from Task where name is t1").one()
    see("keys", sorted(task["custom_attributes"].keys()))
    see("value", task["custom_attributes"]["customNumber"])
    task["custom_attributes"]["customNumber"] = 42
    session.commit()
    see("there", stage.session().get("Task", task["id"])["custom_attributes"]["customNumber"])
    see.refused("unknown", lambda: task["custom_attributes"]["nothing"])
    shot = session.query('Shot where name is "sh010"').one()
    see("shot", shot["custom_attributes"]["fstart"])
    found = session.query('Shot where custom_attributes any (key is "fstart" and value is "1002")').all()
    see("found", [item["name"] for item in found])


def custom_attributes_of_others(see, stage):
    session = stage.session()
    user = session.query('User where username is "artist03"').one()
    user["custom_attributes"]["teststring"] = "said"
    version = session.query('AssetVersion where asset.parent.name is "sh020" and version is 1').one()
    see("version", version["custom_attributes"]["NumberField"])
    version["custom_attributes"]["versiontest"] = 3
    session.commit()
    other = stage.session()
    see("user", other.get("User", user["id"])["custom_attributes"]["teststring"])
    see("versiontest", other.get("AssetVersion", version["id"])["custom_attributes"]["versiontest"])


def custom_attributes_projected(see, stage):
    session = stage.session()
    shots = session.query("select name, custom_attributes from Shot where parent.name is sq010 order by name").all()
    with session.auto_populating(False):
        see("values", [dict(shot["custom_attributes"])["fstart"] for shot in shots])
