"""Model to SQLAlchemy tables: columns, deferred foreign keys, indexes (data_model: 6)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, MetaData, Table, Text, UniqueConstraint

from ftrack_server.storage import dialect
from ftrack_server.storage.media import add_media_tables

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from ftrack_server.model.definition import Field, TableDefinition
    from ftrack_server.model.registry import Model

MAX_NAME_LENGTH = 60

_ON_DELETE = {"cascade": "CASCADE", "null": "SET NULL", "restrict": "NO ACTION"}


def build_metadata(model: Model) -> MetaData:
    """Return the tables of a model, named as in the model.

    Every foreign key is deferred: a batch may name rows it creates later. Deleting is the application's work, and the
    ON DELETE clauses are a net below it (data_model: 6.7).
    """
    metadata = MetaData()
    for definition in model.tables.values():
        _table(model, metadata, definition)
    Table("server_state", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
    _event_tables(metadata)
    Table("migration", metadata, Column("version", Integer, primary_key=True), Column("applied_at", Text))
    add_media_tables(metadata)
    return metadata


def _event_tables(metadata: MetaData) -> None:
    """Add the log of sent events, whose positions are never used twice, the leases of handlers, and the posts."""
    Table(
        "event_log",
        metadata,
        Column("position", dialect.auto_integer(), primary_key=True, autoincrement=True),
        Column("event_id", Text, nullable=False, index=True),
        Column("size", Integer, nullable=False),
        Column("private_projects", dialect.COLUMN_TYPES["json"], nullable=False),
        Column("payload", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    Table(
        "event_lease",
        metadata,
        Column("name", Text, primary_key=True),
        Column("event_id", Text, primary_key=True),
        Column("holder", Text, nullable=False),
        Column("until", Integer, nullable=False, index=True),
    )
    Table(
        "event_post",
        metadata,
        Column("position", dialect.auto_integer(), primary_key=True, autoincrement=True),
        Column("server", Text, nullable=False),
        Column("number", BigInteger, nullable=False),
        Column("posted_at", BigInteger, nullable=False, index=True),
        Column("payload", Text, nullable=False),
        UniqueConstraint("server", "number"),
    )


def _table(model: Model, metadata: MetaData, definition: TableDefinition) -> None:
    table = Table(
        definition.name,
        metadata,
        *(_column(model, definition, item) for item in definition.columns.values()),
        *_foreign_keys(model, definition),
        *(UniqueConstraint(*group) for group in definition.unique if group != definition.key),
    )
    indexed = {definition.key[0]} | {group[0] for group in definition.unique}
    for group in dict.fromkeys(definition.indexes):
        Index(_index_name(definition.name, *group), *(table.c[name] for name in group))
        indexed.add(group[0])
    for item in definition.columns.values():
        column = table.c[item.name]
        if item.lower_index:
            Index(_index_name(definition.name, item.name, "lower"), dialect.folded(column))
        if item.kind == "fk" and item.name not in indexed:
            Index(_index_name(definition.name, item.name), column, **dialect.partial_index_options(column))


def _index_name(*parts: str) -> str:
    """Return the name of an index; a long one is cut and told apart by a digest, as PostgreSQL takes 63 characters."""
    name = f"ix_{'_'.join(parts)}"
    if len(name) <= MAX_NAME_LENGTH:
        return name
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:8]
    return f"{name[: MAX_NAME_LENGTH - 9]}_{digest}"


def _column(model: Model, definition: TableDefinition, item: Field) -> Column[Any]:
    is_key = item.name in definition.key
    counted = is_key and item.kind == "integer" and len(definition.key) == 1
    kind = dialect.auto_integer() if counted else _column_type(model, item)
    return Column(item.name, kind, primary_key=is_key, nullable=not is_key, autoincrement=counted)


def _column_type(model: Model, item: Field) -> TypeEngine[Any]:
    if item.kind != "fk":
        return dialect.COLUMN_TYPES[item.kind]
    target = model.types[item.target]
    referred = model.tables[target.table].columns[_referred(model, item)]
    return dialect.COLUMN_TYPES["integer" if referred.kind == "integer" else "fk"]


def _referred(model: Model, item: Field) -> str:
    """Return the key column that a foreign key means: ``User.user_id`` is the id."""
    key = model.types[item.target].key
    return item.target_attribute if item.target_attribute in key else key[0]


def _foreign_keys(model: Model, definition: TableDefinition) -> Iterator[ForeignKeyConstraint]:
    composite: dict[str, list[Field]] = {}
    for item in definition.columns.values():
        if item.kind != "fk":
            continue
        if len(model.types[item.target].key) > 1:
            composite.setdefault(item.target, []).append(item)
        else:
            yield _foreign_key(model, [item])
    for members in composite.values():
        yield _foreign_key(model, members)


def _foreign_key(model: Model, members: list[Field]) -> ForeignKeyConstraint:
    table = model.types[members[0].target].table
    return ForeignKeyConstraint(
        [item.name for item in members],
        [f"{table}.{_referred(model, item)}" for item in members],
        ondelete=_ON_DELETE[members[0].on_delete],
        deferrable=True,
        initially="DEFERRED",
        use_alter=False,
    )
