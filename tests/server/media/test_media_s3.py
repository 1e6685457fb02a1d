"""A bucket as the store of files: clients talk to it themselves, and only what was announced becomes a file."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import time
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from tests.server.media.conftest import Client
from tests.server.media.test_media_encode import encode, ended, picture

from ftrack_server import errors
from ftrack_server.app import make_files
from ftrack_server.media.s3 import open_bucket
from ftrack_server.settings import Settings, SettingsError
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed; it comes with the group test")
moto_server = pytest.importorskip("moto.server", reason="moto[server] is not installed; it comes with the group test")

BUCKET = "studio-media"
MINIMUM = 5 * 1024 * 1024
DATA = random.Random(6).randbytes(300_000)  # noqa: S311 - repeatable
PARTS = [random.Random(number).randbytes(size) for number, size in enumerate((MINIMUM, MINIMUM, 7))]  # noqa: S311


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A new bucket, seen by its owner."""
    for name, value in (("AWS_ACCESS_KEY_ID", "owner"), ("AWS_SECRET_ACCESS_KEY", "confidential")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    yield client
    for item in client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []):
        client.abort_multipart_upload(Bucket=BUCKET, Key=item["Key"], UploadId=item["UploadId"])
    for key in keys(client):
        client.delete_object(Bucket=BUCKET, Key=key)
    client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def told(endpoint: str, tmp_path: Path) -> dict[str, str]:
    place = {"s3_bucket": BUCKET, "s3_endpoint": endpoint, "s3_region": "us-east-1", "s3_prefix": "site/"}
    return {**place, "files_path": str(tmp_path / "files")}


@pytest.fixture
def client(bucket: Any, told: dict[str, str], tmp_path: Path) -> Iterator[Client]:
    with running_server(**told) as server:
        yield Client(server, tmp_path / "files")


def keys(bucket: Any) -> list[str]:
    return [item["Key"] for item in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def unfinished(bucket: Any) -> list[str]:
    return [item["Key"] for item in bucket.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])]


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def send_parts(client: Client, component_id: str = "c", **announced: Any) -> dict[str, Any]:
    size = sum(map(len, PARTS))
    told = client.announce(component_id, **{"file_name": "a.mov", "file_size": size, "parts": 3, **announced})
    sent = []
    for item, data in zip(told["urls"], PARTS, strict=True):
        answer = client.put(item["signed_url"], data)
        assert answer.status_code == 200, answer.text
        sent.append({"part_number": item["part_number"], "e_tag": answer.headers["etag"]})
    upload = {"upload_id": told["upload_id"], "component_id": component_id, "parts": sent}
    return {"action": "complete_multipart_upload", **upload}


def test_a_file_goes_to_the_bucket_and_comes_from_it_byte_for_byte(client: Client, bucket: Any, endpoint: str) -> None:
    told = client.announce("c", file_name="a b.png", file_size=len(DATA), checksum=md5(DATA))
    sent = client.put(told["url"], DATA, told["headers"])
    got = client.get("c")

    assert told["url"].startswith(f"{endpoint}/{BUCKET}/site/")
    assert "confidential" not in told["url"]
    assert (sent.status_code, got.status_code, got.content) == (200, 200, DATA)
    assert [answer.status_code for answer in got.history] == [302]
    assert got.headers["content-type"] == "image/png"
    assert "a b.png" in got.headers["content-disposition"]
    assert len(keys(bucket)) == 1


def test_type_length_and_checksum_are_part_of_the_signature(client: Client) -> None:
    told = client.announce("c", file_name="a.png", file_size=3, checksum=md5(b"abc"))

    for header in ("content-length", "content-md5", "content-type"):
        assert header in told["url"]


def test_parts_become_the_file_in_one_batch_with_its_place(client: Client, bucket: Any) -> None:
    completion = send_parts(client, checksum=md5(b"".join(PARTS)))
    replies = client.call(client.component("c"), completion, client.location("c"))

    assert isinstance(replies, list), replies
    assert client.http.get(replies[1]["url"], timeout=60).content == b"".join(PARTS)
    assert client.call(completion)[0]["component_id"] == "c"
    assert unfinished(bucket) == []


def test_a_range_reaches_over_parts(client: Client) -> None:
    client.call(send_parts(client))

    got = client.get("c", headers={"Range": f"bytes={MINIMUM - 2}-{MINIMUM + 1}"})

    assert (got.status_code, got.content) == (206, PARTS[0][-2:] + PARTS[1][:2])


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
    client.put(told["url"], data, headers)

    assert client.get("c").status_code == 404
    assert "not as it was announced" in client.call(client.component("c"), client.location("c"))["content"]
    assert client.put(told["url"], DATA, told["headers"]).status_code == 200
    assert client.get("c").content == DATA


def test_parts_of_another_size_or_checksum_are_refused(client: Client, bucket: Any) -> None:
    short = client.call(send_parts(client, "short", file_size=sum(map(len, PARTS)) + 1))
    other = client.call(send_parts(client, "other", checksum=md5(b"else")))

    assert "its 3 parts have" in short["content"]
    assert "do not have the checksum" in other["content"]
    assert keys(bucket) == []
    assert client.get("other").status_code == 404


def test_a_part_that_was_not_sent_is_refused(client: Client) -> None:
    completion = send_parts(client)
    completion["parts"][1]["e_tag"] = "0" * 32

    assert "Part 2" in client.call(completion)["content"]
    assert client.get("c").status_code == 404


def test_a_thumbnail_is_made_of_what_is_in_the_bucket(client: Client) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (400, 200), "red").save(picture, format="PNG")
    client.upload("c", picture.getvalue(), "a.png")

    got = client.get("c", "thumbnail", size=100)

    assert got.status_code == 200, got.text
    assert Image.open(io.BytesIO(got.content)).size == (100, 50)


def test_media_are_encoded_from_and_to_the_bucket(client: Client, bucket: Any) -> None:
    job_id = encode(client, picture(), ".png", keep_original=True)
    job = ended(client, job_id)

    assert job["status"] == "done", job
    made = [client.get(item["component_id"]) for item in json.loads(job["data"])["output"]]
    assert [Image.open(io.BytesIO(got.content)).format for got in made] == ["JPEG"]
    assert [len(got.history) for got in made] == [1]
    assert len(keys(bucket)) == 2


def test_removing_and_replacing_end_the_bytes(client: Client, bucket: Any) -> None:
    client.upload("c", b"first")
    client.get("c")
    client.upload("c", b"second")

    assert client.get("c").content == b"second"
    assert len(keys(bucket)) == 1
    assert client.get("c", "remove").status_code == 200
    assert (client.get("c").status_code, keys(bucket)) == (404, [])


def test_orphans_are_collected_and_the_rest_stays(
    client: Client, bucket: Any, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.upload("claimed", DATA)
    client.call(client.component("claimed"), client.location("claimed"))
    client.upload("unclaimed", DATA)
    send_parts(client, "given up")
    bucket.put_object(Bucket=BUCKET, Key="site/" + "0" * 32, Body=b"stray")
    bucket.put_object(Bucket=BUCKET, Key="0" * 32, Body=b"of another site")
    library = make_files(Settings(**told), client.server.database).library

    assert library.collect(older_than=3600) == 0
    # This server says of every upload in parts that it is years old: one without a row goes at once.
    bucket.create_multipart_upload(Bucket=BUCKET, Key="site/" + "1" * 32)
    monkeypatch.setattr(library, "_now", lambda: time.time() + 7200)
    library.collect(older_than=3600)

    assert (len(keys(bucket)), "0" * 32 in keys(bucket), unfinished(bucket)) == (2, True, [])
    assert (client.get("claimed").content, client.get("unclaimed").status_code) == (DATA, 404)


def test_the_server_stores_and_reads_files_of_its_own(client: Client, told: dict[str, str], tmp_path: Path) -> None:
    from ftrack_server.media.store import Upload

    source = tmp_path / "film"
    source.write_bytes(DATA)
    library = make_files(Settings(**told), client.server.database).library
    upload = Upload("a" * 32, "c", "film.mp4", "video/mp4", size=len(DATA))
    library.complete(upload, library.store.put(upload, source))
    stored = library.find("c")

    assert stored is not None
    assert library.store.check(stored)
    with library.store.local(stored) as copy:
        assert copy.read_bytes() == DATA
    assert client.get("c").content == DATA


def test_a_bucket_that_does_not_exist_is_told_at_start(bucket: Any, endpoint: str) -> None:
    with pytest.raises(errors.StorageError, match='There is no bucket "missing-one"'):
        open_bucket("missing-one", endpoint, "us-east-1", "")


def test_an_address_where_nobody_listens_is_told_at_start(bucket: Any) -> None:
    with pytest.raises(errors.StorageError, match="cannot be reached"):
        open_bucket(BUCKET, "http://127.0.0.1:1", "us-east-1", "")


def test_missing_credentials_are_told_at_start(
    bucket: Any, endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))

    with pytest.raises(errors.StorageError, match="AWS_ACCESS_KEY_ID"):
        open_bucket(BUCKET, endpoint, "us-east-1", "")


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"s3_bucket": "No Bucket"}, "s3_bucket"),
        ({"s3_bucket": BUCKET, "s3_endpoint": "minio:9000"}, "s3_endpoint"),
        ({"s3_bucket": BUCKET, "s3_endpoint": "http://key:secret@minio"}, "s3_endpoint"),
        ({"s3_bucket": BUCKET, "s3_prefix": "/site"}, "s3_prefix"),
        ({"s3_region": "eu-west-1"}, "s3_region"),
    ],
)
def test_settings_that_make_no_sense_are_refused(values: dict[str, str], name: str) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        Settings(**values)

    assert "secret" not in str(caught.value)
