"""Names that resemble one that nobody knows: what somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def close_matches(name: str, known: Iterable[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """Return the known names that resemble a name, the closest first.

    Args:
        name: What was written.
        known: What could have been meant.
        most: How many names at most.
        cutoff: How alike they have to be, from 0.0 to 1.0.
    """
    import difflib  # noqa: PLC0415 - takes a while to load, and nobody needs it before the first mistake

    return difflib.get_close_matches(name, list(known), n=most, cutoff=cutoff)
