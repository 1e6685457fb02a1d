"""Settings each thread has of its own: whether reading fetches, and whether changes are recorded."""

from __future__ import annotations

import threading


class _Own(threading.local):
    """The settings of the current thread; each thread starts with the values given here."""

    def __init__(self, *, auto_populate: bool, record_operations: bool) -> None:
        super().__init__()
        self.auto_populate = auto_populate
        self.record_operations = record_operations


class ThreadFlags:
    """The settings of the current thread; each thread starts with the values given here (client: D17).

    Attributes:
        all_record: Whether changes are recorded in every thread. Finding what a thread has of its own takes as long
            as recording a change, and hardly any program turns recording off.
    """

    __slots__ = ("_lock", "_off", "_own", "_records", "all_record")

    def __init__(self, *, auto_populate: bool, record_operations: bool) -> None:
        self._own = _Own(auto_populate=auto_populate, record_operations=record_operations)
        self._lock = threading.Lock()
        self._records = record_operations
        self._off = 0  # threads that turned recording off; one that ends so stays counted
        self.all_record: bool = record_operations

    @property
    def auto_populate(self) -> bool:
        """Whether reading an unknown attribute fetches it."""
        return self._own.auto_populate

    @auto_populate.setter
    def auto_populate(self, value: bool) -> None:
        self._own.auto_populate = value

    @property
    def record_operations(self) -> bool:
        """Whether changes are recorded."""
        return self.all_record or self._own.record_operations

    @record_operations.setter
    def record_operations(self, value: bool) -> None:
        with self._lock:
            if value != self._own.record_operations:
                self._off += -1 if value else 1
            self._own.record_operations = value
            self.all_record = self._records and self._off == 0
