"""Check that whatever descriptions name exists: types, columns, rules. Every fault is told with file and line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from ftrack_server.errors import near_match
from ftrack_server.model.definition import (
    AnyAttribute,
    Computed,
    EntityDefinition,
    Field,
    ManyToMany,
    Mapping,
    TableDefinition,
    ToMany,
    ToOne,
)
from ftrack_server.model.description import Description, DescriptionError, TypeDescription
from ftrack_server.model.object_type import TREE_ITEM, TREE_ITEM_BASE

if TYPE_CHECKING:
    from ftrack_server.model.registry import Model

RULES = (
    "path",
    "ancestors",
    "descendants",
    "latest_version",
    "is_latest_version",
    "time_logged",
    "bid_time_logged_difference",
    "thumbnail_url",
    "thumbnail_source",
    "url",
    "review_is_open",
    "review_thumbnail",
)
"""What `Computed` attributes may be worked out by."""

_UNSEEN_PROJECTIONS = frozenset({"typeid", "permissionid", "write_permissionid", "note_component_type"})
"""System projections that are published although no attribute bears them (data_model: 1)."""

_UNSEEN_NAMES = frozenset(
    {"TypedContextList.type", "AssetVersionList.type", "ReviewSessionObjectAnnotation.review_session_id"}
)
"""What recorded schemas list as immutable or required although the type has no such attribute."""

_STORED_AS = {"uid": "text", "string": "text", "table": "text", "fk": "text", "json": "JSON", "variable": "JSON"}


def check_model(model: Model, description: Description) -> None:
    """Check what a description says against the model made of it.

    Raises:
        DescriptionError: For the first name that means nothing, or a contradiction between types of one table.
    """
    for found in description.types.values():
        definition = model.types[found.id]
        _refuse(found.source, found.id, _faults_of_type(model, description, found, definition))
        for name in found.attributes:
            faults = _faults_of_attribute(model, definition, definition.attributes[name])
            _refuse(found.places[name], f"{found.id}.{name}", faults)
    for hidden in description.tables.values():
        table = model.tables[hidden.name]
        _refuse(hidden.source, hidden.name, _unknown_columns(hidden.key, table))
        for name, column in hidden.columns.items():
            _refuse(hidden.places[name], f"{hidden.name}.{name}", _faults_of_field(model, table, column))


def _refuse(place: str, subject: str, faults: Iterator[str]) -> None:
    for fault in faults:
        raise DescriptionError(f"{place}: {subject} {fault}")


def _unknown(names: Iterable[str], known: Collection[str], owner: str = "") -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f'needs "{owner}{name}", which does not exist.{near_match(name, known)}'


def _unknown_columns(names: Iterable[str], table: TableDefinition) -> Iterator[str]:
    return _unknown(names, table.columns, f"{table.name}.")


def _faults_of_type(
    model: Model, description: Description, found: TypeDescription, definition: EntityDefinition
) -> Iterator[str]:
    table = model.tables[found.table]
    if found.table in description.tables:
        yield f'has the table "{found.table}", which is described as one that no client sees.'
    if found.base and description.types[found.base].table != found.table:
        yield f'derives from {found.base} and must have the table "{description.types[found.base].table}", too.'
    if definition.key != table.key:
        yield f"has the key {', '.join(definition.key)} on a table whose key is {', '.join(table.key)}."
    yield from _unknown_columns(definition.key, table)
    lists = (found.options.get(name, "") for name in ("required", "immutable", "computed", "defaults"))
    listed = (name for names in lists for name in names.split(",") if name)
    yield from _unknown((name for name in listed if f"{found.id}.{name}" not in _UNSEEN_NAMES), definition.attributes)
    yield from _unknown_columns((column for column, _ in definition.discriminator), table)
    backend_names = {item.backend_name for item in definition.attributes.values()} | set(definition.attributes)
    yield from _unknown(definition.published.get("system_projections", ()), backend_names | _UNSEEN_PROJECTIONS)


def _faults_of_attribute(model: Model, definition: EntityDefinition, item: AnyAttribute) -> Iterator[str]:
    table = model.tables[definition.table]
    if isinstance(item, Field):
        yield from _faults_of_field(model, table, item)
        return
    target = _target(model, item.target)
    if item.target and target is None:
        yield f'points to the unknown type "{item.target}".{near_match(item.target, model.types)}'
    elif isinstance(item, ToOne) and target is not None:
        yield from _unknown_columns(item.columns, table)
        if len(item.columns) != len(target.key):
            yield f"must have a column for each part of the key of {target.id}: {', '.join(target.key)}."
    elif isinstance(item, ToMany | Mapping) and target is not None:
        where = [column for column, _ in item.where] if isinstance(item, ToMany) else []
        polymorphic = ["parent_type"] if isinstance(item, ToMany) and item.parent_types else []
        yield from _unknown_columns([item.column, *where, *polymorphic], model.tables[target.table])
    elif isinstance(item, ManyToMany):
        yield from _unknown([item.through], model.tables)
        if item.through in model.tables:
            yield from _unknown_columns([item.here, item.there], model.tables[item.through])
    elif isinstance(item, Computed):
        if item.rule.name not in RULES:
            yield f'has the unknown rule "{item.rule.name}".{near_match(item.rule.name, RULES)}'
        yield from _unknown(item.rule.arguments, definition.attributes)


def _faults_of_field(model: Model, table: TableDefinition, item: Field) -> Iterator[str]:
    if item.kind == "fk" and _target(model, item.target) is None:
        yield f'points to the unknown type "{item.target}".{near_match(item.target, model.types)}'
    yield from _unknown_columns([item.synonym_of] if item.synonym_of else [], table)
    for group in (*item.unique, *item.indexes):
        yield from _unknown_columns(group, table)
        if item.name not in group:
            yield f"must itself be among the columns {', '.join(group)}."
    stored = table.columns.get(item.name, item).kind
    if _STORED_AS.get(stored, stored) != _STORED_AS.get(item.kind, item.kind):
        yield f'is of the kind "{item.kind}", but "{stored}" on another type of the table "{table.name}".'


def _target(model: Model, name: str) -> EntityDefinition | None:
    """Return a type that relations lead to; object types, of which they name one, come later."""
    return model.types.get(TREE_ITEM_BASE if name == TREE_ITEM else name)
