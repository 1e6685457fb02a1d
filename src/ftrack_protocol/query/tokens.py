"""Lexer of the query language: text to tokens that know where they stand.

One regular expression without backtracking traps scans the text once, so the cost is linear. White space, line breaks
included, separates tokens and is otherwise meaningless; words end at brackets, commas, quotes, operators and white
space, so ``key=foo`` and ``"main"order by`` need no blanks (protocol: 5.3).
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from ftrack_protocol.query.errors import QuerySyntaxError

MAX_TEXT_LENGTH = 4_000_000

TokenKind: TypeAlias = Literal["word", "string", "(", ")", "[", "]", ",", "operator", "end"]


class Token(NamedTuple):
    """A piece of query text.

    Attributes:
        kind: What it is; brackets and the comma are their own kind.
        text: The text as written, a string literal with its quotes.
        offset: Where it starts.
    """

    kind: TokenKind
    text: str
    offset: int

    @property
    def end(self) -> int:
        """Return the offset just behind the token."""
        return self.offset + len(self.text)


# A word may hold = < > ! only where no operator can be meant: never, since `key=foo` is two words and an operator.
_SCANNER = re.compile(
    r"""\s*(?:
        (?P<string>"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')
      | (?P<operator>[!<>]=|[=<>])
      | (?P<punctuation>[()\[\],])
      | (?P<word>[^\s()\[\],"'=<>!\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f]+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_BLANK = re.compile(r"\s*")
_ESCAPE = re.compile(r"""\\(["'\\])""")
_CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a query text, ending with one of kind ``end``.

    Raises:
        QuerySyntaxError: For an unclosed string, a typographic quote, a stray character or a text beyond
            `MAX_TEXT_LENGTH` characters.
    """
    if len(text) > MAX_TEXT_LENGTH:
        raise QuerySyntaxError(
            text[:200],
            0,
            f"The query has {len(text):,} characters, {MAX_TEXT_LENGTH:,} are allowed",
            hint="Ask in several queries.",
        )
    tokens: list[Token] = []
    append = tokens.append
    position, scan = 0, _SCANNER.match
    while match := scan(text, position):
        kind = match.lastgroup
        offset = match.start(kind)  # type: ignore[arg-type]  # one of the named groups has matched
        position = match.end()
        found = text[offset:position]
        append(Token(found if kind == "punctuation" else kind, found, offset))  # type: ignore[arg-type]  # group names are kinds
    end = _BLANK.match(text, position)
    position = end.end() if end else position
    if position < len(text):
        raise _stray_character(text, position)
    append(Token("end", "", len(text.rstrip())))
    return tokens


def _stray_character(text: str, offset: int) -> QuerySyntaxError:
    character = text[offset]
    if character in _CURLY:
        return QuerySyntaxError(
            text,
            offset,
            f"Typographic quote {character}",
            found=character,
            hint='Texts stand in straight quotes: "like this".',
        )
    if character in "\"'":
        return QuerySyntaxError(
            text,
            offset,
            f"The text that starts with {character} is never closed; opened",
            found=character,
            hint=f"Add the closing {character}, and write \\{character} for a quote inside the text.",
        )
    return QuerySyntaxError(text, offset, f'Unexpected "{character}"', found=character)


def decode_string(literal: str) -> str:
    r"""Return the text of a string literal, its quotes removed and its escapes decoded once.

    ``\"``, ``\'`` and ``\\`` stand for the character. Any other backslash is kept: ``\%`` and ``\_`` mean the plain
    characters to ``like``, and ``C:\new`` of a script that never escaped stays what it was.
    """
    inner = literal[1:-1]
    return _ESCAPE.sub(r"\1", inner) if "\\" in inner else inner
