"""When a request is sent again, and after how long: pure decisions, no clock and no network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

from ftrack_api._transport.failure import FINAL, NEVER_ARRIVED, Kind
from ftrack_protocol.record import Record

# What happened: a status code, or how far the request came without an answer.
Outcome: TypeAlias = int | Kind

READ_ACTIONS = frozenset({"query", "query_schemas", "query_server_information", "search", "get_widget_url"})
PASSING_STATUSES = frozenset({429, 502, 503, 504})


class RetryPolicy(Record):
    """Limits of retrying; seconds throughout.

    Attributes:
        attempts: How often a request is sent at most; 1 never repeats.
        first_delay: Longest wait before the second attempt; it doubles from attempt to attempt.
        longest_delay: Longest wait that is chosen here.
        longest_retry_after: Longest wait the server may ask for; when it asks for more, its answer is final.
    """

    attempts: int = 4
    first_delay: float = 0.5
    longest_delay: float = 8.0
    longest_retry_after: float = 60.0

    def next_delay(
        self,
        outcome: Outcome,
        *,
        read_only: bool,
        attempt: int,
        retry_after: float | None = None,
        random: Callable[[], float],
    ) -> float | None:
        """Return how long to wait before the request is sent again, or None when the outcome is final.

        A request that may change something is only repeated when the server cannot have seen it (client: D2).

        Args:
            outcome: How the attempt ended.
            read_only: Whether the request changes nothing.
            attempt: Number of the attempt that ended, from 1.
            retry_after: What the server asked for, when it did.
            random: Source of numbers from 0 to 1; clients that failed together must not return together.
        """
        if attempt >= self.attempts:
            return None
        if outcome not in NEVER_ARRIVED and not read_only:
            return None
        if outcome in FINAL or (isinstance(outcome, int) and outcome not in PASSING_STATUSES):
            return None
        if retry_after is not None:
            return retry_after if retry_after <= self.longest_retry_after else None
        ceiling = min(self.longest_delay, self.first_delay * 2.0 ** (attempt - 1))
        return float(ceiling * (0.5 + random() / 2))


def is_read_only(actions: Iterable[Any]) -> bool:
    """Return whether a batch of actions changes nothing on the server; what is no known action counts as a change."""
    try:
        return all(action.get("action") in READ_ACTIONS for action in actions)
    except AttributeError:
        return False


def parse_retry_after(text: str | None, now: datetime) -> float | None:
    """Return the seconds a ``Retry-After`` header asks for, or None when there is none that can be read.

    Args:
        text: Seconds, or an HTTP date.
        now: Current time, with its zone.
    """
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    return max(0.0, (when - now).total_seconds())
