"""Reading: what populates, how often, and what is not fetched."""

import datetime as dt

import arrow

import ftrack_api.inspection
import ftrack_api.symbol

TASK = 'select id from Task where name is "t1"'


def unset_attributes_are_fetched(see, stage):
    session = stage.session()
    task = session.query(TASK).one()
    see("name", task["name"])
    see("again", task["name"])
    see("status", task["status"]["name"])
    see("parent of parent", task["parent"]["parent"]["name"])
    see("link", [item["name"] for item in task["link"]])


def collections_are_fetched(see, stage):
    session = stage.session()
    folder = session.query('select id from Folder where name is "tasks"').one()
    see("children", sorted(child["name"] for child in folder["children"]))
    see("length", len(folder["children"]))
    task = session.query(TASK).one()
    see("resource", [appointment["resource"]["username"] for appointment in task["assignments"]])
    see("notes", [note["content"] for note in task["notes"]])
    see("timelogs", [timelog["duration"] for timelog in task["timelogs"]])


def nothing_is_fetched_when_told_so(see, stage):
    session = stage.session(auto_populate=False)
    task = session.query(TASK).one()
    see("name", task["name"])
    see("status", task["status"])
    see("children", task["assignments"])
    see("flag", session.auto_populate)
    with session.auto_populating(True):
        see("name now", task["name"])
    see("flag afterwards", session.auto_populate)


def populating_what_is_asked_for(see, stage):
    session = stage.session()
    tasks = session.query('select id from Task where parent.name is "tasks" order by name').all()
    session.populate(tasks, "name, status.name, assignments.resource.username")
    with session.auto_populating(False):
        see("names", [task["name"] for task in tasks])
        see("status", [task["status"]["name"] for task in tasks])
        see("resources", [[item["resource"]["username"] for item in task["assignments"]] for task in tasks])
    session.populate(tasks, "name")
    session.populate(tasks[0], "name, description")
    session.populate([], "name")
    see.refused("unknown attribute", lambda: session.populate(tasks, "colour"))


def populating_new_entities(see, stage):
    session = stage.session()
    user = session.create("User", {"username": "populated"})
    session.populate(user, "email")
    with session.auto_populating(False):
        see("new", user["email"])
    session.commit()
    session.populate(user, "email, first_name")
    with session.auto_populating(False):
        see("committed", (user["email"], user["first_name"]))


def populating_composite_keys(see, stage):
    session = stage.session()
    task = session.query(TASK).one()
    task["metadata"]["one"] = "1"
    task["metadata"]["two"] = "2"
    session.commit()
    other = stage.session()
    rows = other.query("select key, parent_id from Metadata where parent_id is " + task["id"] + " order by key").all()
    other.populate(rows, "value")
    with other.auto_populating(False):
        see("values", [row["value"] for row in rows])
    see("by key", other.get("Metadata", [task["id"], "one"]))


def mappings(see, stage):
    session = stage.session()
    task = session.query("select name, bid from Task where name is t1").one()
    see("keys", sorted(task.keys()))
    see("length", len(task) == len(task.keys()))
    see("contains", ("name" in task, "colour" in task))
    see("get", (task.get("name"), task.get("colour"), task.get("colour", 3)))
    see.refused("unknown", lambda: task["colour"], as_a=KeyError)
    see("truth", bool(task))
    see("items", sorted(key for key, _ in task.items()))
    see("values", len(task.values()))


def inspected(see, stage):
    session = stage.session()
    task = session.query("select name from Task where name is t1").one()
    see("identity", ftrack_api.inspection.identity(task))
    see("primary key", dict(ftrack_api.inspection.primary_key(task)))
    see("states", ftrack_api.inspection.states([task]))
    see("state", ftrack_api.inspection.state(task))
    see("text", str(task).startswith("<Task("))
    see("hash", hash(task) == hash(session.query("Task where name is t1").one()))
    see("equal", task == stage.session().get("Task", task["id"]))
    see("different", task == session.query("Task where name is t2").one())
    blank = session.types["Task"](session, reconstructing=True)
    see.refused("no key", lambda: ftrack_api.inspection.primary_key(blank))


def attributes_of_types(see, stage):
    session = stage.session()
    see("types", sorted(session.types))
    for name in ("Task", "Metadata", "Project", "User", "AssetVersion"):
        kind = session.types[name]
        see(name, (kind.entity_type, kind.primary_key_attributes, sorted(kind.default_projections)))
        see(
            name + " attributes",
            {
                key: [type(kind.attributes.get(key)).__name__, kind.attributes.get(key).mutable]
                for key in kind.attributes.keys()
            },
        )
    see.refused("unknown", lambda: session.types["Nothing"], as_a=KeyError)


def local_and_remote_values(see, stage):
    session = stage.session()
    task = session.query("select name from Task where name is t1").one()
    attribute = task.attributes.get("name")
    see("remote", attribute.get_remote_value(task))
    see("local", attribute.get_local_value(task))
    see("set", (attribute.is_set(task), attribute.is_modified(task)))
    task["name"] = "other"
    see("changed", (attribute.get_local_value(task), attribute.get_remote_value(task), attribute.is_modified(task)))
    see("value", task["name"])
    task["name"] = "t1"
    see("changed back", attribute.is_modified(task))
    del task["name"]
    see("deleted", (attribute.get_local_value(task), task["name"]))
    session.rollback()


def dates(see, stage):
    session = stage.session()
    task = session.query(TASK).one()
    task["start_date"] = dt.datetime(2021, 3, 4, 5, 6, 7)
    task["end_date"] = arrow.get("2021-04-05T06:07:08+02:00")
    session.commit()
    other = stage.session()
    seen = other.query("select start_date, end_date from Task where id is " + task["id"]).one()
    see("start", seen["start_date"])
    see("end", seen["end_date"])
    see("here", (task["start_date"], task["end_date"]))
    task["start_date"] = None
    session.commit()
    see("none", stage.session().get("Task", task["id"])["start_date"])
    see("created", seen["created_at"])
    other = 'Task where start_date is none and end_date > "2021-04-01" and end_date < "2021-05-01"'
    see("found", session.query(other).all())
