"""What the programs of studios do all day: queries as they spell them, raw actions, operations by hand, events."""

import json

import ftrack_api
import ftrack_api.event.base
import ftrack_api.operation
import ftrack_api.symbol

QUERIES = (
    'Task where name is "comp"and parent.name is "sh010"',
    "Task where name is 't1' or name is 't2' order by name desc",
    "select name from Task where name like 't%' and not name in ('t1', 't2') order by name limit 3",
    "select name, bid from Task where name not_in ('t1') and name like \"t1%\" order by bid descending, name ascending",
    "select name from Task where (name is t1 or (name is t2)) and project.name is_not none order by name",
    "select name , parent.name,parent.name from Task where name is t3",
    "Note Where content is none",
    'select username from User where is_active is True and username in ("artist01","artist02") order by username',
    'select name from Task where bid >= "0" and name = t4',
    "select name from Task\n  where   name is t5\n  order by name",
    "select name from Task where assignments any (resource.username is artist01) order by name limit 2",
    "select name from Task where assignments any () order by name limit 2",
    "select name from Shot where not children any () order by name limit 2",
    "select name from TypedContext where parent has (name is sh010) order by name limit 4",
    "select name from TypedContext where ancestors any (name is sh010) order by name limit 4",
    "select link from Task where name is t1",
    "select name from Status where name in ('Approved',)",
    "select name from Task where end_date >= 2018-1-5 and name is t1",
    "select id from Task where name is 'it\\'s'",
    "select name from Task where status.name != 'Approved' and name is t6",
)


def spellings_of_queries(see, stage):
    session = stage.session()
    for text in QUERIES:
        see.refused(text, lambda text=text: [item.get("name", item.entity_type) for item in session.query(text).all()])


def raw_actions(see, stage):
    session = stage.session()
    task = session.query("select name from Task where name is t9").one()
    user = session.query('User where username is "jenkins"').one()
    note = "11111111-1111-4111-8111-111111111111"
    entry = {"parent_id": note, "parent_type": "Note", "key": "source", "value": "web"}
    answers = session.call(
        [
            {
                "action": "create",
                "entity_type": "Note",
                "entity_key": [note],
                "entity_data": {
                    "__entity_type__": "Note",
                    "id": note,
                    "content": "raw",
                    "parent_id": task["id"],
                    "parent_type": "task",
                    "user_id": user["id"],
                },
            },
            {
                "action": "create",
                "entity_type": "Metadata",
                "entity_key": [note, "source"],
                "entity_data": {"__entity_type__": "Metadata", **entry},
            },
            {"action": "query", "expression": f"select content, metadata from Note where id is {note}"},
        ]
    )
    see("kinds", [answer["action"] for answer in answers])
    see("asked", [row["content"] for row in answers[2]["data"]])
    see("known", session.get("Note", note)["metadata"])
    change = {"__entity_type__": "Note", "content": "changed"}
    session.call([{"action": "update", "entity_type": "Note", "entity_key": [note], "entity_data": change}])
    see("afterwards", session.get("Note", note)["content"])
    see("gone", session.call([{"action": "delete", "entity_type": "Note", "entity_key": [note]}])[0]["data"])
    see.refused("an unknown action", lambda: session.call([{"action": "nonsense"}]))
    see.refused("usage", lambda: session.call([{"action": "_track_usage", "data": {"type": "event", "name": "x"}}]))


def custom_attributes_by_hand(see, stage):
    session = stage.session()
    task = session.query("select custom_attributes from Task where name is t10").one()
    configuration = session.query(
        'select id from CustomAttributeConfiguration where key is "customNumber" and entity_type is task'
    ).first()
    key = {"configuration_id": configuration["id"], "entity_id": task["id"]}
    fresh = stage.session()
    fresh.recorded_operations.push(
        ftrack_api.operation.UpdateEntityOperation(
            "ContextCustomAttributeValue", key, "value", ftrack_api.symbol.NOT_SET, 17
        )
    )
    fresh.commit()
    see("updated", stage.session().get("Task", task["id"])["custom_attributes"]["customNumber"])
    task["custom_attributes"]["customNumber"] = 18
    see("operations", [[type(item).__name__, item.entity_type] for item in session.recorded_operations])
    session.commit()
    see("set", stage.session().get("Task", task["id"])["custom_attributes"]["customNumber"])


def lists_by_hand(see, stage):
    session = stage.session()
    project = session.query("Project where name is_not none order by name").first()
    category = session.query("ListCategory order by name").first()
    user = session.query('User where username is "jenkins"').one()
    tasks = session.query("select name from Task where name in (t1, t2) order by name").all()
    made = session.create(
        "TypedContextList", {"name": "by hand", "project": project, "category": category, "owner": user}
    )
    session.commit()
    for task in tasks:
        session.create("ListObject", {"list_id": made["id"], "entity_id": task["id"]})
    session.commit()
    seen = stage.session()
    rows = seen.query(f"select entity_id from ListObject where list_id is {made['id']}").all()
    see("rows", sorted(row["entity_id"] for row in rows) == sorted(task["id"] for task in tasks))
    see("items", sorted(item["name"] for item in seen.get("TypedContextList", made["id"])["items"]))
    session.delete(made)
    session.commit()
    see("gone", stage.session().get("TypedContextList", made["id"]))


def usual_creations(see, stage):
    session = stage.session()
    user = session.query('User where username is "jenkins"').one()
    shot = session.query("select name, project from Shot where name is sh020").one()
    task = session.create(
        "Task", {"name": "usual", "parent": shot, "type": session.query("Type order by name").first()}
    )
    assignment = session.create("Appointment", {"context": task, "resource": user, "type": "assignment"})
    job = session.create("Job", {"user": user, "status": "running", "data": json.dumps({"description": "usual"})})
    timelog = session.create("Timelog", {"user_id": user["id"], "context_id": task["id"], "duration": 60})
    link = session.create("TypedContextLink", {"from": shot, "to": task})
    session.commit()
    job["status"] = "done"
    session.commit()
    other = stage.session()
    see("task", (other.get("Task", task["id"])["type"]["name"], other.get("Task", task["id"])["parent"]["name"]))
    see("assignments", [item["resource"]["username"] for item in other.get("Task", task["id"])["assignments"]])
    see("assignment", other.get("Appointment", assignment["id"])["type"])
    see("job", (other.get("Job", job["id"])["status"], json.loads(other.get("Job", job["id"])["data"])))
    see("timelog", other.get("Timelog", timelog["id"])["duration"])
    see("link", (other.get("TypedContextLink", link["id"])["from"], other.get("TypedContextLink", link["id"])["to"]))
    kind = session.query('AssetType where short is "upload"').first()
    asset = session.create("Asset", {"name": "usual", "context_id": shot["id"], "type_id": kind["id"]})
    explicit = session.create("AssetVersion", {"asset": asset, "task": task, "version": 7})
    session.commit()
    numbered = session.create("AssetVersion", {"asset": asset, "task": task, "comment": "next"})
    session.commit()
    see("versions", (explicit["version"], stage.session().get("AssetVersion", numbered["id"])["version"]))


LAUNCHES = (
    "topic=ftrack.action.launch and data.actionIdentifier=publish",
    "topic=ftrack.action.launch and data.actionIdentifier=publish and source.user.username=a.b@c.d",
    "topic=ftrack.action.launch and data.actionIdentifier=other",
    "topic=ftrack.action.launch and data.application.identifier=nuke*",
    "topic=ftrack.action.launch and (data.application.label='Nuke 14' or data.application.label=Maya)",
    'topic="ftrack.action.launch" and data.selection.entityId=*',
    "topic=ftrack.action.*",
    "topic=*",
)


def launch_events(see, stage):
    session = stage.session()
    hub = session.event_hub
    data = {
        "actionIdentifier": "publish",
        "application": {"identifier": "nuke_14", "label": "Nuke 14"},
        "selection": [{"entityId": "x", "entityType": "task"}],
    }
    for text in LAUNCHES:
        identifier = hub.subscribe(text, lambda event: {"success": True, "message": event["data"]["actionIdentifier"]})
        event = ftrack_api.event.base.Event(
            topic="ftrack.action.launch", data=data, source={"user": {"username": "a.b@c.d"}}
        )
        see.refused(text, lambda event=event: hub.publish(event, synchronous=True))
        hub.unsubscribe(identifier)
    targeted = ftrack_api.event.base.Event(
        topic="ftrack.action.launch", data=data, target=f"id={hub.id}", source={"user": {"username": "kim"}}
    )
    hub.subscribe("topic=ftrack.action.launch", lambda event: event["source"]["user"]["username"], {"id": "me"})
    see("targeted at none", hub.publish(targeted, synchronous=True))
    targeted["target"] = 'id="me"'
    see("targeted", hub.publish(targeted, synchronous=True))
    see("data", sorted(targeted._data))


def kept_names(see, stage):
    session = stage.session()
    task = session.query("select name from Task where name is t1").one()
    see(
        "addresses", (session._server_url == session.server_url, session._api_user, session._api_key == session.api_key)
    )
    see("cached", session._local_cache.get(str(("Task", [task["id"]]))) is task)
    see("among the values", any(value is task for value in session._local_cache.values()))
    session._local_cache.clear()
    see("forgotten", session.query("select name from Task where name is t1").one() is task)
    session._configure_locations()
    see("locations", sorted(item["name"] for item in session.query("Location") if item.accessor)[:1] != [])
    see("hub", (session.event_hub._api_user, session._auto_connect_event_hub_thread))
    see("timeout", getattr(session, "request_timeout", None))


class _Loud:
    """Mixed into one entity."""

    def shout(self):
        return self["name"].upper()


def mixed_in(see, stage):
    session = stage.session()
    task, other = session.query("select name from Task where name in (t1, t2) order by name").all()
    ftrack_api.mixin(task, _Loud, name="LoudTask")
    see("shout", task.shout())
    see("names", (type(task).__name__, hasattr(other, "shout")))
    see("still one", (task == session.get("Task", task["id"]), session.get("Task", task["id"]) is task))
