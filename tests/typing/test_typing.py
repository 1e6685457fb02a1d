"""The files of this folder pass mypy in strict mode, and pyright knows the type of every public name."""

from __future__ import annotations

import json
import os
import shutil
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


def test_pyright_knows_the_type_of_every_public_name(pyright: list[str], tmp_path: Path) -> None:
    source = FOLDER.parents[1] / "src"
    for package in ("ftrack_api", "ftrack_protocol"):  # as installed; pyright does not follow links to a source tree
        shutil.copytree(source / package, tmp_path / package)
    command = [*pyright, "--verifytypes", "ftrack_api", "--ignoreexternal", "--outputjson"]

    result = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    report = json.loads(result.stdout)["typeCompleteness"]
    unknown = [
        f"{symbol['name']}: {problem['message']}"
        for symbol in report["symbols"]
        for problem in symbol["diagnostics"]
        if problem["severity"] == "error"
    ]
    assert unknown == []
    assert report["completenessScore"] == 1
    assert report["exportedSymbolCounts"]["withKnownType"] > 500
