"""Who may fetch, see, send, remove and encode files: people of each role, in a project they see and one they do not."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from ftrack_server.administration import create_key

if TYPE_CHECKING:
    from tests.server.media.conftest import Client

ROLES = ("Restricted User", "User", "Project Manager", "Administrator")
PROJECTS = ("open", "private")


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(data, format="PNG")
    return data.getvalue()


def created(entity_type: str, **data: Any) -> dict[str, Any]:
    return {"action": "create", "entity_type": entity_type, "entity_data": data}


@pytest.fixture(scope="module")
def people(shared_client: Client) -> dict[str, Client]:
    """One person for each role, and an open and a private project with a version each."""

    def one(expression: str) -> str:
        return str(shared_client.call({"action": "query", "expression": expression})[0]["data"][0]["id"])

    schema, default = one("ProjectSchema where name is VFX"), one('SecurityRole where name is "User"')
    for name in PROJECTS:
        told = {"name": name, "full_name": name, "project_schema_id": schema, "is_private": name == "private"}
        made = shared_client.call(
            created("Project", id=name, **told),
            created("Shot", id=f"{name}-shot", name="sh010", parent_id=name),
            created("Asset", id=f"{name}-asset", name="plate", context_id=f"{name}-shot"),
            created("AssetVersion", id=f"{name}-version", asset_id=f"{name}-asset"),
        )
        assert isinstance(made, list), made
    found = {}
    for role in ROLES:
        username = role.lower().replace(" ", "")
        shared_client.call(created("User", id=username, username=username, is_active=True))
        changed = {"user_id": username, "role_id": default, "new_role_id": one(f'SecurityRole where name is "{role}"')}
        if role != "User":
            shared_client.call({"action": "update_user_security_role", **changed})
        found[role] = shared_client.acting(username, create_key(shared_client.server.database, username, "t").secret)
    return found


@pytest.fixture
def files(client: Client, people: dict[str, Client]) -> dict[str, Client]:
    """A picture in each project, sent by an administrator."""
    for name in PROJECTS:
        client.upload(name, picture(), "a.png")
        component = client.component(name, name="main", file_type=".png", version_id=f"{name}-version")
        assert isinstance(client.call(component, client.location(name)), list)
    return people


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("what", ["get", "thumbnail"])
def test_files_are_seen_by_whoever_sees_their_component(files: dict[str, Client], role: str, what: str) -> None:
    statuses = [files[role].get(name, what).status_code for name in PROJECTS]

    assert statuses == {"Restricted User": [404, 404], "Administrator": [200, 200]}.get(role, [200, 404])


@pytest.mark.parametrize("role", ROLES)
def test_files_of_others_are_removed_by_whoever_plans(files: dict[str, Client], role: str) -> None:
    statuses = [files[role].get(name, "remove").status_code for name in PROJECTS]

    expected = {"Restricted User": [404, 404], "User": [403, 404], "Project Manager": [200, 404]}
    assert statuses == expected.get(role, [200, 200])


@pytest.mark.parametrize("role", ROLES)
def test_whoever_contributes_sends_and_removes_files_of_their_own(files: dict[str, Client], role: str) -> None:
    assert files[role].upload("own", b"data").status_code == 200
    assert files[role].get("own").content == b"data"
    assert files["User"].get("own").status_code == (200 if role == "User" else 404)
    assert files[role].get("own", "remove").status_code == 200


@pytest.mark.parametrize(
    ("role", "component_id", "reason"),
    [
        ("Restricted User", "open", "do not see it"),
        ("User", "private", "do not see it"),
    ],
)
def test_who_may_not_send_is_told_why(files: dict[str, Client], role: str, component_id: str, reason: str) -> None:
    fault = files[role].announce(component_id, file_name="a", file_size=1)

    assert (fault["exception"], reason in fault["content"]) == ("PermissionError", True), fault


@pytest.mark.parametrize(
    ("role", "asked", "reason"),
    [
        ("Restricted User", {"component_id": "open"}, "no Component"),
        ("User", {"component_id": "private"}, "no Component"),
        ("User", {"component_id": "open", "version_id": "private-version"}, "its project"),
        ("User", {"component_id": "open", "keep_original": False}, 'the right "projects"'),
    ],
)
def test_who_may_not_encode_is_told_why(
    files: dict[str, Client], role: str, asked: dict[str, Any], reason: str
) -> None:
    fault = files[role].call({"action": "encode_media", **asked})

    assert isinstance(fault, dict), fault
    assert reason in fault["content"]
    assert files["Administrator"].get("open").status_code == 200


@pytest.mark.parametrize("what", ["get", "thumbnail", "remove"])
@pytest.mark.parametrize("asked", [{"apiKey": "wrong"}, {"username": "nobody"}, {"apiKey": ""}])
def test_without_a_good_key_nothing_is_told(files: dict[str, Client], what: str, asked: dict[str, str]) -> None:
    answer = files["User"].get("open", what, **asked)

    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/json")
