"""Results of functions, kept by the arguments they were called with."""

from __future__ import annotations

import copy
import functools
import inspect
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from ftrack_api._cache.base import Cache, KeyMaker, MemoryCache

_Function = TypeVar("_Function", bound=Callable[..., Any])

PICKLE_PROTOCOL = 2  # the bytes of a key are the same in every version of Python


class ObjectKeyMaker(KeyMaker):
    """Makes bytes of nearly anything; equal items give equal keys (client: 19).

    Text and numbers go in pickled, functions and classes by name and module, mappings and other iterables item by
    item. Nothing is ever unpickled.
    """

    def __init__(self) -> None:
        super().__init__()
        self.item_separator = b"\0"
        self.mapping_identifier = b"\1"
        self.mapping_pair_separator = b"\2"
        self.iterable_identifier = b"\3"
        self.name_identifier = b"\4"

    def _key(self, item: Any) -> bytes:
        if isinstance(item, str):
            return pickle.dumps(item, PICKLE_PROTOCOL)
        if isinstance(item, Mapping):
            return self._mapping_key(item)
        if isinstance(item, Iterable):
            keys = [self._key(part) for part in item]
            if isinstance(item, AbstractSet):
                keys.sort()
            return self._enclosed(self.iterable_identifier, keys)
        if inspect.ismethod(item):
            return self._name_key(item.__name__, type(item.__self__).__name__, item.__module__)
        if inspect.isfunction(item) and item.__name__ == "<lambda>":
            # All lambdas of a module have one name; their place tells them apart.
            place = f"{item.__qualname__}:{item.__code__.co_firstlineno}"
            return self._name_key(item.__name__, item.__module__, place)
        if inspect.isfunction(item) or inspect.isclass(item):
            return self._name_key(item.__name__, item.__module__)
        if inspect.isbuiltin(item):
            return self._name_key(item.__name__)
        return pickle.dumps(item, PICKLE_PROTOCOL)

    def _mapping_key(self, item: Mapping[Any, Any]) -> bytes:
        pairs = list(item.items())
        try:
            pairs.sort(key=lambda pair: pair[0])
        except TypeError:
            pairs.sort(key=lambda pair: self._key(pair[0]))
        keys = (self._key(key) + self.mapping_pair_separator + self._key(value) for key, value in pairs)
        return self._enclosed(self.mapping_identifier, keys)

    def _enclosed(self, mark: bytes, keys: Iterable[bytes]) -> bytes:
        return mark + b"\0".join(keys) + mark

    def _name_key(self, *names: str) -> bytes:
        return self.name_identifier + b"\0".join(name.encode("utf-8") for name in names)


class Memoiser:
    """Calls functions, or returns what an equal call returned before.

    Attributes:
        cache: Where results are kept; a `MemoryCache` when none is given.
        key_maker: Makes the key of a call; an `ObjectKeyMaker` when none is given.
        return_copies: Whether callers get a deep copy of what is kept, which they may change.
    """

    def __init__(
        self,
        cache: Cache | None = None,
        key_maker: KeyMaker | None = None,
        return_copies: bool = True,  # noqa: FBT001, FBT002 - the signature users know
    ) -> None:
        self.cache: Cache = MemoryCache() if cache is None else cache
        self.key_maker: KeyMaker = ObjectKeyMaker() if key_maker is None else key_maker
        self.return_copies = return_copies

    def call(
        self, function: Callable[..., Any], args: Sequence[Any] | None = None, kw: Mapping[str, Any] | None = None
    ) -> Any:
        """Return what the function returns for these arguments, calling it at most once for equal ones.

        Arguments given by position, by name or left to their default make the same call. Two threads that make a
        first call at the same moment may both run the function.
        """
        positional, named = tuple(args or ()), dict(kw or {})
        key = self.key_maker.key(function, _arguments(function, positional, named))
        try:
            value = self.cache.get(key)
        except KeyError:
            value = function(*positional, **named)
            self.cache.set(key, value)
        return copy.deepcopy(value) if self.return_copies else value


def memoise_decorator(memoiser: Memoiser) -> Callable[[_Function], _Function]:
    """Return a decorator that routes calls of its function through a memoiser."""

    def decorator(function: _Function) -> _Function:
        @functools.wraps(function)
        def wrapper(*args: Any, **kw: Any) -> Any:
            return memoiser.call(function, args, kw)

        return wrapper  # type: ignore[return-value]  # wraps() keeps the signature

    return decorator


memoiser: Memoiser = Memoiser()
"""Keeps results for the whole process."""


def memoise(function: _Function) -> _Function:
    """Keep the results of a function for the whole process; a decorator."""
    return memoise_decorator(memoiser)(function)


def _arguments(function: Callable[..., Any], args: tuple[Any, ...], kw: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments by parameter name, defaults included."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some builtins have none
        return {"args": args, "kw": kw}
    bound = signature.bind(*args, **kw)
    bound.apply_defaults()
    return dict(bound.arguments)


# Shown and documented under their public home.
for _public in (Memoiser, ObjectKeyMaker, memoise_decorator, memoise):
    _public.__module__ = "ftrack_api.cache"
del _public
