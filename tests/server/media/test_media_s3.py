"""A bucket as the store of files: clients talk to it themselves, and only what was announced becomes a file."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from tests.server.media.conftest import Bucket, Client, md5

from ftrack_server import errors
from ftrack_server.app import make_files
from ftrack_server.media.s3 import open_bucket
from ftrack_server.media.store import Upload
from ftrack_server.settings import Settings, SettingsError, load_settings
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed; it comes with the group test")

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "media.md"
BUCKET = "studio-media"
MINIMUM = 5 * 1024 * 1024
DATA = random.Random(6).randbytes(300_000)  # noqa: S311 - repeatable
PARTS = [random.Random(number).randbytes(size) for number, size in enumerate((MINIMUM, MINIMUM, 7))]  # noqa: S311


@pytest.fixture
def bucket(bucket_endpoint: str) -> Bucket:
    return Bucket(bucket_endpoint)


@pytest.fixture
def client(bucket: Bucket, tmp_path: Path) -> Iterator[Client]:
    settings = {"files_path": str(tmp_path), **bucket.settings}
    with running_server(**settings) as server:
        library = make_files(Settings(**settings), server.database).library
        yield Client(server, tmp_path, bucket, library)


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


def test_a_file_goes_to_the_bucket_and_comes_from_it_byte_for_byte(
    client: Client, bucket: Bucket, bucket_endpoint: str
) -> None:
    told = client.announce("c", file_name="a b.png", file_size=len(DATA), checksum=md5(DATA))
    sent = client.put(told["url"], DATA, told["headers"])
    got = client.get("c")

    assert told["url"].startswith(f"{bucket_endpoint}/{bucket.name}/site/")
    assert "confidential" not in told["url"]
    assert (sent.status_code, got.status_code, got.content) == (200, 200, DATA)
    assert [answer.status_code for answer in got.history] == [302]
    assert got.headers["content-type"] == "image/png"
    assert "a b.png" in got.headers["content-disposition"]
    assert len(bucket.keys()) == 1


def test_type_length_and_checksum_are_part_of_the_signature(client: Client) -> None:
    told = client.announce("c", file_name="a.png", file_size=3, checksum=md5(b"abc"))

    for header in ("content-length", "content-md5", "content-type"):
        assert header in told["url"]


def test_parts_become_the_file_in_one_batch_with_its_place(client: Client, bucket: Bucket) -> None:
    completion = send_parts(client, checksum=md5(b"".join(PARTS)))
    replies = client.call(client.component("c"), completion, client.location("c"))

    assert isinstance(replies, list), replies
    assert client.http.get(replies[1]["url"], timeout=60).content == b"".join(PARTS)
    assert client.call(completion)[0]["component_id"] == "c"
    assert bucket.unfinished() == []


def test_a_range_reaches_over_parts(client: Client) -> None:
    client.call(send_parts(client))

    got = client.get("c", headers={"Range": f"bytes={MINIMUM - 2}-{MINIMUM + 1}"})

    assert (got.status_code, got.content) == (206, PARTS[0][-2:] + PARTS[1][:2])


def test_of_uploads_that_overlap_the_one_announced_last_counts(client: Client) -> None:
    contents = [b"ooo", b"one", b"two"]
    uploads = client.server.database.metadata.tables["media_upload"]
    told = [client.announce("c", file_name="a.bin", file_size=3) for _ in contents]
    for started, answer in enumerate(told):
        upload_id = urlsplit(answer["url"]).path.rpartition("/")[2]
        with client.server.database.write() as connection:
            connection.execute(uploads.update().where(uploads.c.id == upload_id).values(started_at=started))

    for number, expected in ((1, b"one"), (0, b"one"), (2, b"two")):
        client.put(told[number]["url"], contents[number], told[number]["headers"])
        assert client.get("c").content == expected


def test_parts_of_another_size_or_checksum_are_refused(client: Client, bucket: Bucket) -> None:
    short = client.call(send_parts(client, "short", file_size=sum(map(len, PARTS)) + 1))
    other = client.call(send_parts(client, "other", checksum=md5(b"else")))

    assert "its 3 parts have" in short["content"]
    assert "do not have the checksum" in other["content"]
    assert bucket.keys() == []
    assert client.get("other").status_code == 404


def test_a_part_that_was_not_sent_is_refused(client: Client) -> None:
    completion = send_parts(client)
    completion["parts"][1]["e_tag"] = "0" * 32

    assert "Part 2" in client.call(completion)["content"]
    assert client.get("c").status_code == 404


def test_what_is_stray_or_given_up_is_collected_and_what_others_have_stays(
    client: Client, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.upload("claimed", DATA)
    client.call(client.component("claimed"), client.location("claimed"))
    send_parts(client, "given up")
    bucket.client.put_object(Bucket=bucket.name, Key="site/" + "0" * 32, Body=b"stray")
    bucket.client.put_object(Bucket=bucket.name, Key="0" * 32, Body=b"of another site")

    assert client.library.collect(older_than=3600) == 0
    # The service says of every upload in parts that it is years old: one without a row goes at once.
    bucket.client.create_multipart_upload(Bucket=bucket.name, Key="site/" + "1" * 32)
    monkeypatch.setattr(client.library, "_now", lambda: time.time() + 7200)
    client.library.collect(older_than=3600)

    assert (len(kept := bucket.keys()), "0" * 32 in kept, bucket.unfinished()) == (2, True, [])
    assert client.get("claimed").content == DATA


def test_the_server_stores_and_reads_files_of_its_own(client: Client, tmp_path: Path) -> None:
    source = tmp_path / "film"
    source.write_bytes(DATA)
    library = client.library
    upload = Upload("a" * 32, "c", "film.mp4", "video/mp4", size=len(DATA))
    library.complete(upload, library.store.put(upload, source))
    stored = library.find("c")

    assert stored is not None
    assert library.store.check(stored)
    with library.store.local(stored) as copy:
        assert copy.read_bytes() == DATA
    assert client.get("c").content == DATA


def test_the_settings_of_the_guide_keep_files_in_the_bucket(bucket_endpoint: str, tmp_path: Path) -> None:
    block = re.search(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    file = tmp_path / "server.toml"
    file.write_text(block[1], encoding="utf-8")
    read = load_settings({"s3_endpoint": bucket_endpoint, "files_path": str(tmp_path)}, {}, file)
    names = ("s3_bucket", "s3_endpoint", "s3_region", "s3_prefix", "files_path")
    told = {name: getattr(read, name) for name in names}
    owner = boto3.client("s3", endpoint_url=bucket_endpoint, region_name=read.s3_region)
    place = {"LocationConstraint": read.s3_region}
    owner.create_bucket(Bucket=read.s3_bucket, CreateBucketConfiguration=place)
    with running_server(**told) as server:
        client = Client(server, tmp_path, None, make_files(Settings(**told), server.database).library)
        client.upload("c", DATA)
        assert client.get("c").content == DATA

    (stored,) = owner.list_objects_v2(Bucket=told["s3_bucket"])["Contents"]
    assert stored["Key"].startswith(told["s3_prefix"])


def test_a_bucket_that_does_not_exist_is_told_at_start(bucket: Bucket, bucket_endpoint: str) -> None:
    with pytest.raises(errors.StorageError, match='There is no bucket "missing-one"'):
        open_bucket("missing-one", bucket_endpoint, "us-east-1", "")


def test_an_address_where_nobody_listens_is_told_at_start(bucket: Bucket) -> None:
    with pytest.raises(errors.StorageError, match="cannot be reached"):
        open_bucket(bucket.name, "http://127.0.0.1:1", "us-east-1", "")


def test_missing_credentials_are_told_at_start(
    bucket: Bucket, bucket_endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))

    with pytest.raises(errors.StorageError, match="AWS_ACCESS_KEY_ID"):
        open_bucket(bucket.name, bucket_endpoint, "us-east-1", "")


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
