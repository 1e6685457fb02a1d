"""The guide for servers does what it says: its commands run from top to bottom, its tables and examples are complete.

Commands that would change the machine are stood in for: `systemctl` starts and ends the server that the page last
served, and of `pip install` only the extras are looked up. Everything else runs as it is written, with a free port in
place of 8060 and the tests' own PostgreSQL in place of the studio's.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.cli import build_parser
from ftrack_server.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDE = (REPOSITORY / "docs" / "server.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## (?P<title>.+?)\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SECTIONS = {match["title"]: match["text"] for match in SECTION.finditer(GUIDE)}
SECONDS = 60


def blocks(title: str, language: str) -> list[str]:
    return [match["text"] for match in BLOCK.finditer(SECTIONS[title]) if match["language"] == language]


class Shell:
    """Runs the commands of the page in a folder of its own.

    Attributes:
        output: What each command has printed.
    """

    def __init__(self, folder: Path, stood_in: dict[str, str], environment: dict[str, str]) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self.output: dict[str, str] = {}
        self._folder = folder
        self._stood_in = {**stood_in, "8060": self.port}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = {**os.environ, "PATH": path, **environment}
        self._served = ""
        self._server: subprocess.Popen[str] | None = None

    def run(self, line: str) -> None:
        """Run one line; a failure is one of the test."""
        written, line = line, self._with_own_places(line)
        words = shlex.split(line)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self._environment[name] = value
        elif words[:2] == ["ftrack-server", "serve"]:
            self._served = line
            self.start()
        elif words[0] == "systemctl":
            assert words[2] == "ftrack-server"
            self.end()
            if words[1] != "stop":
                self.start()
        elif words[0].endswith("/pip"):
            extras = re.search(r"\[(.+)\]", words[-1])
            project = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
            assert extras
            assert all(re.search(rf"^{extra} = \[", project, re.MULTILINE) for extra in extras[1].split(","))
        elif words[1:3] != ["-m", "venv"]:
            done = subprocess.run(  # noqa: S602 - the page is written for a shell
                line,
                shell=True,
                executable="/bin/bash",
                cwd=self._folder,
                env=self._environment,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            assert done.returncode == 0, f"{written}\n{done.stdout}{done.stderr}"
            self.output[written] = done.stdout

    def start(self) -> None:
        """Start the server that the page last served; it answers by the time this returns."""
        self.end()
        if "--settings" in self._served:
            (self._folder / "server.toml").write_text(blocks("Settings", "toml")[0], encoding="utf-8")
        with (self._folder / "log").open("w") as log:
            self._server = subprocess.Popen(
                shlex.split(self._served),
                cwd=self._folder,
                env={**self._environment, "FTRACK_SERVER_PORT": self.port},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._server.stdout is not None
        assert self._server.stdout.readline().startswith("http://127.0.0.1:"), self.log()

    def end(self) -> None:
        """End the server, if there is one."""
        if self._server is not None:
            self._server.send_signal(signal.SIGTERM)
            self._server.communicate(timeout=SECONDS)
            assert self._server.returncode == 0
            self._server = None

    def log(self) -> str:
        """Return what the last server has logged."""
        return (self._folder / "log").read_text(encoding="utf-8")

    def kill(self) -> None:
        """Leave nothing running, whatever happened."""
        if self._server is not None:
            self._server.kill()
            self._server.communicate(timeout=SECONDS)

    def _with_own_places(self, line: str) -> str:
        for public, own in self._stood_in.items():
            line = line.replace(public, own)
        return line


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    made = Shell(tmp_path, {}, {})
    yield made
    made.kill()


def lines(title: str) -> list[str]:
    return [line for block in blocks(title, "console") for line in block.splitlines() if line]


def test_the_page_runs_from_top_to_bottom(shell: Shell) -> None:
    for title in SECTIONS:
        if title != "PostgreSQL":
            for line in lines(title):
                shell.run(line)

    said = shell.output
    health = json.loads(next(text for line, text in said.items() if line.startswith("curl")))
    keys = next(text for line, text in said.items() if "key list" in line)
    roles = next(text for line, text in said.items() if "role list" in line)
    assert health["status"] == "ok"
    assert ("render farm" in keys, "workstation" in keys) == (True, True)
    for row in re.finditer(r"^\| ([A-Z][\w, ]+) \| ((?:`\w+` ?)+) \|", SECTIONS["Roles"], re.MULTILINE):
        rights = set(re.findall(r"`(\w+)`", row[2]))
        for role in row[1].split(", "):
            shown = re.search(rf"^{role}  +([a-z ]+?)  ", roles, re.MULTILINE)
            assert shown, role
            assert set(shown[1].split()) == rights


def test_the_example_of_a_line_in_the_log_is_one(shell: Shell) -> None:
    for line in lines("Run")[:2]:
        shell.run(line)
    secret = re.search(r"FTRACK_API_KEY=(\S+)", "".join(shell.output.values()))
    assert secret
    headers = {"ftrack-user": "admin", "ftrack-api-key": secret[1]}
    requests.post(f"http://127.0.0.1:{shell.port}/api", data="[]", headers=headers, timeout=SECONDS)
    shell.end()

    shown = json.loads(blocks("Log and health", "json")[0])
    logged = [json.loads(line) for line in shell.log().splitlines()]
    assert list(shown) in [list(line) for line in logged]


def test_the_part_about_postgresql_runs(postgresql: Any, tmp_path: Path) -> None:
    binaries = str(postgresql._binaries)
    environment = {"PGHOST": str(postgresql.folder), "PGUSER": "ftrack"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), binaries, os.environ["PATH"]])
    shell = Shell(tmp_path, {"/var/run/postgresql": str(postgresql.folder)}, environment)
    try:
        for line in lines("PostgreSQL"):
            shell.run(line)
    finally:
        shell.kill()
        for name in ("studio", "studio_again"):
            postgresql.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        postgresql.execute("DROP ROLE IF EXISTS kim")

    assert "admin" in list(shell.output.values())[-1]


def test_the_unit_starts_a_server_that_there_is() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    unit.read_string(blocks("Run", "ini")[0])
    program, *words = shlex.split(unit["Service"]["ExecStart"])

    assert Path(program).name == "ftrack-server"
    assert build_parser().parse_args(words).port == 8060
    assert float(unit["Service"]["TimeoutStopSec"]) > Settings().shutdown_timeout


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 reads TOML with an extra package only")
def test_the_file_of_settings_is_one(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text(blocks("Settings", "toml")[0], encoding="utf-8")

    assert load_settings({}, {}, file).max_operations == 100_000


def test_every_limit_is_there() -> None:
    shown = set(re.findall(r"`((?:max|query|write)_\w+)`", SECTIONS["Limits"]))

    assert shown == {item.name for item in fields(Settings) if re.match("max_|query_|write_", item.name)}
