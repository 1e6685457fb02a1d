"""Packages that others have built on the official client work with ours as they do with that, against our server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.contract.conftest import PROGRAM_SECONDS, PROGRAMS, REPOSITORY, environment_of

from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from ftrack_server.testing import RunningServer

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


def run(python: Path | str, program: str, server: RunningServer, packages: Path, home: Path) -> Any:
    """Return the JSON that a program prints last."""
    home.mkdir()
    result = subprocess.run(
        [str(python), "-W", "ignore", str(PROGRAMS / "integrations" / program)],
        env={**environment_of(server, home), "PYTHONPATH": str(packages)},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout.splitlines()[-1])


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
        with running_server(seed="demo") as server:
            outcomes[client] = run(python, program, server, packages, tmp_path / client)

    assert outcomes["own"] == outcomes["official"]
    if isinstance(expected, dict):
        assert {name: outcomes["own"][name] for name in expected} == expected
    else:
        assert expected in outcomes["own"]
