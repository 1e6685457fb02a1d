"""Identifiers of new entities: unique wherever they are made, and in the order in which they were made.

A UUID of version 7 (RFC 9562, section 5.7): milliseconds, steps of 256 nanoseconds in them, and 62 random bits. Where
rows are sorted by something they share, such as a moment in whole seconds, their keys settle the order, so that what
was made first comes first. To servers and clients an identifier is any text of up to 36 characters (protocol: 3.11).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

MILLISECOND = 1_000_000  # nanoseconds
STEP_BITS = 8  # of nanoseconds that are left out


class Identifiers:
    """Makes identifiers, each greater as text than those this object made before, even when the clock goes back.

    Threads may share it: two that ask at the same moment get different identifiers in either order.

    Args:
        clock: Returns nanoseconds since 1970.
        random: Returns as many random bytes as it is told; the system's, so that forked processes do not repeat.
    """

    def __init__(self, clock: Callable[[], int] = time.time_ns, random: Callable[[int], bytes] = os.urandom) -> None:
        self._clock = clock
        self._random = random
        self._next = 0
        self._beginning = (0, "")  # the last millisecond and what identifiers of it begin with, as one for threads

    def new(self) -> str:
        """Return a new identifier: 36 characters. Cost: four calls."""
        now = self._clock()
        if now < self._next:  # noqa: PLR1730 - `max` would be a call more
            now = self._next
        self._next = now + (1 << STEP_BITS)
        milliseconds, step = now // MILLISECOND, now % MILLISECOND >> STEP_BITS
        known, beginning = self._beginning
        if known != milliseconds:
            beginning = f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}-7"
            self._beginning = (milliseconds, beginning)
        noise = self._random(8)
        digits = noise.hex()
        return f"{beginning}{step:03x}-{'89ab'[noise[0] & 3]}{digits[1:4]}-{digits[4:]}"


def spread_identifier(random: Callable[[int], bytes] = os.urandom) -> str:
    """Return a UUID of version 4: random from the first digit on, for what folders are divided by.

    Args:
        random: Returns as many random bytes as it is told.
    """
    digits = random(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def is_uuid(value: Any) -> bool:
    """Return whether a value is a `uuid.UUID`; the module takes a while to load, and who has such a value did so."""
    module = sys.modules.get("uuid")
    return module is not None and isinstance(value, module.UUID)
