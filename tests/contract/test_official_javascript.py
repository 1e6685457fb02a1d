"""The official JavaScript client works against our server, under Node.js."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.contract


def test_it_finds_what_its_users_rely_on(run_javascript: Callable[[str], Any]) -> None:
    results = run_javascript("javascript_session.mjs")

    assert len(results) > 10
    assert {name: trace for name, trace in results.items() if trace != "ok"} == {}
