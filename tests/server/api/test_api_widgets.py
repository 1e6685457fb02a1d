"""Widget addresses open a page for a while, for whoever has them, and show no more than their owner may see."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.auth.keys import Authenticator
from ftrack_server.auth.tickets import VALID_SECONDS
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_server.testing import RunningServer


@pytest.fixture
def server(run_server: Any) -> Iterator[RunningServer]:
    with run_server(seed="demo") as server:
        yield server


def call(server: RunningServer, *operations: dict[str, Any]) -> Any:
    headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
    return requests.post(f"{server.url}/api", json=list(operations), headers=headers, timeout=30).json()


def address(server: RunningServer, **more: Any) -> str:
    [reply] = call(server, {"action": "get_widget_url", **more})
    found: str = reply["widget_url"]
    return found


def test_tasks_are_those_of_the_person_who_asked(server: RunningServer) -> None:
    [shot] = call(server, {"action": "query", "expression": "select id from Shot limit 1"})
    [me] = call(server, {"action": "query", "expression": f'User where username is "{server.api_user}"'})
    task = {"id": "t", "name": "<b>loud</b>", "parent_id": shot["data"][0]["id"]}
    assignment = {"context_id": "t", "resource_id": me["data"][0]["id"], "type": "assignment"}
    call(
        server,
        {"action": "create", "entity_type": "Task", "entity_data": task},
        {"action": "create", "entity_type": "Appointment", "entity_data": assignment},
    )

    page = requests.get(address(server, name="tasks", theme="light"), timeout=30)

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "&lt;b&gt;loud&lt;/b&gt;" in page.text
    assert "<b>loud" not in page.text
    assert page.text.count("<tr>") == 2
    assert server.api_key not in page.text + page.url


def test_information_shows_an_entity(server: RunningServer) -> None:
    [shots] = call(server, {"action": "query", "expression": "select id, name from Shot limit 1"})
    shot = shots["data"][0]

    page = requests.get(address(server, name="info", entity_type="Shot", entity_key=[shot["id"]]), timeout=30)
    missing = requests.get(address(server, name="info", entity_type="Shot", entity_key="gone"), timeout=30)

    assert shot["name"] in page.text
    assert "There is no such entity" in missing.text


def test_an_odd_theme_is_dark(server: RunningServer) -> None:
    assert "#24272b" in requests.get(address(server, name="tasks_browser", theme="pink"), timeout=30).text


@pytest.mark.parametrize("path", ["/widget/tasks", "/widget/tasks?token=x"])
def test_without_its_token_a_page_is_refused(server: RunningServer, path: str) -> None:
    page = requests.get(server.url + path, timeout=30)

    assert page.status_code == 403
    assert "Open the page anew" in page.text


def test_a_token_opens_its_own_page_only(server: RunningServer) -> None:
    found = address(server, name="tasks")

    assert requests.get(found.replace("/widget/tasks", "/widget/info"), timeout=30).status_code == 403


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        ({"name": "dance"}, 'no widget "dance"; there are info, tasks, tasks_browser'),
        ({"name": "info"}, "needs entity_type and entity_key"),
        ({"name": "info", "entity_type": "Shoot", "entity_key": "x"}, 'Did you mean "Shot"'),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    server: RunningServer, request_: dict[str, Any], complaint: str
) -> None:
    assert complaint in call(server, {"action": "get_widget_url", **request_})["content"]


def token_of(server: RunningServer) -> str:
    return address(server, name="tasks").partition("token=")[2]


def test_an_address_is_valid_for_six_minutes(server: RunningServer) -> None:
    now = [time.time()]
    authenticator = Authenticator(server.database, monotonic=lambda: now[0], wall=lambda: now[0])
    token = token_of(server)

    now[0] += VALID_SECONDS - 5
    assert authenticator.open_page(token) is not None
    now[0] += 6
    assert authenticator.open_page(token) is None


def test_an_address_opens_on_every_server_of_the_database(kept_address: Any) -> None:
    with kept_address("demo") as place, running_server(database=place) as one, running_server(database=place) as other:
        token = token_of(one)
        damaged = token[:-1] + ("0" if token[-1] != "0" else "1")

        assert requests.get(f"{other.url}/widget/tasks?token={token}", timeout=30).status_code == 200
        assert requests.get(f"{other.url}/widget/tasks?token={damaged}", timeout=30).status_code == 403


def test_an_address_ends_with_the_key_it_came_from(server: RunningServer) -> None:
    page = address(server, name="tasks")
    [me] = call(server, {"action": "query", "expression": f'User where username is "{server.api_user}"'})
    reset = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User"}
    call(server, {**reset, "entity_key": me["data"][0]["id"]})

    assert requests.get(page, timeout=30).status_code == 403


def test_the_token_of_a_page_is_no_session_and_a_session_no_token(server: RunningServer) -> None:
    token = token_of(server)
    headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
    cookie = requests.post(f"{server.url}/api", json=[], headers=headers, timeout=30).headers["set-cookie"]
    session = cookie.partition("=")[2].partition(";")[0]

    refused = requests.post(f"{server.url}/api", json=[], headers={"cookie": f"ftrack_session={token}"}, timeout=30)

    assert refused.json()["exception"] == "InvalidCredentialsError"
    assert requests.get(f"{server.url}/widget/tasks?token={session}", timeout=30).status_code == 403


def test_usage_is_taken_and_forgotten(server: RunningServer) -> None:
    assert call(server, {"action": "_track_usage", "data": [{"feature": "x"}]}) == [
        {"action": "_track_usage", "data": True}
    ]


def test_a_job_for_a_service_that_is_not_there_fails_and_says_why(server: RunningServer) -> None:
    [reply] = call(server, {"action": "delayed_job", "job_type": "SYNC_USERS_LDAP"})
    [found] = call(
        server, {"action": "query", "expression": f'select status, data from Job where id is "{reply["data"]["id"]}"'}
    )

    assert reply["data"]["__entity_type__"] == "Job"
    assert found["data"][0]["status"] == "failed"
    assert "no directory" in found["data"][0]["data"]
    assert "there are SYNC_USERS_LDAP" in call(server, {"action": "delayed_job", "job_type": "X"})["content"]
