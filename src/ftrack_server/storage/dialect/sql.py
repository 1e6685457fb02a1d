"""SQL that the two databases write differently, as expressions that are the right one for each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    String,
    Table,
    Text,
    UnaryExpression,
    any_,
    bindparam,
    false,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from ftrack_server.storage.dialect.types import POSTGRESQL, SQLITE

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class lower(GenericFunction[str]):  # noqa: N801 - the name that SQL and `func` know it by
    """``lower(text)``, which changes ASCII letters only on both engines; `func.lower` is this."""

    type = Text()
    inherit_cache = True


@compiles(lower, POSTGRESQL)
def _lower_of_ascii(element: lower, compiler: SQLCompiler, **options: Any) -> str:
    """Return the call with the rules of the server's language set aside, which would fold other letters too."""
    return f'lower({compiler.process(element.clauses, **options)} COLLATE "C")'


class leading_nowhere(GenericFunction[Any]):  # noqa: N801 - as lower
    """A column as a criterion that every other one goes before when SQLite chooses an index.

    Without statistics SQLite takes any index for as good as another, and one that also gives the order for better: it
    would read all rows of an entity type rather than the few children of a parent. PostgreSQL has statistics.
    """

    inherit_cache = True


@compiles(leading_nowhere)
def _plainly(element: leading_nowhere, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(leading_nowhere, SQLITE)
def _without_index(element: leading_nowhere, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


def folded(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Return a text column without case; expression indexes exist on the same form (data_model: 6.2)."""
    return func.lower(column, type_=Text())


def like(column: ColumnElement[Any], pattern: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return ``column LIKE pattern`` without case, a backslash making the next character plain."""
    return func.lower(column).like(func.lower(pattern), escape="\\")


def contains(column: ColumnElement[Any], part: ColumnElement[Any], dialect: str) -> ColumnElement[bool]:
    """Return that one text is part of another, as it is written; unlike a pattern it may be of any length."""
    place = func.instr if dialect == SQLITE else func.strpos
    found: ColumnElement[bool] = place(column, part) > 0
    return found


def member(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """Return ``column IN <list>`` where the list is one parameter, however long it is.

    The parameter ``name`` takes what `member_values` returns. A list of its own would hit SQLite's limit of
    variables and give each length a statement text of its own.
    """
    if dialect == SQLITE:
        each = func.json_each(bindparam(name, required=False)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(bindparam(name, required=False))


def member_values(values: Sequence[Any], dialect: str) -> Any:
    """Return the parameter value for `member`."""
    return json.dumps(list(values)) if dialect == SQLITE else list(values)


def ordered(column: ColumnElement[Any], *, descending: bool) -> UnaryExpression[Any]:
    """Return a sort key with nulls first ascending and last descending on both engines (data_model: 6.2)."""
    return column.desc().nulls_last() if descending else column.asc().nulls_first()


def upsert(table: Table, keys: Sequence[str], values: Sequence[str], dialect: str) -> Any:
    """Return an INSERT that overwrites ``values`` where a row with the same ``keys`` exists."""
    insert = sqlite.insert(table) if dialect == SQLITE else postgresql.insert(table)
    return insert.on_conflict_do_update(
        index_elements=list(keys), set_={name: insert.excluded[name] for name in values}
    )


def insert_ignoring(table: Table, dialect: str) -> Any:
    """Return an INSERT that leaves rows alone which are already there."""
    insert = sqlite.insert(table) if dialect == SQLITE else postgresql.insert(table)
    return insert.on_conflict_do_nothing()


def partial_index_options(column: Column[Any]) -> dict[str, Any]:
    """Return options of an index over rows that have a value, which is all that a foreign key check looks for."""
    return {"sqlite_where": column.isnot(None), "postgresql_where": column.isnot(None)}


def member_of(column: ColumnElement[Any], values: Sequence[Any], dialect: str) -> ColumnElement[bool]:
    """Return ``column IN <values>`` for values known now; as in `member`, they travel as one parameter."""
    if not values:
        return false()
    if len(values) == 1:
        return column == literal(values[0])
    if dialect == SQLITE:
        each = func.json_each(literal(json.dumps(list(values)))).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(literal(list(values), postgresql.ARRAY(column.type.__class__)))


def moment_literal(moment: datetime, dialect: str) -> ColumnElement[Any]:
    """Return a moment as a literal in the form in which columns store it."""
    return literal(moment.isoformat(), String()) if dialect == SQLITE else literal(moment, DateTime())


def current_moment(dialect: str) -> ColumnElement[Any]:
    """Return the time of the database in the form in which columns store moments."""
    if dialect == SQLITE:
        return func.strftime("%Y-%m-%dT%H:%M:%S", "now")
    return func.timezone("UTC", func.now())
