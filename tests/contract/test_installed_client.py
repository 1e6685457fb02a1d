"""The installed client: how much it brings, and that importing it is quiet and light beside the official one."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
MOST_BYTES = 15_000_000
COUNT = "import sys; before = len(sys.modules); import ftrack_api; print(len(sys.modules) - before)"


def requirements(name: str) -> set[str]:
    """Return the distributions that one needs at run time, itself included."""
    found: set[str] = set()
    waiting = [(name, False)]
    while waiting:
        wanted, is_conditional = waiting.pop()
        try:
            distribution = importlib.metadata.distribution(wanted)
        except importlib.metadata.PackageNotFoundError:
            if is_conditional:  # of another version of Python
                continue
            raise
        normal = re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
        if normal not in found:
            found.add(normal)
            texts = [text for text in distribution.requires or () if "extra ==" not in text]
            waiting += [(re.split(r"[^\w.-]", text, maxsplit=1)[0], ";" in text) for text in texts]
    return found


def size(name: str) -> int:
    """Return the bytes of a distribution's files, compiled files included when they are listed."""
    files = importlib.metadata.files(name) or []
    return sum(file.locate().stat().st_size for file in files if file.locate().is_file())  # type: ignore[union-attr]


def test_the_client_and_all_it_needs_are_small() -> None:
    needed = requirements("ftrack-api")

    own = sum(path.stat().st_size for path in (REPOSITORY / "src").rglob("*") if path.suffix in {".py", ".typed"})
    total = own + sum(size(name) for name in needed - {"ftrack-api"})

    assert {"requests", "urllib3", "orjson", "websockets", "arrow"} <= needed
    assert not {"sphinx", "pyparsing", "sqlalchemy", "starlette"} & needed
    assert total < MOST_BYTES, f"{total:,} bytes of {', '.join(sorted(needed))}"


def test_importing_warns_of_nothing_and_prints_nothing() -> None:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import ftrack_api; ftrack_api.Session"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_importing_loads_at_most_a_third_of_what_the_official_client_does(official_python: Path) -> None:
    official, ours = (
        int(subprocess.run([str(python), "-W", "ignore", "-c", COUNT], capture_output=True, check=True).stdout)
        for python in (official_python, sys.executable)
    )

    assert ours <= official / 3, f"{ours} modules, the official client {official}"
