"""A service that misses nothing: writes a line for every change of a status, whatever happened while it was away.

Run it with the address, user and key of a server in ``FTRACK_SERVER``, ``FTRACK_API_USER`` and ``FTRACK_API_KEY``, and
the file for the lines as an argument; the journal lies beside it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import ftrack_api


class StatusLog:
    """The service.

    Args:
        path: The file that lines are added to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hub = ftrack_api.event.hub.EventHub(
            os.environ["FTRACK_SERVER"],
            os.environ["FTRACK_API_USER"],
            os.environ["FTRACK_API_KEY"],
            journal=path.with_suffix(".journal"),
            on_state=lambda state: print(f"Event server: {state}", flush=True),
        )
        self.hub.subscribe("topic=ftrack.update", self.update)

    def update(self, event: ftrack_api.event.base.Event) -> None:
        """Write what an event says. After a crash the last one may come again, so lines bear the id of their event."""
        with self.path.open("a", encoding="utf-8") as lines:
            for entity in event["data"]["entities"]:
                change = (entity.get("changes") or {}).get("statusid")
                if change is not None:
                    who = event["data"]["user"]
                    lines.write(
                        json.dumps({"event": event["id"], "entity": entity["entityId"], **change, "by": who}) + "\n"
                    )

    def run(self) -> None:
        """Serve until the hub is disconnected; the server may be away at the start."""
        self.hub.init_connection()
        self.hub.keep_connecting()
        self.hub.wait()


if __name__ == "__main__":
    StatusLog(Path(sys.argv[1])).run()
