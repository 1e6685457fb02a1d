"""Blocks in which a thread has another setting of its own, and what old session classes keep as settings."""

from __future__ import annotations

from types import TracebackType
from typing import Any

# Any below is a session, which lies in a higher layer.


class _FlagContext:
    """Sets one flag of a session for the length of a block, in the thread that runs the block."""

    _name = ""

    def _prepare(self, session: Any, *, value: bool) -> None:
        self._session = session
        self._value = value
        self._before: list[bool] = []

    def __enter__(self) -> None:
        self._before.append(getattr(self._session, self._name))
        setattr(self._session, self._name, self._value)

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        setattr(self._session, self._name, self._before.pop())


class AutoPopulatingContext(_FlagContext):
    """Sets ``auto_populate`` of the current thread for the length of a block, which gets None of it.

    What was set before comes back at the end, also after an error. A context may be entered again, and nested.

    Args:
        session: The session.
        auto_populate: Whether reading an unknown attribute fetches it within the block.
    """

    _name = "auto_populate"

    def __init__(self, session: Any, auto_populate: bool) -> None:  # noqa: FBT001 - signature users know
        self._prepare(session, value=auto_populate)


class OperationRecordingContext(_FlagContext):
    """Sets ``record_operations`` of the current thread for the length of a block; see `AutoPopulatingContext`.

    Args:
        session: The session.
        record_operations: Whether changes made within the block are sent by the next commit.
    """

    _name = "record_operations"

    def __init__(self, session: Any, record_operations: bool) -> None:  # noqa: FBT001 - as above
        self._prepare(session, value=record_operations)


def default_of(value: Any, *, otherwise: bool) -> bool:
    """Return the value threads start with, of what old session classes keep: a flag, or a ``defaultdict`` of flags."""
    factory = getattr(value, "default_factory", None)
    if factory is not None:
        return bool(factory())
    return value if isinstance(value, bool) else otherwise
