"""What an error message shows of a value that others sent: short, on any depth and size."""

from __future__ import annotations

import reprlib
from typing import Any

LIMIT = 80

_brief = reprlib.Repr()
_brief.maxlevel = 3
_brief.maxstring = _brief.maxother = _brief.maxlong = LIMIT


def described(value: Any) -> str:
    """Return a value as Python writes it, cut to `LIMIT` characters. Cost: none that grows with the value."""
    text = _brief.repr(value)
    return text if len(text) <= LIMIT else f"{text[: LIMIT - 3]}..."
