"""SQL statements per query and per batch: they follow what is asked, never the number of rows."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.testing import RunningServer

    Call = Callable[..., list[Any]]

pytestmark = pytest.mark.cost

ROWS = 500

# Expression without its limit, and the statements it may cost: 1, plus 1 for each collection path, plus 1 for each kind
# of computed attribute that is gathered for all rows at once.
SHAPES = {
    "select name, bid, description, sort, created_at, status_id, type_id from Task": 1,
    "select name, parent.name, status.state.short, type.name, project.full_name from Task": 1,
    "select name, assignments.resource.username from Task": 2,
    "select children.name, children.assignments.resource.username from Shot": 3,
    "select name, metadata from Task": 2,
    "select name, custom_attributes from Task": 2,
    "select link, time_logged, thumbnail_url from Task": 4,
    "select name, parent.link, link from Task": 3,
    "select ancestors.name, notes.author.username from Task": 3,
    'select name from Task where project.name is "night_heron" and assignments any (resource.username like "%")': 1,
    'select name from Task where custom_attributes any (key is "fps" and value is 1) or parent.name is sh010': 1,
    "select name from Task order by status.sort, parent.name descending": 1,
    "select count(id), status.name from Task group by status.name": 1,
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    with ExitStack() as stack:
        database = ":memory:"
        if request.param == "postgresql":
            database = stack.enter_context(request.getfixturevalue("postgresql").database())
        yield stack.enter_context(running_server(seed="demo", database=database))


@pytest.fixture(scope="module")
def call(server: RunningServer) -> Call:
    headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}

    def send(*operations: dict[str, Any]) -> list[Any]:
        response = requests.post(f"{server.url}/api", json=list(operations), headers=headers, timeout=60)
        replies = response.json()
        assert isinstance(replies, list), replies
        return replies

    return send


@pytest.fixture(scope="module")
def filled(server: RunningServer, call: Call) -> RunningServer:
    """The demonstration data and enough tasks for a full page, each with somebody on it."""
    [shots] = call({"action": "query", "expression": "select id from Shot"})
    [people] = call({"action": "query", "expression": "select id from User"})
    operations = []
    for number in range(ROWS):
        task, shot = str(uuid.uuid4()), shots["data"][number % len(shots["data"])]["id"]
        person = people["data"][number % len(people["data"])]["id"]
        operations.append(
            {
                "action": "create",
                "entity_type": "Task",
                "entity_data": {"id": task, "name": str(number), "parent_id": shot},
            }
        )
        operations.append(
            {
                "action": "create",
                "entity_type": "Appointment",
                "entity_data": {"context_id": task, "resource_id": person, "type": "assignment"},
            }
        )
    call(*operations)
    # Configurations of custom attributes are read once and kept, which is no part of what a query costs.
    call({"action": "query", "expression": "select custom_attributes from Task limit 1"})
    return server


@pytest.mark.parametrize(("expression", "statements"), SHAPES.items())
@pytest.mark.parametrize("limit", [10, ROWS])
def test_a_query_costs_what_it_asks_for(
    filled: RunningServer, call: Call, expression: str, statements: int, limit: int
) -> None:
    with filled.counting() as traffic:
        [reply] = call({"action": "query", "expression": f"{expression} limit {limit}"})

    assert reply["data"]
    assert traffic.statements == statements, traffic.sql


@pytest.mark.parametrize("count", [10, 400])
def test_a_batch_of_creates_costs_a_bounded_number_of_statements(server: RunningServer, call: Call, count: int) -> None:
    [project] = call({"action": "query", "expression": "select id from Project"})
    parent = project["data"][0]["id"]
    marker = uuid.uuid4().hex
    shots = [str(uuid.uuid4()) for _ in range(count)]
    operations = [
        {
            "action": "create",
            "entity_type": "Shot",
            "entity_data": {"id": shot, "name": f"{marker}{number}", "parent_id": parent},
        }
        for number, shot in enumerate(shots)
    ] + [
        {"action": "create", "entity_type": "Task", "entity_data": {"name": "comp", "parent_id": shot}}
        for shot in shots
    ]

    with server.counting() as traffic:
        replies = call(*operations)

    assert len(replies) == 2 * count
    assert traffic.statements <= 25, traffic.sql


@pytest.mark.parametrize("count", [10, 400])
def test_a_batch_of_updates_costs_a_bounded_number_of_statements(filled: RunningServer, call: Call, count: int) -> None:
    [tasks] = call({"action": "query", "expression": f"select id from Task limit {count}"})
    [statuses] = call({"action": "query", "expression": 'select id from Status where name is "Approved"'})
    operations = [
        {
            "action": "update",
            "entity_type": "Task",
            "entity_key": [task["id"]],
            "entity_data": {"status_id": statuses["data"][0]["id"]},
        }
        for task in tasks["data"]
    ]

    with filled.counting() as traffic:
        call(*operations)

    assert traffic.statements <= 10, traffic.sql
