"""The query language: text to syntax tree and back.

What reads a text is loaded with the first text that has to be read: most queries of clients are sent as they are.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftrack_protocol.query import tokens as tokens
    from ftrack_protocol.query import vocabulary as vocabulary


def __getattr__(name: str) -> Any:
    if name not in ("tokens", "vocabulary"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"{__name__}.{name}")
