"""Servers that share a database work with the data model as the last of them has left it, from the next batch on."""

from __future__ import annotations

import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from ftrack_server.api.edition import Editions
from ftrack_server.model.load import load_model
from ftrack_server.storage.engine import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.operations.conftest import ServerProcess, Site


@pytest.fixture
def pair(site: Site) -> tuple[ServerProcess, ServerProcess]:
    """Two processes that serve one database."""
    return site.serve(), site.serve()


def create(entity_type: str, /, **data: Any) -> dict[str, Any]:
    return {"action": "create", "entity_type": entity_type, "entity_data": data}


def schema_ids(server: ServerProcess) -> set[str]:
    [schemas] = server.call({"action": "query_schemas"})
    return {schema["id"] for schema in schemas}


def schema_hash(server: ServerProcess) -> str:
    return str(server.call({"action": "query_server_information"})[0]["schema_hash"])


def test_an_object_type_made_by_one_server_is_known_to_the_other_at_once(
    pair: tuple[ServerProcess, ServerProcess],
) -> None:
    first, second = pair
    before = schema_hash(second)
    type_id = str(uuid.uuid4())

    first.call(create("ObjectType", id=type_id, name="Storm", is_time_reportable=True))

    assert "Storm" in schema_ids(second)
    assert schema_hash(second) == schema_hash(first) != before
    [schema] = second.query('select id from ProjectSchema where name is "VFX"')
    project = create("Project", id="p", name="p", full_name="p", project_schema_id=schema["id"])
    second.call(project, create("Storm", id="storm", name="one", parent_id="p"))
    assert [row["name"] for row in first.query("select name from Storm")] == ["one"]

    second.call({"action": "delete", "entity_type": "Storm", "entity_key": ["storm"]})
    second.call({"action": "delete", "entity_type": "ObjectType", "entity_key": [type_id]})
    assert "Storm" not in schema_ids(first)


def test_a_custom_attribute_declared_by_one_server_is_known_to_the_other_at_once(
    pair: tuple[ServerProcess, ServerProcess],
) -> None:
    first, second = pair
    [user] = second.query("select id, custom_attributes from User")
    [kind] = first.query('select id from CustomAttributeType where name is "text"')
    declaration = create(
        "CustomAttributeConfiguration",
        id="c",
        key="desk",
        label="Desk",
        entity_type="user",
        type_id=kind["id"],
        default="none",
        config='{"markdown": false}',
    )

    def desks(server: ServerProcess) -> list[str]:
        [row] = server.query("select custom_attributes from User")
        return [item["value"] for item in row["custom_attributes"] if item["key"] == "desk"]

    assert (desks(first), desks(second)) == ([], [])
    first.call(declaration)
    assert desks(second) == ["none"]
    second.call(create("UserCustomAttributeValue", configuration_id="c", entity_id=user["id"], value="west"))
    assert (desks(first), desks(second)) == (["west"], ["west"])
    second.call({"action": "delete", "entity_type": "CustomAttributeConfiguration", "entity_key": ["c"]})
    assert (desks(first), desks(second)) == ([], [])


def test_a_key_revoked_through_one_server_is_refused_by_the_other(site: Site) -> None:
    first, second = site.serve(), site.serve()
    [key] = first.query("select id from ApiKey")

    assert second.call() == []
    first.call({"action": "delete", "entity_type": "ApiKey", "entity_key": [key["id"]]})
    while (answer := second.post().json()) == []:  # for half a second at most
        pass

    assert answer["error_code"] == "api_credentials_invalid"


class Servers:
    """What two servers of a database know of its data model."""

    def __init__(self, first: Database, second: Database) -> None:
        self.first, self.second = first, second
        self.editions = [Editions(database, load_model()) for database in (first, second)]

    def change(self, name: str) -> None:
        """Add an object type through the first."""
        types = self.first.metadata.tables["object_type"]
        with self.first.write() as connection:
            connection.execute(types.insert(), {"id": name, "name": name})
            self.first.advance_edition(connection)


@pytest.fixture
def servers(site: Site) -> Iterator[Servers]:
    with (
        closing(Database.open(site.address, load_model())) as first,
        closing(Database.open(site.address, load_model())) as second,
    ):
        yield Servers(first, second)


def test_a_transaction_works_with_the_data_model_it_began_with(servers: Servers) -> None:
    known = servers.editions[1]
    with servers.second.read() as old:
        before = known.at(old)
        servers.change("Storm")
        with servers.second.read() as new:
            after = known.at(new)

        assert "Storm" in after.model.types
        assert "Storm" not in before.model.types
        assert "Storm" not in known.at(old).model.types
    assert known.current is after


def test_a_change_that_is_rolled_back_is_none(servers: Servers) -> None:
    def fail() -> None:
        with servers.first.write() as connection:
            servers.first.advance_edition(connection)
            message = "half way"
            raise RuntimeError(message)

    before = servers.editions[1].current
    with pytest.raises(RuntimeError, match="half way"):
        fail()

    with servers.second.read() as connection:
        assert servers.editions[1].at(connection) is before


@pytest.mark.cost
def test_looking_whether_the_data_model_changed_costs_one_look_up_or_none(servers: Servers) -> None:
    texts: list[str] = []
    engine = servers.second._backend.reader

    def seen(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        texts.append(statement)

    with servers.second.read() as connection:
        event.listen(engine, "before_cursor_execute", seen)
        servers.editions[1].at(connection)
        event.remove(engine, "before_cursor_execute", seen)

    if servers.second.dialect == "sqlite":
        assert texts == ["PRAGMA user_version"]
    else:
        assert len(texts) == 1
        assert "server_state WHERE name" in texts[0]
