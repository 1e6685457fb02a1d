"""The result of a query: a sequence of entities that is fetched page by page, when it is looked at."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from ftrack_api import _query, exception
from ftrack_api._query.ahead import load_pages, pages_in_flight
from ftrack_api._query.plan import plan
from ftrack_api.symbol import NOT_SET
from ftrack_protocol.query.paging import split_page

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

DEFAULT_PAGE_SIZE = 500

# Any below is an entity, or the plain row of a grouped query.


class QueryResult(Sequence[Any]):
    """The entities a query finds, in the server's order.

    Nothing is sent before the result is looked at, and what was fetched is kept. Iterating fetches page by page, an
    index the pages up to it, a slice no more rows than it needs, ``bool()`` one row; ``len()``, a negative index and
    `all` fetch everything, from the third page on with several requests at a time.

    Args:
        session: Session that asks.
        expression: Query text.
        page_size: Rows per request.

    Raises:
        UnrecognisedEntityTypeError: If the text has no ``select`` and starts with an unknown type.
        ValueError: If the text is empty or the page size is not positive.
    """

    # Kept for callers that look for paging clauses themselves; this class reads the text properly instead.
    OFFSET_EXPRESSION = re.compile(r"(?P<offset>offset (?P<value>\d+))")
    LIMIT_EXPRESSION = re.compile(r"(?P<limit>limit (?P<value>\d+))")

    def __init__(self, session: SessionProtocol, expression: str, page_size: int = DEFAULT_PAGE_SIZE) -> None:
        if page_size < 1:
            raise ValueError(f"page_size must be at least 1, not {page_size!r}.")
        self._session = session
        self._page_size = page_size
        self._plan = plan(expression, session.types)
        self._results: list[Any] = []
        self._pages = 0
        self._next_offset: int | None = self._plan.offset or 0

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Return an entity, or a list of entities for a slice."""
        if isinstance(index, slice):
            bounds = (index.start, index.stop)
            ends = index.stop is not None and (index.step is None or index.step > 0)
            if ends and all(bound is None or bound >= 0 for bound in bounds):
                self._fetch_until(index.stop, exact=True)
            else:
                self._fetch_until(None)
            return self._results[index]
        self._fetch_until(index + 1 if index >= 0 else None)
        try:
            return self._results[index]
        except IndexError:
            raise IndexError(f"The query has {len(self._results)} results, there is none at {index}.") from None

    def __iter__(self) -> Iterator[Any]:
        position = 0
        while True:
            while position < len(self._results):
                yield self._results[position]
                position += 1
            if not self._can_fetch_more():
                return
            self._fetch_more()

    def __len__(self) -> int:
        self._fetch_until(None)
        return len(self._results)

    def __bool__(self) -> bool:
        self._fetch_until(1, exact=True)
        return bool(self._results)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._plan.text!r}>"

    def all(self) -> list[Any]:
        """Return all entities.

        Cost: one request per page, and up to three beyond the end of a result of many pages.
        """
        self._fetch_until(None)
        return list(self._results)

    def count(self, value: Any = NOT_SET) -> int:
        """Return how many entities there are, limit and offset regarded; rows that were fetched before are kept.

        With a value, it is the method of sequences: how often that is among the results, which are fetched.

        The server counts where it can: one request without rows, at the moment of the call. Where it cannot - types
        that it does not group, grouped queries, the vendor's server without ``strict_api`` - everything is fetched.

        Raises:
            ServerError: Or the subclass that fits: if the server refuses the query.

        Cost: one request; none when everything was fetched before.
        """
        if value is not NOT_SET:
            return super().count(value)
        if not self._can_fetch_more():
            return len(self._results)
        text = _query.counting.counting_text(self._plan.text, self._session.schemas)
        if text is None:
            return len(self)
        try:
            found, _ = self._session._query(text)
        except (exception.NetworkError, exception.RateLimited, exception.AuthenticationError):
            raise
        except exception.ServerError:
            return len(self)  # a query that is wrong in itself is refused once more, in its own words
        return _query.counting.paged_count(int(found[0][_query.counting.COUNT]) if found else 0, self._plan)

    def one(self) -> Any:
        """Return the only entity; asks the server, whatever was fetched before.

        Raises:
            ValueError: If the query has a limit or an offset.
            NoResultFoundError: If there is none.
            MultipleResultsFoundError: If there are several.
        """
        if self._plan.limit is not None or self._plan.offset is not None:
            raise ValueError("one() looks at the whole result; leave limit and offset out of the query.")
        found, _ = self._session._query(f"{self._plan.text} limit 2")
        if not found:
            raise exception.NoResultFoundError(f"Expected one result, found none for: {self._plan.text}")
        if len(found) > 1:
            raise exception.MultipleResultsFoundError(f"Expected one result, found several for: {self._plan.text}")
        return found[0]

    def first(self) -> Any:
        """Return the first entity, or None; asks the server, whatever was fetched before.

        Raises:
            ValueError: If the query has a limit.
        """
        if self._plan.limit is not None:
            raise ValueError("first() limits the result itself; leave the limit out of the query.")
        offset = "" if self._plan.offset is None else f" offset {self._plan.offset}"
        found, _ = self._session._query(f"{self._plan.text}{offset} limit 1")
        return found[0] if found else None

    def _wanted(self) -> int | None:
        """Return how many more rows the query's own limit allows, or None for any number."""
        return None if self._plan.limit is None else self._plan.limit - len(self._results)

    def _can_fetch_more(self) -> bool:
        return self._next_offset is not None and self._wanted() != 0

    def _fetch_until(self, count: int | None, *, exact: bool = False) -> None:
        """Fetch until there are ``count`` rows, or all for None; exactly as many when a page is not wanted."""
        while count is None and self._can_fetch_more():
            self._fetch_pages(pages_in_flight(self._session, self._pages))
        while self._can_fetch_more() and (count is None or len(self._results) < count):
            self._fetch_more(count - len(self._results) if exact and count is not None else None)

    def _fetch_pages(self, count: int) -> None:
        """Fetch some pages at a time, none that the limit leaves nothing for."""
        wanted, start = self._wanted(), self._next_offset or 0
        if wanted is not None:
            count = min(count, -(-wanted // self._page_size))
        if count == 1:
            self._fetch_more()
            return
        offsets = [start + number * self._page_size for number in range(count)]
        sizes = [self._page_size] * count
        if wanted is not None:
            sizes[-1] = min(self._page_size, wanted - (count - 1) * self._page_size)
        texts = [f"{self._plan.text} offset {offset} limit {size}" for offset, size in zip(offsets, sizes, strict=True)]
        for offset, (found, metadata) in zip(offsets, load_pages(self._session, texts), strict=True):
            if offset != self._next_offset:
                return  # the end, or a server that goes on elsewhere
            self._take(found, metadata)

    def _fetch_more(self, rows: int | None = None) -> None:
        """Fetch the next page, of a size that neither page size, limit nor the caller's wish exceeds."""
        wanted = self._wanted()
        size = min(number for number in (self._page_size, wanted, rows) if number is not None)
        found, metadata = self._session._query(f"{self._plan.text} offset {self._next_offset} limit {size}")
        self._take(found[:size], metadata)

    def _take(self, found: list[Any], metadata: dict[str, Any]) -> None:
        """Add the rows of the next page."""
        self._results.extend(found)
        self._pages += 1
        self._next_offset = (metadata.get("next") or {}).get("offset") if found else None

    # Kept for callers and subclasses.

    def _extract_offset_and_limit(self, expression: str) -> tuple[str, int | None, int | None]:
        paged = split_page(expression)
        return paged.text.strip(), paged.offset, paged.limit
