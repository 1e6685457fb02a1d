"""Insert, update, delete and fetch rows in bulk: the only code that writes to entity tables.

Rows are mappings of column names to Python values (`datetime`, not text). However many rows are given, the number of
statements follows the number of different column sets and chunks, never the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table, and_, bindparam, select
from sqlalchemy import delete as sql_delete
from sqlalchemy import update as sql_update

from ftrack_server.storage import dialect

Row: TypeAlias = Mapping[str, Any]
Key: TypeAlias = tuple[Any, ...]

CHUNK = 10_000
"""Rows per statement, so that one batch never builds an unbounded parameter list."""


def insert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows; absent columns become NULL.

    Raises:
        sqlalchemy.exc.IntegrityError: At once for a taken key; a missing reference shows when the transaction ends.
    """
    for columns, group in _by_columns(rows).items():
        statement = table.insert().values({name: bindparam(name) for name in columns})
        for chunk in _chunks(group):
            connection.execute(statement, chunk)


def upsert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows, overwriting the other columns of those whose primary key is taken."""
    keys = [column.name for column in table.primary_key]
    for columns, group in _by_columns(rows).items():
        values = [name for name in columns if name not in keys]
        statement = (
            dialect.upsert(table, keys, values, connection.dialect.name)
            if values
            else dialect.insert_ignoring(table, connection.dialect.name)
        )
        for chunk in _chunks(group):
            connection.execute(statement, chunk)


def insert_ignoring(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows, leaving those alone whose key or unique columns are taken."""
    for group in _by_columns(rows).values():
        for chunk in _chunks(group):
            connection.execute(dialect.insert_ignoring(table, connection.dialect.name), chunk)


def update(connection: Connection, table: Table, changes: Iterable[tuple[Key, Row]]) -> None:
    """Set columns of rows by primary key; changes of the same columns travel together."""
    keys = [column.name for column in table.primary_key]
    grouped: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, values in changes:
        if values:
            parameters = {f"new_{name}": value for name, value in values.items()}
            parameters.update({f"key_{name}": part for name, part in zip(keys, key, strict=True)})
            grouped.setdefault(tuple(values), []).append(parameters)
    for columns, group in grouped.items():
        statement = (
            sql_update(table)
            .where(and_(*(table.c[name] == bindparam(f"key_{name}") for name in keys)))
            .values({name: bindparam(f"new_{name}") for name in columns})
        )
        for chunk in _chunks(group):
            connection.execute(statement, chunk)


def update_where(connection: Connection, table: Table, column: str, members: Sequence[Any], values: Row) -> None:
    """Set columns of every row whose ``column`` is one of some values: one statement."""
    if members:
        kind = connection.dialect.name
        statement = sql_update(table).where(dialect.member(table.c[column], "members", kind)).values(dict(values))
        connection.execute(statement, {"members": dialect.member_values(members, kind)})


def delete(connection: Connection, table: Table, keys: Iterable[Key]) -> None:
    """Delete rows by primary key."""
    names = [column.name for column in table.primary_key]
    listed = list(keys)
    if len(names) == 1:
        delete_where(connection, table, names[0], [key[0] for key in listed])
        return
    statement = sql_delete(table).where(and_(*(table.c[name] == bindparam(f"key_{name}") for name in names)))
    rows = [{f"key_{name}": part for name, part in zip(names, key, strict=True)} for key in listed]
    for chunk in _chunks(rows):
        connection.execute(statement, chunk)


def delete_where(connection: Connection, table: Table, column: str, members: Sequence[Any]) -> None:
    """Delete every row whose ``column`` is one of some values: one statement."""
    if members:
        kind = connection.dialect.name
        statement = sql_delete(table).where(dialect.member(table.c[column], "members", kind))
        connection.execute(statement, {"members": dialect.member_values(members, kind)})


def fetch(
    connection: Connection, table: Table, keys: Iterable[Key], columns: Sequence[str] | None = None
) -> dict[Key, dict[str, Any]]:
    """Return rows by primary key, those that exist; one statement for single keys, a few for composite ones."""
    names = [column.name for column in table.primary_key]
    listed = list(dict.fromkeys(keys))
    if not listed:
        return {}
    if len(names) == 1:
        rows = fetch_where(connection, table, names[0], [key[0] for key in listed], columns)
        return {(row[names[0]],): row for row in rows}
    wanted = set(listed)
    rows = fetch_where(connection, table, names[0], [key[0] for key in listed], columns)
    found = {tuple(row[name] for name in names): row for row in rows}
    return {key: row for key, row in found.items() if key in wanted}


def fetch_where(
    connection: Connection, table: Table, column: str, members: Sequence[Any], columns: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return rows whose ``column`` is one of some values, in primary key order: one statement.

    Args:
        connection: Where to read.
        table: The table.
        column: The column to compare.
        members: Values; duplicates do no harm.
        columns: Columns to return besides the primary key; all of them when omitted.
    """
    if not members:
        return []
    keys = list(table.primary_key)
    chosen = table.c.values() if columns is None else [*keys, *(table.c[c] for c in columns if table.c[c] not in keys)]
    kind = connection.dialect.name
    statement = select(*chosen).where(dialect.member(table.c[column], "members", kind)).order_by(*keys)
    result = connection.execute(statement, {"members": dialect.member_values(list(dict.fromkeys(members)), kind)})
    return [dict(row) for row in result.mappings()]


def _by_columns(rows: Iterable[Row]) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """Return rows grouped by the columns they set, each group in the order given."""
    grouped: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(tuple(sorted(row)), []).append(dict(row))
    return grouped


def _chunks(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
