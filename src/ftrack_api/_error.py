"""What every exception of the client does: fill its message from details, keep the traceback's text, survive pickle."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from typing import Any


class Error(Exception):
    """Base of all exceptions of this package.

    Attributes:
        message: Template or text.
        details: Facts of the failure by name; the values of the template's fields.
        traceback: Text of the traceback of the exception that was being handled when this one was made.

    Errors can be pickled; a detail that cannot is replaced by its text.
    """

    default_message = "An error occurred that nothing more is known of."

    def __init__(self, message: str | None = None, details: Mapping[str, Any] | None = None) -> None:
        self.message: str = self.default_message if message is None else message
        self.details: dict[str, Any] = {} if details is None else dict(details)
        self.traceback: str = "NoneType: None\n" if sys.exc_info()[0] is None else traceback.format_exc()

    def __str__(self) -> str:
        rendered = self.__dict__.get("_rendered")
        if rendered is not None:
            return str(rendered)
        text = str(self.message)
        if not self.details or "{" not in text:
            return text
        try:
            return text.format_map(self.details)
        except Exception:  # noqa: BLE001 - printing an error must not raise another
            return text

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: _picklable(value) for name, value in self.__dict__.items()}
        state["_rendered"] = str(self)
        return _restore, (type(self), tuple(_picklable(value) for value in self.args), state)


def _picklable(value: Any) -> Any:
    """Return the value, or its text when it cannot be pickled; details one by one."""
    if isinstance(value, dict):
        return {key: _picklable(item) for key, item in value.items()}
    import pickle  # noqa: PLC0415 - takes longer to load than the rest of this module, and is hardly ever needed

    try:
        pickle.dumps(value)
    except Exception:  # noqa: BLE001 - any class may refuse in its own way
        return str(value)
    return value


def _restore(error_class: type[Error], args: tuple[Any, ...], state: dict[str, Any]) -> Error:
    """Make a pickled error again, without running its constructor."""
    error = error_class.__new__(error_class, *args)
    error.__dict__.update(state)
    return error


def with_details(keywords: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """Return constructor keywords with facts added to the details; the caller's own mapping is left alone."""
    return {**keywords, "details": {**(keywords.get("details") or {}), **facts}}


# Shown, pickled and documented under its public home.
Error.__module__ = "ftrack_api.exception"
