"""The custom attribute configurations of a site, read once for each edition of the data model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, MetaData, select

from ftrack_server.model.custom import Configuration

if TYPE_CHECKING:
    from ftrack_server.access import Access

# The owner kind of each table that has custom attributes; tree items tell by their own column.
OWNER_KINDS: Mapping[str, tuple[str, ...]] = {
    "context": ("show", "task"),
    "asset": ("asset",),
    "asset_version": ("assetversion",),
    "list": ("list",),
    "list_object": ("listobject",),
    "resource": ("user",),
}


@dataclass(frozen=True)
class Configurations:
    """Every configuration with the names of its group and type.

    Attributes:
        items: In the order of their sort value and key.
        rows: Configuration id to its stored row, with ``group.name`` and ``type.name``.
        readers: Configuration id to the roles whose holders may read its values; one that is missing all may read.
    """

    items: tuple[Configuration, ...]
    rows: Mapping[str, Mapping[str, Any]]
    readers: Mapping[str, frozenset[str]]

    def readable(self, access: Access | None) -> Configurations:
        """Return those whose values an actor may read; None reads everything."""
        if access is None or access.sees_everything or not self.readers:
            return self
        shown = (item for item in self.items if item.id not in self.readers or self.readers[item.id] & access.roles)
        return replace(self, items=tuple(shown))

    def for_table(self, table: str) -> Sequence[Configuration]:
        """Return the configurations that some row of a table can have."""
        kinds = OWNER_KINDS.get(table, ())
        return [item for item in self.items if item.entity_type in kinds or _is_inherited(item, table)]


def _is_inherited(item: Configuration, table: str) -> bool:
    return item.is_hierarchical and table in {"context", "asset", "asset_version"}


def read_configurations(connection: Connection, metadata: MetaData) -> Configurations:
    """Return the configurations as a transaction sees them: one statement."""
    table = metadata.tables["custom_attribute_configuration"]
    kind = metadata.tables["custom_attribute_type"]
    group = metadata.tables["custom_attribute_group"]
    reader = metadata.tables["configuration_read_role"]
    statement = (
        select(
            table, kind.c.name.label("type_name"), group.c.name.label("group_name"), reader.c.role_id.label("reader")
        )
        .join(kind, kind.c.id == table.c.type_id)
        .outerjoin(group, group.c.id == table.c.group_id)
        .outerjoin(reader, reader.c.configuration_id == table.c.id)
        .where(table.c.kind == "value")
        .order_by(table.c.sort, table.c.key, table.c.id)
    )
    rows: dict[str, Mapping[str, Any]] = {}
    readers: dict[str, set[str]] = {}
    for row in connection.execute(statement).mappings():  # one row for each role that may read
        rows[row["id"]] = {**row, "group.name": row["group_name"], "type.name": row["type_name"]}
        if row["reader"] is not None:
            readers.setdefault(row["id"], set()).add(row["reader"])
    return Configurations(
        tuple(Configuration.from_row(row, row["type_name"]) for row in rows.values()),
        rows,
        {key: frozenset(roles) for key, roles in readers.items()},
    )


def shadowing(item: Configuration, others: Iterable[Configuration]) -> list[str]:
    """Return the projects in which another configuration of the same key takes a global one's place."""
    if item.project_id is not None:
        return []
    return [
        other.project_id
        for other in others
        if other.key == item.key
        and other.project_id is not None
        and (other.entity_type, other.object_type_id) == (item.entity_type, item.object_type_id)
    ]
