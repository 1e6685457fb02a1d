"""Which operation of a batch failed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ftrack_server import errors

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def failing_at(index: int) -> Iterator[None]:
    """Give errors raised inside the position of the operation that caused them, unless they have one."""
    try:
        yield
    except errors.ServerError as error:
        if error.operation_index is None:
            error.operation_index = index
        raise
