"""The type checkers, as programs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM_SECONDS = 300


@pytest.fixture(scope="session")
def pyright() -> list[str]:
    """The command of pyright, which the package of that name fetches once with npm.

    Where it can be neither found nor fetched, its tests are skipped.
    """
    program = Path(sys.executable).with_name("pyright")
    if not program.exists():
        pytest.skip(f"pyright is not installed at {program}; `make test` installs it")
    environment = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    result = subprocess.run(
        [str(program), "--version"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    if result.returncode != 0:
        pytest.skip(f"pyright cannot be run: {(result.stderr or result.stdout).strip()[-200:]}")
    return [str(program), "--pythonpath", sys.executable]
