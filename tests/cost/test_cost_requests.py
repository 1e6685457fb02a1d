"""Requests that reading and starting take, on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import ftrack_api
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ftrack_server.testing import RunningServer

pytestmark = pytest.mark.cost

PAGE = 500


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server(seed="demo") as server:
        yield server


def open_session(server: RunningServer, folder: Path) -> ftrack_api.Session:
    return ftrack_api.Session(
        server.url, server.api_key, server.api_user, schema_cache_path=str(folder), plugin_paths=[]
    )


@pytest.fixture(scope="module")
def filled(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> RunningServer:
    """A full page of tasks below the shots of the demonstration."""
    with open_session(server, tmp_path_factory.mktemp("schemas")) as session:
        shots = session.query("select id from Shot").all()
        for number in range(PAGE):
            session.create("Task", {"name": f"page {number}", "parent": shots[number % len(shots)]})
        session.commit()
    return server


@pytest.mark.parametrize(
    ("read", "requests"),
    [
        (lambda task: task["bid"], 1),
        (lambda task: task["status"]["name"], 2),
        (lambda task: (task["parent"]["name"], task["status"]["name"]), 4),
        (lambda task: dict(task["metadata"]), 1),
        (lambda task: list(task["assignments"]), 2),
    ],
    ids=["attribute", "reference", "two references", "dictionary", "collection"],
)
def test_requests_to_read_what_was_not_asked_for(filled, tmp_path, read, requests):
    with open_session(filled, tmp_path) as session:
        tasks = session.query('select id from Task where name like "page %"').all()
        with filled.counting() as traffic:
            found = [read(task) for task in tasks]

    assert len(found) == PAGE
    assert traffic.requests <= requests


def test_requests_to_start(server, tmp_path):
    for _ in range(2):
        with server.counting() as traffic, open_session(server, tmp_path):
            pass
        assert traffic.requests == 1


def test_requests_of_a_commit(filled, tmp_path):
    with open_session(filled, tmp_path) as session:
        tasks = session.query('select name from Task where name like "page %"').all()
        with filled.counting() as traffic:
            for task in tasks:
                task["description"] = "changed"
            session.commit()

    assert traffic.requests == 1
