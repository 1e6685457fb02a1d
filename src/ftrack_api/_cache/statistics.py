"""How well a cache serves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """What a cache was asked for since it was made.

    Attributes:
        hits: How often a value was there.
        misses: How often none was.
        evictions: How many values had to make room for others.
        size: How many values there are now.
    """

    hits: int
    misses: int
    evictions: int
    size: int


# Shown, pickled and documented under its public home.
CacheStatistics.__module__ = "ftrack_api.cache"
