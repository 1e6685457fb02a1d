"""Names of events that both sides know: topics of the protocol itself, keys on the wire, the name of their packets."""

from __future__ import annotations

SUBSCRIBE = "ftrack.meta.subscribe"
UNSUBSCRIBE = "ftrack.meta.unsubscribe"
REPLY = "ftrack.meta.reply"
CONNECTED = "ftrack.meta.connected"
DISCONNECTED = "ftrack.meta.disconnected"
UPDATE = "ftrack.update"

# Old clients drop an event that has any other key.
WIRE_KEYS = ("id", "topic", "data", "target", "sent", "source", "inReplyToEvent")

EVENT_NAME = "ftrack.event"
