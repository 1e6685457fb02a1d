"""What answers of a server become: values, or exceptions that tell what went wrong."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api import exception
from ftrack_api._transport.base import Response
from ftrack_api._transport.faults import check


def answer(value, status=200, **headers):
    return Response(status, headers, json.dumps(value).encode())


def refusal(response):
    with pytest.raises(exception.ServerError) as caught:
        check(response)
    return caught.value


def test_a_list_of_results_is_returned():
    assert check(answer([{"action": "query", "data": []}])) == [{"action": "query", "data": []}]


@pytest.mark.parametrize("status", [200, 422])
def test_a_fault_becomes_an_error_with_its_parts(status):
    fault = {
        "exception": "SomeError",
        "content": "no {such} thing {0}",
        "error_code": "odd",
        "error": {"operation_index": 2},
    }
    response = Response(status, {"x-request-id": "r-7"}, json.dumps(fault).encode())

    error = refusal(response)

    assert str(error) == "Server reported error: SomeError(no {such} thing {0})"
    assert (error.exception, error.content, error.code) == ("SomeError", "no {such} thing {0}", "odd")
    assert (error.status, error.operation_index, error.request_id) == (status, 2, "r-7")
    assert error.error == {"operation_index": 2}


@pytest.mark.parametrize(
    ("name", "content", "code", "expected"),
    [
        ("InvalidCredentialsError", "no", None, exception.Unauthorized),
        ("FTAuthenticationError", "no", None, exception.Unauthorized),
        ("Whatever", "no", "api_credentials_invalid", exception.Unauthorized),
        ("PermissionError", "no", None, exception.PermissionDenied),
        ("ValidationError", "no", None, exception.ValidationError),
        ("DuplicateEntryError", "no", None, exception.DuplicateEntry),
        ("IntegrityError", "Duplicate entry 'x' for key", None, exception.DuplicateEntry),
        ("IntegrityError", "DuplicateEntryError: There is one already.", None, exception.DuplicateEntry),
        ("Error", "(IntegrityError) DuplicateEntryError", None, exception.DuplicateEntry),
        ("IntegrityError", "a foreign key", None, exception.ServerError),
        ("New", "no", None, exception.ServerError),
    ],
)
def test_names_and_codes_choose_the_class(name, content, code, expected):
    error = refusal(answer({"exception": name, "content": content, "error_code": code}))

    assert type(error) is expected


def test_invalid_credentials_are_an_authentication_error_too():
    error = refusal(answer({"exception": "X", "content": "", "error_code": "api_credentials_invalid"}, 401))

    assert isinstance(error, exception.AuthenticationError)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, exception.Unauthorized),
        (403, exception.PermissionDenied),
        (404, exception.NotFound),
        (429, exception.RateLimited),
        (500, exception.ServerError),
    ],
)
def test_the_status_chooses_when_there_is_no_fault(status, expected):
    assert type(refusal(answer([], status))) is expected


def test_a_page_of_a_proxy_becomes_an_error_with_status_and_text():
    page = b"<html><style>p {color: red}</style><h1>502&nbsp;Bad Gateway</h1>\n<p>n{gin}x</p></html>"

    error = refusal(Response(502, {"content-type": "text/html"}, page))

    assert str(error) == "Server answered with HTTP status 502: 502 Bad Gateway n{gin}x"
    assert error.status == 502
    assert isinstance(error.__cause__, ValueError)


@pytest.mark.parametrize("body", [b"", b"OK", b"\xff\xfe", b'{"cut": '])
def test_an_answer_that_is_no_json_is_an_error_even_with_status_200(body):
    assert "unexpected format" in str(refusal(Response(200, {}, body)))


def test_only_the_beginning_of_a_body_is_shown():
    assert len(str(refusal(Response(500, {}, b"x" * 100_000)))) < 300


@given(st.binary(), st.sampled_from([200, 204, 400, 502]))
def test_any_body_gives_a_value_or_a_server_error(body, status):
    with contextlib.suppress(exception.ServerError):
        check(Response(status, {"content-type": "text/html"}, body))
