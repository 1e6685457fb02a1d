"""Keys, users and roles."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server import errors
from ftrack_server.administration import create_key, deactivate_user, revoke_key
from ftrack_server.api.options import CallOptions, Credentials
from ftrack_server.auth.keys import Actor, Authenticator
from ftrack_server.auth.roles import everything


def call(api: Any, username: str, key: str) -> Any:
    return api.dispatcher.run(b"[]", Credentials(username, key), CallOptions(), "")


def reset(user: Any, **more: Any) -> dict[str, Any]:
    return {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": user, **more}


def test_resetting_gives_a_new_key_each_time_and_ends_the_old_one(api: Any) -> None:
    api(api.create("User", id="u", username="kim", is_active=True))

    keys = [api(reset(key))[0]["data"]["api_key"] for key in ("u", ["u"], "u")]

    assert len(set(keys)) == 3
    assert call(api, "kim", keys[-1]) == []
    for old in keys[:-1]:
        with pytest.raises(errors.InvalidCredentialsError):
            call(api, "kim", old)


@pytest.mark.parametrize("kind", [["id"], "email", None, "password"])
def test_nothing_else_can_be_reset(api: Any, kind: Any) -> None:
    with pytest.raises(errors.ServerError):
        api({**reset(api.user_id), "reset_type": kind})


def test_keys_are_reset_for_users_that_exist(api: Any) -> None:
    api(api.create("Group", id="g", name="g"))

    for id_ in ("nowhere", "g"):
        with pytest.raises(errors.NotFoundError):
            api(reset(id_))


def test_the_secret_is_nowhere_in_the_database(api: Any) -> None:
    secret = api(reset(api.user_id))[0]["data"]["api_key"]

    assert secret not in repr(api.rows("api_key"))
    assert len(secret) * 6 >= 128


def test_a_key_belongs_to_its_user_and_a_global_one_to_any(api: Any) -> None:
    api(api.create("User", id="u", username="kim", is_active=True))
    everybody = create_key(api.database, None, "farm").secret

    assert call(api, "kim", everybody) == []
    assert api.authenticator.verify("kim", everybody) == Actor(
        "u", "kim", api.rows("api_key", identifier="farm")[0]["id"], is_global=True, access=everything("u")
    )
    with pytest.raises(errors.InvalidCredentialsError):
        call(api, "kim", api.key)


@pytest.mark.parametrize(("username", "key", "missing"), [("", "x", "ftrack-user"), ("x", "", "ftrack-api-key")])
def test_missing_credentials_are_named(api: Any, username: str, key: str, missing: str) -> None:
    with pytest.raises(errors.InvalidCredentialsError, match=missing):
        call(api, username, key)


def test_unknown_users_and_wrong_keys_are_told_alike(api: Any) -> None:
    messages = set()
    for username, key in ((api.user, "wrong"), ("nobody", api.key), ("nobody", "wrong")):
        with pytest.raises(errors.InvalidCredentialsError) as refusal:
            call(api, username, key)
        messages.add(refusal.value.message)

    assert len(messages) == 1


def test_an_inactive_user_is_refused_at_once(api: Any) -> None:
    api(api.create("User", id="u", username="kim", is_active=True))
    key = create_key(api.database, "kim", "x").secret
    assert call(api, "kim", key) == []

    api(api.update("User", "u", is_active=False))

    with pytest.raises(errors.InvalidCredentialsError):
        call(api, "kim", key)


def test_a_key_deleted_through_the_api_stops_at_once(api: Any) -> None:
    key = create_key(api.database, api.user, "x")
    assert call(api, api.user, key.secret) == []

    api(api.delete("ApiKey", key.id))

    with pytest.raises(errors.InvalidCredentialsError):
        call(api, api.user, key.secret)


def test_verified_keys_are_remembered_for_a_moment_only(api: Any) -> None:
    seconds = [0.0]
    authenticator = Authenticator(api.database, monotonic=lambda: seconds[0])
    key = create_key(api.database, api.user, "x")
    with api.database.observing() as statements:
        for _ in range(3):
            authenticator.verify(api.user, key.secret)
    revoke_key(api.database, key.id)  # as another process would, unnoticed by the authenticator

    seconds[0] = 0.49
    authenticator.verify(api.user, key.secret)
    seconds[0] = 0.51

    assert len(statements) == 4
    with pytest.raises(errors.InvalidCredentialsError):
        authenticator.verify(api.user, key.secret)


def test_deactivating_on_the_command_line_keeps_the_user(api: Any) -> None:
    api(api.create("User", id="u", username="kim", is_active=True))

    deactivate_user(api.database, "kim")

    assert api.row("resource", "u")["is_active"] is False


def test_no_representation_shows_a_secret(api: Any) -> None:
    key = create_key(api.database, api.user, "x")

    assert key.secret not in repr(key)
    assert key.secret not in repr(Credentials(api.user, key.secret))


def role_action(name: str, api: Any, **more: Any) -> dict[str, Any]:
    return {"action": f"{name}", "user_id": "u", "role_id": api.named("security_role", "Project Manager"), **more}


def held(api: Any) -> dict[str, Any]:
    return {
        api.row("security_role", row["security_role_id"])["name"]: (
            row["is_all_open_projects"],
            [
                project["project_id"]
                for project in api.rows("user_security_role_project", user_security_role_id=row["id"])
            ],
        )
        for row in api.rows("user_security_role", user_id="u")
    }


def test_roles_are_given_extended_exchanged_and_taken(tree: Any) -> None:
    tree(tree.create("User", id="u", username="kim"))
    administrator = tree.named("security_role", "Administrator")
    seen = []
    for action in (
        role_action("add_user_security_role", tree),
        role_action("add_user_security_role", tree),
        role_action("grant_user_security_role_project", tree, project_id="project"),
        role_action("grant_user_security_role_project", tree, all_open_projects=True),
        role_action("revoke_user_security_role_project", tree, project_id="project"),
        role_action("update_user_security_role", tree, new_role_id=administrator),
    ):
        assert tree(action)[0]
        seen.append({name: reach for name, reach in held(tree).items() if name != "User"})
    tree({"action": "remove_user_security_role", "user_id": "u", "role_id": administrator})

    assert seen == [
        {"Project Manager": (False, [])},
        {"Project Manager": (False, [])},
        {"Project Manager": (False, ["project"])},
        {"Project Manager": (True, ["project"])},
        {"Project Manager": (True, [])},
        {"Administrator": (True, [])},
    ]
    assert set(held(tree)) == {"User"}


def test_role_actions_name_what_is_missing(tree: Any) -> None:
    tree(tree.create("User", id="u", username="kim"))

    with pytest.raises(errors.NotFoundError, match='no User with the key "nobody"'):
        tree({**role_action("add_user_security_role", tree), "user_id": "nobody"})
    with pytest.raises(errors.NotFoundError, match="does not hold the role"):
        tree(role_action("remove_user_security_role", tree))
    with pytest.raises(errors.NotFoundError, match='no Project with the key "nowhere"'):
        tree(role_action("grant_user_security_role_project", tree, project_id="nowhere"))
    with pytest.raises(errors.ValidationError, match="all_open_projects"):
        tree(role_action("grant_user_security_role_project", tree))
