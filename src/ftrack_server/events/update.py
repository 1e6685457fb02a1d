"""From the changes of a batch to the ``ftrack.update`` that tells of them (protocol: 7.9)."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ftrack_server.events.lineage import Lineage
from ftrack_server.model.definition import Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftrack_server.events.changes import Change
    from ftrack_server.events.lineage import RowSource
    from ftrack_server.model.definition import EntityDefinition
    from ftrack_server.model.registry import Model

UNTOLD_TABLES = frozenset({"api_key", "status_change", "event", "feed", "user_session", "user_application_state"})
"""Secrets, what the server writes to remember what is told anyway, and what concerns one user's window."""

CUSTOM_VALUES = "custom_attribute_value"
_OWNER_TABLES = {"task": "context", "show": "context", "assetversion": "asset_version", "user": "resource"}
_HIERARCHICAL_OWNERS = ("context", "asset", "asset_version")
_NAMED_BY_ROOT = frozenset({"list", "component", "status_rule_group", "custom_attribute_link", "note_component"})


def describe(model: Model, rows: RowSource, changes: Iterable[Change]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the entities of an ``ftrack.update`` and the ids of the private ones among their projects.

    Names are those of the backend, values are text or null.

    Args:
        model: The entity types at the end of the batch.
        rows: The transaction.
        changes: What the batch did to rows.

    Cost: one statement for the places in the tree; one more for each kind of thing in between, such as the assets of
    versions; two where custom attributes changed.
    """
    told = [change for change in changes if change.table in model.tables and change.table not in UNTOLD_TABLES]
    lineage = Lineage(model, rows, (change for change in told if change.table != CUSTOM_VALUES))
    writer = _Writer(model, lineage)
    for change in told:
        if change.table != CUSTOM_VALUES:
            writer.add(change)
    writer.add_custom_values(rows, [change for change in told if change.table == CUSTOM_VALUES])
    return writer.entities(), writer.private_projects()


class _Writer:
    """Entities by their identity, in the order in which they were written."""

    def __init__(self, model: Model, lineage: Lineage) -> None:
        self._model = model
        self._lineage = lineage
        self._entities: dict[tuple[str, Any], dict[str, Any]] = {}
        self._projects: dict[Any, Mapping[str, Any]] = {}
        self._roots: dict[str, EntityDefinition] = {}
        self._ways: dict[Any, list[dict[str, Any]]] = {}

    def entities(self) -> list[dict[str, Any]]:
        return list(self._entities.values())

    def private_projects(self) -> list[str]:
        return sorted(id_ for id_, row in self._projects.items() if row.get("is_private"))

    def add(self, change: Change) -> None:
        """Add an entity; a change of nothing that clients know of is left out."""
        definition = self._definition(change.table, change.row)
        changes = {}
        for name, (old, new) in change.differences().items():
            attribute = definition.attributes.get(name)
            if isinstance(attribute, Field) and not attribute.hidden:
                changes[attribute.backend_name] = {"old": _text(attribute, old), "new": _text(attribute, new)}
        if changes:
            entity = self._entity(definition, change.table, change.row)
            entity["action"] = _action(change, changes)
            entity["changes"], entity["keys"] = changes, list(changes)
            self._entities[change.table, change.key] = entity

    def add_custom_values(self, rows: RowSource, changes: Sequence[Change]) -> None:
        """Tell changed custom attributes as changes of their owners, by key."""
        if not changes:
            return
        ids = {(change.row["configuration_id"],) for change in changes}
        declared = {key[0]: row for key, row in rows.fetch("custom_attribute_configuration", ids).items()}
        wanted: dict[str, set[Any]] = defaultdict(set)
        for change in changes:
            for table in _owner_tables(declared.get(change.row["configuration_id"])):
                wanted[table].add(change.row["entity_id"])
        for table, owners in wanted.items():
            self._lineage.find(table, owners)
        for change in changes:
            configuration = declared.get(change.row["configuration_id"])
            entity = self._owner(change.row["entity_id"], _owner_tables(configuration))
            if entity is not None and configuration is not None:
                old, new = ((part or {}).get("value") for part in (change.before, change.after))
                entity["changes"][configuration["key"]] = {"old": _plain(old), "new": _plain(new)}
                entity["keys"] = list(entity["changes"])

    def _owner(self, id_: Any, tables: Iterable[str]) -> dict[str, Any] | None:
        for table in tables:
            row = self._lineage.row(table, id_)
            if row is None:
                continue
            known = self._entities.get((table, (id_,)))
            if known is None:
                definition = self._definition(table, row)
                known = {**self._entity(definition, table, row), "action": "update", "keys": [], "changes": {}}
                self._entities[table, (id_,)] = known
            return known
        return None

    def _definition(self, table: str, row: Mapping[str, Any]) -> EntityDefinition:
        root = self._roots.get(table)
        if root is None:
            root = next(item for item in self._model.types.values() if item.table == table and not item.base)
            self._roots[table] = root
        return self._model.concrete(root, row)

    def _entity(self, definition: EntityDefinition, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        above = self._above(table, row)
        own = self._step(definition, table, row)
        own["parentId"] = above[0]["entityId"] if above else _own_parent(definition, row)
        self._note_project(table, row)
        return {**own, "objectTypeId": row.get("object_type_id"), "parents": [own, *above]}

    def _above(self, table: str, row: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the steps above a row, worked out once for all that belong to the same thing."""
        place = self._lineage.parent(table, row)
        known = self._ways.get(place)
        if known is None:
            known = self._ways[place] = []
            for ancestor in reversed(self._lineage.above(table, row)):
                step = self._step(self._definition(ancestor.table, ancestor.row), ancestor.table, ancestor.row)
                step["parentId"] = known[0]["entityId"] if known else None
                known.insert(0, step)
                self._note_project(ancestor.table, ancestor.row)
        return known

    def _step(self, definition: EntityDefinition, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "entityId": str(row[definition.key[0]]),
            "entityType": _backend_type(self._model, definition, table, row),
            "entity_type": definition.id,
        }

    def _note_project(self, table: str, row: Mapping[str, Any]) -> None:
        if table == "context" and row.get("context_type") == "show":
            self._projects[row["id"]] = row


def _text(attribute: Field, value: Any) -> str | None:
    if attribute.kind == "table" and value is not None:
        return str(value).replace("_", "")
    return _plain(value)


def _action(change: Change, changes: Mapping[str, Any]) -> str:
    if change.before is None:
        return "add"
    if change.after is None:
        return "remove"
    return "move" if change.table == "context" and "parent_id" in changes else "update"


def _own_parent(definition: EntityDefinition, row: Mapping[str, Any]) -> Any:
    """Return what an entity says it belongs to where that is not in a project: a task template has none."""
    return row.get("parent_id") if "parent_id" in definition.attributes else None


def _backend_type(model: Model, definition: EntityDefinition, table: str, row: Mapping[str, Any]) -> str:
    """Return the lower-case name that listeners compare with: ``task`` for every item of the tree."""
    if table == "context":
        return str(row["context_type"])
    if table in _NAMED_BY_ROOT:
        definition = model.bases(definition.id)[-1]
    alias = definition.published.get("alias_for")
    return (alias if isinstance(alias, str) else definition.id).lower()


def _owner_tables(configuration: Mapping[str, Any] | None) -> tuple[str, ...]:
    if configuration is None:
        return ()
    if configuration["is_hierarchical"]:
        return _HIERARCHICAL_OWNERS
    kind = configuration["entity_type"] or ""
    return (_OWNER_TABLES.get(kind, {"listobject": "list_object"}.get(kind, kind)),)


def _plain(value: Any) -> str | None:
    """Return a value as text, as the backend of old has them: truth is ``"1"`` or nothing, lists are joined."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ",".join(str(_plain(item) or "") for item in value)
    if isinstance(value, dict):
        tagged = value.get("value")
        return tagged if isinstance(tagged, str) else json.dumps(value, ensure_ascii=False)
    return str(value)
