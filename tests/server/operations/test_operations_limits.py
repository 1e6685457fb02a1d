"""Every limit is refused with its name, the value and the way out; what is within it passes."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_server.testing import RunningServer

BODY, OPERATIONS, EXPRESSION, ROWS = 4000, 20, 200, 8
SECONDS = 60


@pytest.fixture(scope="module")
def server(run_server: Any) -> Iterator[RunningServer]:
    with run_server(
        max_request_bytes=BODY, max_operations=OPERATIONS, max_expression_length=EXPRESSION, max_page_rows=ROWS
    ) as running:
        yield running


def send(server: RunningServer, body: bytes, **headers: str) -> Any:
    named = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key, "ftrack-strict-api": "true"}
    named.update({name.replace("_", "-"): value for name, value in headers.items()})
    return requests.post(f"{server.url}/api", data=body, headers=named, timeout=SECONDS)


def call(server: RunningServer, *operations: dict[str, Any]) -> Any:
    return send(server, json.dumps(list(operations)).encode())


def query(expression: str) -> dict[str, Any]:
    return {"action": "query", "expression": expression}


def padded(expression: str, length: int) -> dict[str, Any]:
    return query(expression + " " * (length - len(expression)))


def refused(response: requests.Response) -> tuple[int, str, str, dict[str, Any]]:
    fault = response.json()
    return response.status_code, fault["exception"], fault["error_code"], fault["error"]


@pytest.mark.parametrize(
    ("operations", "limit", "largest", "words", "place"),
    [
        ([query("Status limit 1")] * (OPERATIONS + 1), "max_operations", OPERATIONS, "has 21 operations", {}),
        (
            [query("Status limit 1"), padded("Status", EXPRESSION + 1)],
            "max_expression_length",
            EXPRESSION,
            "has 201 characters",
            {"operation_index": 1},
        ),
        (
            [{**padded("Task", EXPRESSION + 1), "action": "search", "terms": ["a"]}],
            "max_expression_length",
            EXPRESSION,
            "has 201 characters",
            {"operation_index": 0},
        ),
        ([query("Status")], "max_page_rows", ROWS, "more than 8 rows", {"operation_index": 0}),
        ([query("Status limit 1000")], "max_page_rows", ROWS, "more than 8 rows", {"operation_index": 0}),
    ],
    ids=["operations", "expression", "search", "rows", "rows with a limit"],
)
def test_more_than_a_limit_is_refused_by_its_name(
    server: RunningServer, operations: list[Any], limit: str, largest: int, words: str, place: dict[str, int]
) -> None:
    response = call(server, *operations)

    assert refused(response) == (
        413,
        "RequestTooLargeError",
        "limit_exceeded",
        {"limit": limit, "largest": largest, **place},
    )
    assert words in response.json()["content"]
    assert limit in response.json()["content"]


@pytest.mark.parametrize(
    "operations",
    [
        [query("Status limit 1")] * OPERATIONS,
        [padded("Status limit 1", EXPRESSION)],
        [query(f"Status limit {ROWS}")],
        [query(f"Status limit {ROWS} offset 2")],
        [query("Location")],
    ],
    ids=["operations", "expression", "rows", "later rows", "all rows of a short table"],
)
def test_what_is_within_a_limit_passes(server: RunningServer, operations: list[Any]) -> None:
    assert isinstance(call(server, *operations).json(), list)


@pytest.mark.parametrize("strict", ["true", "false"])
def test_the_status_of_what_is_too_large_is_always_told(server: RunningServer, strict: str) -> None:
    body = json.dumps([query("Status")]).encode()

    assert send(server, body, ftrack_strict_api=strict).status_code == 413


def test_a_query_that_takes_too_long_is_refused_by_the_name_of_its_limit(kept_address: Any) -> None:
    names = [{"action": "create", "entity_type": "Scope", "entity_data": {"name": f"scope {n}"}} for n in range(4000)]
    slow = query("Scope where " + " or ".join(f'name like "%{n}%x%"' for n in range(600)))
    with kept_address() as place:
        with running_server(database=place) as patient:
            call(patient, *names)
            assert call(patient, slow).json()[0]["data"] == []
        with running_server(database=place, query_timeout=0.1) as hasty:
            response = call(hasty, query("Scope limit 1"), slow)
            after = call(hasty, query("Scope limit 1"))

    assert refused(response) == (
        400,
        "QueryTimeoutError",
        "query_timeout",
        {"limit": "query_timeout", "largest": 0.1, "operation_index": 1},
    )
    assert "limit and offset" in response.json()["content"]
    assert len(after.json()) == 1


def test_a_page_as_long_as_the_limit_tells_where_to_go_on(server: RunningServer) -> None:
    [reply] = call(server, query(f"Status limit {ROWS}")).json()

    assert (len(reply["data"]), reply["metadata"]["next"]["offset"]) == (ROWS, ROWS)


def test_a_batch_that_is_refused_leaves_nothing(server: RunningServer) -> None:
    scopes = [{"action": "create", "entity_type": "Scope", "entity_data": {"name": "left"}}]

    assert call(server, *scopes, query("Status")).status_code == 413
    assert call(server, query('Scope where name is "left"')).json()[0]["data"] == []


def test_compressed_requests_are_read(server: RunningServer) -> None:
    body = json.dumps([query("select name from Status limit 1")]).encode()

    for packed in (gzip.compress(body), gzip.compress(body[:10]) + gzip.compress(body[10:])):
        assert len(send(server, packed, content_encoding="gzip").json()[0]["data"]) == 1


@pytest.mark.parametrize("size", [BODY + 1, 100 * 1024 * 1024])
def test_the_limit_of_a_body_counts_what_comes_out_of_it(server: RunningServer, size: int) -> None:
    response = send(server, gzip.compress(b" " * size), content_encoding="gzip")

    assert refused(response) == (
        413,
        "RequestTooLargeError",
        "limit_exceeded",
        {"limit": "max_request_bytes", "largest": BODY},
    )


def test_a_compressed_body_at_the_limit_is_accepted(server: RunningServer) -> None:
    body = b"[" + b" " * (BODY - 2) + b"]"

    assert send(server, gzip.compress(body), content_encoding="gzip").json() == []


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (gzip.compress(b"[]", mtime=0)[:-4], "gzip", "breaks off"),
        (b"[]", "gzip", "no gzip data"),
        (zlib.compress(b"[]"), "deflate", '"deflate"'),
    ],
    ids=["cut off", "plain", "another encoding"],
)
def test_a_body_that_cannot_be_expanded_is_refused_in_words(
    server: RunningServer, body: bytes, encoding: str, words: str
) -> None:
    response = send(server, body, content_encoding=encoding)

    assert (response.status_code, response.json()["exception"]) == (400, "RequestError")
    assert words in response.json()["content"]
