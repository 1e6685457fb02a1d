"""Users: looked up, made with nothing, ensured, invited, their keys and roles."""

import requests
from studio import TASK_ID, USER_ID, call, new_project, new_task, new_user, raises, unique

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


def roles_are_given_and_taken(session):
    user = new_user(session)
    manager = session.query('SecurityRole where name is "Project Manager"').one()
    administrator = session.query('SecurityRole where name is "Administrator"').one()
    project = new_project(session)

    def held():
        rows = ftrack_api.Session().query(
            'select security_role.name from UserSecurityRole where user_id is "{}"'.format(user["id"])
        )
        return sorted(row["security_role"]["name"] for row in rows)

    what = {"user_id": user["id"], "role_id": manager["id"]}
    assert held() == ["User"]
    assert call(session, {"action": "add_user_security_role", **what})[0]
    assert held() == ["Project Manager", "User"]
    assert call(session, {"action": "grant_user_security_role_project", **what, "project_id": project["id"]})[0]
    rows = session.query('UserSecurityRoleProject where project_id is "{}"'.format(project["id"])).all()
    assert len(rows) == 1
    assert rows[0]["user_security_role"]["user"]["id"] == user["id"]
    assert call(session, {"action": "revoke_user_security_role_project", **what, "project_id": project["id"]})[0]
    assert call(session, {"action": "update_user_security_role", **what, "new_role_id": administrator["id"]})[0]
    assert held() == ["Administrator", "User"]
    assert call(session, {"action": "remove_user_security_role", **what, "role_id": administrator["id"]})[0]
    assert held() == ["User"]
    message = raises(
        ftrack_api.exception.ServerError, lambda: call(session, {"action": "remove_user_security_role", **what})
    )
    assert manager["id"] in message


def usernames_are_unique(session):
    user = new_user(session)
    session.create("User", {"username": user["username"]})
    message = raises(ftrack_api.exception.ServerError, session.commit)
    assert user["username"] in message
    session.rollback()


def groups_and_their_members(session):
    user = new_user(session)
    outer = session.create("Group", {"name": unique()})
    inner = session.create("Group", {"name": unique(), "parent": outer})
    session.create("Membership", {"user": user, "group": inner})
    session.commit()
    other = ftrack_api.Session()
    assert [m["user"]["id"] for m in other.get("Group", inner["id"])["memberships"]] == [user["id"]]
    assert [item["name"] for item in other.get("Group", inner["id"])["link"]] == [outer["name"], inner["name"]]
    assert other.query('select user from Membership where group.name is "{}"'.format(inner["name"])).one()["user"]
    assert other.get("Resource", user["id"]).entity_type == "User"
    assert other.get("Resource", inner["id"]).entity_type == "Group"


def a_deleted_user_leaves_work_behind(session):
    user = new_user(session)
    task = new_task(session)
    session.create("Timer", {"user": user})
    session.create("Appointment", {"context": task, "resource": user, "type": "assignment"})
    log = session.create("Timelog", {"user": user, "context": task, "duration": 5})
    note = task.create_note("mine", user)
    session.commit()
    session.delete(user)
    session.commit()
    other = ftrack_api.Session()
    assert other.get("User", user["id"]) is None
    assert other.get("Timelog", log["id"])["user"] is None
    assert other.get("Note", note["id"])["author"] is None
    assert not other.get("Task", task["id"])["assignments"]


def wrong_credentials_are_told_apart_from_nothing(session):
    for arguments in ({"api_key": "wrong"}, {"api_user": unique()}):
        message = raises(ftrack_api.exception.ServerError, lambda: ftrack_api.Session(**arguments))
        assert "InvalidCredentialsError" in message
    switched_off = new_user(session)
    key = session.reset_remote("api_key", entity=switched_off)["api_key"]
    raises(
        ftrack_api.exception.ServerError,
        lambda: ftrack_api.Session(api_user=switched_off["username"], api_key=key),
    )


def headers_and_cookies_of_ones_own_do_no_harm(session):
    other = ftrack_api.Session(headers={"X-Studio": "heron"}, cookies={"visited": "yes"}, strict_api=True)
    assert other.query("User").first()
    assert other.server_information["version"]


def applications_keep_their_state(session):
    key = unique()
    user = session.get("User", USER_ID)
    session.create("UserApplicationState", {"user_id": user["id"], "key": key, "value": '{"open": true}'})
    session.commit()
    other = ftrack_api.Session()
    assert other.get("UserApplicationState", [user["id"], key])["value"] == '{"open": true}'


def a_user_without_rights_reads_and_is_refused(session):
    user = new_user(session, is_active=True)
    key = session.reset_remote("api_key", entity=user)["api_key"]
    theirs = ftrack_api.Session(api_user=user["username"], api_key=key)
    assert theirs.query("Project").first()
    theirs.create("Status", {"name": unique()})
    message = raises(ftrack_api.exception.ServerError, theirs.commit)
    assert "PermissionError" in message
    theirs.rollback()
    theirs.get("User", user["id"])["first_name"] = "Kim"
    theirs.commit()
    hidden = new_project(session, is_private=True)
    assert theirs.get("Project", hidden["id"]) is None
    role = session.query('SecurityRole where name is "User"').one()
    what = {"user_id": user["id"], "role_id": role["id"], "project_id": hidden["id"]}
    call(session, {"action": "grant_user_security_role_project", **what})
    assert ftrack_api.Session(api_user=user["username"], api_key=key).get("Project", hidden["id"])


def jobs_of_services_that_are_not_there_fail_and_say_why(session):
    [reply] = call(session, {"action": "delayed_job", "job_type": "SYNC_USERS_LDAP"})
    job = ftrack_api.Session().get("Job", reply["data"]["id"])
    assert job["status"] == "failed"
    assert "directory" in job["data"]
    raises(ftrack_api.exception.ServerError, lambda: call(session, {"action": "delayed_job", "job_type": "DANCE"}))


def people_and_work_are_searched_by_words(session):
    def found(**more):
        [reply] = call(session, {"action": "search", **more})
        return reply["data"]

    assert [row["username"] for row in found(expression="select username from User", terms=["JENK"])] == ["jenkins"]
    both = found(expression="select name, link from Task limit 50", terms=["comp", "sh010"])
    assert both and all("sh010" in [item["name"] for item in row["link"]] for row in both)
    assert found(expression="Task", terms=["%", "_"]) == []
    assert len(found(expression="select id from Task limit 2", terms=[])) == 2
