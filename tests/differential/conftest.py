"""Both clients run scripts against servers that start alike, through a proxy that keeps what they send."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import subprocess
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from ftrack_server.clock import SystemClock
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
OFFICIAL_PYTHON = REPOSITORY / ".cache" / "official-client" / "bin" / "python"
SCRIPTS = Path(__file__).parent / "scripts"
PROGRAM_SECONDS = 300
PASSED_ON = {"content-type", "content-encoding", "location", "set-cookie", "retry-after", "etag"}
NO_CONTENT = 204
MARK = "/mark/"
KEPT_HEADERS = ("ftrack-user", "ftrack-api-key", "ftrack-strict-api", "content-type", "x-studio", "cookie")


class Recording:
    """What went through a proxy.

    Attributes:
        url: Address of the proxy.
        batches: By script, in order: each batch as path, chosen headers and actions.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.batches: dict[str, list[dict[str, Any]]] = {}
        self._current = ""
        self._lock = threading.Lock()

    @property
    def mark(self) -> str:
        """The address, followed by a slash and a name, that tells which script begins."""
        return self.url + MARK.rstrip("/")

    def begin(self, script: str) -> None:
        with self._lock:
            self._current = script
            self.batches[script] = []

    def keep(self, path: str, headers: Any, body: bytes) -> None:
        with self._lock:
            kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
            self.batches.setdefault(self._current, []).append(
                {"path": path, "headers": kept, "actions": json.loads(body or b"null")}
            )


class _Numbering(SystemClock):
    """The real time, and identifiers that ascend."""

    def __init__(self) -> None:
        self._made = itertools.count(1)

    def new_id(self) -> str:
        return str(uuid.UUID(int=(0xE << 124) + next(self._made), version=4))


@contextlib.contextmanager
def recording(server_url: str) -> Iterator[Recording]:
    """Run a proxy in front of a server while the block runs."""
    host = urlsplit(server_url).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # headers and body are two writes

        def do_GET(self) -> None:
            if self.path.startswith(MARK):
                record.begin(self.path.removeprefix(MARK))
                self._answer(NO_CONTENT, {}, b"")
            else:
                self._forward(b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            record.keep(self.path, self.headers, body)
            self._forward(body)

        def do_PUT(self) -> None:
            self._forward(self.rfile.read(int(self.headers["content-length"] or 0)))

        def _forward(self, body: bytes) -> None:
            with contextlib.closing(http.client.HTTPConnection(host, timeout=60)) as connection:
                connection.request(self.command, self.path, body, dict(self.headers.items()))
                answer = connection.getresponse()
                headers = {name: value for name, value in answer.getheaders() if name.lower() in PASSED_ON}
                self._answer(answer.status, headers, answer.read())

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != NO_CONTENT:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    record = Recording(f"http://127.0.0.1:{proxy.server_address[1]}")
    thread.start()
    try:
        yield record
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()


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
def run_topic(tmp_path: Path) -> Callable[[Path, str], tuple[dict[str, Any], dict[str, Any]]]:
    """Run the scripts of a topic in an interpreter of their own; return what they saw and what they sent, by script."""

    def run(python: Path, topic: str) -> tuple[dict[str, Any], dict[str, Any]]:
        folder = tmp_path / f"home-{python.parents[1].name}"
        folder.mkdir()
        with running_server(seed="acceptance", clock=_Numbering()) as server, recording(server.url) as record:
            environment = {
                "PATH": os.environ.get("PATH", ""),
                "HOME": str(folder),
                "ONLY": os.environ.get("ONLY", ""),
                "FTRACK_SERVER": record.url,
                "FTRACK_API_KEY": server.api_key,
                "FTRACK_API_USER": server.api_user,
                "FTRACK_API_SCHEMA_CACHE_PATH": str(folder),
            }
            result = subprocess.run(
                [str(python), "-W", "ignore", str(SCRIPTS / "run.py"), topic, record.mark],
                env=environment,
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=PROGRAM_SECONDS,
                check=False,
            )
        assert result.returncode == 0, result.stdout + result.stderr
        if os.environ.get("SHOW"):
            sys.stderr.write(result.stderr)
        return json.loads(result.stdout.splitlines()[-1]), record.batches

    return run
