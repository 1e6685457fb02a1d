"""Users: looked up, made with nothing, ensured, invited, their keys and roles."""

import requests
from studio import TASK_ID, USER_ID, raises, unique

import ftrack_api
import ftrack_api.exception
import ftrack_api.symbol


def get_user(session):
    assert session.get("User", USER_ID)["username"] == "jenkins"
    assert session.get("User", "non-existant-id") is None


def create_with_server_defaults_only(session):
    user = session.create("User")
    session.commit()
    assert user["username"] is not ftrack_api.symbol.NOT_SET
    session.delete(user)
    session.commit()


def several_users_with_first_names_only(session):
    name = unique()
    for _ in range(2):
        session.create("User", {"first_name": name})
    session.commit()
    assert len(session.query(f'User where first_name is "{name}"').all()) == 2


def ensure_new_and_existing(session):
    name = unique()
    first = session.ensure("User", {"username": name})
    second = session.ensure("User", {"username": name, "email": "a@example.invalid"}, identifying_keys=["username"])
    assert first["id"] == second["id"]
    assert second["email"] == "a@example.invalid"


def populate_tells_null_from_unset(session):
    user = session.create("User", {"username": unique()})
    session.commit()
    with session.auto_populating(False):
        assert user["email"] is ftrack_api.symbol.NOT_SET
    session.populate(user, "email")
    with session.auto_populating(False):
        assert user["email"] is None


def populate_several(session):
    users = [session.create("User", {"username": unique()}) for _ in range(3)]
    session.commit()
    session.populate(users, "first_name, last_name, email")
    with session.auto_populating(False):
        assert all(user["email"] is None for user in users)


def remote_reset_of_keys(session):
    user = session.create("User", {"username": unique()})
    session.commit()
    keys = {session.reset_remote("api_key", entity=user)["api_key"] for _ in range(3)}
    assert len(keys) == 3
    raises(ftrack_api.exception.ServerError, lambda: session.reset_remote(["id"], entity=user))
    user["is_active"] = True
    session.commit()
    key = session.reset_remote("api_key", entity=user)["api_key"]
    assert ftrack_api.Session(api_user=user["username"], api_key=key).query("User").first()


def widgets_and_invitations(session):
    url = session.get_widget_url("tasks", theme="light")
    info = session.get_widget_url("info", entity=session.get("Task", TASK_ID), theme="dark")
    assert requests.get(url, timeout=30).status_code == requests.get(info, timeout=30).status_code == 200
    user = session.create("User", {"username": unique(), "email": "kim@example.invalid"})
    session.commit()
    session.send_user_invite(user)
    session.send_user_invites([user, user])
