"""Uploads that are cut off: a killed server or client leaves no component that claims what it lacks, and goes on.

The points are drawn from seeds, so that a failure can be repeated.
"""

from __future__ import annotations

import json
import random
import select
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
from tests.server.media.conftest import ALL, SERVER_LOCATION
from tests.server.media.killed import Site

from ftrack_server.administration import create_key
from ftrack_server.app import open_database
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.server.media.conftest import Bucket, Client

SERVERS = {"sqlite-disk": 50, "sqlite-s3": 6, "postgresql-disk": 6}
CLIENTS = {"sqlite-disk": 15, "sqlite-s3": 5, "postgresql-disk": 5}
LONGEST_WAIT = 0.03


def each(rounds: dict[str, int]) -> Any:
    """Run a test so many times on each kind, with numbers that the points are drawn from."""
    values = [pytest.param(kind, seed, id=f"{kind}-{seed}") for kind in ALL for seed in range(rounds[kind])]
    return pytest.mark.parametrize(("kinds", "seed"), values, indirect=["kinds"])


@pytest.fixture(scope="module")
def site(
    kept_address: Callable[..., AbstractContextManager[str]],
    new_bucket: Callable[[], Bucket | None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    bucket = new_bucket()
    told = {"files_path": str(tmp_path_factory.mktemp("files")), **(bucket.settings if bucket else {})}
    with kept_address() as database:
        opened = open_database(Settings(database=database))
        headers = {"ftrack-user": "admin", "ftrack-api-key": create_key(opened, "admin", "tests").secret}
        opened.close()
        options = [word for name, value in told.items() for word in ("--" + name.replace("_", "-"), value)]
        made = Site(["--database", database, "--log-level", "error", *options], headers)
        made.start()
        yield made
        made.kill()
        made.close()


class Sending:
    """A file that is being sent, whole or in parts, and what the server has said of it so far."""

    def __init__(self, site: Site, component_id: str, chance: random.Random) -> None:
        parts = chance.choice([1, 3])
        self._site = site
        self._component_id = component_id
        self.pieces = [chance.randbytes(chance.randrange(1, 400_000)) for _ in range(parts)]
        told = {"component_id": component_id, "file_name": "a.mov", "file_size": sum(map(len, self.pieces))}
        more = {"parts": parts} if parts > 1 else {}
        (self._told,) = site.call({"action": "get_upload_metadata", **told, **more})
        self.missing = chance.sample(range(parts), parts)
        self._tags: dict[int, str] = {}

    def address(self, number: int) -> str:
        return str(self._told["urls"][number]["signed_url"] if "urls" in self._told else self._told["url"])

    def send(self, number: int) -> None:
        """Send a piece, again if need be."""
        answer = requests.put(self.address(number), self.pieces[number], headers=self._told.get("headers"), timeout=60)
        assert answer.status_code == 200, answer.text
        self._tags[number] = answer.headers["etag"]

    def claim(self) -> list[dict[str, Any]]:
        """Return the batch that makes the component, whole and in its place."""
        place = {"component_id": self._component_id, "location_id": SERVER_LOCATION}
        batch: list[dict[str, Any]] = [
            {"action": "create", "entity_type": "FileComponent", "entity_data": {"id": self._component_id}},
            {"action": "create", "entity_type": "ComponentLocation", "entity_data": place},
        ]
        if "urls" in self._told:
            parts = [{"part_number": number + 1, "e_tag": self._tags[number]} for number in sorted(self._tags)]
            upload = {"upload_id": self._told["upload_id"], "component_id": self._component_id, "parts": parts}
            batch.insert(1, {"action": "complete_multipart_upload", **upload})
        return batch


def request_of(url: str, method: str, headers: dict[str, str], body: bytes) -> tuple[tuple[str, int], bytes]:
    """Return where a request goes, and its bytes."""
    address = urlsplit(url)
    told = {"Host": address.netloc, "Content-Length": str(len(body)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    target = f"{address.path}?{address.query}" if address.query else address.path
    return (
        str(address.hostname),
        int(address.port or 80),
    ), f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + body


def cut_off(request: tuple[tuple[str, int], bytes], sent: int, kill: Callable[[], None], wait: float = 0) -> None:
    """Send some bytes of a request, then kill somebody: at once, or after a while unless an answer comes first."""
    with socket.create_connection(request[0], timeout=60) as connection:
        connection.sendall(request[1][:sent])
        select.select([connection], [], [], wait)
        kill()


@each(SERVERS)
def test_a_killed_server_claims_nothing_it_lacks_and_the_upload_goes_on(site: Site, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    sending = Sending(site, f"server-{seed}", chance)
    before = chance.randrange(len(sending.pieces) + 1)
    for number in sending.missing[:before]:
        sending.send(number)
    if before < len(sending.pieces):
        number = sending.missing[before]
        request = request_of(sending.address(number), "PUT", {}, sending.pieces[number])
        sent = chance.choice([chance.randrange(len(request[1])), len(request[1])])
    else:
        body = json.dumps(sending.claim()).encode()
        headers = {"Content-Type": "application/json", **site.headers}
        request = request_of(f"{site.url}/api", "POST", headers, body)
        sent = len(request[1])
    cut_off(request, sent, site.kill, chance.random() * LONGEST_WAIT if sent == len(request[1]) else 0)
    site.start()

    whole = b"".join(sending.pieces)
    found = site.get(f"server-{seed}")
    if site.call(place_of(f"server-{seed}"))[0]["data"]:
        assert found.content == whole
        return
    assert found.status_code == 404 or found.content == whole
    if found.status_code == 404 and before < len(sending.pieces):
        assert "exception" in site.call(*sending.claim())
    for number in sending.missing[before:]:
        sending.send(number)
    replies = site.call(*sending.claim())
    assert isinstance(replies, list), replies
    assert site.get(f"server-{seed}").content == whole


@each(CLIENTS)
def test_a_killed_client_claims_nothing_and_can_send_again(client: Client, seed: int) -> None:
    chance = random.Random(1000 + seed)  # noqa: S311 - repeatable
    data = chance.randbytes(chance.randrange(1, 400_000))
    told = client.announce("c", file_name="a.bin", file_size=len(data))
    request = request_of(told["url"], "PUT", {}, data)
    client.call(client.component("c"))

    cut_off(request, chance.randrange(len(request[1]) - 1), lambda: None)

    assert client.get("c").status_code == 404
    assert not client.claims("c")
    assert client.put(told["url"], data, told["headers"]).status_code == 200
    assert client.claims("c")
    assert client.get("c").content == data


def place_of(component_id: str) -> dict[str, Any]:
    return {"action": "query", "expression": f'ComponentLocation where component_id is "{component_id}"'}
