"""Every difference between SQLite and PostgreSQL, and nothing else: here in SQL, in the two files beside it elsewhere.

`dialect_sqlite` and `dialect_postgresql` open a database of one kind, and speak of its errors. No other module asks
which database it works on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Float,
    Integer,
    Numeric,
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
from sqlalchemy import (
    Dialect as EngineDialect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.compiler import SQLCompiler

SQLITE = "sqlite"
WRITES = "writes"
"""Set in the information of a connection that is for writing."""
POSTGRESQL = "postgresql"

POSTGRESQL_WRITE_LOCK = f"SELECT pg_advisory_xact_lock({int.from_bytes(b'ftrack', 'big')})"
"""Waits until no other transaction of the database has run this; the end of the transaction ends the lock."""

EDITION_MARK = "/* edition */"
"""Stands in the SQL that looks whether another server has changed the data model."""

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "ROLLBACK", "PRAGMA", POSTGRESQL_WRITE_LOCK, EDITION_MARK)
"""How statements begin that order transactions, and are no part of what a call asks for."""

_PLAIN_TEXT = postgresql.TEXT(collation="C")
"""Text as SQLite has it: of any length, in the order of its code points, with case for ASCII letters only."""


class Timestamp(TypeDecorator[datetime]):
    """A moment in naive UTC at whole seconds: ISO text on SQLite, which sorts as it reads, a timestamp elsewhere."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: EngineDialect) -> TypeEngine[Any]:
        """Return the storage type of an engine."""
        return dialect.type_descriptor(String(19) if dialect.name == SQLITE else DateTime(timezone=False))

    def process_bind_param(self, value: datetime | None, dialect: EngineDialect) -> Any:
        """Return what is stored for a moment; microseconds are cut."""
        if value is None:
            return None
        moment = value.replace(microsecond=0)
        return moment.isoformat() if dialect.name == SQLITE else moment

    def process_result_value(self, value: Any, dialect: EngineDialect) -> datetime | None:
        """Return the moment that was stored."""
        if value is None or dialect.name != SQLITE:
            return value  # type: ignore[no-any-return]  # the driver gives datetime
        return datetime.fromisoformat(value)


class JsonText(TypeDecorator[Any]):
    """A JSON value kept as its text."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: EngineDialect) -> TypeEngine[Any]:
        """Return the storage type of an engine."""
        return dialect.type_descriptor(_PLAIN_TEXT if dialect.name == POSTGRESQL else Text())

    def process_bind_param(self, value: Any, dialect: EngineDialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the text of a value; None stays NULL."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: EngineDialect) -> Any:  # noqa: ARG002 - as above
        """Return the value of a text."""
        return None if value is None else json.loads(value)


COLUMN_TYPES: Mapping[str, TypeEngine[Any]] = {
    "uid": String(255).with_variant(_PLAIN_TEXT, POSTGRESQL),
    "fk": String(255).with_variant(_PLAIN_TEXT, POSTGRESQL),
    "string": Text().with_variant(_PLAIN_TEXT, POSTGRESQL),
    "table": String(64).with_variant(_PLAIN_TEXT, POSTGRESQL),
    "integer": BigInteger(),
    "number": Float(53),
    "boolean": Boolean(),
    "datetime": Timestamp(),
    "json": JsonText(),
    "variable": JsonText(),
}
"""SQL types by field kind."""


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


def family(kind: TypeEngine[Any]) -> str:
    """Return what values of a SQL type are to each other: PostgreSQL compares within a family and refuses the rest."""
    impl = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    families = ((Boolean, "truth value"), (Float | Numeric | Integer, "number"), (DateTime, "date"))
    return next((name for classes, name in families if isinstance(impl, classes)), "text")


def auto_integer() -> TypeEngine[Any]:
    """Return the type of a key that the database counts up: SQLite wants exactly INTEGER for that."""
    return BigInteger().with_variant(sqlite.INTEGER(), SQLITE)


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


def content_mark(connection: Connection) -> int | None:
    """Return a mark that stays the same on one connection for as long as nobody commits; None where there is none.

    Connections that write have none: what they changed and took back again would go unseen.

    Cost: some µs on SQLite, and no statement.
    """
    if connection.dialect.name != SQLITE or connection.info.get(WRITES):
        return None
    driver: Any = connection.connection.driver_connection
    return int(driver.execute("PRAGMA data_version").fetchone()[0])


def moment_literal(moment: datetime, dialect: str) -> ColumnElement[Any]:
    """Return a moment as a literal in the form in which columns store it."""
    return literal(moment.isoformat(), String()) if dialect == SQLITE else literal(moment, DateTime())


def current_moment(dialect: str) -> ColumnElement[Any]:
    """Return the time of the database in the form in which columns store moments."""
    if dialect == SQLITE:
        return func.strftime("%Y-%m-%dT%H:%M:%S", "now")
    return func.timezone("UTC", func.now())
