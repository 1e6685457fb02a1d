"""An entity as text for people: one line per attribute, related entities indented below."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from ftrack_api import inspection
from ftrack_api.collection import Collection, MappedCollectionProxy
from ftrack_api.entity.base import Entity
from ftrack_api.symbol import NOT_SET

BOLD_GREEN = "\033[1;32m"
CYAN = "\033[36m"
RESET = "\033[0m"

# Attribute values and filters of the caller: the Any below.
FILTER: dict[str, Callable[[Any, str, Any], bool]] = {
    "ignore_unset": lambda _entity, _name, value: value is not NOT_SET,
}
"""Ready-made attribute filters: functions of entity, attribute name and value that return whether to show it."""


def format(  # noqa: A001 - the name users know
    entity: Any,
    formatters: Mapping[str, Callable[[str], str]] | None = None,
    attribute_filter: Callable[[Any, str, Any], bool] | None = None,
    recursive: bool = False,  # noqa: FBT001, FBT002 - the signature users know
    indent: int = 0,
    indent_first_line: bool = True,  # noqa: FBT001, FBT002 - as above
    _seen: set[Any] | None = None,
) -> str:
    """Return the attributes of an entity, sorted by name, as lines of text.

    The first line is the type; each attribute has one of its own, ``name: value`` after a blank. A related entity is
    shown in place, and as ``Type{...}`` when it was shown before (client: 24).

    Args:
        entity: What to show; attributes that are not known are fetched when the session populates automatically.
        formatters: Functions that decorate text: ``header`` for entity types, ``label`` for attribute names. By default
            they add colour when the output is a terminal that has it.
        attribute_filter: Function of entity, attribute name and value that returns whether to show the attribute.
        recursive: Whether entities in collections are shown too.
        indent: Blanks before each line.
        indent_first_line: Whether the first line is indented too.

    Raises:
        ServerError: If what is not known cannot be fetched.

    Cost: one request for what an entity lacks, and one for each related entity that is shown and not known.
    """
    decorate = {**_default_formatters(), **(formatters or {})}
    seen = set() if _seen is None else _seen
    margin = " " * indent
    first_margin = margin if indent_first_line else ""
    identity = _identity(entity)
    header = decorate["header"](entity.entity_type)
    if identity in seen:
        return f"{first_margin}{header}{{...}}"
    seen.add(identity)

    lines = [first_margin + header]
    for name, value in sorted(entity.items()):
        if attribute_filter is not None and not attribute_filter(entity, name, value):
            continue
        inner = indent + len(name) + 3
        if isinstance(value, Entity):
            text = format(value, decorate, attribute_filter, recursive, inner, False, seen)
        elif recursive and isinstance(value, Collection):
            text = "\n".join(
                format(child, decorate, attribute_filter, recursive, inner, position > 0, seen)
                for position, child in enumerate(value)
            )
        elif isinstance(value, MappedCollectionProxy):
            text = str(dict(value))
        else:
            text = str(value)
        lines.append(f"{margin} {decorate['label'](name)}: {text}")
    return "\n".join(lines)


def _identity(entity: Any) -> Any:
    """Return what tells an entity from others, also when its key is not known."""
    try:
        entity_type, key = inspection.identity(entity)
    except KeyError:
        return id(entity)
    return entity_type, tuple(key)


def _default_formatters() -> dict[str, Callable[[str], str]]:
    if not _can_do_colors():
        return {"header": str, "label": str}
    return {
        "header": lambda text: f"{BOLD_GREEN}{text}{RESET}",
        "label": lambda text: f"{CYAN}{text}{RESET}",
    }


def _can_do_colors() -> bool:
    """Return whether the output shows colour; the environment decides before the terminal is asked.

    A variable counts once it is there, whatever its value, as in the official client.
    """
    if "NO_COLOR" in os.environ or "ANSI_COLORS_DISABLED" in os.environ:
        return False
    if "FORCE_COLOR" in os.environ:
        return True
    return bool(getattr(sys.stdout, "isatty", bool)()) and os.environ.get("TERM") != "dumb"
