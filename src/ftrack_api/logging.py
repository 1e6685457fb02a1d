"""Log text that is formatted only when it is written, and the decorator that announces what will go away."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])


class LazyLogMessage:
    """A message in `str.format` style, formatted when a handler asks for its text.

    Kept for plugins; our own code passes arguments to the logger instead.

    Args:
        message: Template such as ``"Added {0} to {name}"``.
        args: Values for its numbered fields.
        kwargs: Values for its named fields.

    A field without a value is an `IndexError` or `KeyError` of `str`, which logging reports.
    """

    def __init__(self, message: str, *args: Any, **kwargs: Any) -> None:  # Any: whatever can be formatted
        self.message = message
        self.args = args
        self.kwargs = kwargs

    def __str__(self) -> str:
        return self.message.format(*self.args, **self.kwargs)


def deprecation_warning(message: str) -> Callable[[_Function], _Function]:
    """Return a decorator that issues a `PendingDeprecationWarning` with this text at each call of its function.

    The warning names the line that calls; Python shows such warnings only when asked to, as by ``-W default``.
    """

    def decorator(function: _Function) -> _Function:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            warnings.warn(message, PendingDeprecationWarning, stacklevel=2)
            return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]  # wraps() keeps the signature

    return decorator
