"""Packages that others have built on the official client work with ours as they do with that, against our server."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.contract.conftest import REPOSITORY, environment_of, run_program

from ftrack_server.testing import running_server

pytestmark = pytest.mark.contract

PACKAGES = REPOSITORY / ".cache" / "integrations"


@pytest.fixture(scope="module")
def packages() -> Path:
    """The folder that `make test` installs the packages into, without the official client that they ask for."""
    if not (PACKAGES / ".ready").exists():
        reason = f"the packages are not installed in {PACKAGES}; `make test` installs them"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return PACKAGES


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("query_builder.py", {"updated": 1, "deleted": 1, "left": 0, "made": ["made", True]}),
        ("collections_of_entities.py", {"projects": ["night_heron"], "changed": ["changed by a wrapper"]}),
        ("action.py", ["ftrack.action.launch", [{"success": True, "message": "comp to roto"}]]),
    ],
)
def test_a_package_works_with_either_client(
    program: str, expected: Any, official_python: Path, packages: Path, tmp_path: Path
) -> None:
    outcomes = {}
    for client, python in (("official", official_python), ("own", sys.executable)):
        home = tmp_path / client
        home.mkdir()
        with running_server(seed="demo") as server:
            environment = {**environment_of(server, home), "PYTHONPATH": str(packages)}
            outcomes[client] = run_program(python, f"integrations/{program}", environment=environment)

    assert outcomes["own"] == outcomes["official"]
    if isinstance(expected, dict):
        assert {name: outcomes["own"][name] for name in expected} == expected
    else:
        assert expected in outcomes["own"]
