"""A journalled service: tells the id of every update it handles and the users it names, one line each."""

from __future__ import annotations

import os
import sys

from ftrack_api.event.hub import EventHub


def tell(event):
    changes = [entity["changes"] for entity in event["data"]["entities"] if entity["entityType"] == "user"]
    names = [change["username"]["new"] for change in changes if "username" in change]
    print(event["id"], *names, flush=True)  # noqa: T201 - how the test hears of it


hub = EventHub(os.environ["SERVER"], os.environ["API_USER"], os.environ["API_KEY"], journal=sys.argv[1])
hub._delays = lambda: iter(lambda: 0.05, None)  # the server is back soon
hub.subscribe("topic=ftrack.update", tell)
hub.init_connection()
hub.keep_connecting()
hub.wait_connected()
print("ready", flush=True)  # noqa: T201 - as above
hub.wait()
