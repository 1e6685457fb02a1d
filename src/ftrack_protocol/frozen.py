"""Values that cannot be changed, for modules that every session loads: a data class takes longer to make."""

from __future__ import annotations

from typing import Any


class Frozen:
    """Base of values that are alike when they are of one kind and their parts are, and are never to be changed.

    A subclass names its parts in ``__match_args__``, in the order in which its constructor takes them, and sets them
    by `_set`. What ``dataclass`` would make of it, without what that loads.
    """

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()

    def _set(self, **parts: Any) -> None:
        """Set parts for good; for constructors."""
        for name, part in parts.items():
            object.__setattr__(self, name, part)

    def _parts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__match_args__)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._parts() == self._parts()

    def __hash__(self) -> int:
        return hash((type(self), self._parts()))

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._parts()

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name!r} of {self!r} cannot be changed; make another one.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name!r} of {self!r} cannot be changed; make another one.")
