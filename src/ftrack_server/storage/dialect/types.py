"""How values are stored: one SQL type for each kind of field, which both databases hold and sort alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Float, Integer, Numeric, String, Text
from sqlalchemy import Dialect as EngineDialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

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


def family(kind: TypeEngine[Any]) -> str:
    """Return what values of a SQL type are to each other: PostgreSQL compares within a family and refuses the rest."""
    impl = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    families = ((Boolean, "truth value"), (Float | Numeric | Integer, "number"), (DateTime, "date"))
    return next((name for classes, name in families if isinstance(impl, classes)), "text")


def auto_integer() -> TypeEngine[Any]:
    """Return the type of a key that the database counts up: SQLite wants exactly INTEGER for that."""
    return BigInteger().with_variant(sqlite.INTEGER(), SQLITE)
