"""Regular expressions that are compiled when they are first used: compiling takes longer than loading a module."""

from __future__ import annotations

import re
from typing import Any, cast


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what `re.compile` does, compiled with the first match; what is wrong with a text shows then."""
    return cast("re.Pattern[str]", _Pattern(text, flags))


class _Pattern:
    """A compiled expression to whoever uses it; each method is looked up once."""

    def __init__(self, text: str, flags: int) -> None:
        self._compiled_of = (text, flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._compiled_of), name)
        setattr(self, name, found)
        return found
