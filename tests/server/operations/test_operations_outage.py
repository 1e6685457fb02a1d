"""PostgreSQL that goes away and comes back: calls are refused meanwhile, the reason is logged, then all works again."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server.operations.conftest import Site

SECONDS = 60
SCOPE = {"action": "create", "entity_type": "Scope", "entity_data": {"name": "x"}}
QUERY = {"action": "query", "expression": "Scope"}


@pytest.fixture
def cluster(postgresql: Any) -> Iterator[Any]:
    """A cluster of the test's own, which it may end."""
    folder = Path(tempfile.mkdtemp(prefix="ftrack-pg-", dir=postgresql.folder.parent))
    if postgresql._user is not None:
        shutil.chown(folder, postgresql._user)
    made = type(postgresql)(postgresql._binaries, folder, postgresql._user)
    try:
        made.start()
        yield made
        made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_server_outlives_its_database(cluster: Any, site_at: Callable[[str], Site]) -> None:
    cluster.execute("ALTER DATABASE postgres SET synchronous_commit = on")
    site = site_at(cluster.url("postgres"))
    server = site.serve()
    server.call(SCOPE)

    cluster.stop()
    refused = [server.post(operation, ftrack_strict_api="true") for operation in (SCOPE, SCOPE, QUERY)]
    health = requests.get(f"{server.url}/health", timeout=SECONDS)
    logged = server.text()
    cluster.start_again()

    assert [(answer.status_code, answer.json()["exception"]) for answer in refused] == [
        (503, "DatabaseUnavailableError")
    ] * 3
    assert health.status_code == 503
    assert all(str(cluster.folder) not in answer.text for answer in (*refused, health))
    assert str(cluster.folder) in logged
    assert len(server.query("select id from Scope")) == 1
    assert server.call(SCOPE)
    assert requests.get(f"{server.url}/health", timeout=SECONDS).status_code == 200
    assert server.end() == 0
