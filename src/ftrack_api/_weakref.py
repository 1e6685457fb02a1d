"""The old home of ``WeakMethod``, kept for programs that import it from here."""

from __future__ import annotations

from weakref import WeakMethod as WeakMethod  # noqa: PLC0414 - tells type checkers that the name is public
