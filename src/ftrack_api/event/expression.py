"""The expressions of subscriptions and targets, as classes that programs can build and print (client: 22.2).

Text is read and compared by `ftrack_protocol.event.expression`, which has the grammar. The classes here keep the names,
constructors and texts of the old client.
"""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Iterable
from typing import Any as AnyValue

from ftrack_api import exception
from ftrack_protocol.event import expression as syntax

# A candidate is an event or any other mapping: the AnyValue below.


class Expression:
    """An expression that matches everything; base of the others."""

    def __str__(self) -> str:
        return f"<{type(self).__name__}>"

    def match(self, candidate: AnyValue) -> bool:  # noqa: ARG002 - for the subclasses
        """Return whether a mapping matches; what is missing or cannot be compared does not. Never raises."""
        return True


class _Group(Expression):
    """An expression made of others, its ``expressions``."""

    def __init__(self, expressions: Iterable[Expression] | None = None) -> None:
        self.expressions: list[Expression] = list(expressions or ())

    def __str__(self) -> str:
        return f"<{type(self).__name__} [{' '.join(map(str, self.expressions))}]>"


class All(_Group):
    """Matches when every part does, and when there are no parts."""

    def match(self, candidate: AnyValue) -> bool:
        """Return whether a mapping matches every part."""
        return all(part.match(candidate) for part in self.expressions)


class Any(_Group):
    """Matches when one part does, and not when there are no parts."""

    def match(self, candidate: AnyValue) -> bool:
        """Return whether a mapping matches some part."""
        return any(part.match(candidate) for part in self.expressions)


class Not(Expression):
    """Matches when its ``expression`` does not."""

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    def __str__(self) -> str:
        return f"<{type(self).__name__} {self.expression}>"

    def match(self, candidate: AnyValue) -> bool:
        """Return whether a mapping does not match the part."""
        return not self.expression.match(candidate)


_SIGNS: dict[Callable[[AnyValue, AnyValue], AnyValue], syntax.Operator] = {
    operators.eq: "=",
    operators.ne: "!=",
    operators.ge: ">=",
    operators.le: "<=",
    operators.gt: ">",
    operators.lt: "<",
}
_FUNCTIONS = {sign: function for function, sign in _SIGNS.items()}


class Condition(Expression):
    """Compares the value at a dotted key with text; a key that is missing never matches.

    Args:
        key: Path to the value, such as ``source.user.username``.
        operator: One of ``eq``, ``ne``, ``ge``, ``le``, ``gt`` and ``lt`` of the module ``operator``.
        value: What to compare with. A ``*`` stands for any characters.

    Raises:
        ValueError: If the operator is another function.
    """

    def __init__(self, key: str, operator: Callable[[AnyValue, AnyValue], AnyValue], value: AnyValue) -> None:
        if operator not in _SIGNS:
            names = ", ".join(known.__name__ for known in _SIGNS)
            raise ValueError(f"A condition cannot compare by {operator!r}; use one of operator.{{{names}}}.")
        self.key = key
        self.operator = operator
        self.value = value
        self._node = syntax.Condition(key, _SIGNS[operator], value if isinstance(value, str) else str(value))

    @classmethod
    def of_node(cls, node: syntax.Condition) -> Condition:
        """Return the condition that was read as a node."""
        condition = cls.__new__(cls)
        condition.key, condition.operator, condition.value = node.key, _FUNCTIONS[node.operator], node.value
        condition._node = node  # noqa: SLF001 - of this class
        return condition

    @property
    def is_exact(self) -> bool:
        """Whether exactly one text matches."""
        return self.operator is operators.eq and isinstance(self.value, str) and "*" not in self.value

    def match(self, candidate: AnyValue) -> bool:
        """Return whether a mapping has the key and its value compares."""
        return self._node.match(candidate)

    def __str__(self) -> str:
        return f"<{type(self).__name__} {self.key}{self._node.operator}{self.value}>"


class Parser:
    """Reads expressions; one parser may be used by several threads."""

    def parse(self, expression: str) -> Expression:
        """Return the expression of a text.

        Args:
            expression: The text, such as ``topic=ftrack.update and source.user.username=jane``.

        Raises:
            ParseError: If it is no expression, with the place.
            TypeError: If it is no text.

        Cost: in proportion to the text; 3 µs for ``topic=ftrack.update``.
        """
        if not isinstance(expression, str):
            raise TypeError(
                f"An expression is text such as 'topic=ftrack.update', not {type(expression).__name__}: {expression!r}."
            )
        try:
            node = syntax.parse(expression)
        except syntax.ExpressionSyntaxError as error:
            raise exception.ParseError(f"Failed to parse expression {expression!r}. {error}") from error
        return _from_node(node)


def _from_node(node: syntax.Expression) -> Expression:
    if isinstance(node, syntax.Condition):
        return Condition.of_node(node)
    if isinstance(node, syntax.Not):
        return Not(_from_node(node.expression))
    parts = map(_from_node, node.expressions)
    return All(parts) if isinstance(node, syntax.AllOf) else Any(parts)
