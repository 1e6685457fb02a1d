"""A program with an event hub, official or ours: does what lines of JSON on its input say, and tells what happens."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading

from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub


def tell(**found):
    print(json.dumps(found), flush=True)  # noqa: T201 - how the test hears of it


def read_commands(commands):
    for line in sys.stdin:
        commands.put(json.loads(line))
    os._exit(0)


def tell_connected(_event):
    tell(connected=True)


def answer(event):
    tell(received=event["data"], user=event["source"]["user"])
    return {"from": name, "text": event["data"]["text"]}


name = sys.argv[1]
hub = EventHub(os.environ["FTRACK_SERVER"], os.environ["FTRACK_API_USER"], os.environ["FTRACK_API_KEY"])
hub.subscribe("topic=ftrack.meta.connected", tell_connected)
hub.subscribe("topic=pair." + name, answer)
hub.subscribe("topic=pair.targeted", lambda event: tell(targeted=event["data"]), {"id": name, "role": "listener"})
hub.connect()

commands = queue.Queue()
threading.Thread(target=read_commands, args=(commands,), daemon=True).start()
while True:
    hub.wait(0.02)
    while not commands.empty():
        command = commands.get()
        event = Event(command["topic"], data=command["data"], target=command.get("target", ""))
        hub.publish(event, on_reply=lambda reply: tell(reply=reply["data"]))
