"""Where rows stand: keys at known offsets, so that a page goes on from the nearest one and counts few rows.

An offset costs a step for each row before it; a key costs one look-up. Both give the same rows for as long as nothing
was committed, which the mark of a connection tells, so places are kept with the connection that read them. Each page
leaves the place where it ends, and whoever asks for rows far from any place leaves one every `STRIDE` rows on the way:
the second visit anywhere in a query costs what its first page costs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias

from ftrack_server.query.statement import AFTER, LIMIT, OFFSET
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ftrack_server.access import Access
    from ftrack_server.query.plan import Walk
    from ftrack_server.query.texts import Text

Series: TypeAlias = "tuple[str, bytes, Access | None]"
"""What all pages of a query share, whatever their size: shape and values of the text, and who asks."""

STRIDE = 2_000
"""Rows between two places that are left on the way: passing them over takes about a tenth of a millisecond."""
MOST_SERIES = 64
MOST_PLACES = 2_048
"""Places kept of each series on each connection, about 100 bytes each; beyond that every second one goes."""

_INFO = "places"


class Places:
    """The known places of one series, in order."""

    def __init__(self) -> None:
        self._offsets: list[int] = []
        self._keys: list[Any] = []

    def before(self, offset: int) -> tuple[int, Any]:
        """Return the nearest offset at which to begin, and the key of the row before it; 0 and None for the start."""
        found = bisect_right(self._offsets, offset) - 1
        return (self._offsets[found], self._keys[found]) if found >= 0 else (0, None)

    def keep(self, offset: int, key: Any) -> None:
        """Remember the key of the last row before an offset."""
        found = bisect_left(self._offsets, offset)
        if found < len(self._offsets) and self._offsets[found] == offset:
            return
        self._offsets.insert(found, offset)
        self._keys.insert(found, key)
        if len(self._offsets) > MOST_PLACES:
            del self._offsets[::2], self._keys[::2]


def series_of(text: Text, access: Access | None) -> Series:
    """Return the series that a page of a query belongs to."""
    return text.shape, blake2b("\x00".join(text.values).encode(), digest_size=16).digest(), access


def places_of(connection: Connection, series: Series) -> Places | None:
    """Return the places of a series as this connection sees the database now, None where they cannot be known.

    Cost: some µs on SQLite, a round trip on PostgreSQL.
    """
    mark = dialect.content_mark(connection)
    if mark is None:
        return None
    known = connection.info.get(_INFO)
    if known is None or known[0] != mark:
        known = connection.info[_INFO] = (mark, OrderedDict())
    everything: OrderedDict[Series, Places] = known[1]
    places = everything.get(series)
    if places is None:
        places = everything[series] = Places()
        if len(everything) > MOST_SERIES:
            everything.popitem(last=False)
    else:
        everything.move_to_end(series)
    return places


def walk_to(
    connection: Connection, places: Places, offset: int, first: Walk, next_: Walk, values: dict[str, Any]
) -> None:
    """Leave places on the way to an offset that is far from any.

    Steps of `STRIDE` rows take as long together as one large offset, so the way costs nothing extra. A database that
    sorts rows before it knows their order would sort them at each step; there nothing is done.

    Args:
        connection: Where to look.
        places: Where places are kept.
        offset: Where to go.
        first: How to pass over rows from the start.
        next_: How to pass over rows after a key.
        values: Parameters of the query.
    """
    start, key = places.before(offset)
    while offset - start > STRIDE:
        walk = first if key is None else next_
        bound = {**values, AFTER: key, LIMIT: 1, OFFSET: STRIDE - 1}
        if walk.is_in_order is None:
            walk.is_in_order = walk.statement.finds_in_order(connection, bound)
        if not walk.is_in_order:
            return
        rows = walk.statement.run(connection, bound)
        if not rows:
            return
        start, key = start + STRIDE, rows[0][0]
        places.keep(start, key)
