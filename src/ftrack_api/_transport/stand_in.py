"""Whether something stands in for parts of requests: mocks, recorders and the like, which tests put in their place.

Requests of a session go past requests for speed. A test that replaces ``requests.Session.send`` or the adapter of
requests, as the libraries responses, requests-mock and vcrpy do too, expects to see them nevertheless; and that each
comes once, without waiting, with the arguments that are known.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from ftrack_api._transport.base import Response

_PARTS = (
    ("requests.api", "get"),
    ("requests.api", "put"),
    ("requests.sessions", "Session.post"),
    ("requests.sessions", "Session.request"),
    ("requests.sessions", "Session.send"),
    ("requests.sessions", "Session.get_adapter"),
    ("requests.adapters", "HTTPAdapter.send"),
)
_OF_SESSIONS = ("post", "request", "send", "get_adapter")
_ON_THE_PACKAGE = {"requests.api": "requests"}


_genuine: dict[tuple[str, str], Any] = {}  # what was found to be the function of requests itself


def stands_in() -> bool:
    """Return whether anything that requests, which is loaded, carries a request through was replaced: a few µs."""
    return any(is_stand_in(*part) for part in _PARTS)


def stands_in_at(session: Any, url: str) -> bool:
    """Return whether a session of requests, which is loaded, or its adapter for an address is put there by a test."""
    sessions, adapters = sys.modules["requests.sessions"], sys.modules["requests.adapters"]
    if not issubclass(type(session), sessions.Session) or any(name in vars(session) for name in _OF_SESSIONS):
        return True
    adapter = session.get_adapter(url)
    return not issubclass(type(adapter), adapters.HTTPAdapter) or "send" in vars(adapter)


def posts_elsewhere(session: Any) -> bool:
    """Return whether the ``post`` of a session is not the one of requests."""
    sessions = sys.modules["requests.sessions"]
    is_genuine = issubclass(type(session), sessions.Session) and "post" not in vars(session)
    return not is_genuine or is_stand_in("requests.sessions", "Session.post")


def told(answer: Any) -> Response:
    """Return what an answer tells that a test made, which may be a mock that tells little: 200, and a text."""
    status, headers, body = answer.status_code, answer.headers, answer.content
    if not isinstance(body, bytes):
        body = str(answer.text).encode("utf-8")
    return Response(
        status if isinstance(status, int) else 200,
        {str(name).lower(): value for name, value in headers.items()} if isinstance(headers, Mapping) else {},
        body,
    )


def is_stand_in(module: str, path: str) -> bool:
    """Return whether a function of requests, named by its module and its path in it, is not the one of requests."""
    found: Any = sys.modules[_ON_THE_PACKAGE.get(module, module)]
    for name in path.split("."):
        found = getattr(found, name)
    if found is _genuine.get((module, path)):
        return False
    code = getattr(found, "__code__", None)
    if code is None or code.co_filename != sys.modules[module].__file__:
        return True
    _genuine[module, path] = found
    return False
