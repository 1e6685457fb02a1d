"""Threads that handle events side by side, those that concern the same thing one after the other, in order."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

_logger = logging.getLogger(__name__)

QUEUE_FACTOR = 100
"""Events per thread that may wait; whoever brings more waits too."""


@dataclass(slots=True, eq=False)
class _Task:
    """One piece of work: what it concerns, how many earlier pieces it waits for, and who waits for it."""

    work: Callable[[], object]
    keys: frozenset[str]
    waits_for: int = 0
    followers: list[_Task] = field(default_factory=list)


class Workers:
    """A pool of threads. Work with a key in common is done in the order in which it was given.

    Args:
        count: How many threads.
    """

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._room = threading.Semaphore(count * QUEUE_FACTOR)
        self._last: dict[str, _Task] = {}
        self._open = 0
        self._ready: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"ftrack-event-worker-{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, keys: Iterable[str], work: Callable[[], object]) -> None:
        """Have work done; what it raises is logged. Waits while too much is waiting.

        Args:
            keys: What it concerns.
            work: Called once, by one of the threads.
        """
        self._room.acquire()
        task = _Task(work, frozenset(keys))
        with self._lock:
            self._open += 1
            for earlier in {self._last[key] for key in task.keys if key in self._last}:
                earlier.followers.append(task)
                task.waits_for += 1
            self._last.update(dict.fromkeys(task.keys, task))
            if not task.waits_for:
                self._ready.put(task)

    def drain(self) -> None:
        """Wait until everything that was given is done."""
        with self._idle:
            self._idle.wait_for(lambda: not self._open)

    def close(self) -> None:
        """Do what was given, then end the threads; a worker may call it, and is not waited for."""
        own = threading.current_thread()
        if own not in self._threads:
            self.drain()
        for _ in self._threads:
            self._ready.put(None)
        for thread in self._threads:
            if thread is not own:
                thread.join()

    def _run(self) -> None:
        while (task := self._ready.get()) is not None:
            try:
                task.work()
            except Exception:
                _logger.exception("An event could not be handled.")
            self._done(task)

    def _done(self, task: _Task) -> None:
        with self._lock:
            for key in task.keys:
                if self._last.get(key) is task:
                    del self._last[key]
            for follower in task.followers:
                follower.waits_for -= 1
                if not follower.waits_for:
                    self._ready.put(follower)
            self._open -= 1
            if not self._open:
                self._idle.notify_all()
        self._room.release()
