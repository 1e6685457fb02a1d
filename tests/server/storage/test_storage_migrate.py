"""Databases of older servers gain what they lack and keep what they hold; numbered steps run once, in order, or not."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import inspect, select

from ftrack_server import errors
from ftrack_server.model.load import load_model
from ftrack_server.storage import migrate as migration
from ftrack_server.storage import records
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import CURRENT, migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from ftrack_server.model.definition import TableDefinition
    from ftrack_server.model.registry import Model

NEW_COLUMNS = ("in_reply_to_id", "frame_number")
NEW_TABLES = ("job", "job_component")
INDEX_NAMES = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT tablename, indexname FROM pg_indexes",
}


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


@pytest.fixture
def older(model: Model) -> Model:
    """The model as it was before notes had replies and before there were jobs."""
    tables = {name: table for name, table in model.tables.items() if name not in NEW_TABLES}
    tables["note"] = without(tables["note"], *NEW_COLUMNS)
    columns = dict(tables["context"].columns)
    columns["name"] = replace(columns["name"], lower_index=False)
    tables["context"] = replace(tables["context"], columns=columns)
    return cast("Model", SimpleNamespace(tables=tables, types=model.types))


def without(table: TableDefinition, *names: str) -> TableDefinition:
    return replace(
        table,
        columns={name: item for name, item in table.columns.items() if name not in names},
        indexes=tuple(group for group in table.indexes if not set(group) & set(names)),
    )


@contextmanager
def opened(place: str, model: Model) -> Iterator[Database]:
    with closing(Database.open(place, model)) as database:
        yield database


def versions(database: Database) -> list[int]:
    table = database.metadata.tables["migration"]
    with database.read() as connection:
        return list(connection.execute(select(table.c.version).order_by(table.c.version)).scalars())


def references(connection: Connection, table: str) -> set[tuple[str, ...]]:
    """Return column, table, key and what a deletion does, of each reference; reflection reads the last one only where
    SQLite was told it in a clause of its own.
    """
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(f'PRAGMA foreign_key_list("{table}")')
        return {(column, target, key, on_delete) for _, _, target, column, key, _, on_delete, _ in found}
    return {
        (
            *key["constrained_columns"],
            key["referred_table"],
            *key["referred_columns"],
            key["options"].get("ondelete", ""),
        )
        for key in inspect(connection).get_foreign_keys(table)
    }


def shape(database: Database) -> dict[str, Any]:
    """Return columns, references and names of indexes by table."""
    with database.read() as connection:
        inspector = inspect(connection)
        names = connection.exec_driver_sql(INDEX_NAMES[database.dialect]).all()
        return {
            table: (
                {(column["name"], str(column["type"])) for column in inspector.get_columns(table)},
                references(connection, table),
                {name for owner, name in names if owner == table and name.startswith("ix_")},
            )
            for table in inspector.get_table_names()
        }


@pytest.fixture
def old_place(new_address: Callable[[], str], older: Model) -> str:
    """The address of an older server's database with one note in it."""
    place = new_address()
    with opened(place, older) as database:
        migrate(database)
        with database.write() as connection:
            records.insert(connection, database.metadata.tables["note"], [{"id": "n-1", "content": "kept"}])
    return place


def test_an_older_database_has_the_tables_of_a_new_one_afterwards(
    old_place: str, new_address: Callable[[], str], model: Model
) -> None:
    with opened(new_address(), model) as new, opened(old_place, model) as old:
        migrate(new)
        before = shape(old)
        migrate(old)

        assert before != shape(new)
        assert shape(old) == shape(new)


def test_an_older_database_keeps_its_rows_and_new_columns_are_empty(old_place: str, model: Model) -> None:
    with opened(old_place, model) as database:
        migrate(database)

        with database.read() as connection:
            note = records.fetch(connection, database.metadata.tables["note"], [("n-1",)])["n-1",]
    assert (note["content"], note["in_reply_to_id"], note["frame_number"]) == ("kept", None, None)


def test_references_of_new_columns_are_watched(old_place: str, model: Model) -> None:
    with opened(old_place, model) as database:
        migrate(database)
        note = database.metadata.tables["note"]

        with pytest.raises(errors.IntegrityError, match='refers to the note "gone"'), database.write() as connection:
            records.insert(connection, note, [{"id": "n-2", "in_reply_to_id": "gone"}])
        with database.write() as connection:
            records.insert(connection, note, [{"id": "n-3", "in_reply_to_id": "n-4"}, {"id": "n-4"}])


def test_what_is_there_beyond_the_description_stays(new_address: Callable[[], str], model: Model, older: Model) -> None:
    place = new_address()
    with opened(place, model) as database:
        migrate(database)
        before = shape(database)

    with opened(place, older) as database:
        migrate(database)

        assert shape(database) == before


def test_nothing_to_do_costs_three_statements(new_address: Callable[[], str], model: Model) -> None:
    with opened(new_address(), model) as database:
        migrate(database)

        with database.observing() as statements:
            migrate(database)

    assert len(statements) <= 3


def numbered(monkeypatch: pytest.MonkeyPatch, steps: dict[int, Callable[[Connection, Any], None]]) -> None:
    monkeypatch.setattr(migration, "STEPS", steps)
    monkeypatch.setattr(migration, "CURRENT", max(steps))


def test_steps_run_once_in_order_before_additions(
    old_place: str, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def rewrite(connection: Connection, _metadata: Any) -> None:
        seen.append({column["name"] for column in inspect(connection).get_columns("note")} >= set(NEW_COLUMNS))
        connection.exec_driver_sql("UPDATE note SET content = 'two'")

    def append(connection: Connection, _metadata: Any) -> None:
        connection.exec_driver_sql("UPDATE note SET content = content || ', three'")

    numbered(monkeypatch, {CURRENT + 2: append, CURRENT + 1: rewrite})
    with opened(old_place, model) as database:
        assert migrate(database) == 2
        assert migrate(database) == 0

        assert versions(database) == [*range(1, CURRENT + 3)]
        with database.read() as connection:
            note = records.fetch(connection, database.metadata.tables["note"], [("n-1",)])["n-1",]
    assert note["content"] == "two, three"
    assert seen == [False]


def test_a_new_database_needs_no_steps(
    new_address: Callable[[], str], model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_connection: Connection, _metadata: Any) -> None:
        pytest.fail("a new database has nothing to change")

    numbered(monkeypatch, {CURRENT + 1: refuse})
    with opened(new_address(), model) as database:
        migrate(database)

        assert versions(database) == [*range(1, CURRENT + 2)]


def test_a_step_that_fails_leaves_the_database_as_it_was(
    old_place: str, model: Model, older: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: Connection, _metadata: Any) -> None:
        connection.exec_driver_sql("DELETE FROM note")
        connection.exec_driver_sql("CREATE TABLE half (id integer)")
        message = "half way"
        raise RuntimeError(message)

    with opened(old_place, older) as database:
        before = shape(database)
    numbered(monkeypatch, {CURRENT + 1: fail})
    with opened(old_place, model) as database:
        with pytest.raises(RuntimeError, match="half way"):
            migrate(database)

        assert shape(database) == before
        assert versions(database) == [*range(1, CURRENT + 1)]
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT content FROM note").scalars().all() == ["kept"]
