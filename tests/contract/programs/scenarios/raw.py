"""Programs without a client: plain HTTP, as web servers, command lines and clients of other languages speak it."""

import gzip
import json
import uuid

import requests
from studio import PROJECT_ID, TASK_ID, USER_ID, unique


def post(session, body, headers=None, path="/api", **options):
    """Send something with the credentials of a session and return the response."""
    sent = {"ftrack-user": session.api_user, "ftrack-api-key": session.api_key, **(headers or {})}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(session.server_url + path, data=data, headers=sent, timeout=60, **options)


def query(text):
    return {"action": "query", "expression": text}


def a_note_with_metadata_in_one_batch(session):
    note, key = str(uuid.uuid4()), unique()
    entry = {"__entity_type__": "Metadata", "parent_id": note, "parent_type": "Note", "key": key, "value": "1"}
    replies = post(
        session,
        [
            {
                "action": "create",
                "entity_type": "Note",
                "entity_key": [note],
                "entity_data": {
                    "__entity_type__": "Note",
                    "id": note,
                    "content": "from a server",
                    "parent_id": TASK_ID,
                    "parent_type": "Task",
                    "user_id": USER_ID,
                },
                "metadata": {"ignored": True},
            },
            {"action": "create", "entity_type": "Metadata", "entity_key": [note, key], "entity_data": entry},
        ],
    ).json()
    assert [reply["action"] for reply in replies] == ["create", "create"]
    [found] = post(session, [query(f'select metadata from Note where id is "{note}"')]).json()
    assert found["data"][0]["metadata"][0]["value"] == "1"


def operations_without_types_and_with_plain_dates(session):
    [reply] = post(
        session,
        [
            {
                "action": "create",
                "entity_type": "Task",
                "entity_data": {
                    "name": unique(),
                    "parent_id": PROJECT_ID,
                    "start_date": "2031-02-03T04:05:06Z",
                    "end_date": "2031-02-04",
                    "metadata": {},
                    "status": None,
                },
            }
        ],
        {"Ftrack-Api-Options": "denormalize=1;strict=1", "Content-Type": "text/plain"},
    ).json()
    key = reply["data"]["id"]
    [found] = post(session, [query(f'select start_date, end_date from Task where id is "{key}"')]).json()
    assert found["data"][0]["start_date"] == {"__type__": "datetime", "value": "2031-02-03T04:05:06"}
    assert found["data"][0]["end_date"]["value"] == "2031-02-04T00:00:00"
    updated = {"action": "update", "entity_type": "Task", "entity_key": key, "entity_data": {"description": "x"}}
    removed = {"action": "delete", "entity_type": "Task", "entity_key": key}
    assert [reply["action"] for reply in post(session, [updated, removed]).json()] == ["update", "delete"]


def one_operation_alone_is_answered_alone(session):
    reply = post(session, query("select id from User limit 1")).json()
    assert reply["action"] == "query"
    assert post(session, []).json() == []
    assert post(session, [], path="/api/").json() == []


def answers_in_full_when_asked(session):
    where = f'project_id is "{PROJECT_ID}" and parent.name is "tasks"'
    text = f"select name, project.name, parent.project.name from Task where {where} limit 5"
    for options in ("strict=1;denormalize=1", "denormalize:True; strict:true", "denormalize=1; strict=1; other=x"):
        [reply] = post(session, [query(text)], {"ftrack-api-options": options}).json()
        assert all(set(row) == {"__entity_type__", "id", "name", "project", "parent"} for row in reply["data"])
        assert all(row["project"]["name"] == row["parent"]["project"]["name"] for row in reply["data"])
    [reply] = post(session, [query(text)], {"ftrack-api-options": "denormalize=False;strict=False"}).json()
    assert "object_type_id" in reply["data"][0]
    assert sum("name" in row["project"] for row in reply["data"]) == 1


def wrong_credentials_have_a_code_of_their_own(session):
    for headers in ({"ftrack-api-key": "wrong"}, {"ftrack-user": unique()}, {"ftrack-api-key": ""}):
        response = post(session, [], headers)
        assert response.status_code == 200
        assert response.json()["error_code"] == "api_credentials_invalid"
        assert post(session, [], {**headers, "ftrack-strict-api": "true"}).status_code == 401


def every_failure_is_json(session):
    url = session.server_url
    responses = [
        requests.get(url + "/api", timeout=60),
        requests.get(url + "/nothing", timeout=60),
        requests.delete(url + "/api", timeout=60),
        post(session, b"{"),
        post(session, b""),
        post(session, b"null"),
        post(session, b"[[1]]"),
        post(session, b'[{"action": 5}]'),
        post(session, b"\xff\xfe"),
        post(session, [{"action": "query"}]),
        post(session, [{"action": "query", "expression": 5}]),
        post(session, [{"no": "action"}]),
    ]
    for response in responses:
        fault = response.json()
        assert fault["exception"], response.text
        assert len(fault["content"]) > 10, response.text
        assert response.headers["content-type"].startswith("application/json")


def compressed_both_ways(session):
    body = gzip.compress(json.dumps([query("select id, username, first_name, last_name, email from User")]).encode())
    response = post(session, body, {"Content-Encoding": "gzip"}, stream=True)
    assert len(response.json()[0]["data"]) > 50
    big = post(session, [{"action": "query_schemas"}], {"Accept-Encoding": "gzip"})
    assert big.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in post(session, [], {"Accept-Encoding": "identity"}).headers


def a_cookie_stands_for_the_headers_afterwards(session):
    with requests.Session() as browser:
        first = browser.post(
            session.server_url + "/api",
            json=[query("User limit 1")],
            headers={"ftrack-user": session.api_user, "ftrack-api-key": session.api_key},
            timeout=60,
        )
        second = browser.post(session.server_url + "/api", json=[query("User limit 1")], timeout=60)
    assert first.json() == second.json()


def a_service_walks_the_tree_level_by_level(session):
    """How sync engines read a project: level by level, children of all parents at once."""
    level, seen = [PROJECT_ID], []
    while level:
        listed = ",".join(f'"{key}"' for key in level)
        wanted = "id, name, parent_id, link, object_type_id, custom_attributes"
        text = f"select {wanted} from TypedContext where parent_id in ({listed})"
        rows = post(session, [query(text)]).json()[0]["data"]
        level = [row["id"] for row in rows]
        seen += level
    text = f'select id from TypedContext where project_id is "{PROJECT_ID}"'
    assert sorted(seen) == sorted(row["id"] for row in post(session, [query(text)]).json()[0]["data"])
