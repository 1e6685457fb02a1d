"""Parser of the query language: recursive descent over tokens, linear in time and bounded in depth.

The grammar it accepts (keywords in any case; protocol: 5.2, with the spellings that tools ship)::

    query      = select | bare ;
    select     = "select" projection { "," projection } "from" bare ;
    bare       = type { clause } ;
    clause     = "where" condition | "order" "by" order { "," order } | "group" "by" path { "," path }
               | "limit" integer | "offset" integer ;                  (* in any order, each at most once *)
    projection = ( "count" | "sum" | "avg" | "min" | "max" ) "(" path ")" | path ;
    order      = path [ "ascending" | "asc" | "descending" | "desc" ] ;
    path       = name [ "[" type "]" ] { "." name [ "[" type "]" ] } ;
    condition  = conjunct { "or" conjunct } ;
    conjunct   = negation { "and" negation } ;
    negation   = { "not" } ( "(" condition ")" | criterion ) ;
    criterion  = path ( "has" | "any" ) "(" [ condition ] ")"
               | path ( "in" | "not_in" | "not" "in" ) "(" ( select | bare | [ value { "," value } [ "," ] ] ) ")"
               | path ( comparison | "not" "like" | "is" "not" ) value ;
    comparison = "is" | "=" | "is_not" | "!=" | "like" | "not_like" | ">" | "greater_than" | "after" | "<" | "less_than"
               | "before" | ">=" | "greater_than_equal" | "<=" | "less_than_equal" ;
    value      = string | word ;

A word is a keyword only where the grammar has room for one: ``group is "STORAGE"`` compares an attribute, and
``name is limit`` a text. So ``not`` is an attribute only when an operator follows that has no attribute of its own.
A type is any name but ``select`` in any case and the lower-case words that start a clause; an inner query without
``select`` needs a clause, since ``in (Task)`` is a list of one value.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from ftrack_protocol.query import ast, diagnosis
from ftrack_protocol.query.diagnosis import A_VALUE, AN_ATTRIBUTE, AN_ENTITY_TYPE
from ftrack_protocol.query.tokens import decode_string, is_string, is_word, tokenise
from ftrack_protocol.query.vocabulary import AGGREGATES, CLAUSES, COMPARISONS, DIRECTIONS, OPERATOR_TOKENS, OPERATORS

if TYPE_CHECKING:
    from ftrack_protocol.query.errors import QuerySyntaxError

_T = TypeVar("_T")
_Rule: TypeAlias = Generator[Any, Any, _T]

MAX_DEPTH = 100
"""How many parentheses, negations and sub-queries may stand inside each other."""

MAX_COUNT = 2**63 - 1
"""The largest ``limit`` or ``offset``, the largest integer of a database."""

_COUNT_DIGITS = len(str(MAX_COUNT))

_AFTER_CRITERION = frozenset({"and", "or", "order", "group", "limit", "offset"})


def parse(text: str) -> ast.Select:
    """Return the syntax tree of a query.

    Args:
        text: A whole query, with or without ``select``; at most 4,000,000 characters and 100 levels deep.

    Raises:
        QuerySyntaxError: With the position, what was expected and, for a slip of the pen, what was meant.

    Cost: linear in the text and independent of Python's stack; about 30 microseconds for a query of 200 characters,
    5 milliseconds for a list of 5,000 quoted ids.
    """
    return _Parser(text).query()


class _Parser:
    """One pass over the tokens of one text.

    Rules that may contain themselves are generators. They yield the rule to go on with and are sent what it read, so
    that open levels wait in a list instead of on Python's stack. The others are plain methods.
    """

    __slots__ = ("depth", "follow", "index", "offsets", "text", "texts", "tokens")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenise(text)
        self.texts, self.offsets = self.tokens
        self.index = 0
        self.depth = 0
        self.follow: tuple[str, ...] = ()  # what could go on with the construct just read, for errors

    def query(self) -> ast.Select:
        if not self.texts[0]:
            raise diagnosis.empty(self.text)
        select: ast.Select = self.run(self.select())
        if self.texts[self.index] == ")":
            raise diagnosis.unopened(self.text, self.tokens, self.index)
        if self.texts[self.index]:
            raise self.unexpected(self.follow)
        return select

    def run(self, rule: _Rule[Any]) -> Any:  # the result of any rule
        waiting = [rule]
        result = None
        while waiting:
            try:
                inner = waiting[-1].send(result)
            except StopIteration as finished:  # noqa: PERF203 # how a generator hands back its result
                waiting.pop()
                result = finished.value
            else:
                waiting.append(inner)
                result = None
        return result

    # Tokens.

    def word(self) -> str:
        """Return the current token in lower case; a string literal keeps its quotes and so equals no keyword."""
        return self.texts[self.index].lower()

    def skip(self, token: str) -> bool:
        """Step over the current token if it is this keyword or sign."""
        if self.texts[self.index].lower() != token:
            return False
        self.index += 1
        return True

    def expect(self, token: str) -> None:
        if not self.skip(token):
            raise self.unexpected((token,))

    def unexpected(self, expected: tuple[str, ...]) -> QuerySyntaxError:
        return diagnosis.unexpected(self.text, self.tokens, self.index, expected)

    def descend(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise diagnosis.too_deep(self.text, self.tokens, self.index, MAX_DEPTH)

    def nested(self, rule: _Rule[_T]) -> _Rule[_T]:
        """Read what stands between parentheses, one level down."""
        opening = self.index
        if self.texts[opening] != "(":
            raise self.unexpected(("(",))
        self.descend()
        self.index += 1
        result: _T = yield rule
        if not self.texts[self.index]:
            raise diagnosis.unclosed(self.text, self.tokens, opening)
        if self.texts[self.index] != ")":
            raise self.unexpected((*self.follow, ")"))
        self.index += 1
        self.depth -= 1
        return result

    # Queries and their clauses.

    def select(self) -> _Rule[ast.Select]:
        projections: tuple[ast.Projection, ...] = ()
        if self.skip("select"):
            projections = self.projections()
        type_offset = self.offsets[self.index]
        entity_type = self.entity_type()
        clauses: dict[str, Any] = {}
        self.follow = ()
        while (name := self.word()) in CLAUSES:
            if name in clauses:
                raise diagnosis.repeated_clause(self.text, self.tokens, self.index, CLAUSES[name])
            self.index += 1
            clauses[name] = (yield from self.condition()) if name == "where" else self.clause(name)
        self.follow += tuple(described for name, described in CLAUSES.items() if name not in clauses)
        return ast.Select(
            entity_type,
            projections,
            where=clauses.get("where"),
            group_by=clauses.get("group", ()),
            order_by=clauses.get("order", ()),
            limit=clauses.get("limit"),
            offset=clauses.get("offset"),
            type_offset=type_offset,
        )

    def projections(self) -> tuple[ast.Projection, ...]:
        projections = [self.projection()]
        while self.skip(","):
            projections.append(self.projection())
        if self.skip("from"):
            return tuple(projections)
        raise self.projection_fault(projections[-1])

    def projection_fault(self, last: ast.Projection) -> QuerySyntaxError:
        """Return the error for projections that are not followed by ``from``."""
        if isinstance(last, ast.Path) and str(last).lower() == "from":
            return diagnosis.missing_projection(self.text, self.tokens, self.index - 1)
        if self.texts[self.index] == "(":
            return diagnosis.unexpected(self.text, self.tokens, self.index - 1, AGGREGATES)
        return self.unexpected((",", "from"))

    def projection(self) -> ast.Projection:
        function = self.word()
        if function not in AGGREGATES or self.texts[self.index + 1] != "(":
            return self.path()
        self.index += 2
        path = self.path()
        self.expect(")")
        return ast.Aggregate(cast("ast.AggregateFunction", function), path)

    def entity_type(self) -> str:
        name = self.texts[self.index]
        if not name or name in CLAUSES or name in {"from", "select"}:
            raise diagnosis.missing_type(self.text, self.tokens, self.index)
        if not name.isidentifier():
            raise self.unexpected((AN_ENTITY_TYPE,))
        self.index += 1
        return name

    def clause(self, name: str) -> tuple[ast.Order, ...] | tuple[ast.Path, ...] | int:
        """Read what follows the first word of any clause but ``where``."""
        if name in {"limit", "offset"}:
            return self.count(name)
        self.expect("by")
        return self.orders() if name == "order" else self.paths()

    def count(self, name: str) -> int:
        text = self.texts[self.index]
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= _COUNT_DIGITS else -1
        if not 0 <= number <= MAX_COUNT:
            raise diagnosis.not_a_count(self.text, self.tokens, self.index, name)
        self.index += 1
        self.follow = ()
        return number

    def orders(self) -> tuple[ast.Order, ...]:
        orders = [self.order()]
        while self.skip(","):
            orders.append(self.order())
        return tuple(orders)

    def order(self) -> ast.Order:
        path = self.path()
        descending = DIRECTIONS.get(self.word())
        if descending is None:
            self.follow = (",", "ascending", "descending")
            return ast.Order(path)
        self.index += 1
        self.follow = (",",)
        return ast.Order(path, descending)

    def paths(self) -> tuple[ast.Path, ...]:
        paths = [self.path()]
        while self.skip(","):
            paths.append(self.path())
        self.follow = (",",)
        return tuple(paths)

    def path(self) -> ast.Path:
        segments: list[ast.Segment] = []
        self.names(segments)
        while self.texts[self.index] == "[":
            self.index += 1
            last = segments[-1]
            segments[-1] = ast.Segment(last.name, self.entity_type(), last.offset)
            self.expect("]")
            if self.texts[self.index][:1] != ".":
                break
            self.names(segments)
        return ast.Path(tuple(segments))

    def names(self, segments: list[ast.Segment]) -> None:
        """Add the names of one word such as ``status.name``, or ``.name`` behind a cast."""
        text, offset = self.texts[self.index], self.offsets[self.index]
        names = text.split(".")
        if segments:
            del names[0]
            offset += 1
        for name in names:
            if not name.isidentifier():
                raise self.unexpected((AN_ATTRIBUTE,))
            segments.append(ast.Segment(name, None, offset))
            offset += len(name) + 1
        self.index += 1

    # Criteria.

    def condition(self) -> _Rule[ast.Condition]:
        alternatives: list[ast.Condition] = []
        conjuncts: list[ast.Condition] = []
        while True:
            conjuncts.append((yield from self.negation()))
            joint = self.word()
            if joint == "and":
                self.index += 1
                continue
            alternatives.append(conjuncts[0] if len(conjuncts) == 1 else ast.And(tuple(conjuncts)))
            if joint != "or":
                self.follow = ("and", "or")
                return alternatives[0] if len(alternatives) == 1 else ast.Or(tuple(alternatives))
            self.index += 1
            conjuncts = []

    def negation(self) -> _Rule[ast.Condition]:
        negations = 0
        while self.word() == "not" and not self.is_attribute_not():
            self.descend()
            self.index += 1
            negations += 1
        operand: ast.Condition
        if self.texts[self.index] == "(":
            operand = yield from self.nested(self.condition())
        else:
            operand = yield from self.criterion()
        for _ in range(negations):
            operand = ast.Not(operand)
        self.depth -= negations
        return operand

    def is_attribute_not(self) -> bool:
        """Return whether the ``not`` here is an attribute: its operator follows, not an attribute called like one."""
        following, beyond = self.texts[self.index + 1].lower(), self.texts[self.index + 2].lower()
        if not is_word(following):
            return following == "[" or following in OPERATOR_TOKENS
        return following in OPERATOR_TOKENS and beyond != "[" and beyond not in OPERATOR_TOKENS

    def criterion(self) -> _Rule[ast.Condition]:
        if not is_word(self.texts[self.index]):
            raise self.unexpected((AN_ATTRIBUTE, "not", "("))
        path = self.path()
        operator = self.operator()
        if operator in {"has", "any"}:
            condition = yield from self.nested(self.quantified())
            return ast.Quantified(path, cast("ast.Quantifier", operator), condition)
        if operator not in {"in", "not_in"}:
            return ast.Comparison(path, cast("ast.CompareOperator", operator), self.value())
        members = yield from self.nested(self.members())
        if isinstance(members, ast.Select):
            return ast.InQuery(path, members, negated=operator == "not_in")
        return ast.In(path, members, negated=operator == "not_in")

    def operator(self) -> str:
        """Read an operator and return it without synonyms; ``not in``, ``not like`` and ``is not`` are one each."""
        word = self.word()
        following = self.texts[self.index + 1].lower()
        if word == "not" and following in {"in", "like"}:
            self.index += 2
            return f"not_{following}"
        if word == "is" and following == "not" and self.is_value_after_not():
            self.index += 2
            return "is_not"
        operator = COMPARISONS.get(word, word)
        if operator not in OPERATORS:
            raise self.unexpected(OPERATORS)
        self.index += 1
        return operator

    def is_value_after_not(self) -> bool:
        """Return whether a value follows ``is not``, so that ``not`` is none itself."""
        beyond = self.texts[self.index + 2]
        return beyond not in {"", ")"} and beyond.lower() not in _AFTER_CRITERION

    def quantified(self) -> _Rule[ast.Condition | None]:
        if self.texts[self.index] == ")":
            return None
        return (yield from self.condition())

    def members(self) -> _Rule[ast.Select | tuple[ast.Value, ...]]:
        word, following = self.word(), self.texts[self.index + 1]
        if is_word(word) and (following.lower() in CLAUSES or (word == "select" and is_word(following))):
            return (yield from self.select())
        return self.values()

    def values(self) -> tuple[ast.Value, ...]:
        values = []
        while self.texts[self.index] != ")":
            values.append(self.value())
            if self.texts[self.index] != ",":
                break
            self.index += 1
        self.follow = (",",)
        return tuple(values)

    def value(self) -> ast.Value:
        text = self.texts[self.index]
        if is_string(text):
            value = ast.Value(decode_string(text), quoted=True, offset=self.offsets[self.index])
        elif is_word(text):
            value = ast.Value(text, quoted=False, offset=self.offsets[self.index])
        else:
            raise self.unexpected((A_VALUE,))
        self.index += 1
        return value
