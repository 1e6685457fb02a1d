"""Where permissions end: other people's keys, attributes of some roles, work one is not assigned to, ways around."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server import errors
from ftrack_server.administration import create_key
from ftrack_server.api.options import CallOptions, Credentials

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def site(tree: Any) -> Any:
    """The tree, a private project beside it, and a custom attribute on tasks."""
    tree(
        tree.project("hidden", is_private=True),
        tree.create("Shot", id="hidden-shot", name="sh", parent_id="hidden"),
        tree.create("Task", id="hidden-task", name="t", parent_id="hidden-shot"),
        tree.create("Task", id="other", name="other", parent_id="shot"),
        tree.create("Scope", id="scope", name="London"),
        tree.create(
            "CustomAttributeConfiguration",
            id="rate",
            key="rate",
            entity_type="task",
            object_type_id=tree.named("object_type", "Task"),
            type_id=tree.named("custom_attribute_type", "number"),
            default=7,
        ),
        tree.create("CustomAttributeValue", configuration_id="rate", entity_id="task", value=12),
    )
    return tree


@pytest.fixture
def person(site: Any) -> Callable[[str], Callable[..., Any]]:
    """Make somebody who holds a role, and return how they call."""

    def make(role: str) -> Callable[..., Any]:
        name = role.lower().replace(" ", "")
        site(site.create("User", id=name, username=name, is_active=True))
        default, wanted = (site.named("security_role", title) for title in ("User", role))
        if wanted != default:
            change = {"action": "update_user_security_role", "user_id": name, "role_id": default}
            site({**change, "new_role_id": wanted})
        secret = create_key(site.database, name, "tests").secret

        def call(*operations: dict[str, Any]) -> Any:
            body = json.dumps(operations).encode()
            return site.dispatcher.run(body, Credentials(name, secret), CallOptions(), "http://server")

        return call

    return make


def query(text: str) -> dict[str, Any]:
    return {"action": "query", "expression": text}


def keep_to(site: Any, kind: str, *roles: str) -> dict[str, Any]:
    references = [site.ref("SecurityRole", site.named("security_role", role)) for role in roles]
    operation: dict[str, Any] = site.update("CustomAttributeConfiguration", "rate", **{kind: references})
    return operation


VIEWS = (
    'select custom_attributes.value from Task where id is "task" and custom_attributes any (key is "rate")',
    'CustomAttributeValue where configuration_id is "rate"',
    'ContextCustomAttributeValue where configuration_id is "rate" and entity_id is "task"',
    'Task where custom_attributes any (key is "rate" and value is 12)',
    'Task where custom_attributes any (key is "rate" and value is 7)',
)


@pytest.mark.parametrize("text", VIEWS)
def test_an_attribute_is_read_by_all_until_roles_are_named(site: Any, person: Any, text: str) -> None:
    user = person("User")
    assert user(query(text))[0]["data"]

    site(keep_to(site, "read_security_roles", "Project Manager"))
    assert user(query(text))[0]["data"] == []
    assert site.data(query(text))

    site(keep_to(site, "read_security_roles", "Project Manager", "User"))
    assert user(query(text))[0]["data"]


def test_an_attribute_that_one_may_not_read_is_missing_from_the_dense_view(site: Any, person: Any) -> None:
    user = person("User")
    text = 'select custom_attributes.key from Task where id is "task"'
    site(keep_to(site, "read_security_roles", "Project Manager"))

    for caller, shown in ((user, False), (site, True)):
        [task] = caller(query(text))[0]["data"]
        assert ("rate" in {item["key"] for item in task["custom_attributes"]}) is shown


@pytest.mark.parametrize("kind", ["CustomAttributeValue", "ContextCustomAttributeValue"])
def test_an_attribute_is_written_by_whom_its_roles_name(site: Any, person: Any, kind: str) -> None:
    user, manager = person("User"), person("Project Manager")
    change = site.update(kind, ["rate", "task"], value=13)
    user(change)

    site(keep_to(site, "write_security_roles", "Project Manager"))

    with pytest.raises(errors.PermissionDeniedError, match="write_security_roles"):
        user(change)
    with pytest.raises(errors.PermissionDeniedError, match="write_security_roles"):
        user(site.update("Task", "task", custom_attributes=[{"configuration_id": "rate", "value": 14}]))
    manager(site.update(kind, ["rate", "task"], value=15))
    site(site.update(kind, ["rate", "task"], value=16))


def test_keys_of_others_are_not_listed(site: Any, person: Any) -> None:
    user = person("User")

    assert {row["resource_id"] for row in user(query("select resource_id from ApiKey"))[0]["data"]} == {"user"}
    assert len(site.data(query("ApiKey"))) > 1


def test_what_applications_remember_is_ones_own(site: Any, person: Any) -> None:
    user = person("User")
    site(site.create("UserApplicationState", user_id=site.user_id, key="k", value="secret"))

    assert user(query("UserApplicationState"))[0]["data"] == []


@pytest.mark.parametrize("role", ["User", "Project Manager"])
def test_collections_are_no_way_around(site: Any, person: Any, role: str) -> None:
    """Many-to-many lists write join rows only, so they once changed nothing that was looked at."""
    call = person(role)
    workflow, status = site.rows("workflow_schema")[0]["id"], site.rows("status")[0]["id"]
    project_role = site.ref("SecurityRole", site.named("security_role", role))

    for operation in (
        site.update("Task", "hidden-task", scopes=[site.ref("Scope", "scope")]),
        site.update("CustomAttributeConfiguration", "rate", read_security_roles=[project_role]),
        site.update("WorkflowSchema", workflow, statuses=[site.ref("Status", status)]),
    ):
        with pytest.raises(errors.PermissionDeniedError):
            call(operation)
    assert call(site.update("Task", "task", scopes=[site.ref("Scope", "scope")]))


def test_nobody_invites_to_a_review_they_may_not_see(site: Any, person: Any) -> None:
    site(
        site.create("ReviewSession", id="review", name="r", project_id="hidden"),
        site.create("ReviewSessionInvitee", id="kim", review_session_id="review", name="K", email="k@example.invalid"),
    )

    with pytest.raises(errors.PermissionDeniedError, match="hidden"):
        person("Project Manager")({"action": "send_review_session_invite", "review_session_invitee_id": "kim"})


@pytest.fixture
def artist(site: Any, person: Any) -> Callable[..., Any]:
    """Somebody who sees what they are assigned to: the task of the tree."""
    call: Callable[..., Any] = person("Restricted User")
    site(
        site.create("Appointment", context_id="task", resource_id="restricteduser", type="assignment"),
        site.create("Asset", id="asset", name="plate", context_id="shot"),
        site.create("Asset", id="elsewhere", name="plate", context_id="sequence"),
        site.create("Note", id="foreign-note", content="x", parent_id="other", parent_type="Task"),
    )
    return call


def test_whoever_is_restricted_works_where_they_are_assigned(site: Any, artist: Any) -> None:
    artist(
        site.update("Task", "task", description="done"),
        site.create("AssetVersion", id="version", asset_id="asset", task_id="task"),
        site.create("FileComponent", name="main", version_id="version"),
        site.create("Note", content="ready", parent_id="task", parent_type="Task"),
        site.create("Timelog", context_id="task", duration=60),
        site.create("Metadata", parent_id="task", parent_type="Task", key="k", value="v"),
        site.update("CustomAttributeValue", ["rate", "task"], value=3),
    )
    assert site.row("context", "task")["description"] == "done"


@pytest.mark.parametrize(
    "attempt",
    [
        lambda site: site.update("Task", "other", description="x"),
        lambda site: site.update("Shot", "shot", description="x"),
        lambda site: site.create("Task", name="new", parent_id="shot"),
        lambda site: site.create("Note", content="x", parent_id="other", parent_type="Task"),
        lambda site: site.create("Note", content="x", in_reply_to_id="foreign-note"),
        lambda site: site.create("Timelog", context_id="other", duration=60),
        lambda site: site.create("Metadata", parent_id="other", parent_type="Task", key="k", value="v"),
        lambda site: site.create("Appointment", context_id="other", resource_id="restricteduser", type="assignment"),
        lambda site: site.update("CustomAttributeValue", ["rate", "other"], value=3),
        lambda site: site.update("Task", "other", scopes=[site.ref("Scope", "scope")]),
        lambda site: site.update("Task", "task", parent_id="hidden-shot"),
    ],
)
def test_whoever_is_restricted_changes_nothing_else(site: Any, artist: Any, attempt: Any) -> None:
    with pytest.raises(errors.PermissionDeniedError) as raised:
        artist(attempt(site))

    assert "assigned" in raised.value.message or "project" in raised.value.message
