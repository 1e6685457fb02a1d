"""Containers around data: made where they are missing, and only those removed again after a failure."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from ftrack_api import exception

# Any below is an accessor.


def around(accessor: Any, resource_identifier: str) -> str | None:
    """Return the container of a resource; None where there is none."""
    try:
        container: str | None = accessor.get_container(resource_identifier)
    except exception.AccessorParentResourceNotFoundError:
        return None
    return container


def make(accessor: Any, container: str | None) -> list[str]:
    """Make a container with those around it, and return the ones that were missing, innermost first.

    Cost: one look when the container is there.
    """
    missing: list[str] = []
    inner = container
    while inner is not None and inner not in missing and not accessor.exists(inner):
        missing.append(inner)
        inner = around(accessor, inner)
    if missing:
        accessor.make_container(missing[0])
    return missing


def remove(accessor: Any, containers: Sequence[str]) -> None:
    """Remove containers, innermost first; what is not empty, or cannot be removed, stays."""
    for container in containers:
        with contextlib.suppress(exception.Error, OSError):
            accessor.remove_container(container)
