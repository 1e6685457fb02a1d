"""Pages of a result that is wanted whole: several on their way at a time, merged one after the other, in order.

A far server takes longer to answer than a page takes to be read, so waiting for one page after the other is mostly
waiting. Measured with 20 ms of latency and ten pages: half the time.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ftrack_api._query.loader import merged

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

FETCHED_ALONE = 2  # pages: most results end on the first or second one, and asking beyond the end is wasted
IN_FLIGHT = 4  # pages on their way at a time afterwards

# Any below is an entity, the plain row of a grouped query, or a reply of the server.


def pages_in_flight(session: SessionProtocol, fetched: int) -> int:
    """Return how many pages to ask for at a time.

    Args:
        session: Session that asks; one that populates entities alone, or whose requests go through code of its own,
            asks for one page at a time.
        fetched: How many pages there are already.
    """
    return IN_FLIGHT if fetched >= FETCHED_ALONE and session._sends_ahead else 1


def load_pages(session: SessionProtocol, expressions: Sequence[str]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Yield what `load` returns for each of several queries, all of which are sent at once.

    Raises:
        ServerError: What the first query that fails raises, when it is that query's turn.
    """
    with session._state.readings.one() as asked:
        replies = [_Reply(session, expression) for expression in expressions]
        for reply in replies:
            reply.start()
        for reply in replies:
            yield merged(session, reply.wait(), asked)


class _Reply(threading.Thread):
    """The reply to one query, fetched in a thread of its own."""

    def __init__(self, session: SessionProtocol, expression: str) -> None:
        super().__init__(name="ftrack-page", daemon=True)
        self._session = session
        self._expression = expression
        self._reply: Any = None
        self._failure: BaseException | None = None

    def run(self) -> None:
        try:
            self._reply = self._session._send([{"action": "query", "expression": self._expression}])[0]
        except BaseException as error:  # noqa: BLE001 - raised by who waits
            self._failure = error

    def wait(self) -> Any:
        """Return the reply, or raise why there is none."""
        self.join()
        if self._failure is not None:
            raise self._failure
        return self._reply
