"""Which subscribers an event reaches, in which order.

Measured by `tests/cost`: a subscriber that an event's topic rules out costs nothing, one that its topic alone lets in
costs no evaluation. What a topic says of each subscription is worked out once per topic and kept until the subscribers
change.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import logging
import operator as operators
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from typing import Any as AnyValue

from ftrack_api import exception
from ftrack_api.event._plan import Plan
from ftrack_api.event.base import Event
from ftrack_api.event.expression import All, Any, Condition, Expression, Not, Parser

if TYPE_CHECKING:
    from ftrack_api.event._plan import Step
    from ftrack_api.event.subscriber import Subscriber

MAX_PLANS = 1024
MAX_TARGETS = 256

_logger = logging.getLogger(__name__)


class Router:
    """The subscribers of a hub. Safe to use from several threads; a dispatch keeps the subscribers it began with.

    Attributes:
        plans: Who is called, by topics that came up since the subscribers changed; replaced when they do.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._by_id: dict[str, Subscriber] = {}
        # Sorted by priority, then by age; by the one topic the subscription is bound to, or None for the others.
        self._by_topic: dict[str | None, list[tuple[int, int, Subscriber]]] = {}
        self.plans: dict[str, Plan] = {}

    def add(self, subscriber: Subscriber) -> None:
        """Add a subscriber.

        Raises:
            NotUniqueError: If there is one of its identifier.
        """
        identifier = subscriber.metadata["id"]
        topic = bound_topic(subscriber.subscription.expression)
        with self._lock:
            if identifier in self._by_id:
                raise exception.NotUniqueError(f"Subscriber with identifier {identifier} already exists.")
            self._by_id[identifier] = subscriber
            group = self._by_topic.setdefault(topic, [])
            bisect.insort(group, (subscriber.priority, next(self._numbers), subscriber))
            if self.plans:
                self.plans = {}

    def remove(self, identifier: str) -> Subscriber:
        """Remove a subscriber and return it.

        Raises:
            NotFoundError: If there is none of that identifier.
        """
        with self._lock:
            subscriber = self._by_id.pop(identifier, None)
            if subscriber is None:
                raise exception.NotFoundError(f"Cannot unsubscribe missing subscriber with identifier {identifier}.")
            for topic, group in list(self._by_topic.items()):
                self._by_topic[topic] = [entry for entry in group if entry[2] is not subscriber]
                if not self._by_topic[topic]:
                    del self._by_topic[topic]
            self.plans = {}
            return subscriber

    def get(self, identifier: str) -> Subscriber | None:
        """Return the subscriber of an identifier, or None."""
        return self._by_id.get(identifier)

    def all(self) -> list[Subscriber]:
        """Return the subscribers, oldest first."""
        return list(self._by_id.values())

    def wants(self, topic: str) -> bool:
        """Return whether some subscriber could match an event of a topic."""
        return bool(self._plan(topic).steps)

    def matching(self, event: Mapping[str, AnyValue]) -> Iterable[Subscriber]:
        """Return the subscribers an event reaches, by priority, then by age.

        Subscription and target are evaluated when the turn of a subscriber comes. What cannot be evaluated does not
        match.

        Raises:
            ParseError: If the target of the event is no expression.
        """
        values = event._values if type(event) is Event else event  # noqa: SLF001 - saves a third of a dispatch
        target = values.get("target")
        topic = values.get("topic")
        plan = (self.plans.get(topic) if type(topic) is str else None) or self._plan(topic)
        return self._matching(event, plan.candidates(values), _target_of(target) if target else None)

    def _matching(
        self, event: Mapping[str, AnyValue], steps: Sequence[Step], target: Expression | None
    ) -> Iterator[Subscriber]:
        for subscriber, rest in steps:
            try:
                wanted = (target is None or target.match(subscriber.metadata)) and (rest is None or rest.match(event))
            except Exception:
                _logger.exception("Subscriber %s was passed over: its subscription could not be evaluated.", subscriber)
                continue
            if wanted:
                yield subscriber

    def _plan(self, topic: AnyValue) -> Plan:
        """Return the steps for events of a topic, by priority, then by age."""
        if not isinstance(topic, str):
            return _NOBODY  # something that is no event; nobody is called for it
        plan = self.plans.get(topic)
        return self._new_plan(topic) if plan is None else plan

    def _new_plan(self, topic: str) -> Plan:
        with self._lock:
            group = sorted(self._by_topic.get(topic, []) + self._by_topic.get(None, []), key=_order)
            plan: list[Step] = []
            for _, _, subscriber in group:
                rest = narrowed(subscriber.subscription.expression, topic)
                if isinstance(rest, Expression):
                    plan.append((subscriber, rest))
                elif rest:
                    plan.append((subscriber, None))
            if len(self.plans) >= MAX_PLANS:
                self.plans.clear()
            self.plans[topic] = Plan(plan)
            return self.plans[topic]


def bound_topic(expression: Expression) -> str | None:
    """Return the only topic whose events an expression can match, or None when there may be others."""
    if isinstance(expression, All):
        return next(filter(None, map(bound_topic, expression.expressions)), None)
    if isinstance(expression, Condition) and expression.key == "topic" and expression.is_exact:
        return str(expression.value)
    return None


def only_meets(expression: Expression, prefixes: tuple[str, ...]) -> bool:
    """Return whether all topics whose events an expression can match begin with one of some texts."""
    if isinstance(expression, All):
        return any(only_meets(part, prefixes) for part in expression.expressions)
    if isinstance(expression, Any):
        return all(only_meets(part, prefixes) for part in expression.expressions)
    if isinstance(expression, Condition) and expression.key == "topic" and expression.operator is operators.eq:
        return str(expression.value).partition("*")[0].startswith(prefixes)
    return False


def narrowed(expression: Expression, topic: str) -> Expression | bool:
    """Return what is left of an expression for events of a topic: an answer, or what still has to be asked."""
    if isinstance(expression, Condition):
        return expression.match({"topic": topic}) if expression.key == "topic" else expression
    if isinstance(expression, Not):
        inner = narrowed(expression.expression, topic)
        return Not(inner) if isinstance(inner, Expression) else not inner
    if isinstance(expression, All | Any):
        decisive = isinstance(expression, Any)
        left = []
        for part in expression.expressions:
            rest = narrowed(part, topic)
            if isinstance(rest, Expression):
                left.append(rest)
            elif rest is decisive:
                return decisive
        if len(left) == 1:
            return left[0]
        return type(expression)(left) if left else not decisive
    return True if type(expression) is Expression else expression


@functools.lru_cache(maxsize=MAX_TARGETS)
def _target_of(text: str) -> Expression:
    return _parser.parse(text)


def _order(entry: tuple[int, int, Subscriber]) -> tuple[int, int]:
    return entry[0], entry[1]


_parser = Parser()
_NOBODY = Plan(())
