"""Servers that start at once on one database do its first work once."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from ftrack_server.model.load import load_model
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import CURRENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVERS = 4
SECONDS = 60
# Words for the command line come once all processes have done their imports, so that they do start at once.
PROGRAM = "import sys; from ftrack_server.cli import main; print('ready', flush=True); sys.exit(main(input().split()))"


@pytest.fixture(params=["sqlite", "postgresql"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that nobody has ever opened."""
    if request.param == "sqlite":
        yield str(tmp_path / "site.sqlite3")
        return
    with request.getfixturevalue("postgresql").database() as url:
        yield url


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    with ExitStack() as stack:
        processes: list[subprocess.Popen[str]] = []
        for _ in range(SERVERS):
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.callback(process.communicate, timeout=SECONDS)
            stack.callback(process.kill)
            processes.append(process)
        yield processes


def test_a_new_database_is_made_once_by_servers_that_start_at_once(
    started: list[subprocess.Popen[str]], new_address: str
) -> None:
    streams: list[tuple[Any, Any]] = [(process.stdin, process.stdout) for process in started]
    assert [output.readline() for _, output in streams] == ["ready\n"] * SERVERS

    for words, _ in streams:
        words.write(f"serve --database {new_address} --port 0 --seed demo\n")
        words.flush()
    addresses = [output.readline() for _, output in streams]
    for process in started:
        process.terminate()
    said = [output.read() for _, output in streams]

    assert all(re.match(r"http://127\.0\.0\.1:\d+$", address) for address in addresses)
    assert [process.wait(SECONDS) for process in started] == [0] * SERVERS
    assert sum("FTRACK_API_KEY=" in output for output in said) == 1
    with closing(Database.open(new_address, load_model())) as database, database.read() as connection:
        tables = database.metadata.tables
        counts = [
            connection.execute(select(func.count()).select_from(tables[name])).scalar()
            for name in ("migration", "api_key", "project_schema")
        ]
    assert counts[:2] == [CURRENT, 1]
    assert counts[2]
