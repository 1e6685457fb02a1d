"""Answers on their way while a commit arrives: they may be older than the commit, and must not undo what it brought.

A page asked for before a commit and merged after it tells values from before, and entities that the commit deleted.
What a commit brought and deleted is therefore kept for as long as such answers are awaited, and holds after each of
them is merged. It is kept by identity, since the objects may be others by then: after a reset or a cleared cache.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ftrack_api._state.storage import EntityState
from ftrack_api.symbol import NOT_SET
from ftrack_protocol.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftrack_api._state.session_state import SessionState
    from ftrack_api.operation import Identity

# Any below is the value of an attribute.


class _Value(Record):
    """A value that a commit brought: what is known of the server's, and of a collection what was shown."""

    identity: Identity
    name: str
    remote: Any
    shown: tuple[Any, ...] | None


class _Commit(Record):
    """What a commit left: its number among all, values it brought and entities it deleted."""

    number: int
    values: list[_Value]
    deleted: list[Identity]


class Readings:
    """The questions of a session that wait for an answer to be merged, and the commits they do not know of yet.

    Args:
        state: State of the session; its lock is held for moments by everything here.

    Attributes:
        under_way: How many questions were asked at each moment; empty while none is.

    Cost: nothing per entity or row; a commit keeps what it brought only while there is a question under way.
    """

    def __init__(self, state: SessionState) -> None:
        self._state = state
        self._count = 0
        self.under_way: Counter[int] = Counter()
        self._commits: list[_Commit] = []

    @contextmanager
    def one(self) -> Iterator[int]:
        """Hold a question under way for a block, from before it is sent until its answer is merged.

        Yields the moment it was asked, which `merging` wants to know.
        """
        with self._state.lock:
            asked = self._count
            self.under_way[asked] += 1
        try:
            yield asked
        finally:
            with self._state.lock:
                self.under_way[asked] -= 1
                self.under_way += Counter()  # without what has come to nought
                oldest = min(self.under_way, default=self._count)
                self._commits = [commit for commit in self._commits if commit.number > oldest]

    def committed(self, values: Iterable[tuple[EntityState, str]], deleted: Iterable[Identity]) -> None:
        """Note what a commit brought and deleted while questions are under way.

        The caller holds the lock, and the answer of the commit is merged.
        """
        self._count += 1
        brought = [
            _Value(entity._identity, name, entity._remote.get(name, NOT_SET), _shown(entity, name))
            for entity, name in values
        ]
        self._commits.append(_Commit(self._count, brought, list(deleted)))

    @contextmanager
    def merging(self, asked: int) -> Iterator[None]:
        """Merge the answer to a question in a block, after which what was committed since it was asked holds again.

        Entities that were deleted meanwhile and that only the answer knows are let go of. The lock is held.
        """
        with self._state.lock:
            later = [commit for commit in self._commits if commit.number > asked]
            find = self._state.identities.get
            absent = [identity for commit in later for identity in commit.deleted if find(identity) is None]
            yield
            for commit in later:
                for value in commit.values:
                    self._put_back(value)
            for resurrected in filter(None, map(find, absent)):
                self._state.expunge(resurrected)

    def _put_back(self, value: _Value) -> None:
        """Make one value what a commit brought; one that cannot be told any more becomes unknown, to be read again."""
        entity = self._state.identities.get(value.identity)
        if entity is None:
            return
        remote = value.remote
        if isinstance(remote, EntityState) and not self._state.identities.holds(remote):
            remote = NOT_SET
        if remote is NOT_SET:
            entity._remote.pop(value.name, None)
        else:
            entity._remote[value.name] = remote
        if value.shown is not None and entity._live is not None and value.name in entity._live:
            entity._live[value.name].follow(value.shown)


def _shown(entity: EntityState, name: str) -> tuple[Any, ...] | None:
    """Return the items of a collection that was handed out, or None."""
    live = None if entity._live is None else entity._live.get(name)
    return None if live is None else tuple(getattr(live, "collection", live))
