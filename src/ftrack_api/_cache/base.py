"""The interface of caches and key makers, and the cache that is a dictionary."""

from __future__ import annotations

import abc
import contextlib
import re
from typing import Any

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
    """Keeps values in a dictionary, for as long as the cache lives."""

    def __init__(self) -> None:
        self._cache: dict[Any, Any] = {}

    def get(self, key: Any) -> Any:
        """Return the value of a key; KeyError when there is none."""
        return self._cache[key]

    def set(self, key: Any, value: Any) -> None:
        """Keep a value."""
        self._cache[key] = value

    def remove(self, key: Any) -> None:
        """Forget a key; KeyError when there is none."""
        del self._cache[key]

    def keys(self) -> list[Any]:
        """Return the keys, oldest first."""
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
