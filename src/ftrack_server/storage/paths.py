"""The closure table of the project tree: every context with itself and all its ancestors (data_model: 6.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from ftrack_server.storage import dialect, records


def insert_paths(connection: Connection, table: Table, parents: Mapping[str, str | None]) -> None:
    """Add the paths of new contexts.

    Args:
        connection: An open write transaction.
        table: ``context_path``.
        parents: New context id to parent id, None for projects; parents may be new themselves, in any order.

    Cost: one SELECT for the parents that are not new, one INSERT, whatever the number.
    """
    outside = {parent for parent in parents.values() if parent is not None and parent not in parents}
    above = ancestors_of(connection, table, sorted(outside))
    chains: dict[str, tuple[str, ...]] = {}

    for context in parents:
        pending = [context]
        while pending:
            current = pending[-1]
            parent = parents[current]
            if parent is not None and parent in parents and parent not in chains:
                if parent in pending:
                    break
                pending.append(parent)
                continue
            pending.pop()
            upper = chains.get(parent, above.get(parent, (parent,))) if parent is not None else ()
            chains[current] = (current, *upper)
    rows = (
        {"descendant_id": context, "ancestor_id": ancestor, "depth": depth}
        for context in parents
        for depth, ancestor in enumerate(chains.get(context, (context,)))
    )
    records.insert(connection, table, rows)


def ancestors_of(connection: Connection, table: Table, contexts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return, for each context, its path from itself up to the project: one statement."""
    rows = records.fetch_where(connection, table, "descendant_id", contexts, ["depth"])
    found: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        found.setdefault(row["descendant_id"], []).append((row["depth"], row["ancestor_id"]))
    return {context: tuple(ancestor for _, ancestor in sorted(path)) for context, path in found.items()}


def chains_of(
    connection: Connection, table: Table, context: Table, contexts: Iterable[str], columns: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return, for each context, columns of the rows from itself up to its project: one statement."""
    kind = connection.dialect.name
    statement = (
        select(table.c.descendant_id, *(context.c[name] for name in columns))
        .join(context, context.c.id == table.c.ancestor_id)
        .where(dialect.member(table.c.descendant_id, "members", kind))
        .order_by(table.c.descendant_id, table.c.depth)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(statement, {"members": dialect.member_values(list(contexts), kind)}).mappings():
        found.setdefault(row["descendant_id"], []).append({name: row[name] for name in columns})
    return found


def subtree_of(connection: Connection, table: Table, contexts: Sequence[str]) -> list[str]:
    """Return the ids of contexts and of everything below them, deepest first: one statement."""
    if not contexts:
        return []
    kind = connection.dialect.name
    statement = (
        select(table.c.descendant_id, table.c.depth)
        .where(dialect.member(table.c.ancestor_id, "members", kind))
        .order_by(table.c.depth.desc(), table.c.descendant_id)
    )
    result = connection.execute(statement, {"members": dialect.member_values(list(contexts), kind)})
    return list(dict.fromkeys(row.descendant_id for row in result))
