"""An action with a form: rename everything that is selected, with a prefix that the user types.

Run it with the address, user and key of a server in ``FTRACK_SERVER``, ``FTRACK_API_USER`` and ``FTRACK_API_KEY``.
"""

from __future__ import annotations

from typing import Any

import ftrack_api

IDENTIFIER = "studio.add-prefix"
LABEL = "Add a prefix"


class AddPrefix:
    """The action of one session.

    Args:
        session: A session whose hub is connected, or will be.
    """

    def __init__(self, session: ftrack_api.Session) -> None:
        self.session = session

    def register(self) -> None:
        """Offer the action to the user of the session; of several running copies one does the work."""
        user = f'source.user.username="{self.session.api_user}"'
        hub = self.session.event_hub
        hub.subscribe(f"topic=ftrack.action.discover and {user}", self.discover)
        launch = f"topic=ftrack.action.launch and data.actionIdentifier={IDENTIFIER} and {user}"
        hub.subscribe(launch, self.launch, single_run=IDENTIFIER)

    def discover(self, event: ftrack_api.event.base.Event) -> dict[str, Any] | None:
        """Offer the action where something is selected."""
        if not event["data"].get("selection"):
            return None
        return {"items": [{"label": LABEL, "actionIdentifier": IDENTIFIER}]}

    def launch(self, event: ftrack_api.event.base.Event) -> dict[str, Any]:
        """Ask for the prefix first, then do the work."""
        values = event["data"].get("values")
        if values is None:
            field = {"type": "text", "label": "Prefix", "name": "prefix", "value": ""}
            return {"items": [field], "title": LABEL, "submit_button_label": "Rename"}
        prefix = values.get("prefix", "").strip()
        if not prefix:
            return {"success": False, "message": "Type a prefix."}
        self.session.reset()  # what was loaded for an earlier launch may have changed since
        entities = event.entities(self.session)
        for entity in entities:
            entity["name"] = f"{prefix}_{entity['name']}"
        self.session.commit()
        return {"success": True, "message": f"{len(entities)} renamed."}


def main() -> None:
    """Serve the action until the hub is disconnected."""
    with ftrack_api.Session(auto_connect_event_hub=True) as session:
        AddPrefix(session).register()
        session.event_hub.wait_connected()
        print("Ready.", flush=True)
        session.event_hub.wait()


if __name__ == "__main__":
    main()
