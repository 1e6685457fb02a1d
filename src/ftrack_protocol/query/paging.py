"""Take the paging clauses off a query text, and tell what type a text without projections asks for.

Clients page by appending ``offset`` and ``limit`` of their own, so they must first find those of the user. Only the
clauses of the outermost query count: the words in a string literal or a sub-query are the user's (protocol: 5.1).
What does not lex is left as it is for the server, which is the judge of queries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ftrack_protocol
from ftrack_protocol import query
from ftrack_protocol.record import Record

if TYPE_CHECKING:
    from ftrack_protocol.query.tokens import Tokens

_PAGING = frozenset({"limit", "offset"})
_BEFORE_A_NAME = frozenset({"select", "from", "where", "and", "or", "not", "by", ",", "["})
_MOST_DIGITS = 18


class PagedText(Record):
    """A query text without its paging clauses, otherwise byte for byte as it was, and the numbers they held."""

    text: str
    limit: int | None = None
    offset: int | None = None


def split_page(text: str) -> PagedText:
    """Return the text without the ``limit`` and ``offset`` clauses of its outermost query.

    The clauses may stand in either order, before ``order by`` as well as at the end, in any case. Each goes together
    with the white space before it. A text in which one stands twice, or that does not lex, is returned whole; a
    clause without a plain number of at most 18 digits stays in the text. Never raises. Cost: linear.
    """
    lowered = text.lower()
    if not any(name in lowered for name in _PAGING):
        return PagedText(text)
    try:
        tokens = query.tokens.tokenise(text)
    except ftrack_protocol.QuerySyntaxError:
        return PagedText(text)
    found = _clauses(tokens)
    names = [name for name, _ in found]
    if len(set(names)) < len(names):
        return PagedText(text)
    numbers = {name: int(tokens.texts[index + 1]) for name, index in found}
    return PagedText(_without(text, tokens, [index for _, index in found]), **numbers)


def leading_type(text: str) -> str | None:
    """Return the entity type a query without ``select`` starts with, or None for one that starts with ``select``.

    White space before the word, line breaks after it and the case of ``select`` do not matter. The type is whatever
    stands before the first white space, recognised by nobody yet; "" for a text of nothing but white space.
    """
    words = text.split(None, 1)
    if not words:
        return ""
    return None if words[0].lower() == "select" else words[0]


def _clauses(tokens: Tokens) -> list[tuple[str, int]]:
    """Return name and token index of each paging clause outside of parentheses."""
    found = []
    depth = 0
    for index, written in enumerate(tokens.texts):
        if written == "(":
            depth += 1
        elif written == ")":
            depth -= 1
        elif depth == 0 and written.lower() in _PAGING and _is_clause(tokens.texts, index):
            found.append((written.lower(), index))
    return found


def _is_clause(texts: list[str], index: int) -> bool:
    """Return whether ``limit`` or ``offset`` opens a clause here, rather than name an attribute, a text or a type."""
    number = texts[index + 1]
    if index == 0 or not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        return False
    previous = texts[index - 1].lower()
    if previous in query.vocabulary.OPERATOR_TOKENS:
        return (
            texts[max(index - 2, 0)].lower() in query.vocabulary.OPERATOR_TOKENS
        )  # then the second one is a value: "name is like"
    return previous not in _BEFORE_A_NAME


def _without(text: str, tokens: Tokens, clauses: list[int]) -> str:
    """Return the text without the clauses whose first tokens are given, in ascending order."""
    kept = []
    start = 0
    for index in clauses:
        kept.append(text[start : tokens.offsets[index]].rstrip())
        start = tokens.offsets[index + 1] + len(tokens.texts[index + 1])
    return "".join([*kept, text[start:]])
