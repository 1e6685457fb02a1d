"""The dense view of custom attributes: a row for every attribute an entity has, set or not (data_model: 6.5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, null, or_, select

from ftrack_server.model.custom import Owner, applicable
from ftrack_server.query.configurations import OWNER_KINDS
from ftrack_server.query.statement import MEMBERS, Statement
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection, Dialect, MetaData
    from sqlalchemy.sql.selectable import NamedFromClause

    from ftrack_server.model.definition import EntityDefinition
    from ftrack_server.query.configurations import Configurations
    from ftrack_server.query.scope import Compilation

OWNER_FACTS = ("context_type", "object_type_id", "project_id")
"""What decides, for an entity, which attributes it has."""

_OWNER_TABLES = {
    "ContextCustomAttributeValue": "context",
    "AssetVersionCustomAttributeValue": "asset_version",
    "AssetCustomAttributeValue": "asset",
    "ListCustomAttributeValue": "list",
    "ListObjectCustomAttributeValue": "list_object",
    "UserCustomAttributeValue": "resource",
}


def dense_source(context: Compilation, definition: EntityDefinition) -> NamedFromClause:
    """Return the dense view as something to select from: owners, times what applies to them, with stored values.

    Meant for queries that name an entity or a configuration: without either, it is as large as both together.
    """
    owner = context.alias(_OWNER_TABLES[definition.id])
    item = context.alias("custom_attribute_configuration")
    value = context.alias("custom_attribute_value")
    statement = (
        select(
            item.c.id.label("configuration_id"),
            owner.c.id.label("entity_id"),
            item.c.key.label("key"),
            case(
                (value.c.configuration_id.isnot(None), value.c.value),
                (item.c.is_hierarchical, null()),
                else_=item.c.default,
            ).label("value"),
            value.c.number.label("number"),
            value.c.text.label("text"),
            value.c.date.label("date"),
        )
        .select_from(owner)
        .join(item, and_(item.c.kind == "value", _applies(owner, item)))
        .outerjoin(value, and_(value.c.configuration_id == item.c.id, value.c.entity_id == owner.c.id))
    )
    return statement.subquery("dense_1")


def _applies(owner: NamedFromClause, item: NamedFromClause) -> ColumnElement[bool]:
    """Return when a configuration applies to an owner, shadowing aside."""
    table = owner.element.name  # type: ignore[attr-defined]  # an alias of a table
    if table == "context":
        own: ColumnElement[bool] = and_(
            item.c.entity_type == owner.c.context_type,
            or_(item.c.object_type_id.is_(None), item.c.object_type_id == owner.c.object_type_id),
        )
    else:
        own = item.c.entity_type.in_(OWNER_KINDS[table])
        if table == "resource":
            own = and_(own, owner.c.resource_type == "user")
    if table in {"context", "asset", "asset_version"}:
        own = or_(own, item.c.is_hierarchical)
    if "project_id" in owner.c:
        return and_(own, or_(item.c.project_id.is_(None), item.c.project_id == owner.c.project_id))
    return and_(own, item.c.project_id.is_(None))


class DenseLoader:
    """Loads the custom attributes of many entities: one statement, whatever their number."""

    def __init__(self, metadata: MetaData, table: str, kind: str, engine_dialect: Dialect) -> None:
        values = metadata.tables["custom_attribute_value"]
        self._default_kind = OWNER_KINDS[table][0]
        self._stored = Statement(
            select(values.c.entity_id, values.c.configuration_id, values.c.value).where(
                dialect.member(values.c.entity_id, MEMBERS, kind)
            ),
            engine_dialect,
        )

    def load(
        self, connection: Connection, known: Configurations, owners: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, list[tuple[str, str, Any]]]:
        """Return, for each entity, its attributes as (configuration id, key, value), in configuration order.

        Args:
            connection: Where to read stored values.
            known: The configurations.
            owners: Entity id to its `OWNER_FACTS`, those its table has.
        """
        stored: dict[str, dict[str, Any]] = {}
        for entity_id, configuration_id, value in self._stored.run_about(connection, list(owners)):
            stored.setdefault(entity_id, {})[configuration_id] = None if value is None else json.loads(value)
        shapes: dict[Owner, list[tuple[str, str, Any]]] = {}
        found = {}
        for entity_id, facts in owners.items():
            kind = facts.get("context_type") or self._default_kind
            owner = Owner(kind, facts.get("object_type_id"), facts.get("project_id"))
            shape = shapes.get(owner)
            if shape is None:
                shape = [(item.id, item.key, item.default_answer) for item in applicable(known.items, owner)]
                shapes[owner] = shape
            own = stored.get(entity_id, {})
            found[entity_id] = [(item, key, own.get(item, default)) for item, key, default in shape]
        return found
