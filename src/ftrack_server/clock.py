"""Time and identifiers, handed to whoever needs them so that tests can decide both."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Protocol

from ftrack_protocol.identifiers import Identifiers

_identifiers = Identifiers()


class Clock(Protocol):
    """What the server asks of the world instead of asking the operating system itself."""

    def now(self) -> datetime:
        """Return the time as naive UTC in whole seconds, the precision that is stored."""
        ...

    def new_id(self) -> str:
        """Return a new identifier of 36 characters, greater than those before."""
        ...


class SystemClock:
    """The real clock."""

    def now(self) -> datetime:
        """Return the time as naive UTC in whole seconds."""
        return datetime.now(timezone.utc).replace(microsecond=0, tzinfo=None)

    def new_id(self) -> str:
        """Return a UUID as text, greater than those of this process before."""
        return _identifiers.new()
