"""From the text of a query to entities: planning, paging, loading, and filling in what was not asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api._query import counting as counting
    from ftrack_api._query import parameters as parameters
    from ftrack_api._query import populate as populate
    from ftrack_api._query import prefetch as prefetch

# The first one reads the whole query language, the others write it; many programs read what they asked for.
__getattr__, __dir__ = attach(__name__, ("counting", "parameters", "populate", "prefetch"))
