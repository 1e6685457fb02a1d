"""Going on where a page ended: the rows are those of the offset, and what the offset passes over costs nothing."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from ftrack_server.app import open_database
from ftrack_server.model.load import load_model
from ftrack_server.query.engine import QueryEngine, RunOptions
from ftrack_server.query.places import STRIDE
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ftrack_server.storage.engine import Database

MANY = 9 * STRIDE
PAGE = 100
STEPS = 50  # of SQLite's machine, between two calls of the counter

QUERIES = ("select name from Scope", 'Scope where name like "%1%"', "select name from Scope where id > 05")
IDS = st.integers(0, 40).map(lambda number: f"{number:02}")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with contextlib.ExitStack() as stack:
        address = ":memory:"
        if request.param == "postgresql":
            address = stack.enter_context(request.getfixturevalue("postgresql").database())
        opened = stack.enter_context(contextlib.closing(open_database(Settings(database=address))))
        yield opened


@pytest.fixture
def machine(database: Database) -> Database:
    """A database that counts the steps it takes."""
    if database.dialect != "sqlite":
        pytest.skip("only SQLite tells its steps")
    return database


@pytest.fixture(scope="module")
def engine(database: Database) -> QueryEngine:
    return QueryEngine(load_model(), database.metadata)


def put(database: Database, ids: list[str]) -> None:
    scope = database.metadata.tables["scope"]
    with database.write() as connection:
        connection.execute(delete(scope))
        if ids:
            connection.execute(insert(scope), [{"id": id_, "name": f"s{id_}"} for id_ in ids])


def ids_of(connection: Connection, engine: QueryEngine, text: str) -> list[str]:
    return [row["id"] for row in engine.query(connection, text, RunOptions()).rows]


writes = st.tuples(st.sampled_from(["add", "remove", "add and take back", "look in a batch"]), IDS)
pages = st.tuples(st.just("page"), st.tuples(st.integers(0, 2), st.sampled_from([3, 5])))


@settings(max_examples=100, deadline=None)
@given(start=st.lists(IDS, unique=True, max_size=30), steps=st.lists(pages | writes, max_size=25))
def test_pages_with_writes_between_them_are_those_of_their_offsets(
    database: Database, engine: QueryEngine, start: list[str], steps: list[tuple[str, Any]]
) -> None:
    put(database, start)
    scope = database.metadata.tables["scope"]
    offsets = dict.fromkeys(range(len(QUERIES)), 0)

    for what, detail in steps:
        if what == "page":
            number, limit = detail
            text = QUERIES[number]
            with database.read() as connection:
                everything = ids_of(connection, engine, text)
                found = engine.query(connection, f"{text} offset {offsets[number]} limit {limit}")
            end = offsets[number] + limit
            assert [row["id"] for row in found.rows] == everything[offsets[number] : end]
            assert found.next_offset == (end if end < len(everything) else None)
            offsets[number] = found.next_offset or 0
            continue
        with contextlib.suppress(KeyError), database.write() as connection:
            connection.execute(delete(scope).where(scope.c.id == detail))
            if what != "remove":
                connection.execute(insert(scope), [{"id": detail, "name": f"s{detail}"}])
            if what == "look in a batch":
                everything = ids_of(connection, engine, QUERIES[0])
                assert ids_of(connection, engine, f"{QUERIES[0]} offset 3 limit 3") == everything[3:6]
                assert ids_of(connection, engine, f"{QUERIES[0]} offset 6 limit 3") == everything[6:9]
            if what not in {"add", "remove"}:
                raise KeyError(what)


def test_a_commit_between_two_pages_moves_the_second(database: Database, engine: QueryEngine) -> None:
    put(database, [f"{number:02}" for number in range(1, 12)])
    scope = database.metadata.tables["scope"]
    with database.read() as connection:
        assert ids_of(connection, engine, "select name from Scope limit 3") == ["01", "02", "03"]
    with database.write() as connection:
        connection.execute(insert(scope), [{"id": "00", "name": "first"}])

    with database.read() as connection:
        assert ids_of(connection, engine, "select name from Scope offset 3 limit 3") == ["03", "04", "05"]


def steps_of(connection: Connection, engine: QueryEngine, offset: int) -> int:
    """Return what a page takes of SQLite, in steps of its machine, and look that its rows are right."""
    driver: Any = connection.connection.driver_connection
    steps: list[int] = []
    driver.set_progress_handler(lambda: steps.append(1), STEPS)
    page = engine.query(connection, f"select name from Scope offset {offset} limit {PAGE}")
    driver.set_progress_handler(None, 0)
    assert [row["id"] for row in page.rows] == [f"{number:06}" for number in range(offset, offset + PAGE)]
    return len(steps)


def test_page_after_page_each_costs_what_the_first_does(machine: Database, engine: QueryEngine) -> None:
    put(machine, [f"{number:06}" for number in range(MANY)])
    with machine.read() as connection:
        costs = [steps_of(connection, engine, offset) for offset in range(0, MANY, PAGE)]

    assert max(costs) <= costs[0] + 2


def test_after_one_visit_far_away_a_page_anywhere_costs_what_one_near_a_place_does(
    machine: Database, engine: QueryEngine
) -> None:
    put(machine, [f"{number:06}" for number in range(MANY)])
    with machine.read() as connection:
        first = steps_of(connection, engine, 0)
        cold = steps_of(connection, engine, MANY - PAGE - 7)
        again = [steps_of(connection, engine, offset) for offset in range(MANY - PAGE, 0, -777)]

    a_row = 2 / STEPS  # what SQLite takes to pass over one, in steps of the counter
    assert cold > first + MANY * a_row / 2, "what nobody has seen is passed over, row by row"
    assert max(again) <= first + STRIDE * a_row * 2
    assert sum(again) / len(again) <= first + STRIDE * a_row


def test_where_rows_are_sorted_nothing_is_walked(database: Database, engine: QueryEngine) -> None:
    put(database, [f"{number:06}" for number in range(MANY)])
    with database.read() as connection, database.observing() as seen:
        engine.query(connection, f"select name from Scope order by name descending offset {MANY - PAGE} limit 5")
        engine.query(connection, f'select name from Scope where name like "s%" offset {MANY - PAGE} limit 5')

    in_order = MANY // STRIDE - 1
    assert len(seen) <= 2 + in_order


def test_another_order_and_another_viewer_have_places_of_their_own(database: Database, engine: QueryEngine) -> None:
    put(database, [f"{number:02}" for number in range(20)])
    with database.read() as connection:
        ids_of(connection, engine, "select name from Scope limit 5")
        down = ids_of(connection, engine, "select name from Scope order by name descending offset 5 limit 5")

    assert down == ["14", "13", "12", "11", "10"]
