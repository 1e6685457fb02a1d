"""Caches that a session can stack below its own, the makers of their keys, and memoising.

The caches of a session hold entities by text keys such as ``('Task', ['<id>'])``, which `StringKeyMaker` makes. A cache
that outlives the process is a `SerialisedCache` around a `FileCache`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ftrack_api._cache.base import Cache, KeyMaker, MemoryCache
from ftrack_api._lazy import attach
from ftrack_api.symbol import NOT_SET

if TYPE_CHECKING:
    from ftrack_api._cache.file import FileCache
    from ftrack_api._cache.memoise import Memoiser, ObjectKeyMaker, memoise, memoise_decorator, memoiser
    from ftrack_api._cache.statistics import CacheStatistics

__all__ = [
    "Cache",
    "CacheStatistics",
    "FileCache",
    "KeyMaker",
    "LayeredCache",
    "Memoiser",
    "MemoryCache",
    "ObjectKeyMaker",
    "ProxyCache",
    "SerialisedCache",
    "StringKeyMaker",
    "memoise",
    "memoise_decorator",
    "memoiser",
]

_MEMOISING = ("Memoiser", "ObjectKeyMaker", "memoise", "memoise_decorator", "memoiser")

if not TYPE_CHECKING:  # checkers know the names from above, and refuse others
    __getattr__, __dir__ = attach(
        __name__,
        (),
        {
            "CacheStatistics": "ftrack_api._cache.statistics",
            "FileCache": "ftrack_api._cache.file",
            **dict.fromkeys(_MEMOISING, "ftrack_api._cache.memoise"),
        },
    )


class ProxyCache(Cache):
    """Forwards everything to another cache, its ``proxied``; a base for caches that change what passes."""

    def __init__(self, proxied: Cache) -> None:
        self.proxied = proxied

    def get(self, key: Any) -> Any:
        """Return the value of a key; KeyError when there is none."""
        return self.proxied.get(key)

    def set(self, key: Any, value: Any) -> None:
        """Keep a value."""
        self.proxied.set(key, value)

    def remove(self, key: Any) -> None:
        """Forget a key; KeyError when there is none."""
        self.proxied.remove(key)

    def keys(self) -> list[Any]:
        """Return the keys at this moment."""
        return self.proxied.keys()


class LayeredCache(Cache):
    """A stack of caches: the first is asked first, and learns what deeper ones know.

    Attributes:
        caches: The layers, shallowest first; may be changed at any time.
    """

    def __init__(self, caches: Iterable[Cache]) -> None:
        self.caches: list[Cache] = caches if isinstance(caches, list) else list(caches)

    @property
    def _caches(self) -> list[Cache]:
        # Kept for plugins.
        return self.caches

    def get(self, key: Any) -> Any:
        """Return the value of the first layer that has the key, after giving it to the layers above.

        Raises:
            KeyError: If no layer has it; a value of NOT_SET counts as missing.
        """
        for depth, cache in enumerate(self.caches):
            try:
                value = cache.get(key)
            except KeyError:
                continue
            if value is NOT_SET:
                continue
            for shallower in self.caches[:depth]:
                shallower.set(key, value)
            return value
        raise KeyError(key)

    def set(self, key: Any, value: Any) -> None:
        """Keep a value in every layer."""
        for cache in self.caches:
            cache.set(key, value)

    def remove(self, key: Any) -> None:
        """Forget a key in every layer.

        Raises:
            KeyError: If no layer had it.
        """
        removed = False
        for cache in self.caches:
            try:
                cache.remove(key)
            except KeyError:
                continue
            removed = True
        if not removed:
            raise KeyError(key)

    def clear(self, pattern: str | None = None) -> None:
        """Forget every key in every layer or, with a regular expression, those it is found in."""
        for cache in self.caches:
            cache.clear(pattern)

    def keys(self) -> list[Any]:
        """Return the keys of all layers, each once, those of shallower layers first."""
        return list(dict.fromkeys(key for cache in self.caches for key in cache.keys()))  # noqa: SIM118 - no mapping


class SerialisedCache(ProxyCache):
    """Encodes values on their way into another cache and decodes them on their way out.

    Attributes:
        encode: Function from a value to what the other cache can keep; nothing is changed when None.
        decode: Its inverse.
    """

    def __init__(
        self,
        proxied: Cache,
        encode: Callable[[Any], Any] | None = None,
        decode: Callable[[Any], Any] | None = None,
    ) -> None:
        super().__init__(proxied)
        self.encode = encode
        self.decode = decode

    def get(self, key: Any) -> Any:
        """Return the decoded value of a key; KeyError when there is none."""
        value = super().get(key)
        return value if self.decode is None else self.decode(value)

    def set(self, key: Any, value: Any) -> None:
        """Keep the encoded value."""
        super().set(key, value if self.encode is None else self.encode(value))


class StringKeyMaker(KeyMaker):
    """Makes keys by `str`."""

    def _key(self, obj: Any) -> str:
        return str(obj)
