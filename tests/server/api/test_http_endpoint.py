"""POST /api over real HTTP: limits, statuses, headers, cross-origin rules, compression, JSON for every failure."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from ftrack_server.api.options import CallOptions, Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_server.testing import RunningServer

LIMIT = 200_000


@pytest.fixture(scope="module")
def server(run_server: Any) -> Iterator[RunningServer]:
    with run_server(max_request_bytes=LIMIT) as running:
        yield running


def post(server: RunningServer, body: Any, path: str = "/api", **headers: str) -> requests.Response:
    named = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
    named.update({name.replace("_", "-"): value for name, value in headers.items()})
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(server.url + path, data=data, headers=named, timeout=10)


@pytest.mark.parametrize("path", ["/api", "/api/"])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_any_content_type_is_read_as_json(server: RunningServer, path: str, content_type: str) -> None:
    response = post(server, [{"action": "query_server_information"}], path, Content_Type=content_type)

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json()[0]["version"] == "24.6.0.0"


def test_an_empty_batch_and_a_lone_operation_are_answered_in_kind(server: RunningServer) -> None:
    assert post(server, []).json() == []
    assert post(server, {"action": "query_server_information"}).json()["is_timezone_support_enabled"] is True


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"ftrack_strict_api": "false"}, 200),
        ({"ftrack_strict_api": "true"}, 400),
        ({"ftrack_api_options": "strict:1;denormalize:1"}, 400),
        ({"ftrack_api_options": "denormalize=False;strict=True"}, 400),
        ({"ftrack_api_options": "strict=0; unknown=1"}, 200),
    ],
)
def test_an_error_has_a_status_of_its_own_only_for_strict_calls(
    server: RunningServer, headers: dict[str, str], status: int
) -> None:
    response = post(server, [{"action": "query", "expression": 'Task where name iss "x"'}], **headers)

    assert response.status_code == status
    assert response.json()["exception"] == "ParseError"
    assert response.json()["error"] == {"operation_index": 0}
    assert "column 17" in response.json()["content"]


@pytest.mark.parametrize(
    ("operation", "status", "exception"),
    [
        ({"action": "dance"}, 400, "UnknownActionError"),
        ({"action": "delete", "entity_type": "Task", "entity_key": ["x"]}, 404, "NotFoundError"),
        ({"action": "create", "entity_type": "Task", "entity_data": {"name": 5}}, 422, "ValidationError"),
        ({"action": "create", "entity_type": "Scope", "entity_data": {}}, 409, "IntegrityError"),
        ({"action": "create", "entity_type": "Event", "entity_data": {}}, 403, "PermissionError"),
    ],
)
def test_each_kind_of_failure_has_its_status(
    server: RunningServer, operation: dict[str, Any], status: int, exception: str
) -> None:
    response = post(server, [operation], ftrack_strict_api="true")

    assert (response.status_code, response.json()["exception"]) == (status, exception)


@pytest.mark.parametrize(("strict", "status"), [("true", 401), ("false", 200)])
def test_wrong_credentials_have_a_code(server: RunningServer, strict: str, status: int) -> None:
    response = post(server, [], ftrack_api_key="wrong", ftrack_strict_api=strict)

    assert response.status_code == status
    assert response.json()["error_code"] == "api_credentials_invalid"
    assert response.json()["exception"] == "InvalidCredentialsError"


def test_the_user_may_be_named_by_the_other_header(server: RunningServer) -> None:
    headers = {"ftrack-api-user": server.api_user, "FTRACK-API-KEY": server.api_key}

    assert requests.post(f"{server.url}/api", data="[]", headers=headers, timeout=10).json() == []


def test_malformed_json_is_a_fault_with_its_position(server: RunningServer) -> None:
    response = post(server, b'[{"action": "query",, }]')

    assert (response.status_code, response.json()["exception"]) == (200, "RequestError")
    assert "line 1 column 21" in response.json()["content"]


@pytest.mark.parametrize("body", [b"[" * 50_000, b"\xff\xfe", b"", b"[NaN]", b'"text"', b"[1]"])
def test_whatever_is_sent_is_answered_with_a_fault(server: RunningServer, body: bytes) -> None:
    response = post(server, body, ftrack_strict_api="true")

    assert response.status_code == 400
    assert response.json()["content"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_limit_is_refused_and_the_connection_survives(server: RunningServer, chunked: bool) -> None:
    named = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
    body = b" " * (LIMIT * 3)
    with requests.Session() as session:
        sent = (body[start : start + 65536] for start in range(0, len(body), 65536)) if chunked else body
        response = session.post(f"{server.url}/api", data=sent, headers=named, timeout=10)
        after = session.post(f"{server.url}/api", data="[]", headers=named, timeout=10)

    assert (response.status_code, response.json()["exception"]) == (413, "RequestTooLargeError")
    assert f"{LIMIT} bytes" in response.json()["content"]
    assert after.json() == []


def test_a_body_at_the_limit_is_accepted(server: RunningServer) -> None:
    assert post(server, b"[" + b" " * (LIMIT - 2) + b"]").json() == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("POST", "/nothing", 404), ("GET", "/api", 405), ("DELETE", "/api/", 405)],
)
def test_other_paths_and_methods_are_answered_in_json(
    server: RunningServer, method: str, path: str, status: int
) -> None:
    response = requests.request(method, server.url + path, timeout=10)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    assert set(response.json()) >= {"exception", "content", "error_code"}


def test_a_failure_of_the_server_itself_is_told_without_its_inside(
    server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    tables = server.database.metadata.tables
    with server.database.write() as connection:
        connection.execute(tables["setting"].delete())
        connection.exec_driver_sql("ALTER TABLE setting RENAME TO elsewhere")
    response = post(server, [{"action": "query_server_information"}])
    with server.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO setting")

    assert (response.status_code, response.json()["exception"]) == (500, "ServerError")
    assert "setting" not in response.json()["content"]
    assert re.search(r"no such table: setting|relation \"setting\" does not exist", caplog.text)
    assert server.api_key not in caplog.text


@pytest.mark.parametrize("path", ["/api", "/", "/component/get", "/any/thing"])
def test_preflights_are_answered_on_every_path(server: RunningServer, path: str) -> None:
    asked = {
        "Origin": "https://studio.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "ftrack-user, x-studio",
    }

    response = requests.options(server.url + path, headers=asked, timeout=10)

    allowed = {name.strip() for name in response.headers["access-control-allow-headers"].split(",")}
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "https://studio.example"
    assert response.headers["access-control-allow-credentials"] == "true"
    assert response.headers["access-control-allow-methods"] == "GET, POST, PUT, OPTIONS"
    assert {"content-type", "ftrack-api-key", "ftrack-clienttoken", "ftrack-api-options", "x-studio"} <= allowed


@pytest.mark.parametrize("path", ["/api", "/nothing"])
def test_answers_and_failures_may_be_read_by_other_origins(server: RunningServer, path: str) -> None:
    response = post(server, [], path, Origin="https://studio.example")

    assert response.headers["access-control-allow-origin"] == "https://studio.example"
    assert {"ETag", "X-Request-ID"} <= set(response.headers["access-control-expose-headers"].split(", "))
    assert "access-control-allow-origin" not in post(server, [], path).headers


def test_large_answers_are_compressed_for_those_who_can_read_that(server: RunningServer) -> None:
    operation = [{"action": "query_schemas"}]

    small = post(server, [])
    large = post(server, operation, Accept_Encoding="gzip")
    plain = post(server, operation, Accept_Encoding="identity")

    assert "content-encoding" not in small.headers
    assert large.headers["content-encoding"] == "gzip"
    assert int(large.headers["content-length"]) < len(plain.content) / 4
    assert large.json() == plain.json()
    assert len(large.json()[0]) == 130


def test_a_compressed_answer_is_plain_gzip(server: RunningServer) -> None:
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key, "accept-encoding": "gzip"}
    connection.request("POST", "/api", '[{"action": "query_schemas"}]', headers)
    body = connection.getresponse().read()
    connection.close()

    assert len(json.loads(gzip.decompress(body))[0]) == 130


def test_a_client_that_goes_away_does_no_harm(server: RunningServer, caplog: pytest.LogCaptureFixture) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as half:
        half.sendall(b"POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[")

    assert post(server, []).json() == []
    assert "Traceback" not in caplog.text


def test_many_calls_at_once_are_all_answered(server: RunningServer) -> None:
    def call(number: int) -> Any:
        if number % 5 == 0:
            return post(server, [{"action": "create", "entity_type": "Scope", "entity_data": {"name": f"{number}"}}])
        return post(server, [{"action": "query", "expression": "select name from Status"}])

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(call, range(60)))

    assert {answer.status_code for answer in answers} == {200}
    assert all(isinstance(answer.json(), list) for answer in answers)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, CallOptions()),
        ({"ftrack-strict-api": "true"}, CallOptions(error_statuses=True, refuse_unknown=True)),
        ({"ftrack-api-options": "strict:1"}, CallOptions(error_statuses=True, strict=True)),
        (
            {"ftrack-api-options": "Strict = TRUE ;denormalize=1"},
            CallOptions(error_statuses=True, strict=True, denormalize=True),
        ),
        ({"ftrack-api-options": "denormalize=1"}, CallOptions()),
        ({"ftrack-api-options": ";;nonsense;=;strict"}, CallOptions()),
        ({"ftrack-pushtoken": "undefined", "ftrack-clienttoken": "c"}, CallOptions(client_token="c")),
        ({"ftrack-pushtoken": "p"}, CallOptions(push_token="p")),
    ],
)
def test_headers_say_how_a_call_wants_to_be_treated(headers: dict[str, str], expected: CallOptions) -> None:
    assert CallOptions.of(headers) == expected


def test_user_names_beyond_latin_are_understood() -> None:
    mangled = "björn 力".encode().decode("latin-1")

    assert Credentials.of({"ftrack-user": mangled, "ftrack-api-key": "k"}).username == "björn 力"
    assert Credentials.of({"ftrack-user": "bj\xf6rn", "ftrack-api-key": "k"}).username == "björn"
