"""How much one client of the event server may ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventLimits:
    """What keeps one client from harming the others; `ftrack_server.settings.Settings` has the defaults.

    Attributes:
        connections: Clients connected at a time, those that have shaken hands and not come yet included.
        frame_characters: Length of a frame that a client sends.
        queue_frames: Frames that wait for a client which reads slowly.
        queue_characters: Length of all those frames together.
        subscriptions: Subscriptions of one connection.
        heartbeat_seconds: Time between heartbeats; clients of old give up after 15 without one.
        malformed_frames: Frames without meaning that a client may send.
    """

    connections: int = 10_000
    frame_characters: int = 4 * 1024 * 1024
    queue_frames: int = 10_000
    queue_characters: int = 64 * 1024 * 1024
    subscriptions: int = 2_000
    heartbeat_seconds: float = 10.0
    malformed_frames: int = 20
