"""What users suffer from with webhooks, reproduced: nothing told who had sent a request."""

from __future__ import annotations

import json

import pytest

from ftrack_api import exception, webhook

SECRET = "long and random"
SITE = "https://studio.example.com"
CONTENT = {
    "id": "r1",
    "metadata": {"date": "2026-01-02T03:04:05", "resource_id": "u1", "server_url": SITE},
    "entity": {
        "id": ["t1"],
        "entity_type": "Task",
        "operation": "update",
        "new": {"id": "t1", "name": "comp", "status_id": "s2"},
        "old": {"id": "t1", "name": "comp", "status_id": "s1", "gone": 1},
    },
}
BODY = json.dumps(CONTENT).encode()


@pytest.mark.parametrize("header", [SECRET, webhook.sign(BODY, SECRET)])
@pytest.mark.parametrize("secret", [SECRET, ["new one", SECRET]])
def test_p75_who_knows_the_secret_is_heard(header, secret):
    told = webhook.receive(BODY, {"Ftrack-Secret": header}, secret, server_url=f"{SITE}/")

    assert (told.id, told.date, told.server_url, told.resource_id) == ("r1", "2026-01-02T03:04:05", SITE, "u1")
    assert (told.entity_type, told.key, told.operation) == ("Task", ("t1",), "update")
    assert told.changes == {"status_id": ("s1", "s2"), "gone": (1, None)}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ftrack-secret": ""},
        {"ftrack-secret": SECRET[:-1]},
        {"ftrack-secret": f"{SECRET}é\udcff"},
        {"ftrack-secret": webhook.sign(BODY + b" ", SECRET)},
        {"ftrack-secret": webhook.sign(BODY, "other")},
        {"other": SECRET},
    ],
)
def test_p75_who_does_not_is_refused_and_told_nothing(headers):
    with pytest.raises(exception.AuthenticationError, match="ftrack-secret") as refused:
        webhook.receive(BODY, headers, SECRET)
    assert SECRET not in str(refused.value)


def test_p75_the_header_may_have_another_name_and_the_site_must_be_the_right_one():
    webhook.verify(BODY.decode(), {"X-STUDIO": SECRET}, SECRET, header="x-studio")

    with pytest.raises(
        exception.AuthenticationError, match=r"of 'https://studio\.example\.com', not of 'https://evil'"
    ):
        webhook.receive(BODY, {"ftrack-secret": SECRET}, SECRET, server_url="https://evil")


@pytest.mark.parametrize("secret", ["", [], ["right", ""]])
def test_p75_an_empty_secret_opens_nothing(secret):
    with pytest.raises(ValueError, match="secret of a webhook is empty"):
        webhook.verify(BODY, {"ftrack-secret": ""}, secret)


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        5,
        [],
        {},
        {**CONTENT, "entity": None},
        {**CONTENT, "entity": {"id": 5, "entity_type": "Task", "operation": "update"}},
        {**CONTENT, "entity": {**CONTENT["entity"], "new": 5}},
        {**CONTENT, "metadata": []},
    ],
)
def test_p75_a_body_of_something_else_is_told(content):
    body = content if isinstance(content, str) else json.dumps(content)

    with pytest.raises(exception.ParseError, match="none of a webhook"):
        webhook.receive(body, {"ftrack-secret": SECRET}, SECRET)


def test_p75_the_entity_is_that_of_the_session(session, server):
    server.add("Task", id="t1", name="comp")

    told = webhook.receive(BODY, {"ftrack-secret": SECRET}, SECRET)

    assert told.entity(session)["name"] == "comp"
