"""What is known of the subscribers of one topic before an event comes: who is called anyway, and who by which value.

Measured by `tests/cost`: with an index, subscribers that want another value than the event has cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias
from typing import Any as AnyValue

from ftrack_api.event.expression import All, Condition, Expression

if TYPE_CHECKING:
    from ftrack_api.event.subscriber import Subscriber

# A subscriber whose turn it may be, and what is left to be asked of the event once its topic is known.
Step: TypeAlias = "tuple[Subscriber, Expression | None]"
_Placed: TypeAlias = "tuple[int, Step]"

FEW = 4
"""Up to so many subscribers, asking each is faster than looking up."""

_MISSING = object()
_place_of = itemgetter(0)


class Plan:
    """The steps for events of a topic, by priority, then by age.

    Attributes:
        steps: All of them.
        everyone: The subscribers, if none of them asks anything more of the event; else None.
    """

    __slots__ = ("_always", "_by_value", "_decided", "everyone", "steps")

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)
        self.everyone: tuple[Subscriber, ...] | None = None
        if all(rest is None for _, rest in steps):
            self.everyone = tuple(subscriber for subscriber, _ in steps)
        self._always: list[_Placed] = []
        # By the path of a key: by the text that it must have, the steps that want it, less that condition.
        self._by_value: dict[tuple[str, ...], dict[str, list[_Placed]]] = {}
        for place, (subscriber, rest) in enumerate(steps):
            condition = None if rest is None else _wanted(rest)
            if rest is None or condition is None:
                self._always.append((place, (subscriber, rest)))
            else:
                left = None if rest is condition else rest
                group = self._by_value.setdefault(tuple(condition.key.split(".")), {})
                group.setdefault(condition.value, []).append((place, (subscriber, left)))

        self._decided = self._decided_by_value()

    def _decided_by_value(self) -> tuple[tuple[str, ...], dict[str, tuple[Subscriber, ...]]] | None:
        """Return the one key that decides alone who is called, with whom each text calls; None if there is no such."""
        if self._always or len(self._by_value) != 1:
            return None
        [(path, groups)] = self._by_value.items()
        if any(left is not None for group in groups.values() for _, (_, left) in group):
            return None
        return path, {value: tuple(subscriber for _, (subscriber, _) in group) for value, group in groups.items()}

    def decided(self, event: Mapping[str, AnyValue]) -> tuple[Subscriber, ...] | None:
        """Return who is called for an event without a target, if looking up alone tells that; else None."""
        if self._decided is None:
            return self.everyone  # no key decides: everyone is called, or that takes more than looking up
        path, by_value = self._decided
        found = _at(event, path)
        if type(found) is str:
            return by_value.get(found, ())
        return () if found is _MISSING else None

    def candidates(self, event: Mapping[str, AnyValue]) -> Sequence[Step]:
        """Return the steps whose turn it may be for an event, in order."""
        if len(self.steps) <= FEW or not self._by_value:
            return self.steps
        placed = list(self._always)
        for path, by_value in self._by_value.items():
            found = _at(event, path)
            if isinstance(found, str):
                placed += by_value.get(found, ())
            elif found is not _MISSING:  # numbers and truth values meet several spellings
                places = (place for group in by_value.values() for place, _ in group)
                placed += [(place, self.steps[place]) for place in places]
        if len(placed) > 1:
            placed.sort(key=_place_of)
        return [step for _, step in placed]


def _wanted(rest: Expression) -> Condition | None:
    """Return a condition that only one text meets, without which an expression cannot match."""
    if isinstance(rest, All):
        return next(filter(None, map(_wanted, rest.expressions)), None)
    return rest if isinstance(rest, Condition) and rest.is_exact else None


def _at(event: Mapping[str, AnyValue], path: tuple[str, ...]) -> AnyValue:
    found: AnyValue = event
    for part in path:
        if type(found) is not dict and not isinstance(found, Mapping):
            return _MISSING
        found = found.get(part, _MISSING)
        if found is _MISSING:
            return _MISSING
    return found
