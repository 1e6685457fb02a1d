"""Whether something stands in for parts of requests: mocks, recorders and the like, which tests put in their place.

Requests of a session go past requests for speed. A test that replaces ``requests.Session.send`` or the adapter of
requests, as the libraries responses, requests-mock and vcrpy do too, expects to see them nevertheless.
"""

from __future__ import annotations

import sys
from typing import Any

_PARTS = (
    ("requests.api", "get"),
    ("requests.api", "put"),
    ("requests.sessions", "Session.post"),
    ("requests.sessions", "Session.request"),
    ("requests.sessions", "Session.send"),
    ("requests.sessions", "Session.get_adapter"),
    ("requests.adapters", "HTTPAdapter.send"),
)
_ON_THE_PACKAGE = {"requests.api": "requests"}


_genuine: dict[tuple[str, str], Any] = {}  # what was found to be the function of requests itself


def stands_in() -> bool:
    """Return whether anything that requests, which is loaded, carries a request through was replaced: a few µs."""
    return any(is_stand_in(*part) for part in _PARTS)


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
