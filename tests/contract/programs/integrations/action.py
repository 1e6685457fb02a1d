"""An action as `ftrack-action-handler` has users write it, discovered and launched by another session."""

import json
import threading

from ftrack_action_handler.action import BaseAction

import ftrack_api

SECONDS = 60
seen = []


class Rename(BaseAction):
    """Asks for a name, then says what it would do."""

    label = "Rename"
    identifier = "tests.rename"
    description = "Give an entity another name."

    def discover(self, _session, entities, _event):
        return len(entities) == 1

    def interface(self, _session, _entities, event):
        if not event["data"].get("values"):
            return [{"type": "text", "name": "name", "value": "", "label": "Name"}]
        return None

    def launch(self, session, entities, event):
        kind, identifier = entities[0]
        name = session.get(kind, identifier)["name"]
        return {"success": True, "message": "{} to {}".format(name, event["data"]["values"]["name"])}


def ask(session, topic, **data):
    replies = []
    selection = [{"entityId": task["id"], "entityType": "task"}]
    user = {"user": {"username": session.api_user}}
    asked = ftrack_api.event.base.Event(topic=topic, data=dict(selection=selection, **data), source=user)
    session.event_hub.publish(asked, on_reply=lambda reply: replies.append(reply["data"]))
    for _ in range(SECONDS * 10):
        session.event_hub.wait(0.1)
        if replies:
            break
    seen.append([topic, replies])


service = ftrack_api.Session(plugin_paths=[], auto_connect_event_hub=False)
service.event_hub.connect()
Rename(service).register()
ended = threading.Event()


def serve():
    while not ended.is_set():
        service.event_hub.wait(0.1)


serving = threading.Thread(target=serve)
serving.start()
asking = ftrack_api.Session(plugin_paths=[], auto_connect_event_hub=False)
asking.event_hub.connect()
task = asking.query("Task where name is comp order by id").first()
ask(asking, "ftrack.action.discover")
ask(asking, "ftrack.action.launch", actionIdentifier="tests.rename")
ask(asking, "ftrack.action.launch", actionIdentifier="tests.rename", values={"name": "roto"})
ended.set()
serving.join(SECONDS)
asking.close()
service.close()
print(json.dumps(seen))
