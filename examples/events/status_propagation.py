"""A listener that propagates statuses: once every task of a shot is done, so is the shot.

Run it with the address, user and key of a server in ``FTRACK_SERVER``, ``FTRACK_API_USER`` and ``FTRACK_API_KEY``.
"""

from __future__ import annotations

import ftrack_api

DONE = "Completed"


class StatusPropagation:
    """The listener of one session.

    Args:
        session: A session whose hub is connected, or will be.
    """

    def __init__(self, session: ftrack_api.Session) -> None:
        self.session = session

    def register(self) -> None:
        """Listen for changes; those that the listener makes itself concern shots, and lead to nothing."""
        self.session.event_hub.subscribe("topic=ftrack.update", self.update)

    def update(self, event: ftrack_api.event.base.Event) -> None:
        """Look at the shots above tasks whose status has changed."""
        changed = [
            entity
            for entity in event["data"].get("entities", [])
            if entity["entity_type"] == "Task" and "statusid" in (entity.get("keys") or ())
        ]
        shots = {entity["parentId"] for entity in changed if entity["action"] in {"add", "update"}}
        for shot_id in shots:
            self.complete(shot_id)

    def complete(self, shot_id: str) -> None:
        """Complete a shot whose tasks are all completed."""
        # What this session has loaded before may be older than the event.
        self.session.reset()
        tasks = self.session.query(f'select status.name from Task where parent_id is "{shot_id}"').all()
        if not tasks or any(task["status"]["name"] != DONE for task in tasks):
            return
        shot = self.session.query(f'select status.name, name from Shot where id is "{shot_id}"').first()
        if shot is None or shot["status"]["name"] == DONE:
            return
        shot["status"] = self.session.query(f'Status where name is "{DONE}"').one()
        self.session.commit()
        print(f"{shot['name']} is completed.", flush=True)


def main() -> None:
    """Listen until the hub is disconnected."""
    with ftrack_api.Session(auto_connect_event_hub=True) as session:
        StatusPropagation(session).register()
        session.event_hub.wait_connected()
        print("Ready.", flush=True)
        session.event_hub.wait()


if __name__ == "__main__":
    main()
