"""Several steps of publishing as one commit: sent at the end, and undone with the files they wrote when one fails."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ftrack_api import exception

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

# Any below is an entity or a location.


@contextlib.contextmanager
def transaction(session: SessionProtocol) -> Iterator[Transaction]:
    """Make a transaction of a block; one inside another is part of the outer one.

    While it is open, commits are put off to its end, and other threads wait with theirs. Files are copied and uploaded
    at once. After a failure, of the block or of the commit at its end, recorded changes are rolled back, and what was
    written is removed again.
    """
    with session._state.turn:
        if session._transaction is not None:
            yield session._transaction
            return
        opened = session._transaction = Transaction(session)
        try:
            yield opened
        except BaseException:
            session._transaction = None
            opened.roll_back()
            raise
        session._transaction = None
        opened.commit()
    opened.tell()


class Transaction:
    """What an open transaction has done and has still to do.

    Attributes:
        registrations: What will be kept of components, by location and component id.
    """

    def __init__(self, session: SessionProtocol) -> None:
        self._session = session
        self._undo: list[Callable[[], None]] = []
        self._afterwards: list[Callable[[], None]] = []
        self.registrations: dict[tuple[str, str], str] = {}

    def register(self, rows: Iterable[Any]) -> None:
        """Note new records of components in locations, until they are committed."""
        for row in rows:
            self.registrations[row["location_id"], row["component_id"]] = row["resource_identifier"]

    def forget(self, registrations: Mapping[tuple[str, str], Any]) -> None:
        """Note that components leave locations."""
        for key in registrations:
            self.registrations.pop(key, None)

    def undo(self, act: Callable[[], None]) -> None:
        """Have something done when the transaction fails; the last first."""
        self._undo.append(act)

    def afterwards(self, act: Callable[[], None]) -> None:
        """Have something done when the transaction is committed."""
        self._afterwards.append(act)

    def commit(self) -> None:
        """Commit the session; when the server refuses, undo.

        Raises:
            NetworkError: If nobody knows whether the server has done the batch, which the commit has found out where
                that can be. Then nothing is undone, nor is it after an interruption: files of components that exist
                must stay.
            ServerError: If the server refuses.
        """
        try:
            self._session.commit()
        except exception.NetworkError:
            raise
        except Exception:
            self.roll_back()
            raise

    def tell(self) -> None:
        """Do what was put off to the time after the commit."""
        for act in self._afterwards:
            act()

    def roll_back(self) -> None:
        """Roll the session back, and undo what was done beside it; what cannot be undone is left."""
        self._session.rollback()
        for act in reversed(self._undo):
            with contextlib.suppress(exception.Error, OSError):
                act()
