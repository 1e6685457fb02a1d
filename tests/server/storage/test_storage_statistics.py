"""Statistics: the database knows which index leads to few rows once there are many, and counts only when it is due."""

from __future__ import annotations

import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.app import open_database
from ftrack_server.model.load import load_model
from ftrack_server.settings import Settings
from ftrack_server.storage import records
from ftrack_server.storage.engine import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

MANY = 12_000  # rows of more than the size from which on files are counted
QUESTION = "SELECT id FROM timelog WHERE {} = 'same' AND {} = 'other'"


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "site.sqlite3")


@pytest.fixture
def database(file: str) -> Iterator[Database]:
    with closing(open_database(Settings(database=file))) as opened:
        yield opened


def fill(database: Database, same: str, other: str, count: int = MANY) -> None:
    """Add rows that all have one value in a column, and a value of their own in another."""
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        rows = [{"id": str(uuid.uuid4()), same: "same", other: None, "name": "x" * 400} for _ in range(count)]
        records.insert(connection, database.metadata.tables["timelog"], [{**row, other: row["id"]} for row in rows])
        refer(connection, database, same, other)


def refer(connection: Connection, database: Database, same: str, other: str) -> None:
    """Make what the rows refer to."""
    tables = {"user_id": "resource", "context_id": "context"}
    records.upsert(connection, database.metadata.tables[tables[same]], [{"id": "same"}])
    ids = [{"id": row[0]} for row in connection.exec_driver_sql(f"SELECT {other} FROM timelog")]
    records.upsert(connection, database.metadata.tables[tables[other]], ids)


def steps(connection: Connection, question: str) -> str:
    """Return how SQLite goes about a statement.

    It is run first, since explaining alone does not look whether tables have changed; and each explanation has a text
    of its own, since they are kept.
    """
    connection.exec_driver_sql(question).fetchall()
    text = f"EXPLAIN QUERY PLAN {question} /* {uuid.uuid4()} */"
    return " ".join(row[3] for row in connection.exec_driver_sql(text))


def counted(connection: Connection) -> dict[str, str]:
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'").scalar()
    return dict(connection.exec_driver_sql("SELECT idx, stat FROM sqlite_stat1").fetchall()) if found else {}


@pytest.mark.parametrize(("same", "other"), [("user_id", "context_id"), ("context_id", "user_id")])
def test_the_index_that_leads_to_few_rows_is_chosen_by_connections_that_were_open_before(
    database: Database, same: str, other: str
) -> None:
    question = QUESTION.format(same, other)
    with database.read() as connection:
        assert "USING INDEX" in steps(connection, question)

    fill(database, same, other)

    with database.read() as connection:
        assert f"ix_timelog_{other}" in steps(connection, question)
    with closing(Database.open(str(database.path), load_model())) as second, second.read() as connection:
        assert f"ix_timelog_{other}" in steps(connection, question)


def test_nothing_is_kept_about_tables_that_may_become_large_unnoticed(database: Database) -> None:
    fill(database, "user_id", "context_id")

    with database.read() as connection:
        kept = {row[0] for row in connection.exec_driver_sql("SELECT DISTINCT tbl FROM sqlite_stat1")}
        assert connection.exec_driver_sql("SELECT count(*) FROM status").scalar()
    assert kept == {"timelog", "context"}


def test_small_files_and_small_growth_are_not_counted(database: Database) -> None:
    with database.read() as connection:
        assert counted(connection) == {}
    fill(database, "user_id", "context_id")
    with database.read() as connection:
        first = counted(connection)
        version = connection.exec_driver_sql("PRAGMA schema_version").scalar()

    fill(database, "user_id", "context_id", 500)
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA schema_version").scalar() == version
    fill(database, "user_id", "context_id", MANY)
    with database.read() as connection:
        assert counted(connection)["ix_timelog_context_id"] != first["ix_timelog_context_id"]


def test_a_file_that_grew_a_little_is_counted_when_it_is_closed(file: str) -> None:
    with closing(open_database(Settings(database=file))) as database:
        fill(database, "user_id", "context_id")
        with database.read() as connection:
            first = counted(connection)
        fill(database, "user_id", "context_id", 2000)
        with database.read() as connection:
            assert counted(connection) == first

    with closing(open_database(Settings(database=file))) as database, database.read() as connection:
        assert counted(connection)["ix_timelog_context_id"] != first["ix_timelog_context_id"]


def test_a_file_without_statistics_is_counted_when_it_is_opened(file: str) -> None:
    with closing(open_database(Settings(database=file))) as database:
        fill(database, "user_id", "context_id")
        with database.write() as connection:
            connection.exec_driver_sql("DROP TABLE sqlite_stat1")
            connection.exec_driver_sql("DELETE FROM server_state WHERE name = 'analysed_pages'")
    with closing(Database.open(file, load_model())) as unprepared, unprepared.read() as connection:
        before = counted(connection)

    with closing(open_database(Settings(database=file))) as database, database.read() as connection:
        assert before or counted(connection)
        assert counted(connection)


def test_a_batch_is_kept_when_another_process_keeps_its_tables_from_being_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftrack_server.storage.dialect.sqlite_statistics._KEEP", "INSERT INTO nowhere VALUES (?)")

    fill(database, "user_id", "context_id")

    with database.read() as connection:
        assert counted(connection) == {}
        assert connection.exec_driver_sql("SELECT count(*) FROM timelog").scalar() == MANY
    fill(database, "user_id", "context_id", 1)


def test_large_tables_of_postgresql_that_nobody_has_counted_are_counted_when_it_is_opened(postgresql: Any) -> None:
    with postgresql.database() as address:
        with closing(open_database(Settings(database=address))) as database:
            with database.write() as connection:
                rows = [{"id": str(uuid.uuid4()), "name": "x" * 400} for _ in range(4000)]
                records.insert(connection, database.metadata.tables["scope"], rows)
            assert statistics_of(database) in ([], ["scope"])

        with closing(open_database(Settings(database=address))) as database:
            assert statistics_of(database) == ["scope"]


def statistics_of(database: Database) -> list[str]:
    with database.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT DISTINCT tablename FROM pg_stats WHERE tablename IN ('scope', 'timelog')"
        )
        return [str(name) for name in found.scalars()]
