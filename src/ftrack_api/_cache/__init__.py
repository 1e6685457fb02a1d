"""What caches are made of, and the parts that few programs need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api._cache import statistics as statistics

__getattr__, __dir__ = attach(__name__, ("statistics",))
