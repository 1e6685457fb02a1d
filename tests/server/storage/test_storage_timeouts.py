"""A statement that takes too long is stopped, on either engine, and the connection goes on working."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from ftrack_server import errors
from ftrack_server.model.load import load_model
from ftrack_server.query.statement import Statement
from ftrack_server.storage import records
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

# A million rows, each compared with all others; a few minutes on either engine.
SLOW = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) "
    "SELECT count(*) FROM n AS a, n AS b WHERE a.i + b.i = 7"
)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    with closing(Database.open(address, load_model(), query_timeout=1.0)) as database:
        migrate(database)
        yield database


def run_slowly(connection: Connection) -> None:
    connection.exec_driver_sql(SLOW).all()


def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_runs(database: Database) -> None:
    with (
        pytest.raises(errors.QueryTimeoutError, match=r"1 s .* query_timeout") as stopped,
        database.read() as reader,
    ):
        reader.exec_driver_sql(SLOW).all()

    assert stopped.value.to_fault().error == {"limit": "query_timeout", "largest": 1.0}
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(database.metadata.tables["scope"])).scalar() == 0


def test_a_statement_that_is_stopped_while_its_rows_are_fetched_is_told_alike(database: Database) -> None:
    with database.read() as connection:
        statement = Statement(select(func.count()), connection.dialect)
    statement.text = SLOW

    with pytest.raises(errors.QueryTimeoutError), database.read() as connection:
        statement.run(connection)


def test_a_batch_that_is_stopped_leaves_nothing(database: Database) -> None:
    scope = database.metadata.tables["scope"]

    def half_way() -> None:
        with database.write() as connection:
            records.insert(connection, scope, [{"id": "s", "name": "half"}])
            run_slowly(connection)

    with pytest.raises(errors.QueryTimeoutError):
        half_way()
    with database.write() as connection:
        assert records.fetch(connection, scope, [("s",)]) == {}


@pytest.mark.parametrize("way", ["read", "write"])
def test_who_has_to_be_patient_is_and_the_next_one_is_not(address: str, way: str) -> None:
    with closing(Database.open(address, load_model(), query_timeout=0.1)) as database:
        begin = getattr(database, way)
        with pytest.raises(errors.QueryTimeoutError), begin() as connection:
            run_slowly(connection)
        with begin(patient=True) as connection:
            connection.exec_driver_sql(SLOW.replace("1000000", "4000")).all()
        with pytest.raises(errors.QueryTimeoutError), begin() as connection:
            run_slowly(connection)


def test_tables_are_made_and_looked_after_however_little_a_query_may_take(address: str) -> None:
    with closing(Database.open(address, load_model(), query_timeout=0.001)) as database:
        migrate(database)
        assert migrate(database) == 0


def test_waiting_for_the_turn_is_no_query(address: str) -> None:
    with (
        closing(Database.open(address, load_model(), write_timeout=1.0, query_timeout=0.3)) as first,
        closing(Database.open(first.path or address, load_model(), write_timeout=1.0, query_timeout=0.3)) as second,
    ):
        with pytest.raises(errors.DatabaseBusyError), first.write(), second.write():
            pass
        with second.write():
            pass


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with closing(Database.open(tmp_path / "full.sqlite3", load_model())) as database:
        migrate(database)
        scope = database.metadata.tables["scope"]
        with database.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        with pytest.raises(errors.DatabaseUnavailableError, match="full"), database.write() as connection:
            records.insert(connection, scope, ({"id": f"s{n}", "name": "x" * 1000} for n in range(1000)))

        with database.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1000}")
            assert connection.execute(select(func.count()).select_from(scope)).scalar() == 0
            records.insert(connection, scope, [{"id": "s", "name": "fits"}])
