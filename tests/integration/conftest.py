"""The real session on the real server: real HTTP on loopback, a database of each test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import ftrack_api
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.structure.id import IdStructure
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ftrack_server.testing import RunningServer


@pytest.fixture
def server() -> Iterator[RunningServer]:
    """A server with the small demonstration production."""
    with running_server(seed="demo") as server:
        yield server


@pytest.fixture
def new_session(server: RunningServer, tmp_path: Path) -> Iterator[Callable[..., ftrack_api.Session]]:
    """Open sessions on the server; they are closed, and forget what is pending, at the end of the test."""
    opened = []

    def open_session(**arguments: Any) -> ftrack_api.Session:
        settings = {
            "server_url": server.url,
            "api_key": server.api_key,
            "api_user": server.api_user,
            "schema_cache_path": str(tmp_path / "schemas"),
            "plugin_paths": [],
            **arguments,
        }
        session = ftrack_api.Session(**settings)
        opened.append(session)
        return session

    yield open_session
    for session in opened:
        session.recorded_operations.clear()
        session.close()


@pytest.fixture
def session(new_session: Callable[..., ftrack_api.Session]) -> ftrack_api.Session:
    return new_session()


@pytest.fixture
def shot(session: ftrack_api.Session) -> Any:
    """A shot of the demonstration, with its name, project and parent."""
    return session.query("select name, parent.name, project.name from Shot order by name").first()


@pytest.fixture
def disk(session: Any, tmp_path: Path) -> Any:
    """A location on disk, preferred to the others."""
    location = session.ensure("Location", {"name": "studio.disk"})
    location.accessor = DiskAccessor(tmp_path / "store")
    location.structure = IdStructure()
    location.priority = 1
    return location
