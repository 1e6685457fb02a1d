"""The official clients as programs: interpreters of their own, run against our server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ftrack_server.testing import RunningServer

REPOSITORY = Path(__file__).resolve().parents[2]
OFFICIAL_JAVASCRIPT = REPOSITORY / ".cache" / "official-javascript"
OFFICIAL_PYTHON = REPOSITORY / ".cache" / "official-client" / "bin" / "python"
PROGRAMS = Path(__file__).parent / "programs"
PROGRAM_SECONDS = 120
BUCKET = "published"
WARNINGS = {"official": ("-W", "ignore"), "own": ("-W", "error", "-W", "ignore::PendingDeprecationWarning")}


class Interpreter:
    """A process that has some client and runs one program after the other, so that each costs its own time only."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._complaints = folder / "stderr"
        with self._complaints.open("wb") as errors:
            self._process = subprocess.Popen(
                list(command),
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def run(self, program: str) -> dict[str, Any]:
        """Return what the process says of a program: ``trace`` is None when it passed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        watchdog = threading.Timer(PROGRAM_SECONDS, self._process.kill)
        watchdog.start()
        try:
            self._process.stdin.write(program + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watchdog.cancel()
        complaints = self._complaints.read_text(encoding="utf-8", errors="replace")
        assert line, f"{program} ended its interpreter:\n{complaints[-4000:]}"
        reply: dict[str, Any] = json.loads(line)
        return reply

    def close(self) -> None:
        """End the process and wait for it."""
        self._process.communicate(timeout=PROGRAM_SECONDS)


def environment_of(server: RunningServer, home: Path) -> dict[str, str]:
    """Return what a client finds in its environment, and nothing of the machine's own settings."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "FTRACK_SERVER": server.url,
        "FTRACK_API_KEY": server.api_key,
        "FTRACK_API_USER": server.api_user,
        "FTRACK_API_SCHEMA_CACHE_PATH": str(home),
        "STRICT": os.environ.get("STRICT", "0"),
    }


def run_program(python: Path | str, program: str, *arguments: str, environment: Mapping[str, str]) -> Any:
    """Return the JSON that a program of the folder prints last, run in the home that its environment names."""
    result = subprocess.run(
        [str(python), "-W", "ignore", str(PROGRAMS / program), *arguments],
        env=dict(environment),
        cwd=environment["HOME"],
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def official_python() -> Path:
    """The interpreter that has the official client; `make test` installs it."""
    if not OFFICIAL_PYTHON.exists():
        reason = f"the official client is not installed at {OFFICIAL_PYTHON}; `make test` installs it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return OFFICIAL_PYTHON


@pytest.fixture(scope="session")
def node() -> str:
    """The program that runs the official JavaScript client; `make test` installs the client where it is there."""
    found = shutil.which("node")
    if found is None or not (OFFICIAL_JAVASCRIPT / "node_modules").is_dir():
        pytest.skip(f"Node.js or the official JavaScript client in {OFFICIAL_JAVASCRIPT} is missing; see `make test`")
    return found


@pytest.fixture(scope="session")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server with the acceptance data for all programs of a worker, each of which makes what it changes."""
    folder = tmp_path_factory.mktemp("sqlite")
    kept = {"outbox_path": str(folder / "outbox"), "files_path": str(folder / "files")}
    with running_server(seed="acceptance", **kept) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_server(postgresql: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Another one, which keeps the same data in PostgreSQL."""
    folder = tmp_path_factory.mktemp("postgresql")
    kept = {"outbox_path": str(folder / "outbox"), "files_path": str(folder / "files")}
    with (
        postgresql.database() as url,
        running_server(seed="acceptance", database=url, **kept) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def bucket_server(bucket_endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Another one, whose files are in a bucket on loopback."""
    import boto3

    folder = tmp_path_factory.mktemp("bucket")
    place = {"s3_bucket": BUCKET, "s3_endpoint": bucket_endpoint, "s3_region": "us-east-1"}
    kept = {"outbox_path": str(folder / "outbox"), "files_path": str(folder / "files")}
    boto3.Session().client("s3", endpoint_url=bucket_endpoint, region_name="us-east-1").create_bucket(Bucket=BUCKET)
    with running_server(seed="acceptance", **kept, **place) as server:
        yield server


@pytest.fixture(scope="session")
def interpreters(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Interpreter]]:
    """Interpreters by the client they have, ``official``, ``own`` or ``javascript``, and the server behind them."""
    started: dict[tuple[str, str], Interpreter] = {}

    def interpreter(client: str, engine: str = "sqlite") -> Interpreter:
        if (client, engine) not in started:
            if client == "javascript":
                command = [request.getfixturevalue("node"), str(request.getfixturevalue("javascript_programs"))]
            else:
                python = sys.executable if client == "own" else str(request.getfixturevalue("official_python"))
                command = [python, *WARNINGS[client], str(PROGRAMS / "serve.py")]
            folder = tmp_path_factory.mktemp(client)
            environment = environment_of(request.getfixturevalue(f"{engine}_server"), folder)
            started[client, engine] = Interpreter(command, environment, folder)
        return started[client, engine]

    yield interpreter
    for process in started.values():
        process.close()


@pytest.fixture(scope="session")
def javascript_programs() -> Iterator[Path]:
    """The program that runs the others, in a copy beside the packages: Node resolves those from where programs lie."""
    folder = OFFICIAL_JAVASCRIPT / f"programs-{os.getpid()}"
    shutil.copytree(PROGRAMS / "javascript", folder, dirs_exist_ok=True)
    yield folder / "serve.mjs"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[RunningServer]:
    """A server of the test's own with the demonstration data, or with those that the test names by parameter."""
    with running_server(seed=getattr(request, "param", "demo")) as server:
        yield server


@pytest.fixture
def run_official(official_python: Path, server: RunningServer, tmp_path: Path) -> Callable[..., Any]:
    """Run a program of the folder with the official client and return the JSON it prints last."""

    def run(program: str, *arguments: str) -> Any:
        return run_program(official_python, program, *arguments, environment=environment_of(server, tmp_path))

    return run
