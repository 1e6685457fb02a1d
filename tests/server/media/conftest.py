"""A server with files, and the few calls that tests of files make again and again."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ftrack_server.testing import RunningServer

SERVER_LOCATION = "3a372bde-05bc-11e4-8908-20c9d081909b"


class Client:
    """Calls a server as one user."""

    def __init__(self, server: RunningServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.http = requests.Session()
        self.headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key, "ftrack-strict-api": "true"}

    def call(self, *operations: dict[str, Any]) -> Any:
        return self.http.post(f"{self.server.url}/api", json=list(operations), headers=self.headers, timeout=60).json()

    def announce(self, component_id: str, **told: Any) -> Any:
        reply = self.call({"action": "get_upload_metadata", "component_id": component_id, **told})
        return reply[0] if isinstance(reply, list) else reply

    def put(self, url: str, data: Any, headers: dict[str, str] | None = None) -> requests.Response:
        return self.http.put(url, data=data, headers=headers, timeout=60)

    def upload(self, component_id: str, data: bytes, name: str = "file.bin") -> requests.Response:
        checksum = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        told = self.announce(component_id, file_name=name, file_size=len(data), checksum=checksum)
        return self.put(told["url"], data, told["headers"])

    def component(self, component_id: str, **data: Any) -> dict[str, Any]:
        return {"action": "create", "entity_type": "FileComponent", "entity_data": {"id": component_id, **data}}

    def location(self, component_id: str) -> dict[str, Any]:
        data = {"component_id": component_id, "location_id": SERVER_LOCATION, "resource_identifier": component_id}
        return {"action": "create", "entity_type": "ComponentLocation", "entity_data": data}

    def get(self, component_id: str, what: str = "get", headers: dict[str, str] | None = None, **more: Any) -> Any:
        asked = {"id": component_id, "username": self.server.api_user, "apiKey": self.server.api_key, **more}
        return self.http.get(f"{self.server.url}/component/{what}", params=asked, headers=headers, timeout=60)

    def stored_files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file() and "thumbnails" not in path.parts]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A server with an empty site, whose files are in a folder of the test."""
    with running_server(files_path=str(tmp_path / "files")) as server:
        yield Client(server, tmp_path / "files")
