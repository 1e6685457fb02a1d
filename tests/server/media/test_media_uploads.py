"""Uploads: what arrives is exactly what was announced, or nothing; and only its sender's address opens the way."""

from __future__ import annotations

import hashlib
import random
import resource
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from tests.server.media.conftest import ON_DISK, md5

from ftrack_server.media.disk import DiskStore

if TYPE_CHECKING:
    from tests.server.media.conftest import Client

DATA = random.Random(1).randbytes(2_500_000)  # noqa: S311 - repeatable


@pytest.mark.parametrize("data", [b"", b"x", DATA], ids=["empty", "one byte", "several blocks"])
def test_a_file_comes_back_byte_for_byte(client: Client, data: bytes) -> None:
    sent = client.upload("c", data)
    got = client.get("c")

    assert (sent.status_code, got.status_code, got.content) == (200, 200, data)
    assert got.headers["etag"] == sent.headers["etag"] == f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def test_metadata_says_what_to_send_with_the_bytes(client: Client) -> None:
    told = client.announce("c", file_name="a.png", file_size=13, checksum="1B2M2Y8AsgTpgAmY7PhCfg==")

    assert told["component_id"] == "c"
    assert told["headers"] == {
        "Content-Type": "image/png",
        "Content-Length": "13",
        "Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg==",
    }
    assert client.server.api_key not in told["url"]


def test_name_and_size_of_an_existing_component_may_be_left_out(client: Client) -> None:
    client.call(client.component("c", name="beauty", file_type=".exr"))

    told = client.announce("c")
    client.put(told["url"], b"pixels", told["headers"])

    assert 'filename="beauty.exr"' in client.get("c").headers["content-disposition"]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "does not exist yet; give its file_name"),
        ({"file_name": "a"}, "does not exist yet; give its file_size"),
        ({"file_name": "a", "file_size": -1}, "Got -1"),
        ({"file_name": "a", "file_size": 2**50}, "max_upload_bytes"),
        ({"file_name": "a", "file_size": 1, "checksum": "abc"}, "MD5 in base64"),
        ({"file_name": "a", "file_size": 1, "parts": 10_001}, "1 to 10000 parts"),
        ({"file_name": "a", "file_size": 1, "component_id": "a\nb"}, "1 to 255 characters"),
    ],
)
def test_announcements_that_make_no_sense_are_refused(client: Client, told: dict[str, Any], reason: str) -> None:
    fault = client.announce(**{"component_id": "c", **told})

    assert reason in fault["content"]


@ON_DISK
@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (DATA[:-1], {}, "2499999 bytes are announced; the upload has 2500000"),
        (DATA + b"x", {}, "2500001 bytes are announced"),
        ([DATA, b"more"], {}, "were sent"),
        ([DATA[:-1]], {}, "2500000 bytes were announced and 2499999 received"),
        (DATA[:-1] + b"?", {}, "MD5"),
        (DATA, {"Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}, "MD5"),
        (DATA, {"Content-MD5": "nonsense"}, "MD5 in base64"),
        (DATA, {"Content-Type": "text/html"}, '"text/html" is announced'),
    ],
    ids=["short", "long", "longer than told", "shorter than told", "altered", "other sum", "no sum", "mislabelled"],
)
def test_other_bytes_than_announced_are_refused_and_leave_nothing(
    client: Client, body: Any, headers: dict[str, str], reason: str
) -> None:
    checksum = "" if "Content-MD5" in headers else None
    told = client.announce("c", file_name="a.bin", file_size=len(DATA), checksum=checksum or md5(DATA))

    answer = client.put(told["url"], iter(body) if isinstance(body, list) else body, headers)

    assert (answer.status_code, reason in answer.json()["content"]) == (400, True), answer.text
    assert client.get("c").status_code == 404
    assert client.stored() == []


def test_a_connection_that_breaks_leaves_nothing_and_the_address_can_be_used_again(client: Client) -> None:
    told = client.announce("c", file_name="a.bin", file_size=len(DATA))
    address = urlsplit(told["url"])
    with socket.create_connection((address.hostname, address.port)) as broken:
        head = f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(DATA)}\r\n\r\n"
        broken.sendall(head.encode() + DATA[:1_500_000])

    assert client.get("c").status_code == 404
    client.call(client.component("c"))
    assert not client.claims("c")
    assert client.put(told["url"], DATA, told["headers"]).status_code == 200
    assert client.get("c").content == DATA
    assert client.claims("c")


@ON_DISK
@pytest.mark.parametrize("change", [("part=0", "part=1"), ("size=4", "size=5"), ("signature=", "signature=x")])
def test_an_altered_address_opens_nothing(client: Client, change: tuple[str, str]) -> None:
    told = client.announce("c", file_name="a", file_size=4)

    answer = client.put(told["url"].replace(*change), b"abcd")

    assert (answer.status_code, answer.json()["exception"]) == (403, "PermissionError")


def test_a_new_file_replaces_the_old_one(client: Client) -> None:
    client.upload("c", b"first")
    client.upload("c", b"second")

    assert client.get("c").content == b"second"
    assert len(client.stored()) == 1


def test_removing_ends_a_file(client: Client) -> None:
    client.upload("c", b"data")

    removed = client.get("c", "remove")

    assert (removed.status_code, client.get("c").status_code, client.stored()) == (200, 404, [])
    assert client.get("c", "remove").status_code == 404


def test_the_location_cannot_hold_what_was_never_sent(client: Client) -> None:
    fault = client.call(client.component("c"), client.location("c"))

    assert "its file has not been uploaded" in fault["content"]
    client.upload("c", b"data")
    assert client.call(client.component("c"), client.location("c"))[1]["data"]["component_id"] == "c"


@pytest.mark.parametrize("entity_type", ["FileComponent", "ComponentLocation"])
def test_deleting_a_component_or_its_place_removes_the_bytes(client: Client, entity_type: str) -> None:
    client.upload("c", b"data")
    replies = client.call(client.component("c"), client.location("c"))
    key = {"FileComponent": "c", "ComponentLocation": replies[1]["data"]["id"]}[entity_type]

    client.call({"action": "delete", "entity_type": entity_type, "entity_key": [key]})

    assert (client.get("c").status_code, client.stored()) == (404, [])


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        (DATA[:-1], {"Content-Type": "image/png"}),
        (DATA + b"x", {"Content-Type": "image/png"}),
        (DATA[:-1] + bytes([DATA[-1] ^ 1]), {"Content-Type": "image/png"}),
        (DATA, {"Content-Type": "text/html"}),
    ],
    ids=["truncated", "longer", "altered", "mislabelled"],
)
def test_what_was_not_announced_never_becomes_a_file(client: Client, data: bytes, headers: dict[str, str]) -> None:
    told = client.announce("c", file_name="a.png", file_size=len(DATA), checksum=md5(DATA))
    client.call(client.component("c"))
    client.put(told["url"], data, headers)

    assert client.get("c").status_code == 404
    assert "not as it was announced" in client.call(client.location("c"))["content"]
    assert client.put(told["url"], DATA, told["headers"]).status_code == 200
    assert client.get("c").content == DATA


@ON_DISK
@pytest.mark.parametrize("size", [2_500_000, 20_000_000], ids=["at its end", "on the way"])
def test_a_file_that_the_disk_does_not_take_is_refused_and_can_be_sent_again(client: Client, size: int) -> None:
    data = random.Random(2).randbytes(size)  # noqa: S311 - repeatable
    told = client.announce("c", file_name="a.bin", file_size=size)
    _, hard = before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, hard))
    try:
        refused = client.put(told["url"], data, told["headers"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert (refused.status_code, "cannot be stored" in refused.json()["content"]) == (507, True), refused.text
    assert client.get("c").status_code == 404
    assert client.stored() == []
    assert client.put(told["url"], data, told["headers"]).status_code == 200
    assert client.get("c").content == data


@ON_DISK
@pytest.mark.parametrize("when", ["before it is looked for", "before it is opened"])
def test_a_file_that_goes_while_it_is_asked_for_is_not_found(
    client: Client, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    client.upload("c", b"data")
    there = DiskStore.check

    def look(store: DiskStore, stored: Any) -> bool:
        found = when == "before it is opened" and there(store, stored)
        assert client.get("c", "remove").status_code == 200
        return found

    monkeypatch.setattr(DiskStore, "check", look)

    assert client.get("c").status_code == 404


@ON_DISK
def test_a_file_that_is_replaced_while_it_is_asked_for_comes_as_it_is_now(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.upload("c", b"older")
    there = DiskStore.check

    def look(store: DiskStore, stored: Any) -> bool:
        monkeypatch.setattr(DiskStore, "check", there)
        found = there(store, stored)
        assert client.upload("c", b"newer").status_code == 200
        return found

    monkeypatch.setattr(DiskStore, "check", look)

    assert client.get("c").content == b"newer"
