"""Cookies of one server: kept, replaced, ended, and sent where they belong."""

from __future__ import annotations

import pytest

from ftrack_api._transport.cookies import Cookies


def sent(*headers: str, path: str = "/api", is_secure: bool = False) -> str:
    cookies = Cookies([("given", "1")])
    cookies.take(headers)
    return cookies.header(path, is_secure=is_secure)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((), "given=1"),
        (("a=b",), "given=1; a=b"),
        (("a=b", "a=c; HttpOnly"), "given=1; a=c"),
        (("given=2",), "given=2"),
        (("given=; Max-Age=0",), ""),
        (("given=x; expires=Thu, 01 Jan 1970 00:00:00 GMT",), ""),
        (("a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",), "given=1; a=b"),
        (("a=b=c; Path=/",), "given=1; a=b=c"),
        (("a=b; Max-Age=soon",), "given=1; a=b"),
        (("a=b; Expires=some day",), "given=1; a=b"),
        (("a=b; Max-Age=" + "9" * 400,), "given=1; a=b"),
        (("nonsense", "=x", ""), "given=1"),
        (("a=b; Path=/ap",), "given=1"),
        (("a=b; Path=/api",), "given=1; a=b"),
        (("a=b; Path=/component/",), "given=1"),
        (("a=b; Path=relative",), "given=1; a=b"),
        (("a=b; Secure",), "given=1"),
    ],
)
def test_what_is_sent_back(headers: tuple[str, ...], expected: str) -> None:
    assert sent(*headers) == expected


def test_a_secure_cookie_is_sent_over_tls() -> None:
    assert sent("a=b; Secure", is_secure=True) == "given=1; a=b"


def test_a_cookie_belongs_below_its_path() -> None:
    assert sent("a=b; Path=/component", path="/component/get") == "given=1; a=b"
