"""PostgreSQL's part of the dialect: how a database is reached, locked, checked and complained about.

Errors are told apart by their SQLSTATE and by the names of table, column and constraint that come with them, never by
their words: those are in the language of the server.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, MetaData, Table, and_, create_engine, event, exc, inspect, make_url, select

from ftrack_server.errors import (
    DatabaseVersionError,
    DuplicateEntryError,
    IntegrityError,
    QueryTimeoutError,
    ServerError,
    ValidationError,
)
from ftrack_server.storage.dialect.backend import broken_reference, busy, unavailable
from ftrack_server.storage.dialect.postgresql_side import PostgresqlSide
from ftrack_server.storage.dialect.transaction import EDITION_MARK, POSTGRESQL_WRITE_LOCK, WRITES
from ftrack_server.storage.dialect.types import POSTGRESQL

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

    from ftrack_server.storage.dialect.backend import Timeouts

CONNECT_SECONDS = 10
"""How long to wait for a server that does not answer at all, unless the address says otherwise."""

_ADDRESS = re.compile(r"postgres(ql)?(\+\w+)?://")
# What follows "Key" in the details of a unique violation, whatever the language: (columns)=(values).
_TAKEN = re.compile(r"\((?P<columns>[^)]*)\)=\((?P<values>.*)\)", re.DOTALL)
_CHECK_NOW = "SAVEPOINT checked; SET CONSTRAINTS ALL IMMEDIATE"
_READ_EDITION = f"{EDITION_MARK} SELECT value FROM server_state WHERE name = 'edition'"
_COUNT_EDITION = (
    f"{EDITION_MARK} INSERT INTO server_state AS known (name, value) VALUES ('edition', '1') "
    "ON CONFLICT (name) DO UPDATE SET value = (known.value::bigint + 1)::text"
)

_UNCOUNTED = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 1048576
    AND NOT EXISTS (SELECT 1 FROM pg_stats WHERE schemaname = current_schema() AND tablename = relname)
    ORDER BY relname
"""

_UNIQUE, _NULL, _REFERENCE, _TOO_LONG, _CANCELLED = "23505", "23502", "23503", "54000", "57014"
_BUSY = frozenset({"55P03", "40P01", "40001"})
"""A lock not had in time, a deadlock, a serialisation failure."""
_UNAVAILABLE = ("08", "53", "57P")
"""How the states begin of connections that broke, resources that ran out and servers that go down."""


def is_address(name: str) -> bool:
    """Return whether text is the address of a PostgreSQL database."""
    return _ADDRESS.match(name) is not None


def dump_command(address: str, target: Path) -> str:
    """Return the command that backs up a database while servers use it; a password is left out."""
    return f"pg_dump --format=custom --file={shlex.quote(str(target))} {_for_shell(address)}"


def restore_command(address: str, source: Path) -> str:
    """Return the command that puts a backup into an empty database; a password is left out."""
    return (
        f"pg_restore --exit-on-error --single-transaction --no-owner --dbname={_for_shell(address)} "
        f"{shlex.quote(str(source))}"
    )


def check_command(address: str) -> str:
    """Return the command that looks for damage while servers use a database; a password is left out."""
    return f"pg_amcheck --install-missing {_for_shell(address)}"


def _for_shell(address: str) -> str:
    return shlex.quote(without_password(address))


def _parsed(address: str) -> URL:
    try:
        return make_url(_ADDRESS.sub("postgresql://", address))
    except (ValueError, exc.ArgumentError) as error:  # its words may hold the password
        raise DatabaseVersionError(
            "The address of the database cannot be read; it should look like "
            "postgresql://user:password@host:5432/name?sslmode=require, with special characters of the password as %XX."
        ) from error


def without_password(address: str) -> str:
    """Return an address as messages may show it."""
    url = _parsed(address)
    return url._replace(password=None).difference_update_query(["password"]).render_as_string()


class PostgresqlBackend:
    """One PostgreSQL database, for any number of servers."""

    name = POSTGRESQL
    path: Path | None = None
    is_shared = True

    def __init__(self, address: str, metadata: MetaData, timeouts: Timeouts, readers: int) -> None:
        url = _parsed(address).set(drivername="postgresql+psycopg")
        if "connect_timeout" not in url.query:
            url = url.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
        self._metadata = metadata
        self._timeouts = timeouts
        self.reader = self._engine(url, readers, write=False)
        self.failure: type[Exception] = self.reader.dialect.loaded_dbapi.Error
        try:
            self.reader.connect().close()
        except exc.DBAPIError as error:
            reason = " ".join(str(error.orig).split()).rstrip(".?")
            raise DatabaseVersionError(
                f"The database {without_password(address)} cannot be opened: {reason}."
            ) from error
        self.writer = self._engine(url, 1, write=True)
        self.side = PostgresqlSide(url)

    def lift_limits(self, connection: Connection) -> None:
        """Let statements of this transaction take as long as they need."""
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")

    def edition(self, connection: Connection) -> int:
        """Return the number, in one look-up by key."""
        return int(connection.exec_driver_sql(_READ_EDITION).scalar() or 0)

    def advance_edition(self, connection: Connection) -> None:
        """Count one further, as part of the transaction."""
        connection.exec_driver_sql(_COUNT_EDITION)

    def check_now(self, connection: Connection) -> None:
        """Do the checks that are due by now: tables with such cannot be changed.

        Raises:
            IntegrityError: SQLAlchemy's, if references lead nowhere.
        """
        _several(connection, "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    def settle(self, connection: Connection) -> None:
        """Check the references now, while the row of a broken one can still be looked for: one round trip.

        Raises:
            IntegrityError: For a reference that leads nowhere.
        """
        try:
            _several(connection, _CHECK_NOW)
        except exc.IntegrityError as error:
            details = getattr(error.orig, "diag", None)
            table = self._metadata.tables.get(getattr(details, "table_name", None) or "")
            if _state(error) != _REFERENCE or details is None or table is None:
                raise
            _several(connection, "ROLLBACK TO SAVEPOINT checked")
            raise _broken(connection, table, str(details.constraint_name)) from error

    def refresh_statistics(self) -> None:
        """Count large tables that never were, as after a restore: autovacuum takes a minute to see them."""
        with self.writer.connect() as connection, connection.begin():
            self.lift_limits(connection)
            names = [str(name) for name in connection.exec_driver_sql(_UNCOUNTED).scalars()]
            if names:
                connection.exec_driver_sql(f"ANALYZE {', '.join(names)}")

    def refusal(self, error: Exception) -> ServerError | None:
        """Return what to tell a caller about an error of the database, None for what is a fault of the server."""
        state, reason = _state(error), _reason(error)
        if isinstance(error, exc.IntegrityError):
            return _contradiction(error)
        if state == _CANCELLED:
            return QueryTimeoutError(self._timeouts.query)
        if state in _BUSY:
            return busy()
        if state == _TOO_LONG:
            return ValidationError(f"A value is too long for the database: {reason}.")
        if isinstance(error, exc.DataError):
            return ValidationError(f"The database cannot take a value: {reason}.")
        lost = isinstance(error, exc.OperationalError) and state is None
        if lost or (state or "").startswith(_UNAVAILABLE):
            return unavailable("the log of the server has the reason")
        return None

    def check_place(self) -> None:
        """Do nothing: a server that is gone does not answer."""

    def close(self) -> None:
        """Close all connections."""
        self.reader.dispose()
        self.writer.dispose()
        self.side.close()

    def _engine(self, url: URL, size: int, *, write: bool) -> Engine:
        """Return an engine whose readers see one state per transaction, and whose writer is alone in the database.

        A batch decides by what it has read: the highest number, the sum of bids, the paths above, names that are taken.
        Row locks cover what is there and not what another batch is about to add, so one lock is held for the whole
        batch, by every server of the database. Waiting for the turn inside a process takes no connection.

        Raises:
            DatabaseVersionError: If psycopg is missing.
        """
        try:
            engine = create_engine(
                url,
                pool_size=size,
                pool_use_lifo=True,  # as for SQLite: places are kept with connections
                max_overflow=0 if write else size,
                pool_pre_ping=True,
                isolation_level="READ COMMITTED" if write else "REPEATABLE READ",
            )
        except ModuleNotFoundError as error:
            raise DatabaseVersionError(
                "PostgreSQL needs psycopg, which is not installed: pip install 'ftrack-api[server,postgres]'."
            ) from error
        limit = f"statement_timeout = {_milliseconds(self._timeouts.query)}"

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, record: Any) -> None:
            connection.execute(f"SET lock_timeout = {_milliseconds(self._timeouts.write)}")
            if not write:
                connection.execute(f"SET {limit}")
            connection.commit()
            record.info[WRITES] = write
            connection.read_only = not write

        if write:

            @event.listens_for(engine, "begin")
            def _begin(connection: Connection) -> None:
                _several(connection, f"{POSTGRESQL_WRITE_LOCK}; SET LOCAL {limit}")

        return engine


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _several(connection: Connection, statements: str) -> None:
    """Run statements in one round trip, which PostgreSQL allows where there are no parameters."""
    connection.exec_driver_sql(statements, execution_options={"no_parameters": True})


def _broken(connection: Connection, table: Table, constraint: str) -> IntegrityError:
    """Find a row that breaks a reference; reads the table, and only on failure."""
    keys = inspect(connection).get_foreign_keys(table.name)
    key = next(item for item in keys if item["name"] == constraint)
    target = table.metadata.tables[key["referred_table"]].alias()
    columns = [table.c[name] for name in key["constrained_columns"]]
    referred = [target.c[name] for name in key["referred_columns"]]
    leads = and_(*(column == other for column, other in zip(columns, referred, strict=True)))
    statement = (
        select(table)
        .select_from(table.outerjoin(target, leads))
        .where(*(column.is_not(None) for column in columns), referred[0].is_(None))
        .limit(1)
    )
    row = connection.execute(statement).mappings().first()
    return broken_reference(table, dict(row or {}), columns[0].name, key["referred_table"])


def _state(error: Exception) -> str | None:
    """Return the five characters by which PostgreSQL tells errors apart."""
    return getattr(getattr(error, "orig", error), "sqlstate", None)


def _reason(error: Exception) -> str:
    lines = str(getattr(error, "orig", None) or error).splitlines() or ["no reason given"]
    return lines[0].rstrip(".")


def _contradiction(error: exc.IntegrityError) -> IntegrityError:
    state, details = _state(error), getattr(error.orig, "diag", None)
    table = getattr(details, "table_name", None)
    if state == _NULL:
        return IntegrityError(f"{table}.{getattr(details, 'column_name', None)} must have a value.")
    taken = _TAKEN.search(getattr(details, "message_detail", None) or "")
    if state == _UNIQUE and taken is not None:
        named = ", ".join(f"{table}.{column}" for column in taken["columns"].split(", "))
        return DuplicateEntryError(f'{named} must be unique, and another row has the same value: "{taken["values"]}".')
    return IntegrityError(f"The database refused the batch: {_reason(error)}.")
