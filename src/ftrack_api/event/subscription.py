"""A subscription: the text that says which events are wanted, and its meaning."""

from __future__ import annotations

from typing import Any, ClassVar

from ftrack_api.event.expression import Expression, Parser


class Subscription:
    """Which events are wanted, as an expression over their keys such as ``topic=ftrack.update``.

    Attributes:
        parser: Parser of all subscriptions.
        expression: What the text means.

    Raises:
        ParseError: If the text is no expression.
        TypeError: If it is no text.
    """

    parser: ClassVar[Parser] = Parser()

    def __init__(self, subscription: str) -> None:
        self._subscription = subscription
        self.expression: Expression = self.parser.parse(subscription)

    def __str__(self) -> str:
        return self._subscription

    def includes(self, event: Any) -> bool:
        """Return whether an event, or a mapping with the keys of one, is wanted. Never raises."""
        return self.expression.match(event)
