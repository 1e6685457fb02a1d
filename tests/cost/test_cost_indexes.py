"""What a query reads does not grow with the tables: filters use indexes, and neither offsets nor repeats cost more."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.access import Access
from ftrack_server.app import open_database
from ftrack_server.model.load import load_model
from ftrack_server.query.engine import QueryEngine, RunOptions
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.storage.engine import Database

pytestmark = pytest.mark.cost

INDEXED = (
    "Task where id is x",
    "Task where id in (x, y)",
    "Task where parent_id is x",
    "Task where parent.id in (x, y)",
    "Task where parent is x",
    "Task where project_id is x and status_id is y",
    "Task where project.name is film",
    'Task where name is "comp"',
    "Task where name in (comp, roto)",
    "Task where parent.name is sh010",
    "Task where parent.parent.name is sq010",
    "Task where status.name is Approved",
    "Task where type.name is Animation and parent.name is sh010",
    'Task where assignments any (resource.username is "emil")',
    "Task where assignments.resource_id is x",
    "TypedContext where ancestors any (id is x)",
    "TypedContext where descendants any (name is comp)",
    "Task where parent_id in (select id from Shot where name is sh010)",
    "Asset where parent.id is x",
    "AssetVersion where asset_id is x",
    "AssetVersion where asset.parent.id is x and is_latest_version is true",
    'AssetVersion where asset.name is "plate"',
    "AssetVersion where task_id is x",
    "AssetVersion where lists any (id is x)",
    "Component where version_id is x",
    "ComponentLocation where component_id is x and location_id is y",
    "Note where parent_id is x",
    "Timelog where context_id is x",
    "Timelog where user.username is emil",
    "User where username is emil",
    "User where email is x",
    "Metadata where parent_id is x and key is y",
    "Task where metadata any (key is k and value is v)",
    "CustomAttributeValue where entity_id is x",
    "ListObject where list_id is x",
    "Job where user_id is x",
    "Event where project_id is x",
    "TypedContextLink where from_id is x or to_id is x",
)

ARTIST = Access("somebody", frozenset({"contribute"}), all_open_projects=True)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    opened = open_database(Settings(database=":memory:", seed="demo"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def engine(database: Database) -> QueryEngine:
    return QueryEngine(load_model(), database.metadata)


@pytest.mark.parametrize("text", INDEXED)
@pytest.mark.parametrize("access", [None, ARTIST], ids=["administrator", "artist"])
def test_a_filter_on_an_indexed_attribute_scans_no_table(
    database: Database, engine: QueryEngine, text: str, access: Access | None
) -> None:
    key = load_model().type(text.split(maxsplit=1)[0]).key[0]
    with database.read() as connection:
        asked = engine.ask(connection, f"select {key} from {text}", RunOptions(access=access))
        statement = asked.plan.statement
        values = statement._parameters(asked.values)
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.text}", values)]

    # A list of values is a table to SQLite, as are the few hidden rows of an artist and roles of custom attributes; all
    # rows of an entity type are no less than a scan.
    small = ("VIRTUAL TABLE", "anon_", "configuration_read_role")
    lists = [step for step in steps if step.startswith("SCAN") and any(name in step for name in small)]
    scans = [step for step in steps if step.startswith("SCAN") or step.endswith("(object_type_id=?)")]
    assert scans == lists, steps


def test_pages_at_any_offset_run_the_same_statements(database: Database, engine: QueryEngine) -> None:
    def statements(offset: int) -> list[str]:
        with database.read() as connection, database.observing() as seen:
            engine.query(connection, f"select name, parent.name from Task offset {offset} limit 5")
        return list(seen)

    assert len(statements(0)) == len(statements(5)) == len(statements(20)) == 1


def test_a_text_seen_before_is_neither_parsed_nor_compiled_again(
    database: Database, engine: QueryEngine, calls_of: Callable[[Callable[[], Any]], int]
) -> None:
    text = 'select name, parent.name, status.name from Task where project.name is "film" and bid > 5 limit 500'
    with database.read() as connection:
        engine.ask(connection, text)
        calls = calls_of(lambda: engine.ask(connection, text))

    assert calls < 20


def test_a_text_of_a_known_shape_is_neither_parsed_nor_compiled(
    database: Database, engine: QueryEngine, calls_of: Callable[[Callable[[], Any]], int]
) -> None:
    text = (
        'select name, parent.name from Task where project.name is "film" and id in ("{}", "b", "c") limit {} offset {}'
    )
    with database.read() as connection:
        engine.ask(connection, text.format("a", 1, 2))
        calls = calls_of(lambda: engine.ask(connection, text.format("z", 7, 8)))

    assert calls < 80


def test_five_thousand_identifiers_are_one_statement_with_one_parameter(
    database: Database, engine: QueryEngine
) -> None:
    ids = ",".join(f'"{uuid.UUID(int=number)}"' for number in range(5000))
    with database.read() as connection, database.observing() as seen:
        page = engine.query(connection, f"select name from Task where id in ({ids})")

    assert page.rows == []
    assert len(seen) == 1
    assert len(seen[0]) < 2000
