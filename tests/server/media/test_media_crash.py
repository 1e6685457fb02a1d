"""Uploads that are cut off: a killed server or client leaves no component that claims what it lacks, and goes on.

The points are drawn from seeds, so that a failure can be repeated.
"""

from __future__ import annotations

import random
import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from ftrack_server.administration import create_key
from ftrack_server.app import open_database
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.server.media.conftest import Client

ROUNDS = 25
SIZES = (300_000, 300_000, 65_537)
LOCATION = "3a372bde-05bc-11e4-8908-20c9d081909b"


def cut_off(url: str, data: bytes, sent: int, kill: Callable[[], None] = lambda: None) -> None:
    """Send the head and some bytes of an upload, then break off."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        target = f"{address.path}?{address.query}"
        connection.sendall(f"PUT {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n\r\n".encode())
        connection.sendall(data[:sent])
        kill()


class Site:
    """A server in a process of its own, that can be killed and started anew at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = str(folder / "site.sqlite3")
        opened = open_database(Settings(database=self._database))
        self.headers = {"ftrack-user": "admin", "ftrack-api-key": create_key(opened, "admin", "tests").secret}
        opened.close()
        self._port = 0
        self.start()

    def start(self) -> None:
        options = ("--database", self._database, "--port", str(self._port), "--log-level", "error")
        command = [sys.executable, "-m", "ftrack_server", "serve", *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self._process.stdout.readline())
        assert found is not None
        self._port, self.url = int(found[1]), found[0]

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def call(self, *operations: dict[str, Any]) -> Any:
        return requests.post(f"{self.url}/api", json=list(operations), headers=self.headers, timeout=60).json()

    def get(self, component_id: str) -> requests.Response:
        return requests.get(f"{self.url}/component/get?id={component_id}", headers=self.headers, timeout=60)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.kill()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_killed_server_claims_nothing_and_the_upload_goes_on(site: Site, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    parts = [chance.randbytes(size) for size in SIZES]
    component_id = f"server-{seed}"
    told = site.call(
        {
            "action": "get_upload_metadata",
            "component_id": component_id,
            "file_name": "a.mov",
            "file_size": sum(SIZES),
            "parts": len(SIZES),
        }
    )[0]
    urls = [part["signed_url"] for part in told["urls"]]
    order = chance.sample(range(len(parts)), len(parts))
    before = chance.randrange(len(parts))
    tags = {
        number: requests.put(urls[number], data=parts[number], timeout=60).headers["etag"] for number in order[:before]
    }
    broken = order[before]
    cut_off(urls[broken], parts[broken], chance.randrange(len(parts[broken]) + 1), site.kill)
    site.start()

    assert site.get(component_id).status_code == 404
    assert "its file has not been uploaded" in site.call(*claim(component_id))["content"]
    for number in set(range(len(parts))) - tags.keys():
        tags[number] = requests.put(urls[number], data=parts[number], timeout=60).headers["etag"]
    listed = [{"part_number": number + 1, "e_tag": tags[number]} for number in sorted(tags)]
    complete = {"upload_id": told["upload_id"], "component_id": component_id, "parts": listed}
    replies = site.call({"action": "complete_multipart_upload", **complete}, *claim(component_id))
    assert len(replies) == 3, replies
    assert site.get(component_id).content == b"".join(parts)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_killed_client_claims_nothing_and_can_send_again(client: Client, seed: int) -> None:
    chance = random.Random(1000 + seed)  # noqa: S311 - repeatable
    data = chance.randbytes(chance.randrange(1, 1_500_000))
    told = client.announce("c", file_name="a.bin", file_size=len(data))

    cut_off(told["url"], data, chance.randrange(len(data)))

    assert client.get("c").status_code == 404
    assert "its file has not been uploaded" in client.call(*claim("c"))["content"]
    assert client.put(told["url"], data, told["headers"]).status_code == 200
    assert len(client.call(*claim("c"))) == 2
    assert client.get("c").content == data


def claim(component_id: str) -> list[dict[str, Any]]:
    place = {"component_id": component_id, "location_id": LOCATION, "resource_identifier": component_id}
    return [
        {"action": "create", "entity_type": "FileComponent", "entity_data": {"id": component_id}},
        {"action": "create", "entity_type": "ComponentLocation", "entity_data": place},
    ]
