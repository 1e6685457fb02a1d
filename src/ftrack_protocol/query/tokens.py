r"""Lexer of the query language: text to tokens that know where they stand.

One regular expression splits the text once. Nothing that follows a repetition in it can fail, save one character of
lookbehind, so it never backtracks and the cost is linear. White space, line breaks included, separates tokens and
means nothing else; words end at brackets, commas, quotes and operators too, so ``key=foo`` and ``"main"order by``
need no blanks (protocol: 5.3)::

    token    = string | operator | "(" | ")" | "[" | "]" | "," | word ;
    string   = '"' { character | "\" character } '"' | "'" { character | "\" character } "'" ;
    operator = "=" | "!=" | ">" | "<" | ">=" | "<=" ;            (* and "==", "<>", "=>", "=<", for their errors *)
    word     = any other characters; "!" may stand in a word, but not first and not before "=" ;
"""

from __future__ import annotations

import re
from itertools import accumulate

from ftrack_protocol.patterns import lazy_pattern
from ftrack_protocol.query.errors import QuerySyntaxError
from ftrack_protocol.record import Record

MAX_TEXT_LENGTH = 4_000_000

_TYPOGRAPHIC = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"
_TYPOGRAPHIC_QUOTES = frozenset(_TYPOGRAPHIC)
_ENDS_WORD = rf"""\s()\[\],"'=<>{_TYPOGRAPHIC}"""
_WORD = rf"[^!{_ENDS_WORD}][^{_ENDS_WORD}]*"
# A string that is never closed runs to the end of the text, so that the scan need not be tried again behind it.
_TOKEN = lazy_pattern(
    rf"""(
        {_WORD}(?<!!(?==))
      | "[^"\\]*(?:\\.[^"\\]*)*["\\]?
      | '[^'\\]*(?:\\.[^'\\]*)*['\\]?
      | [!<>=]=|<>|=[<>]|[()\[\],=<>]
      | \S
    )""",
    re.VERBOSE | re.DOTALL,
)
_BARE_WORD = lazy_pattern(_WORD)
_ESCAPE = lazy_pattern(r"""\\(["'\\])""")
_STARTS_NO_WORD = frozenset("\"'()[],=<>!") | {""}


class Tokens(Record):
    """The tokens of one text, in two lists side by side: an object per token would cost more than to parse it.

    The first character of a token tells what it is. Three empty texts follow the last token, so that a parser may
    look two tokens ahead of the end.

    Attributes:
        texts: Each token as written, a string literal with its quotes.
        offsets: Where each token starts; the end of the last one for those that mark the end.
    """

    texts: list[str]
    offsets: list[int]


def tokenise(text: str) -> Tokens:
    """Return the tokens of a query text.

    Raises:
        QuerySyntaxError: For an unclosed string, a typographic quote outside a string or a text beyond
            `MAX_TEXT_LENGTH` characters.

    Cost: linear, about 2 milliseconds for 200,000 characters in 10,000 tokens.
    """
    if len(text) > MAX_TEXT_LENGTH:
        problem = f"The query has {len(text):,} characters, {MAX_TEXT_LENGTH:,} are allowed; cut off"
        raise QuerySyntaxError(text, MAX_TEXT_LENGTH, problem=problem, hint="Ask in several queries.")
    parts = _TOKEN.split(text)
    texts = parts[1::2]
    offsets = list(accumulate(map(len, parts)))[::2]
    end = offsets[-1] = len(text) - len(parts[-1])
    tokens = Tokens([*texts, "", "", ""], [*offsets, end, end])
    if not text.isascii() and not _TYPOGRAPHIC_QUOTES.isdisjoint(texts):
        raise _typographic_quote(text, tokens)
    if texts and is_string(texts[-1]) and not _is_closed(texts[-1]):
        raise _unclosed_string(text, offsets[-2])
    return tokens


def is_word(token: str) -> bool:
    """Return whether a token is a word: a name, a keyword, a number or a bare text."""
    return token[:1] not in _STARTS_NO_WORD


def is_string(token: str) -> bool:
    """Return whether a token is a string literal."""
    return token[:1] in {'"', "'"}


def is_bare_word(text: str) -> bool:
    """Return whether a text, written without quotes, would be read as one word."""
    return _BARE_WORD.fullmatch(text) is not None


def quote(text: str) -> str:
    r"""Return a string literal that parses back to exactly this text.

    Every backslash is doubled and every double quote escaped, so no text can end the literal early or change the
    query around it. The text ``50\%`` is written ``"50\\%"`` and read back as ``50\%``: a comparison finds the row
    that holds the backslash. Of a pattern for ``like`` the caller decides: ``%`` and ``_`` are its wildcards,
    ``\%`` and ``\_`` the plain characters.
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def decode_string(literal: str) -> str:
    r"""Return the text of a string literal, its quotes removed and its escapes decoded once.

    ``\"``, ``\'`` and ``\\`` stand for the character. Any other backslash is kept: ``\%`` and ``\_`` mean the plain
    characters to ``like``, and ``C:\new`` of a script that never escaped stays what it was.
    """
    inner = literal[1:-1]
    return _ESCAPE.sub(r"\1", inner) if "\\" in inner else inner


def _typographic_quote(text: str, tokens: Tokens) -> QuerySyntaxError:
    place = next(index for index, token in enumerate(tokens.texts) if token in _TYPOGRAPHIC_QUOTES)
    mark = tokens.texts[place]
    hint = 'Texts stand in straight quotes: "like this".'
    return QuerySyntaxError(
        text, tokens.offsets[place], found=mark, problem=f"Typographic quote {mark} outside of a text", hint=hint
    )


def _is_closed(literal: str) -> bool:
    """Return whether the last string of a text, which holds no quote of its own unless escaped, ends in its quote."""
    inner = literal[1:-1]
    backslashes = len(inner) - len(inner.rstrip("\\"))
    return len(literal) > 1 and literal[-1] == literal[0] and backslashes % 2 == 0


def _unclosed_string(text: str, offset: int) -> QuerySyntaxError:
    quote = text[offset]
    hint = f"Add the closing {quote}, and write \\{quote} for a quote inside a text."
    if quote == "'" and is_word(text[:offset][-1:].strip()):
        hint = """A text with an apostrophe stands in double quotes, as in "O'Brien"."""
    problem = f"The text that starts with {quote} is never closed; opened"
    return QuerySyntaxError(text, offset, found=quote, problem=problem, hint=hint)
