"""The interface of caches and key makers, and the cache that is a dictionary."""

from __future__ import annotations

import abc
import contextlib
import re
import threading
from typing import TYPE_CHECKING, Any

from ftrack_api import _cache

if TYPE_CHECKING:
    from ftrack_api._cache.statistics import CacheStatistics

# Keys and values are the user's: text for the caches of a session, anything for a memoiser. Hence the Any below.


class Cache(abc.ABC):
    """A store of values by key. A subclass has `get`, `set` and `remove`, and `keys` if it can list them."""

    @abc.abstractmethod
    def get(self, key: Any) -> Any:
        """Return the value of a key.

        Raises:
            KeyError: If there is none.
        """

    @abc.abstractmethod
    def set(self, key: Any, value: Any) -> None:
        """Keep a value, in place of an earlier one."""

    @abc.abstractmethod
    def remove(self, key: Any) -> None:
        """Forget a key.

        Raises:
            KeyError: If there is no such key.
        """

    def keys(self) -> list[Any]:
        """Return the keys at this moment.

        Raises:
            NotImplementedError: If this kind of cache cannot list them.
        """
        raise NotImplementedError(f"{type(self).__name__} cannot list its keys.")

    def values(self) -> list[Any]:
        """Return the values at this moment; a key that vanishes meanwhile is passed over."""
        found = []
        for key in self.keys():
            with contextlib.suppress(KeyError):
                found.append(self.get(key))
        return found

    def clear(self, pattern: str | None = None) -> None:
        """Forget every key or, with a regular expression, those it is found in; keys are text then."""
        wanted = re.compile(pattern) if pattern is not None else None
        for key in self.keys():
            if wanted is not None and not wanted.search(key):
                continue
            with contextlib.suppress(KeyError):
                self.remove(key)


class MemoryCache(Cache):
    """Keeps values in a dictionary, for as long as the cache lives; threads may share it.

    Args:
        maximum: How many values are kept at most; the one that was not used for longest makes room. None for any
            number.

    Raises:
        ValueError: If the maximum is not positive.

    Attributes:
        maximum: As given.
    """

    def __init__(self, maximum: int | None = None) -> None:
        if maximum is not None and maximum < 1:
            raise ValueError(f"maximum must be at least 1, or None for any number of values, not {maximum!r}.")
        self.maximum = maximum
        self._cache: dict[Any, Any] = {}
        self._turn = threading.RLock()
        self._hits = self._misses = self._evictions = 0

    def __getstate__(self) -> dict[str, Any]:
        """Return what copies and pickles hold: the values and the counts, for a copy has a lock of its own."""
        with self._turn:
            return {**self.__dict__, "_cache": dict(self._cache), "_turn": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _turn=threading.RLock())

    @property
    def statistics(self) -> CacheStatistics:
        """Hits, misses, evictions and size at this moment."""
        return _cache.statistics.CacheStatistics(self._hits, self._misses, self._evictions, len(self._cache))

    def get(self, key: Any) -> Any:
        """Return the value of a key; KeyError when there is none."""
        with self._turn:
            try:
                value = self._cache[key]
            except KeyError:
                self._misses += 1
                raise
            self._hits += 1
            if self.maximum is not None:
                self._cache[key] = self._cache.pop(key)  # a dictionary is in the order of insertion
            return value

    def set(self, key: Any, value: Any) -> None:
        """Keep a value."""
        if self.maximum is None:
            self._cache[key] = value
            return
        with self._turn:
            self._cache.pop(key, None)
            self._cache[key] = value
            if len(self._cache) > self.maximum:
                del self._cache[next(iter(self._cache))]
                self._evictions += 1

    def remove(self, key: Any) -> None:
        """Forget a key; KeyError when there is none."""
        with self._turn:
            del self._cache[key]

    def keys(self) -> list[Any]:
        """Return the keys, oldest first, or the longest unused first where there is a maximum."""
        return list(self._cache)


class KeyMaker(abc.ABC):
    """Makes one key of any number of items."""

    def __init__(self) -> None:
        self.item_separator: Any = ""

    def key(self, *items: Any) -> Any:
        """Return the keys of the items, joined by ``item_separator``."""
        return self.item_separator.join(self._key(item) for item in items)

    @abc.abstractmethod
    def _key(self, obj: Any) -> Any:
        """Return the key of one item."""


# Shown and documented under their public home.
Cache.__module__ = MemoryCache.__module__ = KeyMaker.__module__ = "ftrack_api.cache"
