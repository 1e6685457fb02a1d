"""Places of containers, worked out once while a block runs and not for each of their members."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

# Any below is an entity.

_places: ContextVar[dict[Any, str] | None] = ContextVar("ftrack_api_places", default=None)


@contextlib.contextmanager
def remembering() -> Iterator[None]:
    """Remember the places of containers until the block ends: within it, no name and no version changes."""
    token = _places.set({})
    try:
        yield
    finally:
        _places.reset(token)


def place_of(structure: object, container: Any, find: Callable[[Any], str]) -> str:
    """Return the place of a container, found by a function that makes it of the container alone."""
    known = _places.get()
    if known is None:
        return find(container)
    key = (id(structure), container._identity)  # noqa: SLF001 - the module is part of the engine
    place = known.get(key)
    if place is None:
        place = known[key] = find(container)
    return place
