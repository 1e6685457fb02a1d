"""Databases that older servers made work with this one: recorded ones, and on either engine ones that are set back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from sqlalchemy import inspect, select

from ftrack_server import errors
from ftrack_server.model.load import load_model
from ftrack_server.storage import migrate as migration
from ftrack_server.storage import steps
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import CURRENT, migrate
from ftrack_server.storage.seed import seed
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ftrack_server.testing import RunningServer

RECORDED = Path(__file__).with_name("recorded")
SEEDED_DAILIES = "dc0fe6f1-374a-5c18-82a6-66aaaf6e6aac"
DAILIES = "77b9ab82-07c2-11e4-ba66-04011030cf01"
DELIVERY = "712f0fee-ead3-11e2-846c-f23c91dfaa16"
SECONDS = 60


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A file of a server from before there were rights, with a small production and a custom attribute."""
    path = tmp_path / "older.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((RECORDED / "version-1.sql").read_text(encoding="utf-8"))
        connection.execute(
            "INSERT INTO list (id, name, category_id, project_id, system_type) VALUES (?, ?, ?, ?, ?)",
            ("list", "Monday", SEEDED_DAILIES, "project", "task"),
        )
        connection.commit()
    return path


def call(server: RunningServer, *operations: dict[str, Any]) -> Any:
    headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
    replies = requests.post(f"{server.url}/api", json=list(operations), headers=headers, timeout=SECONDS).json()
    assert isinstance(replies, list), replies
    return replies


def rows(server: RunningServer, expression: str) -> Any:
    return call(server, {"action": "query", "expression": expression})[0]["data"]


def test_a_recorded_database_is_served_and_its_people_may_what_they_might(recorded: Path) -> None:
    with running_server(database=recorded) as server:
        [task] = rows(server, "select name, bid, parent.parent.name, notes.content, metadata from Task")
        [user] = rows(server, "select custom_attributes from User")
        [listed] = rows(server, "select name, category.name, category_id from List")
        call(server, {"action": "create", "entity_type": "Scope", "entity_data": {"name": "new"}})
        call(server, {"action": "update", "entity_type": "Task", "entity_key": ["task"], "entity_data": {"bid": 7200}})

    assert (task["name"], task["bid"], task["parent"]["parent"]["name"]) == ("comp", 3600, "sq010")
    assert [note["content"] for note in task["notes"]] == ["kept"]
    assert [item["value"] for item in task["metadata"]] == ["v"]
    assert [item["value"] for item in user["custom_attributes"] if item["key"] == "desk"] == ["none"]
    assert (listed["category"]["name"], listed["category_id"]) == ("Dailies", DAILIES)


def test_a_recorded_database_has_what_a_new_one_has(recorded: Path, tmp_path: Path) -> None:
    with (
        closing(Database.open(recorded, load_model())) as old,
        closing(Database.open(tmp_path / "new.sqlite3", load_model())) as new,
    ):
        assert migrate(old) == CURRENT - 1
        migrate(new)
        seed(new, load_model(), "empty")

        for name in ("role_permission", "list_category", "security_role"):
            assert content(old, name) == content(new, name)
        assert tables(old) == tables(new)
        assert content(old, "migration").keys() == {(number,) for number in range(1, CURRENT + 1)}


def content(database: Database, table: str) -> dict[Any, dict[str, Any]]:
    target = database.metadata.tables[table]
    with database.read() as connection:
        found = [dict(row) for row in connection.execute(select(target)).mappings()]
    return {tuple(row[column.name] for column in target.primary_key): row for row in found}


def tables(database: Database) -> dict[str, set[str]]:
    with database.read() as connection:
        inspector = inspect(connection)
        return {
            name: {column["name"] for column in inspector.get_columns(name)} for name in inspector.get_table_names()
        }


@pytest.fixture
def set_back(address: str) -> Iterator[Database]:
    """A seeded database that is given the look of version 1, on either engine."""
    with closing(Database.open(address, load_model())) as database:
        migrate(database)
        seed(database, load_model(), "empty")
        with database.write() as connection:
            for statement in (
                "DELETE FROM migration WHERE version > 1",
                "DELETE FROM server_state WHERE name = 'tables'",
                "DROP TABLE role_permission",
                "ALTER TABLE note DROP COLUMN frame_number",
                f"DELETE FROM list_category WHERE id = '{DELIVERY}'",
                f"UPDATE list_category SET id = '{SEEDED_DAILIES}' WHERE id = '{DAILIES}'",
                f"INSERT INTO list (id, name, category_id) VALUES ('list', 'Monday', '{SEEDED_DAILIES}')",
            ):
                connection.exec_driver_sql(statement)
        yield database


def test_an_older_database_is_brought_up_on_either_engine(set_back: Database) -> None:
    assert migrate(set_back) == CURRENT - 1
    assert migrate(set_back) == 0

    assert {name for _, name in content(set_back, "role_permission")} == {"site", "projects", "contribute"}
    assert content(set_back, "list_category").keys() >= {(DAILIES,), (DELIVERY,)}
    assert content(set_back, "list")["list",]["category_id"] == DAILIES
    assert "frame_number" in tables(set_back)["note"]


def test_rights_that_were_taken_on_purpose_stay_taken(set_back: Database) -> None:
    migrate(set_back)
    with set_back.write() as connection:
        connection.exec_driver_sql("DELETE FROM role_permission WHERE permission <> 'contribute'")
        connection.exec_driver_sql("DELETE FROM migration WHERE version > 1")

    migrate(set_back)

    assert {name for _, name in content(set_back, "role_permission")} == {"contribute"}


def test_a_step_that_fails_leaves_an_older_database_as_it_was(
    set_back: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(set_back)

    def fail(_connection: Connection, _metadata: Any) -> None:
        message = "half way"
        raise RuntimeError(message)

    monkeypatch.setattr(migration, "STEPS", {**steps.STEPS, CURRENT: fail})
    with pytest.raises(RuntimeError, match="half way"):
        migrate(set_back)

    assert tables(set_back) == before
    assert content(set_back, "migration").keys() == {(1,)}
    assert content(set_back, "list")["list",]["category_id"] == SEEDED_DAILIES


def test_a_database_of_a_newer_server_is_refused_and_left_alone(set_back: Database) -> None:
    migrate(set_back)
    with set_back.write() as connection:
        connection.exec_driver_sql(f"INSERT INTO migration (version) VALUES ({CURRENT + 1})")
        connection.exec_driver_sql("ALTER TABLE note DROP COLUMN frame_number")
    before = tables(set_back)

    with pytest.raises(errors.DatabaseVersionError, match=rf"version {CURRENT + 1}, this server .* up to {CURRENT}"):
        migrate(set_back)

    assert tables(set_back) == before
