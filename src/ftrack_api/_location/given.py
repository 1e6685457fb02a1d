"""Components as callers give them: any iterable of entities, and a clear word for whatever else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

# Any below is a component, or what was given in place of one.


def components_of(given: Any) -> list[Any]:
    """Return the components that were given as a list.

    Raises:
        TypeError: If they are not several, or one of them is no entity.
    """
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise TypeError(f"Several components are wanted in a list, or another iterable, not {given!r}.")
    found = list(given)
    for component in found:
        if not isinstance(component, Mapping):
            raise TypeError(f"A component is an entity, such as a FileComponent, and not {component!r}.")
    return found
