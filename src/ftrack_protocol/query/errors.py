"""The one error of the query language: where a text stops making sense, what was expected, and a hint."""

from __future__ import annotations

from difflib import get_close_matches

EXCERPT_WIDTH = 110


class QuerySyntaxError(ValueError):
    """A query text that does not follow the grammar.

    Attributes:
        text: The whole text.
        offset: Character position of the fault, 0-based; ``len(text)`` for a fault at the end.
        line: Line of the fault, 1-based.
        column: Column of the fault in that line, 1-based.
        problem: What is wrong, without position.
        expected: What could have stood there instead, most likely first; may be empty.
        found: The offending piece of text, empty at the end.
        hint: A suggestion, or empty.
    """

    def __init__(
        self, text: str, offset: int, problem: str, *, expected: tuple[str, ...] = (), found: str = "", hint: str = ""
    ) -> None:
        self.text = text
        self.offset = offset
        self.problem = problem
        self.expected = expected
        self.found = found
        self.hint = hint or _near_match(found, expected)
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - (text.rfind("\n", 0, offset) + 1) + 1
        super().__init__(self._message())

    def _message(self) -> str:
        place = f"at column {self.column}" if "\n" not in self.text else f"at line {self.line}, column {self.column}"
        expected = f", expected {_any_of(self.expected)}" if self.expected else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.problem} {place}{expected}.{hint}\n{excerpt(self.text, self.offset)}"

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.text, self.offset, self.problem, self.expected, self.found, self.hint)


def _rebuild(
    text: str, offset: int, problem: str, expected: tuple[str, ...], found: str, hint: str
) -> QuerySyntaxError:
    """Make the error again from its parts, for pickle."""
    return QuerySyntaxError(text, offset, problem, expected=expected, found=found, hint=hint)


def _any_of(expected: tuple[str, ...]) -> str:
    return expected[0] if len(expected) == 1 else f"one of: {', '.join(expected)}"


def _near_match(found: str, expected: tuple[str, ...]) -> str:
    matches = get_close_matches(found.lower(), expected, n=1, cutoff=0.6) if found else []
    return f'Did you mean "{matches[0]}"?' if matches else ""


def excerpt(text: str, offset: int, indent: str = "  ") -> str:
    """Return the line around an offset and a caret below it, cut to about 110 columns."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    left = max(start, offset - EXCERPT_WIDTH * 2 // 3)
    right = min(end, left + EXCERPT_WIDTH)
    before = ("…" if left > start else "") + text[left:offset]
    shown = before + text[offset:right] + ("…" if right < end else "")
    pad = "".join("\t" if character == "\t" else " " for character in before)
    return f"{indent}{shown}\n{indent}{pad}^"
