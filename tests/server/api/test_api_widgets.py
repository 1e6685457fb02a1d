"""Widget addresses open a page for a while, for whoever has them, and show no more than their owner may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.auth.keys import Actor
from ftrack_server.auth.roles import everything
from ftrack_server.auth.tickets import KEPT, VALID_SECONDS, Ticket, Tickets
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_server.testing import RunningServer


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with running_server(seed="demo") as server:
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


def test_tickets_end_with_time_and_with_their_number() -> None:
    seconds = [0.0]
    tickets = Tickets(lambda: seconds[0])
    actor = Actor("u", "kim", "k", is_global=False, access=everything("u"))
    ticket = Ticket(actor, "tasks", "dark", "", (), "http://server")

    first = tickets.give(ticket)
    seconds[0] = VALID_SECONDS - 1
    assert tickets.find(first) is ticket
    seconds[0] = VALID_SECONDS
    assert tickets.find(first) is None

    oldest = tickets.give(ticket)
    for _ in range(KEPT):
        tickets.give(ticket)
    assert tickets.find(oldest) is None


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
