"""Results that are worked out once for each session, and go with it."""

from __future__ import annotations

import functools
import itertools
import weakref
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, overload

from ftrack_api.cache import KeyMaker

# Any below is a session, an entity, or whatever a function of one returns.

_Result = TypeVar("_Result")

_numbers: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
_next_number = itertools.count(1)


class PerSessionDefaultKeyMaker(KeyMaker):
    """Makes keys by `str`, save for the arguments of a call on a session or an entity: those give the session's key.

    A key is never used again for another session, as the address of an object may be (client: D26).
    """

    def _key(self, obj: Any) -> str:
        if isinstance(obj, Mapping):
            session = obj["session"] if "session" in obj else getattr(obj.get("entity"), "session", None)
            if session is not None:
                return str(_numbers.setdefault(session, next(_next_number)))
        return str(obj)


class made_once(Generic[_Result]):  # noqa: N801 - a decorator, in the case of those
    """A property that is made when it is first read and kept with its object, which may be given another value.

    Threads that read it first at the same moment may each run the function, and all get what one of them made; what
    `functools.cached_property` promises of that depends on the version of Python.
    """

    def __init__(self, function: Callable[[Any], _Result]) -> None:
        self._function = function
        self._name = function.__name__
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> made_once[_Result]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> _Result: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None:
            return self
        return vars(instance).setdefault(self._name, self._function(instance))


def memoise_session(function: Callable[[Any], _Result]) -> Callable[[Any], _Result]:
    """Return a function of a session, or of an entity, that is called once for each session until it is reset.

    The result is kept by the session itself, so that it ends with it. Two threads that make a first call at the same
    moment may both run the function.
    """

    @functools.wraps(function)
    def once(owner: Any) -> _Result:
        session = getattr(owner, "session", owner)
        kept = vars(session).setdefault("_memoised", {})
        if once not in kept:
            kept[once] = function(owner)
        result: _Result = kept[once]
        return result

    return once


def forget(session: Any) -> None:
    """Drop what was worked out for a session."""
    vars(session).pop("_memoised", None)
