"""Filters by project: pages cost the same in large and small projects, and names that several have find all of them."""

from __future__ import annotations

import contextlib
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.app import open_database
from ftrack_server.model.load import load_model
from ftrack_server.query.engine import QueryEngine
from ftrack_server.settings import Settings
from ftrack_server.storage import records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ftrack_server.storage.engine import Database

LARGE, SMALL, TWIN = "large", "small", "Twin"
TASKS = {LARGE: 12_000, SMALL: 7, "twin-1": 30, "twin-2": 40, "bare": 0}
NAMES = {LARGE: "big", SMALL: "little", "twin-1": TWIN, "twin-2": TWIN.lower(), "bare": "bare"}
STEPS = 200
"""Steps of SQLite's machine between two calls of the counter."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with contextlib.ExitStack() as stack:
        address = ":memory:"
        if request.param == "postgresql":
            address = stack.enter_context(request.getfixturevalue("postgresql").database())
        opened = stack.enter_context(contextlib.closing(open_database(Settings(database=address))))
        fill(opened)
        opened.refresh_statistics()
        yield opened


def fill(database: Database) -> None:
    tables = database.metadata.tables
    with database.write() as connection:
        kinds = {row.name: row.id for row in connection.execute(tables["object_type"].select())}
        states = [row.id for row in connection.execute(tables["status"].select())]
        rows: list[dict[str, Any]] = [
            {"id": project, "name": NAMES[project], "context_type": "show", "project_id": project} for project in TASKS
        ]
        rows += [
            {"id": f"{project} {number // 8}", "name": f"shot{number // 8}", "context_type": "task",
             "object_type_id": kinds["Shot"], "project_id": project, "parent_id": project}
            for project, count in TASKS.items()
            for number in range(0, count, 8)
        ]  # fmt: skip
        for project, count in TASKS.items():
            rows += [
                {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{project} {number}")),
                 "name": f"task{number}", "context_type": "task", "object_type_id": kinds["Task"],
                 "project_id": project, "parent_id": f"{project} {number // 8}",
                 "status_id": states[number % 2], "bid": float(number), "description": "x" * 60}
                for number in range(count)
            ]  # fmt: skip
        records.insert(connection, tables["context"], rows)


@pytest.fixture(scope="module")
def engine(database: Database) -> QueryEngine:
    return QueryEngine(load_model(), database.metadata)


def expected(connection: Connection, *projects: str) -> list[str]:
    listed = ", ".join(f"'{project}'" for project in projects)
    found = connection.exec_driver_sql(
        f"SELECT id FROM context WHERE project_id IN ({listed}) AND name LIKE 'task%%' ORDER BY id"
    )
    return [str(key) for key in found.scalars()]


CASES = [
    ("project.name is big", [LARGE]),
    ("project.name is LITTLE", [SMALL]),
    ("project.name is twin", ["twin-1", "twin-2"]),
    ("project.name is bare", ["bare"]),
    ("project.name is nothing", ["bare"]),
    ("project.id is small", [SMALL]),
    ("project_id is large", [LARGE]),
    ("project is small and bid >= 0", [SMALL]),
    ('project.name is twin and status.name like "%"', ["twin-1", "twin-2"]),
    ("project.name is little or project.name is twin", [SMALL, "twin-1", "twin-2"]),
    ("project.name is_not big", [SMALL, "twin-1", "twin-2"]),
    ('project.name is twin and name like "task%"', ["twin-1", "twin-2"]),
]


@pytest.mark.parametrize(("where", "projects"), CASES, ids=[where for where, _ in CASES])
@pytest.mark.parametrize("page", [5, 50])
def test_pages_hold_the_tasks_of_every_project_that_is_meant(
    database: Database, engine: QueryEngine, where: str, projects: list[str], page: int
) -> None:
    with database.read() as connection:
        wanted = expected(connection, *projects)[: 4 * page]
        found: list[str] = []
        offset: int | None = 0
        for _ in range(len(wanted) // page + 1):
            answer = engine.query(connection, f"select name from Task where {where} offset {offset} limit {page}")
            found += [row["id"] for row in answer.rows]
            offset = answer.next_offset
            if offset is None:
                break
        assert found[: len(wanted)] == wanted
        if len(wanted) < 4 * page:
            assert offset is None
            assert found == wanted
        past = f"select name from Task where {where} offset {sum(TASKS.values())} limit {page}"
        assert engine.query(connection, past).rows == []


def test_numbers_of_tasks_count_those_of_all_projects_of_a_name(database: Database, engine: QueryEngine) -> None:
    with database.read() as connection:
        [row] = engine.query(connection, "select count(id) from Task where project.name is twin").rows

    assert row["count_id"] == TASKS["twin-1"] + TASKS["twin-2"]


@pytest.mark.parametrize(
    "where",
    [
        "project_id is {id}",
        "project.name is {name}",
        "project.id is {id}",
        "project.name is {name} and status.name like '%'",
        "project.name is {name} and bid >= 0",
    ],
)
def test_a_page_costs_the_same_in_a_large_project_a_small_one_and_one_that_is_not_there(
    database: Database, engine: QueryEngine, where: str
) -> None:
    if database.dialect != "sqlite":
        pytest.skip("only SQLite tells its steps")
    costs = {}
    with database.read() as connection:
        driver: Any = connection.connection.driver_connection
        for id_, name in ((LARGE, "big"), (SMALL, "little"), ("gone", "gone")):
            counted: list[int] = []
            text = f"select name from Task where {where.format(id=id_, name=name)} limit 5"
            driver.set_progress_handler(lambda counted=counted: counted.append(1), STEPS)
            engine.query(connection, text)
            driver.set_progress_handler(None, 0)
            costs[name] = len(counted)

    assert max(costs.values()) <= 3, costs


def test_what_tells_better_where_to_look_goes_before_the_project(database: Database, engine: QueryEngine) -> None:
    if database.dialect != "sqlite":
        pytest.skip("how PostgreSQL goes about it depends on what it has counted")
    with database.read() as connection:
        for more in ("name is task5", "parent_id is large", "id is x", "parent.name is shot3"):
            asked = engine.ask(connection, f"select name from Task where project.name is big and {more} limit 5")
            assert not asked.plan.anchors
            text = f"EXPLAIN QUERY PLAN {asked.plan.statement.text}"
            steps = [row[3] for row in connection.exec_driver_sql(text, asked.plan.statement._parameters(asked.values))]
            assert not any("project_id=?" in step or "SCAN context" in step for step in steps), (more, steps)
