"""First statuses and types, in the order of the specification, and who may set which status (data_model: 8.3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server import errors
from ftrack_server.administration import create_key
from ftrack_server.api.options import CallOptions, Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Statuses of the workflow: id, state, sort, active. Names in the sort column run backwards on real servers.
STATUSES = (
    ("done", "DONE", 0, True), ("late", "NOT_STARTED", 1, True), ("early", "NOT_STARTED", 9, True),
    ("early too", "NOT_STARTED", 9, True), ("retired", "NOT_STARTED", 99, False), ("busy", "IN_PROGRESS", 50, True),
    ("stuck", "BLOCKED", 50, True),
)  # fmt: skip


class Shop:
    """A project schema of its own, whose lists each test sets.

    Attributes:
        api: The administrator's API.
        people: User names to keys.
    """

    def __init__(self, api: Any) -> None:
        self.api = api
        states = {row["short"]: row["id"] for row in api.rows("state")}
        self.kinds = {row["name"]: row["id"] for row in api.rows("object_type")}
        api(
            *(api.create("Status", id=id_, name=id_, sort=sort, is_active=active, state=api.ref("State", states[state]))
              for id_, state, sort, active in STATUSES),
            *(api.create("Type", id=f"type {sort}", name=f"type {sort}", sort=sort) for sort in (3, 1, 2)),
            *(api.create("WorkflowSchema", id=id_, name=id_) for id_ in ("tasks", "versions", "override")),
            api.create("TaskTypeSchema", id="types", name="types",
                       types=[api.ref("Type", f"type {sort}") for sort in (3, 1, 2)]),
            api.create("ProjectSchema", id="schema", name="schema", task_workflow_schema_id="tasks",
                       asset_version_workflow_schema_id="versions", task_type_schema_id="types"),
            *(api.create("Schema", id=name, project_schema_id="schema", object_type_id=self.kinds[name])
              for name in ("Shot", "Milestone")),
            api.project("project", project_schema=api.ref("ProjectSchema", "schema")),
            api.create("Shot", id="shot", name="shot", parent_id="project"),
            api.create("Asset", id="asset", context_id="shot"),
        )  # fmt: skip

    def listed(self, workflow: str, *statuses: str) -> None:
        references = [self.api.ref("Status", id_) for id_ in statuses]
        self.api(self.api.update("WorkflowSchema", workflow, statuses=references))

    def made(self, kind: str, **data: Any) -> dict[str, Any]:
        """Return a new row of a type."""
        key = self.api.data(self.api.create(kind, **data))["id"]
        return dict(self.api.row(self.api.editions.current.model.type(kind).table, key))


@pytest.fixture
def shop(new_api: Callable[..., Any]) -> Iterator[Shop]:
    with new_api() as api:
        yield Shop(api)


def test_the_first_status_is_one_that_has_not_started(shop: Shop) -> None:
    found = []
    for number, listed in enumerate((
        ["stuck", "done", "busy", "late"],
        ["stuck", "done", "busy"],
        ["stuck", "done"],
        ["stuck"],
        [],
        ["late", "early", "early too"],
        ["retired", "late"],
        ["retired"],
    )):  # fmt: skip
        shop.listed("tasks", *listed)
        shop.listed("versions", *reversed(listed))
        task = shop.made("Task", name=f"task {number}", parent_id="shot")["status_id"]
        version = shop.made("AssetVersion", asset_id="asset")["status_id"]
        assert task == version
        found.append(task)

    # By state; then by Status.sort downwards; then by id; what is not active is passed over.
    assert found == ["late", "busy", "done", "stuck", None, "early", "late", None]


def test_items_that_are_no_tasks_have_lists_of_their_own(shop: Shop) -> None:
    api = shop.api
    shop.listed("tasks", "busy")
    assert shop.made("Shot", name="s0", parent_id="project")["status_id"] is None
    api(
        api.create("SchemaStatus", schema_id="Shot", status_id="early", sort=5),
        api.create("SchemaStatus", schema_id="Shot", status_id="late", sort=1),
        api.create("SchemaStatus", schema_id="Milestone", status_id="done"),
        api.create("SchemaType", schema_id="Milestone", type_id="type 2", sort=1),
        api.create("SchemaType", schema_id="Milestone", type_id="type 3", sort=2),
    )

    shot, milestone = (shop.made(kind, name=kind, parent_id="project") for kind in ("Shot", "Milestone"))

    assert (shot["status_id"], shot["type_id"]) == ("late", None)  # by SchemaStatus.sort
    assert (milestone["status_id"], milestone["type_id"]) == ("done", "type 2")  # by SchemaType.sort


def test_the_first_type_of_a_task_is_that_of_the_lowest_sort(shop: Shop) -> None:
    assert shop.made("Task", name="t", parent_id="shot")["type_id"] == "type 1"


def test_another_workflow_of_a_type_decides_for_it_alone(shop: Shop) -> None:
    api = shop.api
    shop.listed("tasks", "late")
    shop.listed("override", "busy")
    api(
        api.create("ProjectSchemaOverride", project_schema_id="schema", type_id="type 2", workflow_schema_id="override")
    )

    statuses = [shop.made("Task", name=f"t{n}", parent_id="shot", type_id=f"type {n}")["status_id"] for n in (1, 2)]

    assert statuses == ["late", "busy"]


def test_a_status_and_a_type_of_another_schema_are_taken(shop: Shop) -> None:
    shop.listed("tasks", "late")
    other = shop.api.named("type", "Compositing")

    task = shop.made("Task", name="t", parent_id="shot", status_id="stuck", type_id=other)

    assert (task["status_id"], task["type_id"]) == ("stuck", other)


@pytest.mark.parametrize("kind", ["Task", "AssetVersion"])
def test_a_rule_group_with_a_role_is_for_those_who_hold_it(shop: Shop, kind: str) -> None:
    api = shop.api
    shop.listed("tasks", "late")
    shop.listed("versions", "late")
    place = {"name": "t", "parent_id": "shot"} if kind == "Task" else {"asset_id": "asset"}
    key = shop.made(kind, **place)["id"]
    group = {"schema_id": "schema", "status_id": "done", "role_id": api.named("security_role", "Project Manager")}
    role = {"user_id": "lead", "role_id": group["role_id"]}
    api(
        api.create("TypedContextStatusRuleGroup", id="group", object_type_id=shop.kinds["Task"], **group)
        if kind == "Task"
        else api.create("AssetVersionStatusRuleGroup", id="group", **group),
        api.create("User", id="lead", username="lead", is_active=True),
        {"action": "add_user_security_role", **role},
        api.create("User", id="artist", username="artist", is_active=True),
    )
    keys = {name: create_key(api.database, name, "tests").secret for name in ("lead", "artist")}

    def act(name: str, status: str) -> None:
        body = json.dumps([api.update(kind, key, status_id=status)]).encode()
        api.dispatcher.run(body, Credentials(name, keys[name]), CallOptions(), "http://server")

    with pytest.raises(errors.PermissionDeniedError, match=r'status of this .* from "late" to "done"'):
        act("artist", "done")
    act("artist", "busy")  # no group is about it
    act("lead", "done")

    table = api.editions.current.model.type(kind).table
    assert api.row(table, key)["status_id"] == "done"
    changes = api.rows("status_change", parent_id=key)
    assert {(row["from_status_id"], row["status_id"], row["user_id"]) for row in changes} == {
        ("late", "busy", "artist"), ("busy", "done", "lead"),
    }  # fmt: skip


def test_a_group_is_about_its_schema_only(shop: Shop) -> None:
    api = shop.api
    shop.listed("tasks", "late")
    task = shop.made("Task", name="t", parent_id="shot")["id"]
    vfx = api.named("project_schema", "VFX")
    api(
        api.create("TypedContextStatusRuleGroup", id="g", schema_id=vfx, status_id="done",
                   object_type_id=shop.kinds["Task"]),
        api.create("StatusRule", status_rule_group_id="g", status_id="busy"),
    )  # fmt: skip

    api(api.update("Task", task, status_id="done"))

    assert api.row("context", task)["status_id"] == "done"
