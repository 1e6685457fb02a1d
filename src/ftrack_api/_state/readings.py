"""Answers on their way while a commit arrives: they may be older than the commit, and must not undo what it brought.

A page asked for before a commit and merged after it tells values from before. What a commit brought is therefore kept
for as long as such answers are awaited, and put back after each of them is merged.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ftrack_api.symbol import NOT_SET

if TYPE_CHECKING:
    from collections.abc import Iterable
    from threading import RLock

    from ftrack_api._state.storage import EntityState


class Readings:
    """The questions of a session that wait for an answer to be merged, and the commits they do not know of yet.

    Args:
        lock: Lock of the session's state, held for moments by everything here.

    Attributes:
        under_way: How many questions were asked at each moment; empty while none is.

    Cost: nothing per entity or row; a commit keeps what it brought only while there is a question under way.
    """

    def __init__(self, lock: RLock) -> None:
        self._lock = lock
        self._commits = 0
        self.under_way: Counter[int] = Counter()
        self._brought: list[tuple[int, list[tuple[EntityState, str, Any]]]] = []

    @contextmanager
    def one(self) -> Iterator[int]:
        """Hold a question under way for a block, from before it is sent until its answer is merged.

        Yields the moment it was asked, which `put_back` wants to know.
        """
        with self._lock:
            asked = self._commits
            self.under_way[asked] += 1
        try:
            yield asked
        finally:
            with self._lock:
                self.under_way[asked] -= 1
                self.under_way += Counter()  # without what has come to nought
                oldest = min(self.under_way, default=self._commits)
                self._brought = [entry for entry in self._brought if entry[0] > oldest]

    def committed(self, values: Iterable[tuple[EntityState, str]]) -> None:
        """Note which values a commit brought while questions are under way.

        The caller holds the lock, and the answer of the commit is merged.
        """
        self._commits += 1
        brought = [(entity, name, entity._remote.get(name, NOT_SET)) for entity, name in values]
        self._brought.append((self._commits, brought))

    def put_back(self, asked: int) -> None:
        """Put back what commits brought since a question was asked; the caller holds the lock over its merge too."""
        for number, brought in self._brought:
            if number > asked:
                for entity, name, value in brought:
                    if value is NOT_SET:
                        entity._remote.pop(name, None)
                    else:
                        entity._remote[name] = value
