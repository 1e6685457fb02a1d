"""Take the paging clauses off a query text, and tell what type a text without projections asks for.

Clients page by appending ``offset`` and ``limit`` of their own, so they must first find those of the user. Only the
clauses at the end of the outermost query count: the words in a string literal or a sub-query are the user's
(protocol: 5.1). Text that does not even lex is left to the server, which is the judge of queries.
"""

from __future__ import annotations

from dataclasses import dataclass

from ftrack_protocol.query.errors import QuerySyntaxError
from ftrack_protocol.query.tokens import Token, tokenise


@dataclass(frozen=True, slots=True)
class PagedText:
    """A query text without its paging clauses, byte for byte as it was, and the numbers they held."""

    text: str
    limit: int | None = None
    offset: int | None = None


def split_page(text: str) -> PagedText:
    """Return the text without the ``limit`` and ``offset`` clauses of its outermost query.

    Clauses may stand in either order, before ``order by`` as well as at the end. A clause that appears twice or has
    no number stays where it is. Cost: linear.
    """
    lowered = text.lower()
    if "limit" not in lowered and "offset" not in lowered:
        return PagedText(text)
    try:
        tokens = tokenise(text)
    except QuerySyntaxError:
        return PagedText(text)
    spans: dict[str, tuple[Token, Token]] = {}
    depth = 0
    for position in range(1, len(tokens) - 2):
        token, following = tokens[position], tokens[position + 1]
        depth += (token.kind == "(") - (token.kind == ")")
        name = token.text.lower()
        if depth == 0 and token.kind == "word" and name in {"limit", "offset"} and _is_number(following):
            if name in spans:
                return PagedText(text)
            if _starts_clause(tokens, position):
                spans[name] = (token, following)
    return _cut(text, spans)


def leading_type(text: str) -> str | None:
    """Return the entity type a query without ``select`` starts with, or None for one that has projections.

    White space before it, line breaks after it and the case of ``select`` do not matter. Empty text gives "".
    """
    words = text.split(None, 1)
    if not words:
        return ""
    return None if words[0].lower() == "select" and len(words) > 1 else words[0]


def _is_number(token: Token) -> bool:
    return token.kind == "word" and token.text.isascii() and token.text.isdigit()


def _starts_clause(tokens: list[Token], position: int) -> bool:
    """Return whether the word at a position can open a clause: not after an operator, a comma or ``where``."""
    before = tokens[position - 1]
    if before.kind in {"operator", ",", "("}:
        return False
    return before.kind != "word" or before.text.lower() not in _WORDS_BEFORE_OPERANDS


_WORDS_BEFORE_OPERANDS = frozenset(
    {"select", "from", "where", "and", "or", "not", "by", "is", "is_not", "like", "not_like", "after", "before"}
    | {"greater_than", "less_than", "greater_than_equal", "less_than_equal"}
)


def _cut(text: str, spans: dict[str, tuple[Token, Token]]) -> PagedText:
    kept = text
    for first, last in sorted(spans.values(), key=lambda span: span[0].offset, reverse=True):
        before, after = kept[: first.offset].rstrip(), kept[last.end :]
        kept = before + after if not after or after[0].isspace() else f"{before} {after}"
    numbers = {name: int(last.text) for name, (_, last) in spans.items()}
    return PagedText(kept, numbers.get("limit"), numbers.get("offset"))
