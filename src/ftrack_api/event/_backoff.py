"""How long to wait before a lost connection is tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import random as random_number

FIRST_CEILING = 1.0
LAST_CEILING = 60.0


def delays(random: Callable[[], float] = random_number) -> Iterator[float]:
    """Yield seconds to wait, without end: growing up to a minute, and spread.

    The first is short, so that a restarted server has its clients back soon; the spread keeps them from coming all at
    once.

    Args:
        random: Source of numbers from 0 to 1.
    """
    ceiling = FIRST_CEILING
    while True:
        yield ceiling * (0.5 + random() / 2)
        ceiling = min(ceiling * 2, LAST_CEILING)
