"""Calls that events take: they follow who is concerned, never who else has subscribed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub
from ftrack_server.events.subscriptions import Subscription, Subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.cost

EVENTS = 100


def ignore(_event: Event) -> None:
    """Do nothing with an event."""


def dispatching(subscriptions: list[str]) -> Callable[[], None]:
    hub = EventHub("http://studio.test", "kim", "key")
    for text in subscriptions:
        hub.subscribe(text, ignore)
    events = [Event("launch", data={"action": "number-1"}) for _ in range(EVENTS)]

    def work() -> None:
        for event in events:
            hub.publish(event, synchronous=True)

    work()
    return work


@pytest.mark.parametrize(("text", "limit"), [("topic=other-{}", 8), ("topic=launch and data.action=number-{}", 15)])
def test_a_dispatch_costs_the_same_however_many_others_listen(
    calls_of: Callable[..., int], text: str, limit: int
) -> None:
    few = calls_of(dispatching([text.format(number) for number in range(10)]))
    many = calls_of(dispatching([text.format(number) for number in range(1000)]))

    assert few == many
    assert few < limit * EVENTS


def test_the_server_finds_receivers_whatever_else_is_subscribed(calls_of: Callable[..., int]) -> None:
    def finding(unrelated: int) -> Callable[[], None]:
        subscriptions = Subscriptions()
        connection: Any = object()
        for number in range(unrelated):
            subscriptions.add(Subscription.parse(connection, {"id": str(number)}, f"topic=other-{number}"))
            subscriptions.add(Subscription.parse(connection, {"id": f"hub-{number}"}, "topic=ftrack.meta.reply"))
        subscriptions.add(Subscription.parse(connection, {"id": "mine"}, "topic=mine and data.x=1"))

        def work() -> None:
            for _ in range(EVENTS):
                assert subscriptions.receivers({"topic": "mine", "data": {"x": 1}}) == [connection]
                assert subscriptions.receivers({"topic": "ftrack.meta.reply"}, "id=hub-0") == [connection]

        work()
        return work

    assert calls_of(finding(10)) == calls_of(finding(5000))
