"""Parser of the query language: recursive descent over tokens, linear in time and bounded in depth.

The grammar it accepts (keywords in any case; protocol: 5.2, with the spellings real tools ship)::

    query      = select | bare ;
    select     = "select" projection { "," projection } "from" type tail ;
    bare       = type tail ;
    tail       = { "where" condition | "order" "by" orders | "group" "by" paths
                 | "limit" integer | "offset" integer } ;            (* any order, each at most once *)
    projection = function "(" path ")" | path ;
    orders     = path [ direction ] { "," path [ direction ] } ;
    direction  = "ascending" | "asc" | "descending" | "desc" ;
    path       = name [ "[" type "]" ] { "." name [ "[" type "]" ] } ;
    condition  = conjunct { "or" conjunct } ;
    conjunct   = negation { "and" negation } ;
    negation   = { "not" } ( "(" condition ")" | criterion ) ;
    criterion  = path ( "has" | "any" ) "(" [ condition ] ")"
               | path ( "in" | "not_in" | "not" "in" ) "(" ( query | [ value { "," value } [ "," ] ] ) ")"
               | path ( operator | "not" "like" | "is" "not" ) value ;
    value      = string | word ;

A word is a keyword only where the grammar has room for one: ``group is "STORAGE"`` compares an attribute.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from ftrack_protocol.query import ast
from ftrack_protocol.query.errors import QuerySyntaxError
from ftrack_protocol.query.tokens import Token, decode_string, tokenise

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 100
"""How many parentheses, quantifiers and sub-queries may stand inside each other."""

_COMPARE: dict[str, ast.CompareOperator] = {
    "is": "is",
    "=": "is",
    "is_not": "is_not",
    "!=": "is_not",
    ">": ">",
    "greater_than": ">",
    "after": ">",
    "<": "<",
    "less_than": "<",
    "before": "<",
    ">=": ">=",
    "greater_than_equal": ">=",
    "<=": "<=",
    "less_than_equal": "<=",
    "like": "like",
    "not_like": "not_like",
}
_OPERATORS = ("is", "is_not", "in", "not_in", "like", "not_like", "has", "any", "=", "!=", ">", ">=", "<", "<=")
_AGGREGATES = ("count", "sum", "avg", "min", "max")
_DIRECTIONS = {"ascending": False, "asc": False, "descending": True, "desc": True}
_CLAUSES = ("where", "order by", "group by", "limit", "offset")
_NAME = re.compile(r"[^\W\d]\w*")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def parse(text: str) -> ast.Select:
    """Return the syntax tree of a query.

    Args:
        text: A whole query, with or without ``select``; at most 4,000,000 characters and 100 levels deep.

    Raises:
        QuerySyntaxError: With the position, what was expected and, for a slip of the pen, the word that was meant.

    Cost: linear in the text; about 0.3 ms for 1,000 characters of criteria.
    """
    return _Parser(text).query()


class _Parser:
    """One pass over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenise(text)
        self.index = 0
        self.depth = 0

    def query(self) -> ast.Select:
        if self.tokens[0].kind == "end":
            raise QuerySyntaxError(
                self.text, 0, "The query is empty", hint='Name an entity type, as in "Task where name is comp".'
            )
        select = self.select()
        if self.peek().kind != "end":
            self.unexpected(_CLAUSES if select.where is None else ("and", "or", *_CLAUSES))
        return select

    # The token stream.

    def peek(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def keyword(self) -> str:
        """Return the current word in lower case, or nothing when it is no word."""
        token = self.tokens[self.index]
        return token.text.lower() if token.kind == "word" else ""

    def keyword_after(self) -> str:
        if self.tokens[self.index].kind == "end":
            return ""
        token = self.tokens[self.index + 1]
        return token.text.lower() if token.kind == "word" else ""

    def expect(self, kind: str, described: str) -> Token:
        if self.tokens[self.index].kind != kind:
            self.unexpected((described,))
        return self.take()

    def unexpected(self, expected: tuple[str, ...]) -> NoReturn:
        token = self.peek()
        problem = "The query ends too early" if token.kind == "end" else f'Unexpected "{_shorten(token.text)}"'
        raise QuerySyntaxError(self.text, token.offset, problem, expected=expected, found=token.text)

    def nested(self, read: Callable[[], Any]) -> Any:
        """Read what stands between parentheses, counting the level."""
        opening = self.expect("(", "(")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QuerySyntaxError(
                self.text,
                opening.offset,
                f"More than {MAX_DEPTH} levels of parentheses",
                hint="Split the query or flatten its criteria.",
            )
        result = read()
        if self.peek().kind == "end":
            raise QuerySyntaxError(
                self.text,
                opening.offset,
                'Parenthesis "(" is never closed; opened',
                found="(",
                hint='Add the closing ")".',
            )
        if self.peek().kind != ")":
            self.unexpected(("and", "or", ")"))
        self.take()
        self.depth -= 1
        return result

    # Queries and their clauses.

    def select(self) -> ast.Select:
        projections: tuple[ast.Projection, ...] = ()
        if self.keyword() == "select" and self.keyword_after() not in {"", "where", "order", "limit", "offset"}:
            self.take()
            projections = self.listed(self.projection)
            if self.keyword() != "from":
                self.unexpected((",", "from"))
            self.take()
        token = self.peek()
        if token.kind != "word" or not _NAME.fullmatch(token.text):
            self.unexpected(("an entity type",))
        self.take()
        clauses = self.clauses()
        return ast.Select(token.text, projections, type_offset=token.offset, **clauses)

    def clauses(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while word := self.keyword():
            token = self.peek()
            name = {"order": "order_by", "group": "group_by"}.get(word, word)
            reader = self.clause_reader(name)
            if reader is None:
                break
            if name in found:
                raise QuerySyntaxError(
                    self.text, token.offset, f'A second "{name.replace("_", " ")}"', found=token.text,
                    hint='Join criteria with "and".' if name == "where" else "Keep one of them.",
                )  # fmt: skip
            self.take()
            if name in {"order_by", "group_by"}:
                if self.keyword() != "by":
                    self.unexpected(("by",))
                self.take()
            found[name] = reader()
        return found

    def clause_reader(self, name: str) -> Callable[[], Any] | None:
        if name == "where":
            return self.condition
        if name == "order_by":
            return lambda: self.listed(self.order)
        if name == "group_by":
            return lambda: self.listed(self.path)
        return self.count if name in {"limit", "offset"} else None

    def listed(self, read: Callable[[], Any]) -> tuple[Any, ...]:
        items = [read()]
        while self.peek().kind == ",":
            self.take()
            items.append(read())
        return tuple(items)

    def projection(self) -> ast.Projection:
        function = self.keyword()
        if function in _AGGREGATES and self.tokens[self.index + 1].kind == "(":
            self.take()
            return ast.Aggregate(function, self.nested(self.path))  # type: ignore[arg-type]  # one of the five names
        return self.path()

    def order(self) -> ast.Order:
        path = self.path()
        direction = _DIRECTIONS.get(self.keyword())
        if direction is None:
            return ast.Order(path)
        self.take()
        return ast.Order(path, direction)

    def count(self) -> int:
        token = self.peek()
        if token.kind != "word" or not (token.text.isascii() and token.text.isdigit()):
            self.unexpected(("a whole number, 0 or greater",))
        self.take()
        return int(token.text[:18])

    def path(self) -> ast.Path:
        segments: list[ast.Segment] = []
        joined = True
        while joined:
            joined = self.extend_path(segments)
        return ast.Path(tuple(segments))

    def extend_path(self, segments: list[ast.Segment]) -> bool:
        """Read the names of one word, and a cast behind them; return whether the path goes on."""
        token = self.peek()
        text = token.text
        start = 1 if segments and text.startswith(".") else 0
        trailing = text.endswith(".")
        names = text[start : len(text) - trailing]
        if token.kind != "word" or (segments and not start) or not _DOTTED.fullmatch(names):
            self.unexpected(("an attribute",))
        self.take()
        offset = token.offset + start
        for name in names.split("."):
            segments.append(ast.Segment(name, None, offset))
            offset += len(name) + 1
        if trailing:
            self.unexpected(("an attribute",))
        if self.peek().kind != "[":
            return False
        self.take()
        cast = self.peek()
        if cast.kind != "word" or not _NAME.fullmatch(cast.text):
            self.unexpected(("an entity type",))
        self.take()
        self.expect("]", "]")
        last = segments[-1]
        segments[-1] = ast.Segment(last.name, cast.text, last.offset)
        following = self.peek()
        return following.kind == "word" and following.text.startswith(".")

    # Criteria.

    def condition(self) -> ast.Condition:
        operands = [self.conjunct()]
        while self.keyword() == "or":
            self.take()
            operands.append(self.conjunct())
        return operands[0] if len(operands) == 1 else ast.Or(tuple(operands))

    def conjunct(self) -> ast.Condition:
        operands = [self.negation()]
        while self.keyword() == "and":
            self.take()
            operands.append(self.negation())
        return operands[0] if len(operands) == 1 else ast.And(tuple(operands))

    def negation(self) -> ast.Condition:
        negations = 0
        while self.keyword() == "not" and not self.starts_criterion():
            self.take()
            negations += 1
            if negations > MAX_DEPTH:
                self.unexpected(("an attribute", "("))
        operand = self.nested(self.condition) if self.peek().kind == "(" else self.criterion()
        for _ in range(negations):
            operand = ast.Not(operand)
        return operand

    def starts_criterion(self) -> bool:
        """Return whether the word here is an attribute although it spells a keyword: an operator follows."""
        following = self.tokens[self.index + 1]
        return following.kind == "operator" or (following.kind == "word" and following.text.lower() in _COMPARE)

    def criterion(self) -> ast.Condition:
        if self.peek().kind != "word":
            self.unexpected(("an attribute", "not", "("))
        path = self.path()
        token = self.peek()
        word = self.keyword()
        if word == "not" and self.keyword_after() in {"in", "like"}:
            self.take()
            word = f"not_{self.keyword()}"
        if word in {"has", "any"}:
            self.take()
            return ast.Quantified(path, word, self.nested(self.quantified))  # type: ignore[arg-type]  # one of the two
        if word in {"in", "not_in"}:
            self.take()
            return self.membership(path, negated=word == "not_in")
        operator = _COMPARE.get(token.text if token.kind == "operator" else word)
        if operator is None:
            self.unexpected(_OPERATORS)
        self.take()
        if operator == "is" and self.keyword() == "not" and self.starts_value_after():
            self.take()
            operator = "is_not"
        return ast.Comparison(path, operator, self.value())

    def starts_value_after(self) -> bool:
        """Return whether ``is not`` goes on with a value, so that ``not`` is no value itself."""
        following = self.tokens[self.index + 1]
        if following.kind == "word":
            return following.text.lower() not in {"and", "or", "order", "group", "limit", "offset"}
        return following.kind == "string"

    def quantified(self) -> ast.Condition | None:
        return None if self.peek().kind == ")" else self.condition()

    def membership(self, path: ast.Path, *, negated: bool) -> ast.Condition:
        members = self.nested(self.members)
        if isinstance(members, ast.Select):
            return ast.InQuery(path, members, negated)
        return ast.In(path, members, negated)

    def members(self) -> ast.Select | tuple[ast.Value, ...]:
        if self.keyword() == "select" or (_NAME.fullmatch(self.peek().text) and self.starts_clause_after()):
            return self.select()
        values: list[ast.Value] = []
        while self.peek().kind != ")":
            values.append(self.value())
            if self.peek().kind != ",":
                break
            self.take()
        return tuple(values)

    def starts_clause_after(self) -> bool:
        return self.keyword_after() in {"where", "order", "limit", "offset"}

    def value(self) -> ast.Value:
        token = self.peek()
        if token.kind not in {"string", "word"}:
            self.unexpected(("a value",))
        self.take()
        if token.kind == "string":
            return ast.Value(decode_string(token.text), quoted=True, offset=token.offset)
        return ast.Value(token.text, quoted=False, offset=token.offset)


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
