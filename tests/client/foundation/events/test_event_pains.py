"""What users suffer from with events, reproduced: what never leaves the process is not asked of the server."""

from __future__ import annotations

import pytest

from ftrack_api.event.base import Event

LOCAL = [
    "topic=ftrack.api.session.ready",
    "topic=ftrack.api.session.configure-location and source.user.username=kim",
    "topic=ftrack.meta.connected",
    "topic=ftrack.api.session.*",
    "topic=ftrack.api.session.*-location or (topic=ftrack.meta.disconnected and not data.a=1)",
]


@pytest.mark.parametrize("early", [True, False])
def test_p72_what_only_this_process_publishes_is_no_subscription_of_the_server(event_server, make_hub, early):
    hub = make_hub()
    identifiers = []

    def subscribe():
        identifiers.extend(hub.subscribe(text, lambda event: event["topic"]) for text in LOCAL)
        identifiers.append(hub.subscribe("topic=ftrack.update", print))

    if early:
        subscribe()
    hub.connect()
    if not early:
        subscribe()
    hub.publish(Event("last"))
    event_server.until(lambda: "last" in event_server.topics())

    told = [item.data["subscriber"]["id"] for item in event_server.received if item.topic == "ftrack.meta.subscribe"]
    assert set(told) & set(identifiers) == {identifiers[-1]}
    assert hub.publish(Event("ftrack.api.session.ready"), synchronous=True) == ["ftrack.api.session.ready"] * 2

    for identifier in identifiers:
        hub.unsubscribe(identifier)
    hub.publish(Event("end"))
    event_server.until(lambda: "end" in event_server.topics())

    told = [item.data["subscriber"]["id"] for item in event_server.received if item.topic == "ftrack.meta.unsubscribe"]
    assert told == [identifiers[-1]]


def test_p72_whoever_may_mean_something_else_too_is_told_of(event_server, make_hub):
    hub = make_hub()
    hub.connect()
    texts = (
        "topic=ftrack.*",
        "topic=*.session.ready",
        "topic!=ftrack.api.session.ready",
        "not topic=ftrack.api.session.*",
        "topic=ftrack.api.session.* or data.a=1",
        "topic>ftrack.api.session.ready",
        "data.a=1",
    )
    meant = [hub.subscribe(text, print) for text in texts]
    hub.publish(Event("last"))
    event_server.until(lambda: "last" in event_server.topics())

    told = [item.data["subscriber"]["id"] for item in event_server.received if item.topic == "ftrack.meta.subscribe"]
    assert set(meant) <= set(told)
