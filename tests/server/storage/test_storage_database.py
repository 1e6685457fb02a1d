"""A real database on either engine: transactions that keep all or nothing, errors in words, one writer, seeds."""

from __future__ import annotations

import socket
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from ftrack_server import errors
from ftrack_server.model.load import load_model
from ftrack_server.storage import migrate as migration
from ftrack_server.storage import paths, records
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import CURRENT, migrate
from ftrack_server.storage.seed import seed
from ftrack_server.storage.seed_acceptance import PROJECT_ID, TASK_ID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ftrack_server.model.registry import Model


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


@pytest.fixture
def database(address: str, model: Model) -> Iterator[Database]:
    database = Database.open(address, model, write_timeout=0.2)
    migrate(database)
    yield database
    database.close()


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(database.metadata.tables[table])).scalar_one()


def insert(database: Database, table: str, *rows: dict[str, object]) -> None:
    with database.write() as connection:
        records.insert(connection, database.metadata.tables[table], rows)


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    scope = database.metadata.tables["scope"]

    def half_way() -> None:
        with database.write() as connection:
            records.insert(connection, scope, [{"id": "s-1", "name": "one"}])
            message = "half way"
            raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="half way"):
        half_way()

    assert count(database, "scope") == 0


def test_references_may_come_before_what_they_refer_to(database: Database) -> None:
    with database.write() as connection:
        tables = database.metadata.tables
        records.insert(connection, tables["asset_version"], [{"id": "v-1", "asset_id": "a-1", "version": 1}])
        records.insert(connection, tables["asset"], [{"id": "a-1", "name": "plate"}])

    assert count(database, "asset_version") == 1


def test_a_missing_reference_is_named_with_its_row_column_and_value(database: Database) -> None:
    with pytest.raises(errors.IntegrityError) as refused:
        insert(database, "asset_version", {"id": "v-1", "asset_id": "gone", "version": 1})

    assert str(refused.value) == 'asset_version v-1: "asset_id" refers to the asset "gone", which does not exist.'
    assert count(database, "asset_version") == 0


def test_the_database_works_on_after_a_refused_commit(database: Database) -> None:
    with pytest.raises(errors.IntegrityError):
        insert(database, "asset_version", {"id": "v-1", "asset_id": "gone"})

    insert(database, "scope", {"id": "s-1", "name": "one"})

    assert count(database, "scope") == 1


def test_a_taken_value_is_a_duplicate_entry(database: Database) -> None:
    insert(database, "resource", {"id": "u-1", "username": "kim", "resource_type": "user"})

    with pytest.raises(errors.DuplicateEntryError, match=r"DuplicateEntryError: resource\.username"):
        insert(database, "resource", {"id": "u-2", "username": "kim", "resource_type": "user"})


def test_a_second_writer_waits_and_then_gives_up_with_the_reason(database: Database) -> None:
    with database.write():
        caught: list[BaseException] = []

        def write() -> None:
            try:
                insert(database, "scope", {"id": "s-1", "name": "one"})
            except errors.DatabaseBusyError as error:
                caught.append(error)

        thread = threading.Thread(target=write)
        thread.start()
        thread.join()

    assert "0.2 s" in str(caught[0])


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    with database.read() as connection:
        query = select(func.count()).select_from(database.metadata.tables["scope"])
        before = connection.execute(query).scalar()
        insert(database, "scope", {"id": "s-1", "name": "one"})

        assert connection.execute(query).scalar() == before


def test_thousands_of_rows_take_few_statements(database: Database) -> None:
    rows = [{"id": f"s-{number}", "name": "scope"} for number in range(5000)]
    keys = [(f"s-{number}",) for number in range(5000)]
    scope = database.metadata.tables["scope"]

    with database.observing() as statements, database.write() as connection:
        records.insert(connection, scope, rows)
        records.update(connection, scope, [(key, {"name": "new"}) for key in keys])
        found = records.fetch(connection, scope, keys)
        records.delete(connection, scope, keys)

    assert len(statements) == 4
    assert {row["name"] for row in found.values()} == {"new"}
    assert count(database, "scope") == 0


def test_a_file_of_something_else_is_refused(model: Model, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database at all")
    other = tmp_path / "other.sqlite3"
    with sqlite3.connect(other) as connection:
        connection.execute("create table invoices (id)")
    connection.close()

    with pytest.raises(errors.DatabaseVersionError, match="no SQLite database"):
        Database.open(text, model)
    with pytest.raises(errors.DatabaseVersionError, match="does not exist"):
        Database.open(tmp_path / "nowhere" / "x.sqlite3", model)
    database = Database.open(other, model)
    with pytest.raises(errors.DatabaseVersionError, match="invoices"):
        migrate(database)
    database.close()


def test_a_newer_database_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "CURRENT", 0)

    with pytest.raises(errors.DatabaseVersionError, match=rf"version {CURRENT}, this server knows versions up to 0"):
        migrate(database)


def test_migrating_twice_does_nothing(database: Database) -> None:
    assert migrate(database) == 0


@pytest.mark.parametrize("kind", ["empty", "demo", "acceptance"])
def test_a_seed_is_consistent_and_planted_once(database: Database, model: Model, kind: str) -> None:
    first = seed(database, model, kind)
    again = seed(database, model, kind)

    if database.dialect == "sqlite":  # PostgreSQL has looked at the end of the transaction
        with database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert first
    assert again is None
    assert count(database, "status") >= 11
    assert count(database, "location") == 5


def test_the_acceptance_seed_has_the_paths_of_its_task(database: Database, model: Model) -> None:
    seed(database, model, "acceptance")

    with database.read() as connection:
        path = paths.ancestors_of(connection, database.metadata.tables["context_path"], [TASK_ID])[TASK_ID]

    assert len(path) == 4
    assert (path[0], path[-1]) == (TASK_ID, PROJECT_ID)


def test_paths_lead_up_and_down(database: Database) -> None:
    tables = database.metadata.tables
    with database.write() as connection:
        contexts = {"p": None, "a": "p", "b": "p", "a1": "a", "a2": "a1"}
        records.insert(connection, tables["context"], [{"id": k, "parent_id": v} for k, v in contexts.items()])
        paths.insert_paths(connection, tables["context_path"], {"a2": "a1", "a1": "a", "a": "p", "p": None, "b": "p"})

        found = paths.ancestors_of(connection, tables["context_path"], ["a2", "a"])
        below = paths.subtree_of(connection, tables["context_path"], ["a"])

    assert found == {"a2": ("a2", "a1", "a", "p"), "a": ("a", "p")}
    assert below == ["a2", "a1", "a"]


def test_a_server_nobody_answers_at_is_an_error_in_one_line() -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]

    with pytest.raises(errors.DatabaseVersionError, match=r"^The database .* cannot be opened: .*[a-z]\.$") as raised:
        Database.open(f"postgresql://kim:secret@127.0.0.1:{port}/studio", load_model())

    assert "secret" not in str(raised.value)


def test_what_is_acknowledged_is_on_the_disk_unless_the_file_vanishes_anyway(model: Model, tmp_path: Path) -> None:
    def patience_with_the_disk(name: str | Path) -> int:
        with closing(Database.open(name, model)) as database, database.write() as connection:
            return int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    assert (patience_with_the_disk(tmp_path / "site.sqlite3"), patience_with_the_disk(":memory:")) == (2, 0)
