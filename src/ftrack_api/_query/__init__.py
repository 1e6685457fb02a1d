"""From the text of a query to entities: planning, paging, loading, and filling in what was not asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api._query import counting as counting

# Reads the whole query language, which few programs need.
__getattr__, __dir__ = attach(__name__, ("counting",))
