"""Bring a database to the tables of this server: numbered steps where data changes, plain additions by comparison."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, MetaData, func, inspect, select
from sqlalchemy.schema import CreateColumn, CreateIndex

from ftrack_server.errors import DatabaseVersionError
from ftrack_server.storage import records
from ftrack_server.storage.steps import STEPS

if TYPE_CHECKING:
    from ftrack_server.storage.engine import Database

FIRST = 1
CURRENT = max(STEPS, default=FIRST)

_DESCRIPTION = "tables"  # the row of server_state that says for which tables a database was last completed


def migrate(database: Database) -> int:
    """Give a database the tables, columns and indexes of its description, all in one transaction.

    A new database gets everything at once. An older one goes through the steps it lacks (see `steps`); then missing
    tables, columns and indexes are added, empty. What is there beyond the description stays. Columns of another type,
    primary keys and unique constraints of existing tables are work for a step. Of several servers that start at once,
    one does it, and the others find it done.

    Returns:
        How many versions the database went up.

    Raises:
        DatabaseVersionError: If the database was made by a newer server, or holds tables of something else.

    Cost: three statements when there is nothing to do.
    """
    description = _described(database.metadata)
    with database.read(patient=True) as connection:
        if version_of(connection, database.metadata) == CURRENT and _completed(database, connection) == description:
            return 0
    with database.write(patient=True) as connection:
        found = version_of(connection, database.metadata)
        missing = range(found + 1, CURRENT + 1)
        for version in missing:
            if found and version in STEPS:
                STEPS[version](connection, database.metadata)
                database.check_now(connection)
        _add_missing(connection, database.metadata)
        tables = database.metadata.tables
        moment = datetime.now(timezone.utc).isoformat(timespec="seconds")
        records.insert(
            connection, tables["migration"], [{"version": version, "applied_at": moment} for version in missing]
        )
        records.upsert(connection, tables["server_state"], [{"name": _DESCRIPTION, "value": description}])
    return len(missing)


def is_empty(database: Database) -> bool:
    """Return whether a database has no tables at all."""
    with database.read(patient=True) as connection:
        return not inspect(connection).get_table_names()


def version_of(connection: Connection, metadata: MetaData) -> int:
    """Return the version of a database, 0 for an empty one.

    Raises:
        DatabaseVersionError: If there are tables, but none of this server, or a version this server does not know.
    """
    names = set(inspect(connection).get_table_names())
    if not names:
        return 0
    if "migration" not in names:
        raise DatabaseVersionError(
            f"The database holds tables of something else ({', '.join(sorted(names)[:3])}, …); choose another one."
        )
    found = connection.execute(select(func.max(metadata.tables["migration"].c.version))).scalar() or 0
    if found > CURRENT:
        raise DatabaseVersionError(
            f"The database has version {found}, this server knows versions up to {CURRENT}. Use a newer server."
        )
    return found


def _described(metadata: MetaData) -> str:
    """Return a digest of everything that `_add_missing` can add."""
    names = {
        table.name: [sorted(table.columns.keys()), sorted(str(index.name) for index in table.indexes)]
        for table in metadata.tables.values()
    }
    return hashlib.sha256(json.dumps(names, sort_keys=True).encode()).hexdigest()


def _completed(database: Database, connection: Connection) -> str | None:
    state = records.fetch(connection, database.metadata.tables["server_state"], [(_DESCRIPTION,)])
    return state[_DESCRIPTION,]["value"] if state else None


def _add_missing(connection: Connection, metadata: MetaData) -> None:
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    metadata.create_all(connection, checkfirst=bool(present))
    for table in metadata.tables.values():
        if table.name not in present:
            continue
        columns = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in columns:
                _add_column(connection, column)
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))


def _add_column(connection: Connection, column: Column[Any]) -> None:
    """Add an empty column with its reference; both engines write that alike.

    A column that is only part of a reference is added without it: the reference is a net below the application's rules.
    """
    quote = connection.dialect.identifier_preparer.quote
    described = str(CreateColumn(column).compile(dialect=connection.dialect))
    parts = [f"ALTER TABLE {quote(column.table.name)} ADD COLUMN {described}"]
    for key in column.foreign_keys:
        constraint = key.constraint
        if constraint is not None and len(constraint.columns) == 1:
            target = key.column
            parts += [
                f"REFERENCES {quote(target.table.name)} ({quote(target.name)})",
                f"ON DELETE {constraint.ondelete} DEFERRABLE INITIALLY DEFERRED",
            ]
    connection.exec_driver_sql(" ".join(parts))
