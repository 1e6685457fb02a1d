"""Object types are rows: each makes an entity type, a copy of TypedContext with rules that follow from its flags.

(data_model: 2.2)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ftrack_server.model.definition import AnyAttribute, EntityDefinition, Field

TREE_ITEM_BASE = "TypedContext"
"""The described type that object types are copies of."""

TREE_ITEM = "Task"
"""The object type whose name relations bear that lead to any tree item: once a table was called so."""

DEFAULT_PRIORITY_ID = "9661b320-3a0c-11e2-81c1-0800200c9a66"
MILESTONE_ID = "01decdd1-51cb-11e3-9d5b-20c9d0831e59"

_ALWAYS_FIRST = ("object_type_id", "object_type", "bid_time_logged_difference", "time_logged")
_ALWAYS_LAST = (
    "thumbnail_source_id",
    "id",
    "_link",
    "link",
    "thumbnail_url",
    "created_by_id",
    "created_by",
    "created_at",
)


def schema_id(name: str) -> str:
    """Return the entity type of an object type: its name without white space, ``AssetBuild``."""
    return "".join(name.split())


def immutable_attributes(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what cannot be changed on items of an object type, in the order in which schemas list it."""
    names = list(_ALWAYS_FIRST)
    for flag, attributes in (
        ("is_prioritizable", ("priority_id", "priority")),
        ("is_typeable", ("type_id", "type")),
        ("is_statusable", ("status_id", "status")),
    ):
        names.extend(() if row.get(flag) else attributes)
    if row["id"] == MILESTONE_ID:
        names.extend(("start_date", "split_parts"))
    elif not row.get("is_schedulable"):
        names.extend(("bid", "start_date", "end_date", "split_parts"))
    return (*names, *_ALWAYS_LAST)


def object_type_definitions(base: EntityDefinition, rows: Iterable[Mapping[str, Any]]) -> Iterator[EntityDefinition]:
    """Yield the definition of each object type, a copy of ``base`` with its own defaults and immutable attributes."""
    for row in rows:
        yield _definition(base, row)


def _definition(base: EntityDefinition, row: Mapping[str, Any]) -> EntityDefinition:
    immutable = immutable_attributes(row)
    defaults = {
        "object_type_id": row["id"],
        "priority_id": DEFAULT_PRIORITY_ID if row.get("is_prioritizable") else None,
    }
    attributes: dict[str, AnyAttribute] = {}
    for name, attribute in base.attributes.items():
        copy = replace(attribute, immutable=name in immutable)
        if name in defaults and isinstance(copy, Field):
            copy = replace(copy, default=defaults[name])
        attributes[name] = copy
    name = schema_id(row["name"])
    published = {
        **base.published,
        "id": name,
        "alias_for": {"id": "Task", "classifiers": {"object_typeid": row["id"]}},
        "$mixin": {"$ref": base.id},
        "immutable": list(immutable),
    }
    return replace(
        base,
        id=name,
        base=base.id,
        meaning=f"An item of the object type {row['name']}.",
        attributes=attributes,
        discriminator=(*base.discriminator, ("object_type_id", (row["id"],))),
        abstract=False,
        published=published,
        system_attributes=(*base.system_attributes, "object_type_id"),
    )
