"""Uploads in parts: any order, any repetition, and complete only when every part is the one that was meant."""

from __future__ import annotations

import base64
import random
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.media.conftest import ON_DISK, md5

if TYPE_CHECKING:
    from tests.server.media.conftest import Client

PARTS = [random.Random(number).randbytes(size) for number, size in enumerate((1_200_000, 1_200_000, 7))]  # noqa: S311 - repeatable
DATA = b"".join(PARTS)


@pytest.fixture
def told(client: Client) -> Any:
    return client.announce("c", file_name="a.mov", file_size=len(DATA), parts=3)


def send(client: Client, told: Any, numbers: list[int]) -> list[dict[str, Any]]:
    sent = {}
    for number in numbers:
        answer = client.put(told["urls"][number - 1]["signed_url"], PARTS[number - 1])
        assert answer.status_code == 200, answer.text
        sent[number] = {"part_number": number, "e_tag": answer.headers["etag"]}
    return [sent[number] for number in sorted(sent)]


def complete(told: Any, parts: list[dict[str, Any]], component_id: str = "c") -> dict[str, Any]:
    upload = {"upload_id": told["upload_id"], "component_id": component_id, "parts": parts}
    return {"action": "complete_multipart_upload", **upload}


def test_parts_in_any_order_become_the_file_in_one_batch_with_its_place(client: Client, told: Any) -> None:
    parts = send(client, told, [3, 1, 2, 1])

    replies = client.call(client.component("c"), complete(told, parts), client.location("c"))

    assert isinstance(replies, list), replies
    assert [reply["action"] for reply in replies] == ["create", "complete_multipart_upload", "create"]
    assert client.http.get(replies[1]["url"]).content == DATA
    assert client.get("c").headers["etag"].endswith('-3"')


@ON_DISK
def test_what_arrived_of_a_part_is_told_and_the_same_part_has_the_same_tag(client: Client, told: Any) -> None:
    answers = [client.put(told["urls"][0]["signed_url"], data) for data in (PARTS[0], PARTS[0], PARTS[0][:-1])]

    checksums = [base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode() for data in (PARTS[0], PARTS[0][:-1])]
    assert [answer.headers["x-amz-checksum-crc32"] for answer in answers] == [checksums[0], *checksums]
    tags = [answer.headers["etag"] for answer in answers]
    assert (tags[0] == tags[1], tags[0] == tags[2]) == (True, False)


@ON_DISK
@pytest.mark.parametrize(("content", "status"), [(PARTS[0], 200), (PARTS[1], 400)])
def test_the_md5_that_a_part_is_announced_with_is_compared(
    client: Client, told: Any, content: bytes, status: int
) -> None:
    answer = client.put(told["urls"][0]["signed_url"], content, {"Content-MD5": md5(PARTS[0])})

    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("start", "end"), [(0, 0), (1_199_999, 1_200_000), (2_399_999, 2_400_006), (5, 2_399_999)])
def test_ranges_reach_over_parts(client: Client, told: Any, start: int, end: int) -> None:
    client.call(complete(told, send(client, told, [1, 2, 3])))

    got = client.get("c", headers={"Range": f"bytes={start}-{end}"})

    assert (got.status_code, got.content) == (206, DATA[start : end + 1])
    assert got.headers["content-range"] == f"bytes {start}-{end}/{len(DATA)}"


def test_completing_again_answers_the_same(client: Client, told: Any) -> None:
    parts = send(client, told, [1, 2, 3])

    answers = [client.call(complete(told, parts))[0]["component_id"] for _ in range(2)]

    assert (answers, client.get("c").content) == (["c", "c"], DATA)


def test_a_batch_that_fails_after_completing_can_be_sent_again(client: Client, told: Any) -> None:
    parts = send(client, told, [1, 2, 3])

    fault = client.call(complete(told, parts), client.location("c"))
    assert "exception" in fault
    replies = client.call(client.component("c"), complete(told, parts), client.location("c"))

    assert (len(replies), client.get("c").content) == (3, DATA)


@pytest.mark.parametrize(
    ("alter", "reason"),
    [
        (lambda parts: parts[:2], "the list lacks 3"),
        (lambda parts: [*parts, {"part_number": 4, "e_tag": "x"}], "the list has 4 besides"),
        (lambda parts: [*parts, parts[0]], "listed twice"),
        (lambda parts: [{**parts[0], "e_tag": "0" * 32}, *parts[1:]], "Part 1"),
        (lambda parts: [{**parts[0], "e_tag": "../../../etc/passwd"}, *parts[1:]], "Part 1"),
        (lambda parts: ["nonsense", *parts[1:]], "part_number"),
    ],
)
def test_what_is_not_there_is_not_completed(client: Client, told: Any, alter: Any, reason: str) -> None:
    parts = send(client, told, [1, 2, 3])

    fault = client.call(complete(told, alter(parts)))

    assert reason in fault["content"], fault
    assert client.get("c").status_code == 404


def test_sizes_that_do_not_add_up_are_refused(client: Client) -> None:
    told = client.announce("c", file_name="a.mov", file_size=len(DATA) + 1, parts=3)

    assert (
        "2400008 bytes; its 3 parts have 2400007"
        in client.call(complete(told, send(client, told, [1, 2, 3])))["content"]
    )


def test_uploads_of_others_and_unknown_ones_are_nobodys(client: Client, told: Any) -> None:
    assert "There is no upload" in client.call(complete(told, [], component_id="other"))["content"]
    assert "There is no upload" in client.call(complete({"upload_id": "no"}, []))["content"]


def test_what_nobody_claims_is_collected_and_the_rest_stays(client: Client, told: Any, monkeypatch: Any) -> None:
    client.upload("claimed", b"data")
    client.call(client.component("claimed"), client.location("claimed"))
    client.upload("unclaimed", b"data")
    client.get("unclaimed")
    send(client, told, [1, 2])

    assert client.library.collect(older_than=3600) == 0
    assert len(client.stored()) == 3
    monkeypatch.setattr(client.library, "_now", lambda: time.time() + 7200)
    client.library.collect(older_than=3600)

    assert len(client.stored()) == 1
    assert (client.get("claimed").content, client.get("unclaimed").status_code) == (b"data", 404)
