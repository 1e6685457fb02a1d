"""Who sees and does what: roles against families of entities, with rows hidden from queries and writes refused."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.administration import create_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.testing import RunningServer

    Call = Callable[..., Any]

ROLES = ("Administrator", "Project Manager", "User", "Restricted User")


class Site:
    """A site with an open and a private project, and one person for each role."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.admin = self.caller(server.api_user, server.api_key)
        schema = self.one("ProjectSchema where name is VFX")["id"]
        for name, private in (("open", False), ("private", True)):
            self.make("Project", id=name, name=name, full_name=name, project_schema_id=schema, is_private=private)
            self.make("Shot", id=f"{name}-shot", name="sh010", parent_id=name)
            self.make("Task", id=f"{name}-task", name="comp", parent_id=f"{name}-shot")
            self.make("Asset", id=f"{name}-asset", name="plate", context_id=f"{name}-shot")
            self.make("AssetVersion", id=f"{name}-version", asset_id=f"{name}-asset")
            self.make("FileComponent", id=f"{name}-component", name="main", version_id=f"{name}-version")
            self.make("Note", id=f"{name}-note", content="x", parent_id=f"{name}-task", parent_type="Task")
            self.make("Metadata", parent_id=f"{name}-task", parent_type="Task", key="k", value="v")
        self.callers: dict[str, Call] = {}
        for role in ROLES:
            username = role.lower().replace(" ", "")
            self.make("User", id=username, username=username, is_active=True)
            role_id = self.one(f'SecurityRole where name is "{role}"')["id"]
            default = self.one('SecurityRole where name is "User"')["id"]
            if role_id != default:
                self.admin(
                    {
                        "action": "update_user_security_role",
                        "user_id": username,
                        "role_id": default,
                        "new_role_id": role_id,
                    }
                )
            self.callers[role] = self.caller(username, create_key(server.database, username, "tests").secret)

    def caller(self, username: str, secret: str) -> Call:
        def call(*operations: dict[str, Any]) -> Any:
            headers = {"ftrack-user": username, "ftrack-api-key": secret}
            response = requests.post(f"{self.server.url}/api", json=list(operations), headers=headers, timeout=30)
            return response.json()

        return call

    def one(self, expression: str) -> dict[str, Any]:
        [row] = self.admin({"action": "query", "expression": expression})[0]["data"]
        return row

    def make(self, entity_type: str, **data: Any) -> None:
        reply = self.admin({"action": "create", "entity_type": entity_type, "entity_data": data})
        assert isinstance(reply, list), reply

    def ids(self, role: str, expression: str) -> set[str]:
        reply = self.callers[role]({"action": "query", "expression": expression})
        assert isinstance(reply, list), reply
        return {row.get("id") or row["parent_id"] for row in reply[0]["data"]}


@pytest.fixture
def site(run_server: Any) -> Iterator[Site]:
    with run_server() as server:
        yield Site(server)


FAMILIES = ("Project", "Shot", "Task", "Asset", "AssetVersion", "FileComponent", "Note")
SUFFIX = {"Project": "", "Shot": "-shot", "Task": "-task", "Asset": "-asset", "AssetVersion": "-version",
          "FileComponent": "-component", "Note": "-note"}  # fmt: skip


def test_a_private_project_is_hidden_with_all_that_is_in_it(site: Site) -> None:
    for family in FAMILIES:
        everything = {f"open{SUFFIX[family]}", f"private{SUFFIX[family]}"}
        assert site.ids("Administrator", family) == everything
        assert site.ids("Project Manager", family) == {f"open{SUFFIX[family]}"}, family
        assert site.ids("User", family) == {f"open{SUFFIX[family]}"}, family
    assert site.ids("User", "Metadata") == {"open-task"}
    assert site.ids("User", "TypedContext") == {"open-shot", "open-task"}
    assert site.ids("User", 'User where username is "user"') == {"user"}


def test_hidden_rows_show_neither_through_relations_nor_through_criteria(site: Site) -> None:
    site.admin({"action": "create", "entity_type": "AssetVersionLink",
                "entity_data": {"from_id": "private-version", "to_id": "open-version"}})  # fmt: skip
    call = site.callers["User"]

    [reply] = call(
        {"action": "query", "expression": "select uses_versions.comment, incoming_links.from.comment from AssetVersion"}
    )
    [version] = reply["data"]
    assert version["uses_versions"] == []
    assert version["incoming_links"] == []
    assert site.ids("User", 'AssetVersion where uses_versions any (id is "private-version")') == set()
    assert site.ids("User", "AssetVersion where id in (select id from AssetVersion)") == {"open-version"}
    [groups] = call({"action": "query", "expression": "select count(id) from Task"})
    assert groups["data"] == [{"count_id": 1}]


def test_a_grant_opens_a_private_project(site: Site) -> None:
    role = site.one('SecurityRole where name is "User"')["id"]
    site.admin(
        {"action": "grant_user_security_role_project", "user_id": "user", "role_id": role, "project_id": "private"}
    )

    assert site.ids("User", "Task") == {"open-task", "private-task"}

    site.admin(
        {"action": "revoke_user_security_role_project", "user_id": "user", "role_id": role, "project_id": "private"}
    )
    assert site.ids("User", "Task") == {"open-task"}


def test_whoever_is_restricted_sees_what_they_are_assigned_to_and_what_leads_there(site: Site) -> None:
    assert site.ids("Restricted User", "TypedContext") == set()
    site.make("Appointment", context_id="open-task", resource_id="restricteduser", type="assignment")

    assert site.ids("Restricted User", "Context") == {"open", "open-shot", "open-task"}
    assert site.ids("Restricted User", "Note") == {"open-note"}
    assert site.ids("Restricted User", "Asset") == {"open-asset"}


def create(entity_type: str, **data: Any) -> dict[str, Any]:
    return {"action": "create", "entity_type": entity_type, "entity_data": {"id": str(uuid.uuid4()), **data}}


def update(entity_type: str, key: str, **data: Any) -> dict[str, Any]:
    return {"action": "update", "entity_type": entity_type, "entity_key": [key], "entity_data": data}


def delete(entity_type: str, key: str) -> dict[str, Any]:
    return {"action": "delete", "entity_type": entity_type, "entity_key": [key]}


# What is tried, and from which role on it is allowed: an index into the roles from the most to the least powerful.
WRITES: list[tuple[dict[str, Any], int]] = [
    (create("Status", name="New", is_active=True), 0),
    (create("User", username="new"), 0),
    (update("User", "administrator", first_name="x"), 0),
    (create("ObjectType", name="Slate"), 0),
    (create("CustomAttributeGroup", name="New"), 0),
    (update("Project", "open", full_name="x"), 1),
    (delete("Project", "open"), 1),
    (delete("Task", "open-task"), 1),
    (delete("AssetVersion", "open-version"), 1),
    (delete("Note", "open-note"), 1),
    (create("Location", name="somewhere"), 1),
    (create("Task", name="roto", parent_id="open-shot"), 2),
    (update("Task", "open-task", description="x"), 2),
    (create("AssetVersion", asset_id="open-asset"), 2),
    (create("Note", content="x", parent_id="open-task", parent_type="Task"), 2),
    (create("Timelog", context_id="open-task", duration=5), 2),
    (create("Scope", name="London"), 2),
    (create("FileComponent", name="main", version_id="open-version"), 2),
    (create("Job", status="queued"), 2),
    (update("Task", "private-task", description="x"), 0),
    (create("Task", name="roto", parent_id="private-shot"), 0),
    (create("AssetVersion", asset_id="private-asset"), 0),
    (create("FileComponent", name="main", version_id="private-version"), 0),
    (create("Note", content="x", parent_id="private-task", parent_type="Task"), 0),
    (create("Metadata", parent_id="private-task", parent_type="Task", key="new", value="x"), 0),
    (delete("Task", "private-task"), 0),
    (update("Task", "open-task", parent_id="private-shot", name="moved"), 0),
]


@pytest.mark.parametrize("role", ROLES[:3])
def test_a_role_may_write_what_its_rights_allow_and_nothing_else(site: Site, role: str) -> None:
    rank = ROLES.index(role)
    for operation, allowed_from in WRITES:
        # Every write is tried for itself: a query that fails afterwards takes it back.
        reply = site.callers[role](operation, {"action": "query", "expression": "Nothing"})
        named = (role, operation["action"], operation["entity_type"], operation.get("entity_data"))
        if rank <= allowed_from:
            assert reply["exception"] == "UnknownEntityTypeError", (named, reply)
        else:
            assert reply["exception"] == "PermissionError", (named, reply)
            assert "administrator" in reply["content"]
            assert reply["error"]["operation_index"] == 0


def test_what_is_ones_own_may_be_changed_and_deleted(site: Site) -> None:
    call = site.callers["User"]

    assert isinstance(call(update("User", "user", first_name="Kim")), list)
    [note] = call(create("Note", content="mine", parent_id="open-task", parent_type="Task"))
    assert isinstance(call(delete("Note", note["data"]["id"])), list)
    [timelog] = call(create("Timelog", context_id="open-task", duration=5))
    assert isinstance(call(delete("Timelog", timelog["data"]["id"])), list)
    assert call(delete("User", "user"))["exception"] == "PermissionError"


def test_roles_and_keys_of_others_take_an_administrator(site: Site) -> None:
    role = site.one('SecurityRole where name is "Administrator"')["id"]
    promote = {"action": "add_user_security_role", "user_id": "user", "role_id": role}
    reset = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User"}

    assert site.callers["User"](promote)["exception"] == "PermissionError"
    assert site.callers["Project Manager"]({**reset, "entity_key": "user"})["exception"] == "PermissionError"
    assert isinstance(site.callers["User"]({**reset, "entity_key": "user"}), list)
    assert isinstance(site.admin(promote), list)


def test_a_refused_write_leaves_the_rest_of_its_batch_undone(site: Site) -> None:
    call = site.callers["User"]

    reply = call(update("Task", "open-task", description="x"), delete("Task", "open-task"))

    assert reply["error"]["operation_index"] == 1
    assert site.one('select description from Task where id is "open-task"')["description"] == ""


def test_permissions_cost_no_statement_for_each_row(site: Site) -> None:
    for number in range(50):
        site.make("Task", name=str(number), parent_id="open-shot")

    with site.server.counting() as few:
        site.callers["User"]({"action": "query", "expression": "select name, parent.name from Task limit 5"})
    with site.server.counting() as many:
        site.callers["User"]({"action": "query", "expression": "select name, parent.name from Task limit 50"})

    assert few.statements == many.statements == 1
