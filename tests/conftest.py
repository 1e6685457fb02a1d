"""Ground rules of every test - no network beyond loopback, no FTRACK_* settings - and the services of their own."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

REPOSITORY = Path(__file__).resolve().parent.parent
REFERENCE_SCHEMAS = REPOSITORY.parent / "shared" / "schema"

_connect = socket.socket.connect


def _is_local(address: Any) -> bool:
    """Return whether a socket address stays on this machine."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if not _is_local(address):
        message = f"A test tried to reach {address!r}; tests may use loopback addresses only."
        raise RuntimeError(message)
    _connect(self, address)


@pytest.fixture(autouse=True)
def _no_network_and_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _guarded_connect)
    for name in list(os.environ):
        if name.startswith("FTRACK_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def reference_schemas() -> Path:
    """The folder of recorded schema documents, kept beside the repository where it is available."""
    if not REFERENCE_SCHEMAS.is_dir():
        pytest.skip(f"recorded schema documents are not available at {REFERENCE_SCHEMAS}")
    return REFERENCE_SCHEMAS


@pytest.fixture(scope="session")
def bucket_endpoint() -> Iterator[str]:
    """The address of an S3-compatible service on loopback, with credentials for it in the environment."""
    pytest.importorskip("boto3", reason="boto3 is not installed; it comes with the group test")
    reason = "moto[server] is not installed; it comes with the group test"
    service = pytest.importorskip("moto.server", reason=reason).ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "owner")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "confidential")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        service.start()
        host, port = service.get_host_and_port()
        yield f"http://{host}:{port}"
        service.stop()


# A PostgreSQL of the tests' own: found on the machine, started on a socket only, one database per test.

OLDEST = 15
OWNER = "ftrack"
UNPRIVILEGED = ("postgres", "nobody")
START_SECONDS = 60
MEMORY_FOLDER = "/dev/shm"  # noqa: S108 - the folder in it is made by tempfile
ROOM = 2**30

# Order and case that differ from SQLite's, where the build has them: only what the server asks for makes both alike.
FOREIGN_LOCALE = ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C")
# Nothing here has to outlive a crash.
SERVER_OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 "
    "-c wal_level=minimal -c wal_init_zero=off -c max_wal_senders=0 -c autovacuum=off -c shared_buffers=64MB"
)


class Cluster:
    """A running PostgreSQL.

    Attributes:
        folder: Where its data and its socket are.
    """

    def __init__(self, binaries: Path, folder: Path, user: str | None) -> None:
        self.folder = folder
        self._binaries = binaries
        self._user = user
        self._numbers = count(1)

    def start(self) -> None:
        """Make the cluster and start it.

        Raises:
            RuntimeError: With the words of the program that failed.
        """
        data = str(self.folder / "data")
        make = ("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        if self._run(*make, *FOREIGN_LOCALE).returncode:
            self._demand(*make, "--locale=C")
        self.start_again()

    def start_again(self) -> None:
        """Start it with the data that it has.

        Raises:
            RuntimeError: As `start`.
        """
        log = self.folder / "log"
        options = f"{SERVER_OPTIONS} -k {self.folder}"
        patience = ("-w", "-t", str(START_SECONDS))
        data = str(self.folder / "data")
        started = self._run("pg_ctl", "-D", data, "-l", str(log), *patience, "-o", options, "start")
        if started.returncode:
            said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else started.stderr
            raise RuntimeError(f"PostgreSQL did not start: {said[-2000:]}")

    def stop(self) -> None:
        """End it, and everything that still runs on it."""
        self._demand("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def url(self, name: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{OWNER}@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def template(self, fill: Callable[[str], None]) -> str:
        """Return the name of a new database that has been filled by a function which takes its address."""
        name = f"template_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        fill(self.url(name))
        return name

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Yield the address of a new database; it is gone afterwards, whoever is still connected.

        Files are copied, which takes 40 ms; the default strategy writes every page twice and took up to 900 ms.
        """
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: PLW1510 - the caller looks at the code
            [str(self._binaries / program), *words],
            user=self._user,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=2 * START_SECONDS,
        )

    def _demand(self, *words: str) -> None:
        done = self._run(*words)
        if done.returncode:
            raise RuntimeError(f"{words[0]} failed: {done.stderr or done.stdout}")


def _binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL that is new enough."""
    on_path = shutil.which("postgres")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += Path("/usr/lib/postgresql").glob("*/bin")
    versions = {folder: _version(folder) for folder in candidates if (folder / "initdb").exists()}
    newest = max(versions, key=lambda folder: versions[folder], default=None)
    return newest if newest is not None and versions[newest] >= OLDEST else None


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def _unprivileged() -> str | None:
    """Return who the server runs as: PostgreSQL refuses to run as root. None stands for whoever runs the tests."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in UNPRIVILEGED if name in known), None)


def _fast_folder() -> str | None:
    """Return a folder in memory with room enough: a database is some hundred files, a second for a busy disk."""
    if os.access(MEMORY_FOLDER, os.W_OK) and shutil.disk_usage(MEMORY_FOLDER).free >= ROOM:
        return MEMORY_FOLDER
    return None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A running PostgreSQL; tests that ask for it are skipped where there are no programs to run."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    binaries = _binaries()
    if binaries is None:
        pytest.skip(f"no PostgreSQL {OLDEST} or newer is installed here")
    folder = Path(tempfile.mkdtemp(prefix="ftrack-pg-", dir=_fast_folder()))
    user = _unprivileged()
    cluster = Cluster(binaries, folder, user)
    try:
        if user is not None:
            shutil.chown(folder, user)
        try:
            cluster.start()
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"PostgreSQL in {binaries} could not be started: {error}")
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
