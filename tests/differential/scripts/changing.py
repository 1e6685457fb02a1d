"""The unit of work: create, change, delete, commit, roll back."""

import ftrack_api
import ftrack_api.inspection
import ftrack_api.operation
import ftrack_api.symbol


def _project(session, name):
    schema = session.query("select id from ProjectSchema").first()
    return session.create("Project", {"name": name, "full_name": name.title(), "project_schema": schema})


def _operations(session):
    """Return the recorded operations by kind, type and attribute."""
    return [
        [type(item).__name__, item.entity_type, getattr(item, "attribute_name", None)]
        for item in session.recorded_operations
    ]


def creating_a_tree(see, stage):
    session = stage.session()
    project = _project(session, "tree")
    shot = session.create("Shot", {"name": "sh", "parent": project})
    task = session.create("Task", {"name": "comp", "parent": shot, "bid": 3})
    see("states", ftrack_api.inspection.states([project, shot, task]))
    see("created", session.created)
    see("operations", _operations(session))
    session.commit()
    see("states afterwards", ftrack_api.inspection.states([project, shot, task]))
    see("operations afterwards", _operations(session))
    see("status", task["status"]["name"])
    see("priority", task["priority"]["name"])
    see("project", task["project"])
    see("children", list(shot["children"]))
    see("link", [item["name"] for item in task["link"]])
    other = stage.session().get("Task", task["id"])
    see("seen by another", (other["name"], other["bid"], other["parent"], other["project"]))


def defaults_of_new_entities(see, stage):
    session = stage.session()
    with session.auto_populating(False):
        for entity_type in ("Task", "Note", "User", "Timelog", "AssetVersion", "Job", "Project", "Metadata"):
            entity = session.create(entity_type, {"key": "k", "parent_id": "p"} if entity_type == "Metadata" else {})
            see(entity_type, {key: entity[key] for key in sorted(entity.keys()) if _is_scalar(entity, key)})
    session.rollback()


def _is_scalar(entity, key):
    return type(entity.attributes.get(key)).__name__ == "ScalarAttribute"


def updating(see, stage):
    session = stage.session()
    task = session.query("select name, bid, description from Task where name is t2").one()
    status = session.query('Status where name is "Approved"').first()
    task["bid"] = 5
    task["bid"] = 7
    task["description"] = "new"
    task["status"] = status
    see("states", ftrack_api.inspection.states([task]))
    see("modified", session.modified)
    see("operations", _operations(session))
    session.commit()
    see("afterwards", (task["bid"], task["description"], task["status"]["name"], task["status_id"] == status["id"]))
    other = stage.session().get("Task", task["id"])
    see("seen by another", (other["bid"], other["description"], other["status"]["name"]))
    task["bid"] = 7
    session.commit()
    task["description"] = None
    session.commit()
    see("nulled", stage.session().get("Task", task["id"])["description"])


def deleting(see, stage):
    session = stage.session()
    user = session.create("User", {"username": "short-lived"})
    session.commit()
    session.delete(user)
    see("states", ftrack_api.inspection.states([user]))
    see("deleted", session.deleted)
    session.commit()
    see("gone", session.query('User where username is "short-lived"').first())
    see.refused("twice", lambda: (session.delete(user), session.commit()))
    session.recorded_operations.clear()


def created_then_deleted(see, stage):
    session = stage.session()
    user = session.create("User", {"username": "never"})
    user["first_name"] = "Never"
    session.delete(user)
    see("states", ftrack_api.inspection.states([user]))
    see("operations", _operations(session))
    session.commit()
    see("operations afterwards", len(list(session.recorded_operations)))
    see("found", session.query('User where username is "never"').first())


def rolling_back(see, stage):
    session = stage.session()
    user = session.query('select username, email from User where username is "artist01"').one()
    user["email"] = "a@studio.example"
    new = session.create("User", {"username": "rolled-back"})
    session.delete(session.query('User where username is "artist02"').one())
    session.rollback()
    see("email", user["email"])
    see("states", ftrack_api.inspection.states([user]))
    see("lists", (session.created, session.modified, session.deleted))
    see("new", session.get("User", new["id"]))
    see("still there", session.query('User where username is "artist02"').first())
    session.commit()


def refused_commits(see, stage):
    session = stage.session()
    task = session.query("select name from Task where name is t3").one()
    task["name"] = "renamed"
    session.create("Task", {"name": "no parent"})
    see.refused("commit", session.commit)
    see("name", task["name"])
    see("operations", _operations(session))
    see("states", ftrack_api.inspection.states([task]))
    session.rollback()
    see("rolled back", (task["name"], _operations(session)))
    task["name"] = "t3"
    session.commit()


def names_that_are_taken(see, stage):
    session = stage.session()
    project = _project(session, "taken")
    session.create("Folder", {"name": "one", "parent": project})
    session.commit()
    session.create("Folder", {"name": "one", "parent": project})
    see.refused("commit", session.commit)
    session.rollback()


def read_only_attributes(see, stage):
    session = stage.session()
    task = session.query("select id, name from Task where name is t4").one()

    def change(name, value):
        task[name] = value

    see.refused("id", lambda: change("id", "other"))
    see.refused("link", lambda: change("link", []))
    see.refused("unknown", lambda: change("colour", "red"), as_a=KeyError)
    see("operations", _operations(session))
    see.refused("unknown key of create", lambda: session.create("User", {"colour": "red"}).entity_type)
    see.refused("unknown type", lambda: session.create("Nothing", {}))
    session.recorded_operations.clear()


def an_empty_commit(see, stage):
    session = stage.session()
    session.commit()
    session.rollback()
    see("operations", _operations(session))


def without_recording(see, stage):
    session = stage.session()
    task = session.query("select name from Task where name is t5").one()
    with session.operation_recording(False):
        task["name"] = "unrecorded"
        see("flag", session.record_operations)
    see("flag afterwards", session.record_operations)
    see("name", task["name"])
    see("operations", _operations(session))
    see("modified", session.modified)
    session.commit()
    see("on the server", stage.session().get("Task", task["id"])["name"])


def operations_by_hand(see, stage):
    session = stage.session()
    key = session.query("select id from Task where name is t6").one()["id"]
    fresh = stage.session()
    fresh.recorded_operations.push(
        ftrack_api.operation.UpdateEntityOperation(
            "Task", {"id": key}, "description", ftrack_api.symbol.NOT_SET, "by hand"
        )
    )
    fresh.recorded_operations.push(
        ftrack_api.operation.CreateEntityOperation(
            "Metadata",
            {"parent_id": key, "key": "hand"},
            {"parent_id": key, "key": "hand", "value": "made", "parent_type": "Task"},
        )
    )
    fresh.commit()
    seen = stage.session().get("Task", key)
    see("description", seen["description"])
    see("metadata", seen["metadata"])


def references(see, stage):
    session = stage.session()
    project = _project(session, "moves")
    first = session.create("Folder", {"name": "first", "parent": project})
    second = session.create("Folder", {"name": "second", "parent": project})
    task = session.create("Task", {"name": "moved", "parent": first})
    session.commit()
    see("before", (list(first["children"]), list(second["children"])))
    task["parent"] = second
    session.commit()
    other = stage.session()
    see("after", [list(other.get("Folder", item["id"])["children"]) for item in (first, second)])
    see("parent", (task["parent"], task["parent_id"] == second["id"]))
    task["parent_id"] = first["id"]
    session.commit()
    see("by id", stage.session().get("Task", task["id"])["parent"]["name"])


def ensuring(see, stage):
    session = stage.session()
    first = session.ensure("User", {"username": "ensured", "first_name": "En"}, identifying_keys=["username"])
    second = session.ensure("User", {"username": "ensured", "first_name": "Sured"}, identifying_keys=["username"])
    see("same", first is second)
    see("name", second["first_name"])
    third = session.ensure("User", {"username": "ensured"})
    see("unchanged", (third is second, len(list(session.recorded_operations))))
    see.refused("no keys", lambda: session.ensure("User", {}))
    see.refused("missing key", lambda: session.ensure("User", {"username": "x"}, identifying_keys=["email"]))
    see.refused("several", lambda: session.ensure("Task", {"name": "comp"}))


def resetting(see, stage):
    session = stage.session()
    task = session.query("select name from Task where name is t7").one()
    task["name"] = "forgotten"
    see.refused("with changes", session.reset)
    session.rollback()
    session.reset()
    again = session.query("select name from Task where name is t7").one()
    see("another object", again is task)
    see("equal", again == task)


def merging(see, stage):
    session = stage.session()
    other = stage.session()
    task = other.query("select name, status.name from Task where name is t8").one()
    merged = session.merge(task)
    see("another object", merged is task)
    see("own session", merged.session is session)
    with session.auto_populating(False):
        see("values", (merged["name"], merged["status"]["name"]))
        see("status belongs here", merged["status"].session is session)
    task["name"] = "changed there"
    merged = session.merge(task)
    see("name", merged["name"])
    see("local", merged.attributes.get("name").get_local_value(merged))
    see("operations", _operations(session))
    other.rollback()
