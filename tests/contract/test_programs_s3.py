"""Programs that publish files, against a server whose files are in a bucket: clients send them there themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.contract.test_programs import JAVASCRIPT_PROGRAMS, PYTHON_PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.contract


@pytest.mark.parametrize("client", ["official", "own"])
@pytest.mark.parametrize("program", [name for name in PYTHON_PROGRAMS if name.startswith("files:")])
def test_a_program_does_not_notice_the_bucket(interpreters: Callable[..., Any], program: str, client: str) -> None:
    outcome = interpreters(client, "bucket").run(program)

    assert outcome["trace"] is None, outcome["trace"]


@pytest.mark.parametrize("program", [name for name in JAVASCRIPT_PROGRAMS if name.startswith("uploads")])
def test_a_javascript_program_does_not_notice_it_either(interpreters: Callable[..., Any], program: str) -> None:
    outcome = interpreters("javascript", "bucket").run(program)

    assert outcome["trace"] is None, outcome["trace"]
