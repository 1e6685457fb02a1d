"""The real session on the real server: real HTTP on loopback, a database of each test's own."""

from __future__ import annotations

import uuid
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


REGION = "us-east-1"

BOTH_STORES = pytest.mark.parametrize("store_settings", ["disk", "bucket"], indirect=True)
"""For what goes through the location of the server: with its files in a folder and in a bucket."""


@pytest.fixture
def store_settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where a server keeps its files; in a folder of its own unless a test asks for both."""
    settings = {"files_path": str(tmp_path_factory.mktemp("files"))}
    return settings if getattr(request, "param", "disk") == "disk" else {**settings, **new_bucket(request)}


def new_bucket(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return what a server is told to keep its files in a new bucket."""
    endpoint = request.getfixturevalue("bucket_endpoint")
    import boto3

    name = f"media-{uuid.uuid4().hex}"
    boto3.client("s3", endpoint_url=endpoint, region_name=REGION).create_bucket(Bucket=name)
    return {"s3_bucket": name, "s3_endpoint": endpoint, "s3_region": REGION}


@pytest.fixture
def server(store_settings: dict[str, str]) -> Iterator[RunningServer]:
    """A server with the small demonstration production."""
    with running_server(seed="demo", **store_settings) as server:
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
