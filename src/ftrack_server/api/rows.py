"""Rows by table name within one connection: what actions ask of the storage, in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server.storage import dialect, event_log, paths, records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from ftrack_server.storage.engine import Database
    from ftrack_server.storage.records import Key, Row

_TOLD_OF_CONTEXTS = ("id", "parent_id", "project_id", "context_type", "object_type_id", "is_private")


class Rows:
    """The tables of a database as one transaction sees them.

    Rows are mappings of column to Python value. Every method costs a fixed number of statements, mostly one, however
    many rows it is given.
    """

    # The connection is SQLAlchemy's; only storage and query know that library by name.
    def __init__(self, database: Database, connection: Any) -> None:
        self._tables = database.metadata.tables
        self._connection = connection
        self._kind = database.dialect

    def fetch(self, table: str, keys: Iterable[Key]) -> dict[Key, dict[str, Any]]:
        """Return rows by primary key, those that exist."""
        return records.fetch(self._connection, self._tables[table], keys)

    def select(
        self, table: str, where: Mapping[str, Collection[Any]], columns: Sequence[str] | None = None
    ) -> list[dict[str, Any]]:
        """Return the rows whose columns each hold one of some values, all rows without any, in primary key order.

        Args:
            table: Name of the table.
            where: Column to the values looked for.
            columns: What to read beside the primary key; everything when omitted.
        """
        target = self._tables[table]
        statement = target.select()
        if columns is not None:
            chosen = [*target.primary_key, *(target.c[name] for name in columns if not target.c[name].primary_key)]
            statement = statement.with_only_columns(*chosen)
        return [dict(row) for row in self._run(table, statement, where).mappings()]

    def keys(self, table: str, where: Mapping[str, Collection[Any]]) -> list[Key]:
        """Return the primary keys of the rows that `select` returns, without reading the rest of them."""
        target = self._tables[table]
        return [tuple(row) for row in self._run(table, target.select().with_only_columns(*target.primary_key), where)]

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows; columns that a row does not name are empty."""
        records.insert(self._connection, self._tables[table], rows)

    def update(self, table: str, changes: Iterable[tuple[Key, Row]]) -> None:
        """Set columns of rows by primary key: one statement for each set of columns."""
        ordered = ((key, dict(sorted(values.items()))) for key, values in changes)
        records.update(self._connection, self._tables[table], ordered)

    def clear(self, table: str, column: str, values: Collection[Any]) -> None:
        """Empty a column wherever it holds one of some values."""
        records.update_where(self._connection, self._tables[table], column, list(values), {column: None})

    def delete(self, table: str, keys: Iterable[Key]) -> None:
        """Remove rows by primary key."""
        records.delete(self._connection, self._tables[table], keys)

    def insert_paths(self, parents: Mapping[str, str | None]) -> None:
        """Add the places in the tree of contexts that have none: id to parent, None for a project (data_model: 6.4)."""
        paths.insert_paths(self._connection, self._tables["context_path"], parents)

    def remove_paths(self, contexts: Sequence[str]) -> None:
        """Remove the places in the tree of contexts, so that they can get new ones."""
        records.delete_where(self._connection, self._tables["context_path"], "descendant_id", contexts)

    def subtree(self, contexts: Sequence[str]) -> list[str]:
        """Return the ids of contexts and of everything below them, deepest first."""
        return paths.subtree_of(self._connection, self._tables["context_path"], contexts)

    def ancestors(self, contexts: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the path of each context from itself up to its project."""
        return paths.ancestors_of(self._connection, self._tables["context_path"], contexts)

    def chains(self, contexts: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
        """Return, for each context, what events tell of the rows from itself up to its project."""
        return paths.chains_of(
            self._connection, self._tables["context_path"], self._tables["context"], contexts, _TOLD_OF_CONTEXTS
        )

    def append_events(self, events: Mapping[str, str], private_projects: Sequence[str]) -> None:
        """Add events, as text by id, to the log, to be sent once the transaction is committed."""
        event_log.append(self._connection, self._tables["event_log"], events, private_projects)

    def _run(self, table: str, statement: Any, where: Mapping[str, Collection[Any]]) -> Any:
        target = self._tables[table]
        parameters = {}
        for column, values in where.items():
            statement = statement.where(dialect.member(target.c[column], f"in_{column}", self._kind))
            parameters[f"in_{column}"] = dialect.member_values(list(values), self._kind)
        return self._connection.execute(statement.order_by(*target.primary_key), parameters)
