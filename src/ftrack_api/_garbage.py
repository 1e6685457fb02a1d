"""Cyclic garbage collection waits while many objects are made that are kept: it would look through them for nothing."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class garbage_waits:  # noqa: N801 - read as what it does
    """Keep the garbage collector off for a block, unless it is off already."""

    __slots__ = ("_was_on",)

    def __enter__(self) -> None:
        self._was_on = gc.isenabled()
        if self._was_on:
            gc.disable()

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._was_on:
            gc.enable()


def keep_all() -> None:
    """Have the garbage collector take all there is for old, so that it is not looked through as what is young is.

    For what is made once, such as modules: old garbage is found late. Nothing happens where a program has frozen
    objects of its own, since they would be frozen no more.

    Cost: the same however much there is.
    """
    if gc.get_freeze_count() == 0:
        gc.freeze()
        gc.unfreeze()  # into the oldest generation
