"""The language of event subscriptions and targets: text to frozen nodes that match mappings (protocol: 7.8).

::

    expression = conjunct { "or" conjunct } ;
    conjunct   = negation { "and" negation } ;
    negation   = { "not" } ( "(" expression ")" | condition ) ;
    condition  = field operator value ;
    field      = a dotted path: letters, digits, "_", "-" and "." of any alphabet ;
    operator   = "=" | "!=" | ">=" | "<=" | ">" | "<" ;
    value      = text in double or single quotes | everything up to white space or a bracket ;

Keywords in any case. A backslash stands for itself, unless a quote or another backslash follows it in quotes. Parsing
takes time in proportion to the text, 3 µs for ``topic=ftrack.update``; length and nesting are bounded. Matching takes
0.3 µs a condition, never more than in proportion to the value, and never raises: what is missing or cannot be compared
does not match.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from ftrack_protocol.frozen import Frozen
from ftrack_protocol.patterns import lazy_pattern

MAX_LENGTH = 100_000
MAX_DEPTH = 100

Operator: TypeAlias = Literal["=", "!=", ">=", "<=", ">", "<"]
Mode: TypeAlias = Literal["exact", "lenient", "certain"]
"""Whose reading of a condition counts; there are two.

``exact``: this project's. A star stands for any run of characters where it is written, so ``ftrack.*`` is a prefix;
numbers and truth values meet their usual spelling. ``lenient``: this one or that of older clients, to whom a star at
the end finds the part before it anywhere in the value, and ``!=`` compares without regard to stars and spelling. For
servers: clients filter again, and none shall miss what it waits for. ``certain``: this one and theirs; what ``lenient``
asks of the part behind ``not``.
"""

_ORDERINGS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_BEHIND_NOT: Mapping[Mode, Mode] = {"exact": "exact", "lenient": "certain", "certain": "lenient"}
_MISSING = object()


class ExpressionSyntaxError(ValueError):
    """A text that is no expression.

    Attributes:
        text: The whole text.
        offset: Where it stops making sense, 0-based.
    """

    def __init__(self, text: str, offset: int, problem: str) -> None:
        self.text = text
        self.offset = offset
        start = max(0, offset - 60)
        shown = text[start : offset + 40].replace("\n", " ")
        super().__init__(f"{problem} at column {offset + 1}.\n  {shown}\n  {' ' * (offset - start)}^")
        self.problem = problem

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.text, self.offset, self.problem)


class Condition(Frozen):
    """``field operator value``; a missing field meets no condition, not even ``!=``."""

    __slots__ = ("key", "operator", "path", "value")
    __match_args__ = ("key", "operator", "value")

    key: str
    operator: Operator
    value: str
    path: tuple[str, ...]

    def __init__(self, key: str, operator: Operator, value: str) -> None:
        self._set(key=key, operator=operator, value=value, path=tuple(key.split(".")))

    def match(self, candidate: Any, mode: Mode = "exact") -> bool:
        """Return whether a mapping meets the condition."""
        found = candidate
        for part in self.path:
            if not isinstance(found, Mapping):
                return False
            found = found.get(part, _MISSING)
            if found is _MISSING:
                return False
        meets = _meets(found, self.operator, self.value)
        if mode == "exact" or meets == (mode == "lenient"):
            return meets
        return _met_of_old(found, self.operator, self.value)

    def __str__(self) -> str:
        return f"{self.key}{self.operator}{quoted(self.value)}"


class _Group(Frozen):
    """Base of the nodes with any number of parts."""

    __slots__ = __match_args__ = ("expressions",)

    expressions: tuple[Expression, ...]

    def __init__(self, expressions: tuple[Expression, ...] = ()) -> None:
        self._set(expressions=expressions)


class AllOf(_Group):
    """Every part must match; no parts match everything."""

    __slots__ = ()

    def match(self, candidate: Any, mode: Mode = "exact") -> bool:
        """Return whether a mapping meets every part."""
        for part in self.expressions:  # noqa: SIM110 - half the stack, and faster
            if not part.match(candidate, mode):
                return False
        return True

    def __str__(self) -> str:
        return " and ".join(map(_grouped, self.expressions))


class AnyOf(_Group):
    """One part must match; no parts match nothing."""

    __slots__ = ()

    def match(self, candidate: Any, mode: Mode = "exact") -> bool:
        """Return whether a mapping meets some part."""
        for part in self.expressions:  # noqa: SIM110 - half the stack, and faster
            if part.match(candidate, mode):
                return True
        return False

    def __str__(self) -> str:
        return " or ".join(map(_grouped, self.expressions))


class Not(Frozen):
    """The part must not match."""

    __slots__ = __match_args__ = ("expression",)

    expression: Expression

    def __init__(self, expression: Expression) -> None:
        self._set(expression=expression)

    def match(self, candidate: Any, mode: Mode = "exact") -> bool:
        """Return whether a mapping fails the part."""
        return not self.expression.match(candidate, _BEHIND_NOT[mode])

    def __str__(self) -> str:
        return f"not {_grouped(self.expression)}"


Expression: TypeAlias = "Condition | AllOf | AnyOf | Not"


def parse(text: str) -> Expression:
    """Return the expression of a text; lists of one part are that part.

    Raises:
        ExpressionSyntaxError: With the place, for a text that is empty, too long, too deep or makes no sense.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionSyntaxError(text[:100], 0, f"The expression has over {MAX_LENGTH:,} characters")
    alone = _CONDITION.fullmatch(text)
    if alone is not None:  # what most subscriptions are
        key, name, value = alone.groups()
        return Condition(key, name, value)  # type: ignore[arg-type]  # an operator
    return _Parser(text).parse()


def quoted(value: str) -> str:
    """Return a value as it may stand in an expression, in quotes where it needs them."""
    if value and value.split() == [value] and _NEEDS_QUOTES.isdisjoint(value) and value.lower() not in _KEYWORDS:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def reply_target(source: Mapping[str, Any]) -> str:
    """Return the target that reaches whoever sent an event with this source: the hub of that id."""
    return f"id={quoted(str(source.get('id') or ''))}"


def _grouped(expression: Expression) -> str:
    return f"({expression})" if isinstance(expression, AllOf | AnyOf) else str(expression)


# Matching.


def _meets(found: Any, sign: Operator, value: str) -> bool:
    if sign == "=":
        return _equal(found, value)
    if sign == "!=":
        return not _equal(found, value)
    if isinstance(found, str):
        return _ORDERINGS[sign](found, value)
    number = _number(value) if _is_number(found) else None
    return number is not None and _ORDERINGS[sign](found, number)


def _met_of_old(found: Any, sign: Operator, value: str) -> bool:
    """Compare as older clients do, see `Mode` (client: 22.2)."""
    if sign == "=":
        if value.endswith("*"):
            return isinstance(found, str | list | Mapping) and value[:-1] in found
        return bool(found == value)
    if sign == "!=":
        return bool(found != value)
    return isinstance(found, str) and _ORDERINGS[sign](found, value)


def _equal(found: Any, value: str) -> bool:
    text = _text(found)
    if text is None:
        return False
    if "*" in value:
        return _has_form(text, value)
    if text == value:
        return True
    if isinstance(found, bool):
        return text == value.lower()
    return _is_number(found) and bool(found == _number(value))


def _has_form(text: str, form: str) -> bool:
    """Return whether a text is the parts of a form between its stars, in order, with anything where the stars are."""
    first, *middle, last = form.split("*")
    position, end = len(first), len(text) - len(last)
    if position > end or not text.startswith(first) or not text.endswith(last):
        return False
    for part in middle:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def _text(found: Any) -> str | None:
    """Return the text of a value that is one, a number or a truth value, as JSON writes it."""
    if isinstance(found, str):
        return found
    if isinstance(found, bool):
        return "true" if found else "false"
    if not isinstance(found, int | float):
        return None
    try:
        return str(found)
    except ValueError:  # more digits than Python writes
        return None


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


# Parsing.

_KEYWORDS = frozenset({"and", "or", "not"})
_NEEDS_QUOTES = frozenset("()\"'=!<>\\")
_TOKEN = lazy_pattern(
    r"""\s*(?:
        (?P<string>"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')
      | (?P<operator>[!<>]=|[=<>])
      | (?P<bracket>[()])
      | (?P<word>[^\s()"'=!<>](?:[^\s()"'=!<>]|!(?!=))*)
    )""",
    re.VERBOSE | re.DOTALL,
)
_FIELD = lazy_pattern(r"[\w-]+(?:\.[\w-]+)*")
_CONDITION = lazy_pattern(
    r"""\s*([\w-]+(?:\.[\w-]+)*)\s*([!<>]=|[=<>])\s*([^\s()"'=!<>](?:[^\s()"'=!<>]|!(?!=))*)\s*""", re.DOTALL
)
_ESCAPE = lazy_pattern(r"""\\(["'\\])""")


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []
        position = 0
        while match := _TOKEN.match(text, position):
            kind = str(match.lastgroup)
            self.tokens.append((kind, match[kind], match.start(kind)))
            position = match.end()
        rest = len(text) - len(text[position:].lstrip())
        if rest < len(text):
            character = text[rest]
            problem = f"Quote {character} is never closed" if character in "\"'" else f'Unexpected "{character}"'
            raise ExpressionSyntaxError(text, rest, problem)
        self.tokens.append(("end", "", len(text.rstrip())))
        self.index = 0
        self.depth = 0

    def parse(self) -> Expression:
        if len(self.tokens) == 1:
            raise ExpressionSyntaxError(self.text, 0, 'The expression is empty; expected one such as "topic=my.topic"')
        found = self.alternatives()
        if self.tokens[self.index][0] != "end":
            self.fail('"and", "or" or the end')
        return found

    def keyword(self) -> str:
        kind, text, _ = self.tokens[self.index]
        return text.lower() if kind == "word" else ""

    def fail(self, expected: str) -> Any:
        kind, text, offset = self.tokens[self.index]
        found = "The expression ends too early" if kind == "end" else f'Unexpected "{text[:40]}"'
        raise ExpressionSyntaxError(self.text, offset, f"{found}, expected {expected},")

    def alternatives(self) -> Expression:
        parts = [self.conjunction()]
        while self.keyword() == "or":
            self.index += 1
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def conjunction(self) -> Expression:
        parts = [self.negation()]
        while self.keyword() == "and":
            self.index += 1
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def negation(self) -> Expression:
        outside = self.depth
        while self.keyword() == "not" and self.tokens[self.index + 1][0] != "operator":
            self.deepen()
        negations = self.depth - outside
        found = self.group() if self.tokens[self.index][1] == "(" else self.condition()
        for _ in range(negations):
            found = Not(found)
        self.depth = outside
        return found

    def group(self) -> Expression:
        self.deepen()
        found = self.alternatives()
        if self.tokens[self.index][1] != ")":
            self.fail('")"')
        self.index += 1
        self.depth -= 1
        return found

    def deepen(self) -> None:
        """Step over a "(" or a "not"."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"at most {MAX_DEPTH} levels of parentheses and negations")
        self.index += 1

    def condition(self) -> Condition:
        kind, key, _ = self.tokens[self.index]
        if kind != "word" or not _FIELD.fullmatch(key):
            self.fail("a field such as topic or data.actionIdentifier")
        self.index += 1
        kind, name, _ = self.tokens[self.index]
        if kind != "operator":
            self.fail("one of: =, !=, >=, <=, >, <")
        self.index += 1
        kind, value, offset = self.tokens[self.index]
        if kind not in {"word", "string"}:
            self.fail("a value")
        self.index += 1
        value = self.bare_value(value, offset) if kind == "word" else _ESCAPE.sub(r"\1", value[1:-1])
        return Condition(key, name, value)  # type: ignore[arg-type]  # an operator token

    def bare_value(self, value: str, offset: int) -> str:
        """Return a bare value with what follows it without white space: ``a=b=c`` compares a with ``b=c``."""
        end = offset + len(value)
        while True:
            kind, text, start = self.tokens[self.index]
            if start != end or kind not in {"word", "operator"}:
                return value
            value += text
            end += len(text)
            self.index += 1
