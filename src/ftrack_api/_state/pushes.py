"""The end of an operation log, and what happens there when a test or a subclass puts its own ``push`` in place.

What is recorded is put down past ``push``, for speed. Where it was replaced, on a log or on its class, what is put down
goes through the replacement instead. Nothing is asked when something is recorded: replacing it is what is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar
from weakref import WeakSet

# Any below is what a log holds, or the value of an attribute of a class.


class Announced(list[Any]):
    """Entries of a log whose ``push`` was replaced: to append one is to push it.

    Args:
        entries: What is there already.
        push: Called with each entry that is appended; it uses `list.append` to keep one.
    """

    def __init__(self, entries: Iterable[Any], push: Callable[[Any], None]) -> None:
        super().__init__(entries)
        self.append = push  # type: ignore[method-assign]


class HeedsPush(type):
    """Class of log classes: tells the logs when ``push`` of a class is set or deleted."""

    logs: ClassVar[WeakSet[Any]] = WeakSet()

    def __setattr__(cls, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        cls._tell(name)

    def __delattr__(cls, name: str) -> None:
        super().__delattr__(name)
        cls._tell(name)

    def _tell(cls, name: str) -> None:
        if name == "push":
            for log in tuple(HeedsPush.logs):
                log.heed_push()


class PushedLog(metaclass=HeedsPush):
    """A log whose ``push`` sees everything that is put down once it is replaced, on the log or on its class.

    Attributes:
        lock: Held while the log is changed.
        fresh: What was put down last, a list to append to.
    """

    lock: Any
    fresh: list[Any]

    def __init__(self) -> None:
        HeedsPush.logs.add(self)
        self.heed_push()

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "push":
            self.heed_push()

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        if name == "push":
            self.heed_push()

    def push(self, operation: Any) -> None:
        """Add an operation at the end. One that is put in its place is called for each operation."""
        with self.lock:
            list.append(self.fresh, operation)

    def heed_push(self) -> None:
        """Put down what comes from now on through ``push`` if it was replaced, else past it."""
        with self.lock:
            is_replaced = "push" in vars(self) or type(self).push is not _OWN_PUSH
            self.fresh = Announced(self.fresh, self._announce) if is_replaced else list(self.fresh)

    def _announce(self, entry: Any) -> None:
        self.push(self._made(entry))

    def _made(self, entry: Any) -> Any:
        """Return the operation that an entry of ``fresh`` stands for."""
        raise NotImplementedError


_OWN_PUSH = PushedLog.push
