"""What users of the official client rely on, run with our client on our server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).resolve().parents[1] / "contract" / "programs"
PROGRAM_SECONDS = 60


def run(program, server, folder):
    """Run a program of the contract tests, which speaks to the server its environment names, with our client."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "FTRACK_SERVER": server.url,
        "FTRACK_API_KEY": server.api_key,
        "FTRACK_API_USER": server.api_user,
        "FTRACK_API_SCHEMA_CACHE_PATH": str(folder),
    }
    result = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore::PendingDeprecationWarning", str(PROGRAMS / program)],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout.splitlines()[-1])


@pytest.mark.parametrize("program", ["browse.py", "build_tree.py", "failures.py"])
def test_the_programs_of_the_contract_run(program, server, tmp_path):
    assert run(program, server, tmp_path)
