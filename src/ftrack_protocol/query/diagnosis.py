"""From the place where the parser stopped to the error that helps most: what was expected, and what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_protocol.query.errors import QuerySyntaxError, did_you_mean, shorten
from ftrack_protocol.query.tokens import is_string, is_word
from ftrack_protocol.query.vocabulary import OPERATOR_TOKENS

if TYPE_CHECKING:
    from ftrack_protocol.query.tokens import Tokens

AN_ATTRIBUTE = "an attribute"
AN_ENTITY_TYPE = "an entity type"
A_VALUE = "a value"

_OTHER_LANGUAGES = {
    "==": "=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "&&": "and",
    "||": "or",
    "equals": "is",
    "contains": 'like "%text%"',
    "startswith": 'like "text%"',
    "endswith": 'like "%text"',
}

_OTHER_HINTS = {
    A_VALUE: 'A list follows "in" or "not_in"; a text that holds signs stands in quotes.',
    "(": "Lists and the criteria of a relation stand in parentheses.",
}


def unexpected(text: str, tokens: Tokens, index: int, expected: tuple[str, ...]) -> QuerySyntaxError:
    """Return the error for a token that cannot stand where it stands."""
    found = tokens.texts[index]
    return QuerySyntaxError(text, tokens.offsets[index], expected, found, _hint(tokens, index, expected))


def empty(text: str) -> QuerySyntaxError:
    """Return the error for a text without a token."""
    hint = 'Name an entity type, as in "Task where name is comp".'
    return QuerySyntaxError(text, 0, found="", problem="The query is empty", hint=hint)


def missing_type(text: str, tokens: Tokens, index: int) -> QuerySyntaxError:
    """Return the error for a query that goes on, or ends, where its entity type should be named."""
    return QuerySyntaxError(
        text,
        tokens.offsets[index],
        (AN_ENTITY_TYPE,),
        tokens.texts[index],
        problem="The entity type is missing",
        hint='A query reads "Task where …" or "select name from Task where …".',
    )


def missing_projection(text: str, tokens: Tokens, index: int) -> QuerySyntaxError:
    """Return the error for a ``from`` that directly follows ``select`` or a comma."""
    return QuerySyntaxError(
        text,
        tokens.offsets[index],
        (AN_ATTRIBUTE,),
        tokens.texts[index],
        problem='Nothing is selected before "from"',
        hint='Name attributes, or leave out "select" and "from" for the default ones.',
    )


def repeated_clause(text: str, tokens: Tokens, index: int, name: str) -> QuerySyntaxError:
    """Return the error for a second clause of one kind."""
    hint = 'Join criteria with "and" or "or".' if name == "where" else "Keep one of them."
    problem = f'A second "{name}" in one query'
    return QuerySyntaxError(text, tokens.offsets[index], found=tokens.texts[index], problem=problem, hint=hint)


def not_a_count(text: str, tokens: Tokens, index: int, name: str) -> QuerySyntaxError:
    """Return the error for a ``limit`` or ``offset`` that is no whole number, negative or too large."""
    found = tokens.texts[index]
    problem = ""
    if found[:1] == "-":
        problem = f"The {name} {shorten(found)} is negative"
    elif found.isdecimal():
        problem = f"The {name} is too large"
    return QuerySyntaxError(
        text, tokens.offsets[index], ("a whole number from 0 to 9223372036854775807",), found, problem=problem
    )


def unopened(text: str, tokens: Tokens, index: int) -> QuerySyntaxError:
    """Return the error for a closing parenthesis without an opening one."""
    problem = 'The parenthesis ")" was never opened; closed'
    return QuerySyntaxError(text, tokens.offsets[index], found=")", problem=problem, hint='Remove it or add a "(".')


def unclosed(text: str, tokens: Tokens, opening: int) -> QuerySyntaxError:
    """Return the error for an opening parenthesis without a closing one."""
    problem = 'The parenthesis "(" is never closed; opened'
    return QuerySyntaxError(text, tokens.offsets[opening], (")",), "(", problem=problem, hint='Add the closing ")".')


def too_deep(text: str, tokens: Tokens, index: int, limit: int) -> QuerySyntaxError:
    """Return the error for a query with too many levels."""
    problem = f"The query has more than {limit} levels of parentheses and negations; the next one starts"
    hint = "Flatten its criteria or ask in several queries."
    return QuerySyntaxError(text, tokens.offsets[index], found=tokens.texts[index], problem=problem, hint=hint)


def _hint(tokens: Tokens, index: int, expected: tuple[str, ...]) -> str:
    """Return the advice for the first slip that fits: a word of another language, a misspelling, a missing sign."""
    found, following = tokens.texts[index], tokens.texts[index + 1]
    foreign = _OTHER_LANGUAGES.get(found.lower())
    if foreign is not None:
        return f"Write {foreign} instead."
    if index == 1 and is_word(found) and did_you_mean(tokens.texts[0], ("select",)):
        return 'Did you mean "select" at the start?'
    near = did_you_mean(found, (*expected, *OPERATOR_TOKENS) if "is" in expected else expected)
    if "and" in expected:
        return f"{near} {_value_hint(tokens, index)}".strip()
    if near:
        return near
    if "where" in expected and is_word(found) and following.lower() in OPERATOR_TOKENS:
        return 'Criteria follow the word "where".'
    if AN_ATTRIBUTE in expected:
        return _attribute_hint(found)
    return _OTHER_HINTS.get(expected[0], "") if found else ""


def _attribute_hint(found: str) -> str:
    if is_string(found):
        return "Attributes stand without quotes, and before the operator."
    if found == "*":
        return 'There is no wildcard: name attributes, or leave out "select" and "from" for the default ones.'
    return "Write not instead." if found == "!" else ""


def _value_hint(tokens: Tokens, index: int) -> str:
    """Return the advice for what follows a whole criterion and may belong to its value."""
    found, value, operator = tokens.texts[index], tokens.texts[index - 1], tokens.texts[index - 2]
    if found == "(":
        return _OTHER_HINTS[A_VALUE]
    if is_word(value) and operator.lower() in OPERATOR_TOKENS and (is_word(found) or is_string(found)):
        return f"A value of more than one word stands in quotes: {_as_one_text(value, found)}."
    return ""


def _as_one_text(first: str, second: str) -> str:
    inner = second[1:-1] if is_string(second) else second
    return f'"{shorten(first)} {shorten(inner)}"'
