"""Servers with files, on every database and store, and the few calls that tests of files make again and again."""

from __future__ import annotations

import base64
import hashlib
import shutil
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.app import make_files
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from ftrack_server.media.library import Library
    from ftrack_server.testing import RunningServer

SERVER_LOCATION = "3a372bde-05bc-11e4-8908-20c9d081909b"
REGION = "us-east-1"

ALL = ("sqlite-disk", "sqlite-s3", "postgresql-disk")
ON_DISK = pytest.mark.parametrize("kinds", ["sqlite-disk", "postgresql-disk"], indirect=True)
"""For what a bucket decides by itself, where bytes do not pass through this server."""


class Bucket:
    """A bucket, seen by its owner.

    Attributes:
        client: The client of boto3.
        name: Its name.
        prefix: What the names of the site's objects begin with.
        settings: What a server is told to use it.
    """

    def __init__(self, endpoint: str) -> None:
        import boto3

        self.name = f"media-{uuid.uuid4().hex}"
        self.prefix = "site/"
        self.client = boto3.client("s3", endpoint_url=endpoint, region_name=REGION)
        self.client.create_bucket(Bucket=self.name)
        place = {"s3_bucket": self.name, "s3_endpoint": endpoint, "s3_region": REGION}
        self.settings = {**place, "s3_prefix": self.prefix}

    def keys(self) -> list[str]:
        return [item["Key"] for item in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])]

    def unfinished(self) -> list[str]:
        return [item["Key"] for item in self.client.list_multipart_uploads(Bucket=self.name).get("Uploads", [])]


class Client:
    """Calls a server as one user.

    Attributes:
        server: The server.
        folder: Where it keeps files and thumbnails.
        bucket: What it keeps files in instead, None for the folder.
        library: Its files, as it sees them itself.
    """

    def __init__(self, server: RunningServer, folder: Path, bucket: Bucket | None, library: Library) -> None:
        self.server = server
        self.folder = folder
        self.bucket = bucket
        self.library = library
        self.http = requests.Session()
        self.key = {"username": server.api_user, "apiKey": server.api_key}
        self.headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key, "ftrack-strict-api": "true"}

    def acting(self, username: str, key: str) -> Client:
        """Return a client of the same server that calls it as somebody else."""
        other = Client(self.server, self.folder, self.bucket, self.library)
        other.key = {"username": username, "apiKey": key}
        other.headers = {**self.headers, "ftrack-user": username, "ftrack-api-key": key}
        return other

    def call(self, *operations: dict[str, Any]) -> Any:
        return self.http.post(f"{self.server.url}/api", json=list(operations), headers=self.headers, timeout=60).json()

    def announce(self, component_id: str, **told: Any) -> Any:
        reply = self.call({"action": "get_upload_metadata", "component_id": component_id, **told})
        return reply[0] if isinstance(reply, list) else reply

    def put(self, url: str, data: Any, headers: dict[str, str] | None = None) -> requests.Response:
        return self.http.put(url, data=data, headers=headers, timeout=60)

    def upload(self, component_id: str, data: bytes, name: str = "file.bin") -> requests.Response:
        told = self.announce(component_id, file_name=name, file_size=len(data), checksum=md5(data))
        return self.put(told["url"], data, told["headers"])

    def component(self, component_id: str, **data: Any) -> dict[str, Any]:
        return {"action": "create", "entity_type": "FileComponent", "entity_data": {"id": component_id, **data}}

    def location(self, component_id: str) -> dict[str, Any]:
        data = {"component_id": component_id, "location_id": SERVER_LOCATION, "resource_identifier": component_id}
        return {"action": "create", "entity_type": "ComponentLocation", "entity_data": data}

    def get(self, component_id: str, what: str = "get", headers: dict[str, str] | None = None, **more: Any) -> Any:
        asked = {"id": component_id, **self.key, **more}
        return self.http.get(f"{self.server.url}/component/{what}", params=asked, headers=headers, timeout=60)

    def claims(self, component_id: str) -> bool:
        """Return whether a component has, or could get, a place in the location of the server."""
        held = self.call({"action": "query", "expression": f'ComponentLocation where component_id is "{component_id}"'})
        return bool(held[0]["data"]) or isinstance(self.call(self.location(component_id)), list)

    def stored(self) -> list[str]:
        """Return the names of what the store has: objects, uploads in parts and what was never finished."""
        if self.bucket is not None:
            return sorted({*self.bucket.keys(), *self.bucket.unfinished()})
        objects = {path.parent.name for path in self.folder.glob("objects/*/*/*/*")}
        return sorted({*objects, *(path.name for path in self.folder.glob("incoming/*"))})

    def clear(self) -> None:
        """Delete every component, job and all bytes, so that the next test finds an empty site."""
        for entity_type in ("Component", "Job"):
            (found,) = self.call({"action": "query", "expression": f"select id from {entity_type}"})
            keys = [[item["id"]] for item in found["data"]]
            self.call(*({"action": "delete", "entity_type": entity_type, "entity_key": key} for key in keys))
        self.library.collect(older_than=-60)
        shutil.rmtree(self.folder / "thumbnails", ignore_errors=True)
        assert self.stored() == []


def md5(data: bytes) -> str:
    """Return an MD5 as `Content-MD5` has it."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


@pytest.fixture(scope="module")
def small_parts() -> Iterator[None]:
    """Have the service take parts of any size, so that those of tests can be small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
        yield


@pytest.fixture(scope="module", params=ALL)
def kinds(request: pytest.FixtureRequest) -> Sequence[str]:
    """Run a test on every kind of database and of store, by their names."""
    return tuple(request.param.split("-"))


@pytest.fixture(scope="module")
def kind_of_database(kinds: Sequence[str]) -> str:
    return kinds[0]


@pytest.fixture(scope="module")
def new_bucket(kinds: Sequence[str], request: pytest.FixtureRequest) -> Callable[[], Bucket | None]:
    """Make buckets, or None where files are on the disk."""
    if kinds[1] != "s3":
        return lambda: None
    address = request.getfixturevalue("bucket_endpoint")
    request.getfixturevalue("small_parts")
    return lambda: Bucket(address)


@pytest.fixture(scope="module")
def serve(
    run_server: Callable[..., AbstractContextManager[RunningServer]],
    new_bucket: Callable[[], Bucket | None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., AbstractContextManager[Client]]:
    """Run servers with files of their own: takes settings."""

    @contextmanager
    def run(**settings: Any) -> Iterator[Client]:
        folder = tmp_path_factory.mktemp("files")
        bucket = new_bucket()
        settings = {"files_path": str(folder), **(bucket.settings if bucket else {}), **settings}
        with run_server(**settings) as server:
            library = make_files(Settings(**settings), server.database).library
            yield Client(server, folder, bucket, library)

    return run


@pytest.fixture(scope="module")
def shared_client(serve: Callable[..., AbstractContextManager[Client]]) -> Iterator[Client]:
    with serve() as client:
        yield client


@pytest.fixture
def client(shared_client: Client) -> Iterator[Client]:
    """A server with an empty site, shared by the tests of a module."""
    yield shared_client
    shared_client.clear()
