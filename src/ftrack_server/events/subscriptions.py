"""Which connections an event reaches: subscriptions found by topic or addressee, then compared with the event.

A subscription that is bound to another topic costs nothing, whoever holds it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftrack_protocol.event import expression as syntax
from ftrack_protocol.event.binding import bound_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ftrack_protocol.event.expression import Expression
    from ftrack_server.events.connection import Connection

TARGETS_REMEMBERED = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Subscription:
    """What one subscriber of a connection wants.

    Attributes:
        connection: Where its events go.
        subscriber_id: Its identifier, unique within the connection.
        metadata: What is known of the subscriber, its ``id`` included; targets are compared with it.
        expression: Which events it wants.
        topic: The only topic it wants, None when there may be several.
    """

    connection: Connection
    subscriber_id: str
    metadata: Mapping[str, Any]
    expression: Expression
    topic: str | None

    @classmethod
    def parse(cls, connection: Connection, metadata: Mapping[str, Any], text: str) -> Subscription:
        """Return the subscription of a text.

        Raises:
            ExpressionSyntaxError: If the text is no expression.
        """
        expression = syntax.parse(text)
        return cls(connection, str(metadata["id"]), metadata, expression, bound_value(expression, "topic"))

    def wants(self, event: Mapping[str, Any], target: Expression | None) -> bool:
        """Return whether an event is for the subscriber; in doubt it is, since clients look again (protocol: 7.8)."""
        return (target is None or target.match(self.metadata, "lenient")) and self.expression.match(event, "lenient")


class Subscriptions:
    """The subscriptions of all connections. For one thread."""

    def __init__(self) -> None:
        # Dictionaries stand for ordered sets: who subscribed first is told first.
        self._by_topic: dict[str | None, dict[Subscription, None]] = {}
        self._by_id: dict[str, dict[Subscription, None]] = {}

    def add(self, subscription: Subscription) -> None:
        """Add a subscription."""
        self._by_topic.setdefault(subscription.topic, {})[subscription] = None
        self._by_id.setdefault(subscription.subscriber_id, {})[subscription] = None

    def remove(self, subscription: Subscription) -> None:
        """Remove a subscription that was added."""
        _take(self._by_topic, subscription.topic, subscription)
        _take(self._by_id, subscription.subscriber_id, subscription)

    def receivers(self, event: Mapping[str, Any], target: str = "") -> list[Connection]:
        """Return the connections with a subscriber that an event is for, each once.

        Args:
            event: The event as it is sent.
            target: Expression over the metadata of subscribers; empty for all.

        Raises:
            ExpressionSyntaxError: If the target is no expression.
        """
        aim = target_of(target) if target else None
        addressee = None if aim is None else bound_value(aim, "id")
        found: dict[Connection, None] = {}
        for subscription in self._candidates(event.get("topic"), addressee):
            if subscription.connection not in found and subscription.wants(event, aim):
                found[subscription.connection] = None
        return list(found)

    def _candidates(self, topic: Any, addressee: str | None) -> Iterable[Subscription]:
        if addressee is not None:
            return self._by_id.get(addressee, ())
        return [*self._by_topic.get(topic, ()), *self._by_topic.get(None, ())]


def _take(groups: dict[Any, dict[Subscription, None]], key: Any, subscription: Subscription) -> None:
    group = groups[key]
    del group[subscription]
    if not group:
        del groups[key]


@functools.lru_cache(maxsize=TARGETS_REMEMBERED)
def target_of(text: str) -> Expression:
    """Return the expression of a target; those of replies come again and again.

    Raises:
        ExpressionSyntaxError: If it is none.
    """
    return syntax.parse(text)
