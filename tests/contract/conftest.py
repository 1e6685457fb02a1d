"""The official Python client as a program: an interpreter of its own, run against our server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.testing import RunningServer

REPOSITORY = Path(__file__).resolve().parents[2]
OFFICIAL_JAVASCRIPT = REPOSITORY / ".cache" / "official-javascript"
OFFICIAL_PYTHON = REPOSITORY / ".cache" / "official-client" / "bin" / "python"
PROGRAMS = Path(__file__).parent / "programs"
PROGRAM_SECONDS = 60


@pytest.fixture(scope="session")
def official_python() -> Path:
    """The interpreter that has the official client; `make test` installs it."""
    if not OFFICIAL_PYTHON.exists():
        reason = f"the official client is not installed at {OFFICIAL_PYTHON}; `make test` installs it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return OFFICIAL_PYTHON


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    """A server with the demonstration data, or with those that the test names by parameter."""
    with running_server(seed=getattr(request, "param", "demo")) as server:
        yield server


@pytest.fixture
def run_official(official_python: Path, server: RunningServer, tmp_path: Path) -> Callable[..., Any]:
    """Run a program of the folder with the official client and return the JSON it prints last."""

    def run(program: str, *arguments: str) -> Any:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(tmp_path),
            "FTRACK_SERVER": server.url,
            "FTRACK_API_KEY": server.api_key,
            "FTRACK_API_USER": server.api_user,
            "FTRACK_API_SCHEMA_CACHE_PATH": str(tmp_path),
            "STRICT": os.environ.get("STRICT", "0"),
        }
        result = subprocess.run(
            [str(official_python), "-W", "ignore", str(PROGRAMS / program), *arguments],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PROGRAM_SECONDS,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return json.loads(result.stdout.splitlines()[-1])

    return run


@pytest.fixture
def run_javascript(server: RunningServer) -> Callable[[str], Any]:
    """Run a program of the folder with the official JavaScript client and return the JSON it prints last."""
    node = shutil.which("node")
    if node is None or not (OFFICIAL_JAVASCRIPT / "node_modules").is_dir():
        pytest.skip(f"Node.js or the official JavaScript client in {OFFICIAL_JAVASCRIPT} is missing; see `make test`")

    def run(program: str) -> Any:
        # Node resolves packages from where a program lies, so it runs from a copy beside them.
        copy = shutil.copy(PROGRAMS / program, OFFICIAL_JAVASCRIPT / f"{os.getpid()}-{program}")
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "FTRACK_SERVER": server.url,
            "FTRACK_API_KEY": server.api_key,
            "FTRACK_API_USER": server.api_user,
        }
        try:
            result = subprocess.run(
                [node, str(copy)], env=environment, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False
            )
        finally:
            Path(copy).unlink()
        assert result.returncode == 0, result.stdout + result.stderr
        return json.loads(result.stdout.splitlines()[-1])

    return run
