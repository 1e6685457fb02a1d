"""Publish inside the process with some subscribers, official client or ours; print microseconds per event as JSON."""

from __future__ import annotations

import json
import logging
import time

from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub

ROUNDS = 7
EVENTS = 1000


def timed(hub, events):
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for event in events:
            hub.publish(event, synchronous=True)
        best = min(best, (time.perf_counter() - started) / len(events))
    return best * 1e6


def measure(count):
    hub = EventHub("http://127.0.0.1:1", "kim", "key")
    calls = []
    for number in range(count):
        hub.subscribe(f"topic=ftrack.action.launch and data.actionIdentifier=action-{number}", calls.append)
    topic, names = "ftrack.action.launch", [f"action-{number % count}" for number in range(EVENTS)]
    best = timed(hub, [Event(topic, data={"actionIdentifier": name}) for name in names])
    assert len(calls) == ROUNDS * EVENTS
    return best


def unrelated(count):
    hub = EventHub("http://127.0.0.1:1", "kim", "key")
    for number in range(count):
        hub.subscribe(f"topic=studio.topic-{number}", lambda _event: None)
    return timed(hub, [Event("studio.topic-0") for _ in range(EVENTS)])


logging.disable(logging.CRITICAL)
print(
    json.dumps(
        {
            "10 listeners of one topic": measure(10),
            "200 listeners of one topic": measure(200),
            "10 listeners of other topics": unrelated(10),
            "200 listeners of other topics": unrelated(200),
        }
    )
)
