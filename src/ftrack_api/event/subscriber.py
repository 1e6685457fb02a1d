"""A subscriber: a callback, what it wants to be called for, and how it can be addressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ftrack_api.event.subscription import Subscription


class Subscriber:
    """Someone who wants to be called for events.

    Attributes:
        subscription: Which events are wanted.
        callback: Function of an event; what it returns is a reply, unless it is None.
        metadata: What is known of the subscriber, its ``id`` included; the target of an event is matched with it.
        priority: Subscribers are called from low to high.
        single_run: Name under which only one process of several is called for an event; empty for no such limit.
        errors: How many calls have raised.

    Raises:
        ParseError: If the subscription is text that is no expression.
    """

    def __init__(
        self,
        subscription: Subscription | str,
        callback: Callable[[Any], Any],
        metadata: dict[str, Any],
        priority: int,
    ) -> None:
        self.subscription: Subscription = (
            subscription if isinstance(subscription, Subscription) else Subscription(subscription)
        )
        self.callback = callback
        self.metadata = metadata
        self.priority = priority
        self.single_run = ""
        self.errors = 0

    def __str__(self) -> str:
        return f'<{type(self).__name__} metadata={self.metadata} subscription="{self.subscription}">'

    def interested_in(self, event: Any) -> bool:
        """Return whether the subscription matches an event; its target, if it has one, is not looked at."""
        return self.subscription.includes(event)
