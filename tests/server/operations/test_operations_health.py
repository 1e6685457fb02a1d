"""GET /health tells machines whether the server can do its work."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.model.load import load_model
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import CURRENT
from ftrack_server.testing import running_server
from ftrack_server.version import server_version

if TYPE_CHECKING:
    from tests.server.operations.conftest import Site

SECONDS = 60
WAITING = 60


def test_a_server_that_works_says_so_with_its_versions(site: Site) -> None:
    server = site.serve()

    response = requests.get(f"{server.url}/health", timeout=SECONDS)

    kind = "postgresql" if "://" in site.address else "sqlite"
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "version": server_version(),
        "schema_version": CURRENT,
        "database": {"kind": kind, "status": "ok", "schema_version": CURRENT},
    }
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_was_removed_or_replaced_is_noticed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, replaced: bool
) -> None:
    path = tmp_path / "site.sqlite3"
    with running_server(database=path) as server:
        kept = path.read_bytes()
        moved = path.rename(tmp_path / "moved.sqlite3")
        if replaced:
            path.write_bytes(kept)
        failing = requests.get(f"{server.url}/health", timeout=SECONDS)
        moved.rename(path)
        again = requests.get(f"{server.url}/health", timeout=SECONDS)

    assert failing.status_code == 503
    assert (failing.json()["status"], failing.json()["database"]["status"]) == ("failing", "unreachable")
    assert str(path) not in failing.text
    assert f"{path} {'was replaced' if replaced else 'is gone'}" in caplog.text
    assert again.status_code == 200


def test_a_database_that_another_server_has_upgraded_is_noticed(run_server: Any, kind_of_database: str) -> None:
    with run_server() as server:
        with server.database.write() as connection:
            connection.exec_driver_sql(f"INSERT INTO migration (version) VALUES ({CURRENT + 1})")
        response = requests.get(f"{server.url}/health", timeout=SECONDS)

    assert response.status_code == 503
    assert response.json()["database"] == {
        "kind": kind_of_database,
        "status": "other version",
        "schema_version": CURRENT + 1,
    }


def test_neither_queries_nor_health_wait_for_those_who_wait_to_write(site: Site) -> None:
    server = site.serve("--write-timeout", "600")
    scope = {"action": "create", "entity_type": "Scope", "entity_data": {"name": "waiting"}}
    with closing(Database.open(site.address, load_model())) as others, ExitStack() as stack:
        with others.write():
            waiting = [stack.enter_context(server.under_way(scope)) for _ in range(WAITING)]
            assert server.query("select name from Scope") == []
            assert requests.get(f"{server.url}/health", timeout=SECONDS).status_code == 200
        answers = [connection.recv(65536) for connection in waiting]

        assert [answer.startswith(b"HTTP/1.1 200") for answer in answers] == [True] * WAITING
    assert len(server.query("select name from Scope")) == WAITING
