"""What a filter on an indexed attribute takes does not grow with the tables, with statistics of them and without."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.app import open_database
from ftrack_server.model.load import load_model
from ftrack_server.query.engine import QueryEngine
from ftrack_server.settings import Settings
from ftrack_server.storage import records

if TYPE_CHECKING:
    from ftrack_server.storage.engine import Database

pytestmark = pytest.mark.cost

SIZES = (1_000, 8_000)
"""Tasks, eight to a shot; a new file is counted between the two."""
PER_SHOT = 8
PEOPLE = [f"p{number}" for number in range(30)]
STEPS = 100
"""Steps of SQLite's machine between two calls of the counter."""
FILTERS = (
    "Task where id is {task}",
    "Task where id in ({task}, x, y)",
    "Task where parent_id is {shot}",
    "Task where parent.name is shot5",
    "Task where name is task77",
    "Task where project.name is film",
    "Task where project.name is film and name is task77",
    "Task where project_id is film",
    "Task where project.name is gone",
    "Task where parent.name is shot5 and project.name is film and object_type.name is Task",
    "Task where assignments any (resource.username is kim)",
    "Task where ancestors any (id is {shot})",
    "Shot where children any (name is task77)",
    "TypedContext where id is {shot}",
    "Asset where parent.id is {shot}",
)


def key(kind: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {number}"))


def grow(database: Database, start: int, end: int) -> None:
    """Add the tasks of a range with what belongs to them; somebody is on the first ten."""
    tables = database.metadata.tables
    with database.write() as connection:
        kinds = {row.name: row.id for row in connection.execute(tables["object_type"].select())}
        facts = {"context_type": "task", "project_id": "film", "description": "x" * 200}
        shots = [
            {"id": key("shot", number), "name": f"shot{number}", "parent_id": "film", "object_type_id": kinds["Shot"]}
            for number in range(start // PER_SHOT, end // PER_SHOT)
        ]
        tasks = [
            {"id": key("task", number), "name": f"task{number}", "parent_id": key("shot", number // PER_SHOT),
             "object_type_id": kinds["Task"]}
            for number in range(start, end)
        ]  # fmt: skip
        records.insert(connection, tables["context"], [{**row, **facts} for row in (*shots, *tasks)])
        above = [(row["id"], row["id"], 0) for row in (*shots, *tasks)]
        above += [(row["id"], row["parent_id"], 1) for row in (*shots, *tasks)]
        above += [(row["id"], "film", 2) for row in tasks]
        records.insert(
            connection,
            tables["context_path"],
            [{"descendant_id": below, "ancestor_id": over, "depth": depth} for below, over, depth in above],
        )
        on = [
            {"id": key("on", number), "context_id": key("task", number), "type": "assignment",
             "resource_id": "kim" if number < 10 else PEOPLE[number % len(PEOPLE)]}
            for number in range(start, end)
        ]  # fmt: skip
        records.insert(connection, tables["appointment"], on)


def steps(database: Database, engine: QueryEngine) -> dict[str, int]:
    """Return what a page of each filter takes of SQLite."""
    found = {}
    with database.read() as connection:
        driver: Any = connection.connection.driver_connection
        for text in FILTERS:
            counted: list[int] = []
            query = f"select id from {text.format(task=key('task', 3), shot=key('shot', 5))} limit 5"
            engine.query(connection, query)
            driver.set_progress_handler(lambda counted=counted: counted.append(1), STEPS)
            engine.query(connection, query)
            driver.set_progress_handler(None, 0)
            found[text] = len(counted)
    return found


def test_filters_on_indexed_attributes_take_the_same_in_tables_eight_times_as_large() -> None:
    database = open_database(Settings(database=":memory:"))
    try:
        engine = QueryEngine(load_model(), database.metadata)
        tables = database.metadata.tables
        with database.write() as connection:
            film = {"id": "film", "name": "film", "context_type": "show", "project_id": "film"}
            records.insert(connection, tables["context"], [film])
            people = [{"id": name, "username": name, "resource_type": "user"} for name in ("kim", *PEOPLE)]
            records.insert(connection, tables["resource"], people)
        grow(database, 0, SIZES[0])
        small = steps(database, engine)
        grow(database, *SIZES)
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_stat1").scalar(), "nobody has counted"
        large = steps(database, engine)
    finally:
        database.close()

    grown = {text: (small[text], large[text]) for text in FILTERS if large[text] > small[text] + 3}
    assert grown == {}
    assert max(large.values()) < 20
