"""The files of this folder pass mypy in strict mode."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
FILES = sorted(path for path in FOLDER.glob("*.py") if not path.name.startswith("test_"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_typed_use_passes(path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--config-file", str(FOLDER.parents[1] / "pyproject.toml"), str(path)]

    result = subprocess.run(command, cwd=FOLDER.parents[1], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout
