"""Where pages ended: the next page of a query goes on from that key, and counts no rows that were answered before.

An offset costs a step for each row before it; a key costs one look-up. Both give the same rows for as long as nothing
was committed, which the mark of a connection tells, so places are kept with the connection that read them.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ftrack_server.query.aggregate import is_aggregate
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ftrack_protocol.query import ast
    from ftrack_server.access import Access
    from ftrack_server.model.definition import EntityDefinition

MOST = 64
"""Places kept for each connection; each is one page of one query that somebody may go on with."""

_INFO = "places"


@dataclass(frozen=True, slots=True)
class Series:
    """All pages of one query, whatever their size.

    Attributes:
        query: The query without limit and offset.
        access: What the actor may see, None for everything.
    """

    query: ast.Select
    access: Access | None


def series_of(query: ast.Select, access: Access | None) -> Series | None:
    """Return the series that a page belongs to; None when its order is not that of the key, or it is no page."""
    if query.limit is None or query.order_by or is_aggregate(query):
        return None
    return Series(replace(query, limit=None, offset=None), access)


def has_one_key(definition: EntityDefinition) -> bool:
    """Return whether the entities of a type are told apart by one value, which a page can end with."""
    return len(definition.key) == 1


def keep(connection: Connection, series: Series, offset: int, key: Any) -> None:
    """Remember the key of the last row before an offset, as this connection sees the database now."""
    mark = dialect.content_mark(connection)
    if mark is None:
        return
    known = connection.info.get(_INFO)
    if known is None or known[0] != mark:
        known = connection.info[_INFO] = (mark, OrderedDict())
    places: OrderedDict[tuple[Series, int], Any] = known[1]
    places[series, offset] = key
    if len(places) > MOST:
        places.popitem(last=False)


def last_key(connection: Connection, series: Series, offset: int) -> Any | None:
    """Return the key of the last row before an offset, None when it is not known or something was committed since."""
    known = connection.info.get(_INFO)
    if known is None or (series, offset) not in known[1] or known[0] != dialect.content_mark(connection):
        return None
    return known[1][series, offset]
