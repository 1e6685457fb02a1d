"""The one error of the query language: where a text stops making sense, what was expected, and a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_protocol.patterns import lazy_pattern
from ftrack_protocol.similar import close_matches

if TYPE_CHECKING:
    from collections.abc import Iterable

EXCERPT_WIDTH = 110
"""How many characters of a long line an error shows; two ellipses and the indent come on top."""

_LONGEST_NEAR_MATCH = 30
_LONGEST_FOUND = 40
_PUNCTUATION = frozenset("()[],")
_WORD_OR_CHARACTER = lazy_pattern(r"\w+|\S?")
_CONTROL = lazy_pattern(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class QuerySyntaxError(ValueError):
    """A query text that does not follow the grammar.

    Args:
        text: The whole text.
        offset: Character position of the fault, 0-based; ``len(text)`` for a fault at the end.
        expected: What could have stood there instead, most likely first.
        found: The offending piece of text, empty at the end; the word at the offset when omitted.
        hint: A suggestion; the nearest of `expected` when empty.
        problem: What is wrong, without position; that `found` was unexpected when empty.

    Attributes:
        text: As given.
        offset: As given.
        line: Line of the fault, 1-based.
        column: Column of the fault in that line, 1-based, in characters.
        expected: As given.
        found: As given or looked up.
        hint: A suggestion, or empty.
        problem: What is wrong.
    """

    def __init__(
        self,
        text: str,
        offset: int,
        expected: tuple[str, ...] = (),
        found: str | None = None,
        hint: str = "",
        *,
        problem: str = "",
    ) -> None:
        self.text = text
        self.offset = offset
        self.expected = expected
        self.found = _word_at(text, offset) if found is None else found
        self.hint = hint or did_you_mean(self.found, expected)
        self.problem = problem or _unexpected(self.found)
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - text.rfind("\n", 0, offset)
        super().__init__(self._message())

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.text, self.offset, self.expected, self.found, self.hint, self.problem)

    def _message(self) -> str:
        place = f"column {self.column}" if "\n" not in self.text else f"line {self.line}, column {self.column}"
        expected = f", expected {_any_of(self.expected)}" if self.expected else ""
        hint = f". {self.hint}" if self.hint else ""
        return f"{self.problem} at {place}{expected}{hint}\n{excerpt(self.text, self.offset)}"


def did_you_mean(found: str, candidates: Iterable[str]) -> str:
    """Return a question that names the candidate a word looks most like, or "" if it is one or none comes near."""
    if len(found) > _LONGEST_NEAR_MATCH:
        return ""
    near = next(iter(close_matches(found.lower(), candidates)), "")
    return f'Did you mean "{near}"?' if near and near != found.lower() else ""


def shorten(text: str) -> str:
    """Return a piece of query text fit for one line of a message: at most 40 characters, none of them a control."""
    short = text if len(text) <= _LONGEST_FOUND else f"{text[: _LONGEST_FOUND - 1]}…"
    return _CONTROL.sub(" ", short)


def excerpt(text: str, offset: int, indent: str = "  ") -> str:
    """Return the line around an offset and, on a second line, a caret below it; long lines are cut on both sides."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    left = max(start, min(offset - EXCERPT_WIDTH * 2 // 3, end - EXCERPT_WIDTH))
    right = min(end, left + EXCERPT_WIDTH)
    before = _CONTROL.sub(" ", ("…" if left > start else "") + text[left:offset])
    after = _CONTROL.sub(" ", text[offset:right] + ("…" if right < end else ""))
    pad = "".join("\t" if character == "\t" else " " for character in before)
    return f"{indent}{before}{after.rstrip()}\n{indent}{pad}^"


def _rebuild(
    text: str, offset: int, expected: tuple[str, ...], found: str, hint: str, problem: str
) -> QuerySyntaxError:
    """Make the error again from its parts, for pickle and copy."""
    return QuerySyntaxError(text, offset, expected, found, hint, problem=problem)


def _word_at(text: str, offset: int) -> str:
    match = _WORD_OR_CHARACTER.match(text, offset)
    return match.group() if match else ""


def _unexpected(found: str) -> str:
    if not found:
        return "The query ends too early"
    shown = shorten(found)
    return f"Unexpected {shown}" if shown[0] in "\"'" else f'Unexpected "{shown}"'


def _any_of(expected: tuple[str, ...]) -> str:
    described = [f'"{item}"' if item in _PUNCTUATION else item for item in expected]
    return described[0] if len(described) == 1 else f"one of: {', '.join(described)}"
