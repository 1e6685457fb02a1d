"""``ftrack.update``: what a batch has done, told after it is committed, in the words that listeners know."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.administration import add_user, create_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.testing import RunningServer


class Studio:
    """The server with a listener, and calls to its API."""

    def __init__(self, server: RunningServer, client: Any) -> None:
        self.server = server
        self.client = client
        self.client.subscribe("topic=ftrack.update or topic=end")

    def call(self, *operations: dict[str, Any], **headers: str) -> Any:
        """Send a batch; return the replies, or the fault."""
        known = {"ftrack-user": self.server.api_user, "ftrack-api-key": self.server.api_key}
        response = requests.post(f"{self.server.url}/api", json=operations, headers={**known, **headers}, timeout=60)
        return response.json()

    def find(self, expression: str) -> dict[str, Any]:
        """Return the first entity of a query."""
        [reply] = self.call({"action": "query", "expression": f"{expression} limit 1"})
        return reply["data"][0]

    def events(self, client: Any = None) -> list[dict[str, Any]]:
        """Return the events so far."""
        self.call(_create("User", username=f"end-{uuid.uuid4().hex}"))
        found = []
        while True:
            event = (client or self.client).event()
            entities = event["data"].get("entities", [])
            if any(str(e["changes"].get("username", {}).get("new", "")).startswith("end-") for e in entities):
                return found
            found.append(event)

    def entities(self) -> list[dict[str, Any]]:
        """Return the entities of the only event so far."""
        [event] = self.events()
        return event["data"]["entities"]


@pytest.fixture
def studio(run_server: Any, client_of: Callable[..., Any]) -> Iterator[Studio]:
    with run_server(seed="demo") as server:
        yield Studio(server, client_of(server))


def test_a_status_change_is_told_with_names_of_the_backend_and_the_way_up(studio: Studio) -> None:
    task = studio.find("select id, status_id, parent_id, project_id, object_type_id from Task")
    status = studio.find('select id from Status where name is "Omitted"')["id"]

    studio.call(
        _update("Task", task["id"], status_id=status), **{"ftrack-clienttoken": "t-1", "ftrack-pushtoken": "p-1"}
    )
    [event] = studio.events()
    [entity] = event["data"]["entities"]

    assert set(event) == {"id", "topic", "data", "target", "sent", "source", "inReplyToEvent"}
    assert (event["topic"], event["target"], event["inReplyToEvent"]) == ("ftrack.update", "", None)
    assert (event["source"]["id"], event["source"]["clientToken"]) == ("t-1", "t-1")
    assert event["source"]["user"]["username"] == studio.server.api_user
    assert (event["data"]["clientToken"], event["data"]["pushToken"]) == ("t-1", "p-1")
    assert event["data"]["user"] == {"userid": event["source"]["user"]["id"], "name": "Ada Okafor"}
    assert {
        name: entity[name] for name in ("entityType", "entity_type", "entityId", "parentId", "objectTypeId", "action")
    } == {
        "entityType": "task",
        "entity_type": "Task",
        "entityId": task["id"],
        "parentId": task["parent_id"],
        "objectTypeId": task["object_type_id"],
        "action": "update",
    }
    assert entity["keys"] == ["statusid"]
    assert entity["changes"] == {"statusid": {"old": task["status_id"], "new": status}}
    parents = entity["parents"]
    assert parents[0] == {
        "entityId": task["id"],
        "entityType": "task",
        "entity_type": "Task",
        "parentId": task["parent_id"],
    }
    assert parents[-1] == {
        "entityId": task["project_id"],
        "entityType": "show",
        "entity_type": "Project",
        "parentId": None,
    }
    assert [step["parentId"] for step in parents[:-1]] == [step["entityId"] for step in parents[1:]]
    assert event["data"]["parents"] == [step["entityId"] for step in parents]


def test_an_addition_and_its_removal_tell_every_value(studio: Studio) -> None:
    shot = studio.find("select id from Shot")["id"]
    task = str(uuid.uuid4())

    studio.call(_create("Task", id=task, name="rotoscoping", parent_id=shot))
    studio.call({"action": "delete", "entity_type": "Task", "entity_key": [task]})
    added, removed = (event["data"]["entities"][0] for event in studio.events())

    assert (added["action"], added["changes"]["name"]) == ("add", {"old": None, "new": "rotoscoping"})
    assert (removed["action"], removed["changes"]["name"]) == ("remove", {"old": "rotoscoping", "new": None})
    assert [step["entityId"] for step in removed["parents"]] == [step["entityId"] for step in added["parents"]]
    assert added["parents"][-1]["entityType"] == removed["parents"][-1]["entityType"] == "show"
    for entity in (added, removed):
        values = [value for change in entity["changes"].values() for value in change.values()]
        assert all(value is None or isinstance(value, str) for value in values)


def test_a_move_is_told_as_one(studio: Studio) -> None:
    shot = studio.find("select id, parent_id from Shot")
    other = studio.find(f'select id from Sequence where id is_not "{shot["parent_id"]}"')["id"]

    studio.call(_update("Shot", shot["id"], parent_id=other, name="moved"))
    moved = next(entity for entity in studio.entities() if entity["entityId"] == shot["id"])

    assert (moved["action"], moved["parentId"]) == ("move", other)
    assert moved["changes"]["parent_id"] == {"old": shot["parent_id"], "new": other}
    assert moved["parents"][1]["entityId"] == other
    assert "name" in moved["keys"]


@pytest.mark.parametrize(
    ("kind", "named", "way"),
    [
        ("Asset", "asset", ["asset", "task"]),
        ("AssetVersion", "assetversion", ["assetversion", "asset", "task"]),
        ("User", "user", ["user"]),
        ("Timelog", "timelog", ["timelog", "task"]),
        ("Note", "note", ["note"]),
    ],
)
def test_other_entities_have_their_names_and_ways(studio: Studio, kind: str, named: str, way: list[str]) -> None:
    entity = studio.find(f"select id from {kind}")
    data = {"Asset": "name", "User": "first_name", "Note": "content"}
    values: dict[str, Any] = {data[kind]: "changed"} if kind in data else {"comment": "changed"}

    studio.call(_update(kind, entity["id"], **values))
    told = next(item for item in studio.entities() if item["entityId"] == entity["id"])

    assert (told["entityType"], told["action"]) == (named, "update")
    kinds = [step["entityType"] for step in told["parents"]]
    assert kinds[: len(way)] == way
    assert kinds[-1] == ("user" if kind == "User" else "show")


def test_what_lies_in_a_container_is_where_the_container_is(studio: Studio) -> None:
    version = studio.find("select id from AssetVersion")["id"]
    place = studio.find('select id from Location where name is "ftrack.unmanaged"')["id"]
    studio.call(
        _create("ContainerComponent", id="box", version_id=version),
        _create("SequenceComponent", id="frames", container_id="box"),
        _create("FileComponent", id="frame", container_id="frames"),
        _create("ComponentLocation", id="held", component_id="frame", location_id=place),
        _create("Metadata", parent_id="frame", parent_type="FileComponent", key="k", value="v"),
    )

    ways = {entity["entityId"]: [step["entityId"] for step in entity["parents"]] for entity in studio.entities()}

    project = ways["box"][-1]
    for id_ in ("frames", "frame", "held"):
        assert {"box", version} <= set(ways[id_])
        assert ways[id_][-1] == project
    assert all(way[-1] == project for way in ways.values())


def test_custom_attributes_are_told_under_their_key_on_their_owner(studio: Studio) -> None:
    declared = studio.find(
        "select id, key, default from CustomAttributeConfiguration"
        ' where entity_type is task and type.name is "number" and is_hierarchical is False'
    )
    [reply] = studio.call({"action": "query", "expression": "select id, custom_attributes from TypedContext limit 400"})
    owner = next(
        row["id"]
        for row in reply["data"]
        if any(item["configuration_id"] == declared["id"] for item in row["custom_attributes"])
    )
    key = {"configuration_id": declared["id"], "entity_id": owner}
    data = {**key, "value": 42}

    studio.call(
        {
            "action": "update",
            "entity_type": "ContextCustomAttributeValue",
            "entity_key": list(key.values()),
            "entity_data": data,
        }
    )
    [entity] = studio.entities()

    assert (entity["entityId"], entity["action"], entity["keys"]) == (owner, "update", [declared["key"]])
    assert entity["changes"][declared["key"]]["new"] == "42"
    assert entity["parents"][-1]["entityType"] == "show"


def test_one_batch_is_one_event_and_in_order(studio: Studio) -> None:
    shot = studio.find("select id from Shot")["id"]
    names = [f"task {number}" for number in range(5)]

    for name in names:
        studio.call(*(_create("Task", name=f"{name}{part}", parent_id=shot) for part in "ab"))
    events = studio.events()

    told = [[entity["changes"]["name"]["new"] for entity in event["data"]["entities"]] for event in events]
    assert told == [[f"{name}a", f"{name}b"] for name in names]
    assert len({event["id"] for event in events}) == 5


def test_what_comes_to_nothing_or_is_rolled_back_is_not_told(studio: Studio) -> None:
    task = studio.find("select id, name, parent_id from Task")
    created = str(uuid.uuid4())

    studio.call(_update("Task", task["id"], name=task["name"]))
    studio.call(
        _create("Task", id=created, name="short-lived", parent_id=task["parent_id"]),
        {"action": "delete", "entity_type": "Task", "entity_key": [created]},
    )
    fault = studio.call(_update("Task", task["id"], name="lost"), _update("Task", "missing", name="x"))
    studio.call({"action": "query", "expression": "select id from Task limit 1"})

    assert "exception" in fault
    assert studio.events() == []


def test_a_row_that_is_written_several_times_is_told_once(studio: Studio) -> None:
    task = studio.find("select id, name, description from Task")

    studio.call(
        _update("Task", task["id"], name="first", description="kept"),
        {"action": "query", "expression": "select id from Task limit 1"},
        _update("Task", task["id"], name="second"),
    )
    [entity] = studio.entities()

    assert entity["changes"]["name"] == {"old": task["name"], "new": "second"}
    assert entity["changes"]["description"]["new"] == "kept"


def test_secrets_and_private_projects_stay_with_those_who_may_see_them(
    studio: Studio, client_of: Callable[..., Any]
) -> None:
    server = studio.server
    add_user(server.database, "guest", {})
    key = create_key(server.database, "guest", "Tests").secret
    role = studio.find('select id from SecurityRole where name is "User"')["id"]
    guest = studio.find('select id from User where username is "guest"')["id"]
    studio.call({"action": "add_user_security_role", "user_id": guest, "role_id": role})
    open_project = studio.find("select id from Project where is_private is False")["id"]
    schema = studio.find("select id from ProjectSchema")["id"]
    hidden = str(uuid.uuid4())
    studio.call(
        {"action": "grant_user_security_role_project", "user_id": guest, "role_id": role, "project_id": open_project}
    )
    studio.call(
        _create("Project", id=hidden, name="secret", full_name="Secret", is_private=True, project_schema_id=schema)
    )
    studio.events()  # what was done so far has been sent
    listener = client_of(server, api_user="guest", api_key=key)
    listener.subscribe("topic=ftrack.update")

    studio.call(_update("Project", hidden, full_name="More secret"))
    studio.call(_update("Project", hidden, full_name="Most secret"), _update("Project", open_project, full_name="Open"))
    seen = studio.events(listener)

    assert [[entity["entityId"] for entity in event["data"]["entities"]] for event in seen] == [[open_project]]
    assert "ecret" not in json.dumps(seen)


def _update(kind: str, key: str, **data: Any) -> dict[str, Any]:
    return {"action": "update", "entity_type": kind, "entity_key": [key], "entity_data": data}


def _create(kind: str, **data: Any) -> dict[str, Any]:
    return {"action": "create", "entity_type": kind, "entity_data": data}


def test_roles_and_jobs_made_by_actions_are_told(studio: Studio) -> None:
    user = studio.find("select id from User")["id"]
    role = studio.find('select id from SecurityRole where name is "Project Manager"')["id"]
    project = studio.find("select id from Project")["id"]
    who = {"user_id": user, "role_id": role}

    studio.call({"action": "grant_user_security_role_project", **who, "project_id": project})
    studio.call({"action": "remove_user_security_role", **who})
    studio.call({"action": "delayed_job", "job_type": "SYNC_USERS_LDAP"})
    granted, removed, job = (
        [(e["action"], e["entity_type"]) for e in event["data"]["entities"]] for event in studio.events()
    )

    assert ("add", "UserSecurityRoleProject") in granted
    assert set(removed) == {("remove", "UserSecurityRoleProject"), ("remove", "UserSecurityRole")}
    assert job == [("add", "Job")]


def test_a_very_large_batch_comes_in_several_events(studio: Studio) -> None:
    parent = studio.find("select id from Shot")["id"]

    studio.call(*(_create("Task", name=f"task {number}", parent_id=parent) for number in range(2100)))
    told = [[e for e in event["data"]["entities"] if e["action"] == "add"] for event in studio.events()]

    names = [entity["changes"]["name"]["new"] for entities in told for entity in entities]
    assert [len(entities) for entities in told][:2] == [1000, 1000]
    assert names == [f"task {number}" for number in range(2100)]
