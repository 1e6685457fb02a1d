"""SIGTERM: nobody new is let in, batches under way are finished and answered, the process ends with code 0."""

from __future__ import annotations

import json
import signal
import socket
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

import ftrack_api
from ftrack_server.model.load import load_model
from ftrack_server.storage.engine import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server.operations.conftest import ServerProcess, Site

SECONDS = 60
NAME = "under way"
BATCH = {"action": "create", "entity_type": "Scope", "entity_data": {"name": NAME}}


@pytest.fixture
def others(site: Site) -> Iterator[Database]:
    """The database as another process has it open, to keep batches waiting."""
    with closing(Database.open(site.address, load_model())) as database:
        yield database


def refuses(server: ServerProcess) -> bool:
    address = urlsplit(server.url)
    try:
        socket.create_connection((address.hostname or "", address.port or 0), timeout=SECONDS).close()
    except ConnectionError:
        return True
    return False


def answer(connection: socket.socket) -> Any:
    parts = b""
    while part := connection.recv(65536):
        parts += part
    head, _, body = parts.partition(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0]
    return json.loads(body)


def stored(database: Database) -> list[str]:
    scope = database.metadata.tables["scope"]
    with database.read() as connection:
        return list(connection.execute(select(scope.c.id).where(scope.c.name == NAME)).scalars())


def test_a_batch_under_way_is_finished_and_answered(site: Site, others: Database) -> None:
    server = site.serve()
    with others.write(), server.under_way(BATCH) as connection:
        server.process.send_signal(signal.SIGTERM)
        while not refuses(server):
            pass
        assert server.process.poll() is None
        assert stored(others) == []
        blocked = connection.dup()

    with blocked:
        [reply] = answer(blocked)
    assert server.process.wait(SECONDS) == 0
    assert reply["data"]["name"] == NAME
    assert stored(others) == [reply["data"]["id"]]
    assert "Traceback" not in server.text()


def test_a_batch_that_takes_too_long_never_happened(site: Site, others: Database) -> None:
    server = site.serve("--shutdown-timeout", "0.2", "--write-timeout", "600")
    with others.write(), server.under_way(BATCH):
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(SECONDS) == 1

    assert stored(others) == []
    assert "longer than the shutdown timeout" in server.text()


def test_a_second_signal_ends_it_at_once(site: Site, others: Database) -> None:
    server = site.serve("--write-timeout", "600")
    with others.write(), server.under_way(BATCH):
        server.process.send_signal(signal.SIGTERM)
        while not refuses(server):
            pass
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(SECONDS) == 1

    assert stored(others) == []
    assert "had no time to finish" in server.text()


def test_a_server_with_nothing_to_do_ends_at_once(site: Site) -> None:
    server = site.serve("--shutdown-timeout", "600")
    server.call()

    assert server.end() == 0
    assert "SIGTERM: finishing what is under way" in [line["message"] for line in server.log()]


def test_listeners_do_not_keep_a_server_from_ending(site: Site, tmp_path: Path) -> None:
    server = site.serve("--shutdown-timeout", "600")
    with ftrack_api.Session(
        server.url,
        site.headers["ftrack-api-key"],
        site.headers["ftrack-user"],
        auto_connect_event_hub=False,
        plugin_paths=[],
        schema_cache_path=str(tmp_path),
    ) as session:
        session.event_hub.connect()
        assert session.event_hub.connected

        assert server.end() == 0
