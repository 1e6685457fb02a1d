"""What is told of running transfers of files, and how they are stopped."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from ftrack_api import exception

# Any below is a component or a location, or what a callback returns.


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the transfer of one file has come.

    Attributes:
        component: The component, or its id where only that is known.
        location: Where it goes, or None when it is read.
        transferred: Bytes so far.
        total: Bytes in all, or None when that is not known.
    """

    component: Any
    location: Any
    transferred: int
    total: int | None


class Cancellation(Protocol):
    """What tells that transfers are to stop; a `threading.Event` does."""

    def is_set(self) -> bool:
        """Return whether they are to stop."""


class Report:
    """Tells of one transfer, and stops it when that is wished. May be used from several threads."""

    def __init__(self, component: Any, location: Any, total: int | None) -> None:
        self._component = component
        self._location = location
        self._total = total
        self._transferred = 0
        self._watch = _watch.get()
        self._lock = threading.Lock()

    def add(self, size: int) -> None:
        """Note that bytes were transferred; a negative number takes back what has to be sent again.

        Raises:
            TransferCancelledError: If transfers are to stop.
        """
        self.check()
        with self._lock:
            self._transferred += size
            if self._watch.progress is not None:
                self._watch.progress(Progress(self._component, self._location, self._transferred, self._total))

    def check(self) -> None:
        """Raise when transfers are to stop.

        Raises:
            TransferCancelledError: If so.
        """
        cancel = self._watch.cancel
        if cancel is not None and cancel.is_set():
            raise exception.TransferCancelledError(
                details={"component": self._component, "location": self._location, "transferred": self._transferred}
            )


@dataclass(frozen=True, slots=True)
class _Watch:
    progress: Callable[[Progress], Any] | None = None
    cancel: Cancellation | None = None


_watch: ContextVar[_Watch] = ContextVar("ftrack_api_transfers", default=_Watch())  # noqa: B039 - frozen


@contextlib.contextmanager
def watching(progress: Callable[[Progress], Any] | None, cancel: Cancellation | None) -> Iterator[None]:
    """Have the transfers that the block starts, in this thread, told of and stopped."""
    token = _watch.set(_Watch(progress, cancel))
    try:
        yield
    finally:
        _watch.reset(token)
