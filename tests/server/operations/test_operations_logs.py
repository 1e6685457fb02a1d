"""Each request has an id, which its answer, its fault and its line in the log share."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server import logs

if TYPE_CHECKING:
    from tests.server.operations.conftest import Site

SECONDS = 60


def test_a_request_leaves_one_line_that_tells_all_but_secrets(site: Site) -> None:
    server = site.serve()

    response = server.post(
        {"action": "query", "expression": "Status"}, {"action": "query", "expression": "Statsu"}, x_request_id="job-7"
    )
    server.end()

    [line] = [line for line in server.log() if line["logger"] == "ftrack_server.request"]
    assert response.headers["x-request-id"] == response.json()["request_id"] == line["request_id"] == "job-7"
    assert (line["method"], line["path"], line["status"], line["level"]) == ("POST", "/api", 200, "info")
    assert (line["user"], line["operations"], line["fault"]) == ("admin", 2, "UnknownEntityTypeError")
    assert line["duration_ms"] >= 0
    assert line["bytes"] == len(response.content)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert site.headers["ftrack-api-key"] not in json.dumps(server.log())


@pytest.mark.parametrize("given", [None, "", "a" * 101, "two words", 'quo"te'])
def test_an_id_that_makes_no_sense_is_replaced(site: Site, given: str | None) -> None:
    server = site.serve()

    headers = {} if given is None else {"x_request_id": given}
    found = [server.post({"action": "dance"}, **headers) for _ in range(2)]

    ids = {response.headers["x-request-id"] for response in found}
    assert ids == {response.json()["request_id"] for response in found}
    assert all(re.fullmatch(r"[0-9a-f]{32}", id_) for id_ in ids)
    assert len(ids) == 2


def test_answers_that_are_no_calls_have_an_id_too(site: Site) -> None:
    server = site.serve()

    missing = requests.get(f"{server.url}/nothing?token=secret", timeout=SECONDS)
    preflight = requests.options(f"{server.url}/api", headers={"Origin": "https://a.example"}, timeout=SECONDS)
    requests.get(f"{server.url}/health", timeout=SECONDS)
    server.end()

    lines = [line for line in server.log() if line["logger"] == "ftrack_server.request"]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/nothing", 404),
        ("OPTIONS", "/api", 200),
    ]
    assert [line["request_id"] for line in lines] == [
        missing.headers["x-request-id"],
        preflight.headers["x-request-id"],
    ]
    assert missing.json()["request_id"] == missing.headers["x-request-id"]


def test_a_log_for_people_has_no_braces(site: Site) -> None:
    server = site.serve("--log-format", "text")

    server.post(x_request_id="job-8")
    server.end()

    assert re.search(r"INFO ftrack_server\.request: POST /api 200 \[job-8\]", server.text())


def record(message: str, *values: object, **extra: object) -> logging.LogRecord:
    found = logging.LogRecord("tests", logging.WARNING, __file__, 1, message, values, None)
    found.__dict__.update(extra)
    return found


def test_a_line_is_one_object_whatever_is_logged() -> None:
    error = ValueError("half\nway")
    failed = record("with %s", "ünï\ncode", exc_info=(type(error), error, None), fields={"seconds": 1.5, "of": int})

    text = logs.JsonFormatter().format(failed)

    line = json.loads(text)
    assert "\n" not in text
    assert (line["message"], line["level"], line["logger"]) == ("with ünï\ncode", "warning", "tests")
    assert "ValueError: half\nway" in line["exception"]
    assert (line["seconds"], line["of"]) == (1.5, str(int))


def test_facts_outside_of_a_request_do_no_harm() -> None:
    logs.note(user="nobody")

    assert logs.request_id() is None
    assert "request_id" not in json.loads(logs.JsonFormatter().format(record("x")))


def test_a_page_that_fails_has_an_id_under_which_the_log_tells_why(
    caplog: pytest.LogCaptureFixture, run_server: Any
) -> None:
    with run_server() as server:
        headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
        call = [{"action": "get_widget_url", "name": "tasks"}]
        [reply] = requests.post(f"{server.url}/api", json=call, headers=headers, timeout=SECONDS).json()
        with server.database.write() as connection:
            connection.exec_driver_sql("ALTER TABLE appointment RENAME TO elsewhere")
        failed = requests.get(reply["widget_url"], headers={"X-Request-ID": "page-1"}, timeout=SECONDS)

    assert (failed.status_code, failed.headers["content-type"]) == (500, "application/json")
    assert failed.json()["request_id"] == failed.headers["x-request-id"] == "page-1"
    assert "appointment" not in failed.text
    assert re.search("no such table: appointment|relation .appointment. does not exist", caplog.text)
