"""The schema file: whole or absent, trusted only when it fits."""

from __future__ import annotations

import json
import logging
import os
import stat
import threading
import zlib
from pathlib import Path

import pytest

from ftrack_api._schema import cache_file, private_folder, source
from ftrack_protocol.schema import schema_hash

SCHEMAS = [{"id": "Task", "primary_key": ["id"], "properties": {"id": {"type": "string"}}, "größe": "é"}]


def sealed(body):
    return body + b'\n"%08x"' % zlib.crc32(body)


@pytest.fixture
def path(tmp_path):
    return Path(cache_file.file_for(tmp_path / "made" / "here", "https://studio.example.com"))


def read(path):
    found = cache_file.read(path)
    assert found is not None
    documents, server_hash = found
    return list(documents.values()), server_hash


def test_what_is_written_is_read(path):
    assert cache_file.write(path, SCHEMAS, "h1")
    assert read(path) == (SCHEMAS, "h1")


def test_a_file_that_was_changed_is_read_again(path):
    other = [{"id": "Note", "primary_key": ["id"], "properties": {}}]
    cache_file.write(path, SCHEMAS, "h1")
    assert read(path) == (SCHEMAS, "h1")

    cache_file.write(path, other, "h2")

    assert read(path) == (other, "h2")


def test_what_is_made_of_a_file_is_of_its_reader_alone(path):
    cache_file.write(path, SCHEMAS, "h1")
    documents, _ = cache_file.read(path)
    documents["Task"]["properties"].clear()

    assert read(path) == (SCHEMAS, "h1")


@pytest.mark.parametrize(
    ("schemas", "reason"),
    [
        ([*SCHEMAS, *SCHEMAS], "two schemas have one id"),
        ([{"properties": {}}], "an entry is no schema"),
        (["Task"], "an entry is no schema"),
    ],
)
def test_schemas_that_nobody_can_use_are_not_kept(path, caplog, schemas, reason):
    assert not cache_file.write(path, schemas, "h1")

    assert reason in caplog.text
    assert not path.exists()


def test_what_a_schema_holds_beside_its_id_is_for_the_session_to_judge(path):
    assert cache_file.write(path, [{"id": "made-up"}], "h1")

    documents, server_hash = cache_file.read(path)
    assert (dict(documents), server_hash) == ({"made-up": {"id": "made-up"}}, "h1")


def test_base_types_are_known_without_reading_a_document(path):
    shot = {"id": "Shot", "$mixin": {"$ref": "TypedContext"}, "primary_key": ["id"], "properties": {}}
    cache_file.write(path, [*SCHEMAS, shot], "h1")
    documents, _ = cache_file.read(path)

    assert documents.bases == {"Task": "", "Shot": "TypedContext"}
    assert len(documents) == 2
    assert documents._made == {}


def test_two_servers_never_share_a_file(tmp_path):
    urls = ["https://a", "http://a", "https://a:8080", "https://a/x", "https://b"]

    assert len({cache_file.file_for(tmp_path, url) for url in urls}) == len(urls)
    assert cache_file.file_for(tmp_path, "https://a/") == cache_file.file_for(tmp_path, "https://a")


def test_the_name_of_a_file_is_valid_and_shows_no_password(tmp_path):
    name = Path(cache_file.file_for(tmp_path, "https://me:pa55@[::1]:8080/a?b")).name

    assert "pa55" not in name
    assert not set(name) & set('<>:"/\\|?*[]')


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_a_folder_and_file_made_here_are_for_the_user_alone(path):
    cache_file.write(path, SCHEMAS, "h1")

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\x00",
        b"null",
        b"[]",
        b'["Task"]',
        b'{"format": 1}',
        b'{"format": 1, "hash": "h", "schemas": []}',
        b'{"format": 1, "hash": "", "schemas": [{"id": "Task", "primary_key": [], "properties": {}}]}',
        b'{"format": 1, "hash": "h", "schemas": [{"id": "Task", "properties": {}}]}',
        b'{"format": 1, "hash": "h", "schemas": {"id": "Task"}}',
        b'{"format": 2, "hash": "h", "schemas": [["Task", ""]]}\n{}',
        b'{"format": 2, "hash": "h", "schemas": [["Task", ""]]}\n{}\n00000000',
        sealed(b'{"format": 2, "hash": "", "schemas": [["Task", ""]]}\n{}'),
        sealed(b'{"format": 2, "hash": "h", "schemas": []}'),
        sealed(b'{"format": 2, "hash": "h", "schemas": ["Task"]}\n{}'),
        sealed(b'{"format": 2, "hash": "h", "schemas": [["Task", 1]]}\n{}'),
        sealed(b'{"format": 2, "hash": "h", "schemas": [["Task", ""]]}\n{}\n{}'),
    ],
)
def test_a_file_that_cannot_be_used_is_ignored_reported_and_replaced(tmp_path, caplog, content):
    path = tmp_path / "schemas.json"
    path.write_bytes(content)

    assert cache_file.read(path) is None
    assert str(path) in caplog.text
    assert source.load(path, "h1", lambda: SCHEMAS) == SCHEMAS
    assert read(path) == (SCHEMAS, "h1")


def test_every_truncation_of_a_file_is_ignored(tmp_path):
    path = tmp_path / "schemas.json"
    cache_file.write(path, SCHEMAS, "h1")
    content = path.read_bytes()

    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert cache_file.read(path) is None


@pytest.mark.parametrize("schemas", [SCHEMAS, [{"id": "User"}, {"id": "Task", "primary_key": ["id"]}]])
def test_a_list_as_older_clients_wrote_it_is_read_however_little_it_says(tmp_path, schemas):
    path = tmp_path / "ftrack_api_schema_cache.json"
    path.write_text(json.dumps(schemas, indent=4), encoding="utf-8")

    assert read(path) == (schemas, schema_hash(schemas))


def test_a_folder_in_place_of_the_file_is_reported_and_does_no_harm(tmp_path, caplog):
    assert cache_file.read(tmp_path) is None
    assert source.load(tmp_path, "h1", lambda: SCHEMAS) == SCHEMAS
    assert "cannot be written" in caplog.text


def test_a_failed_write_leaves_the_old_file_and_nothing_else(path, caplog):
    cache_file.write(path, SCHEMAS, "h1")

    assert not cache_file.write(path, [{"id": object()}], "h2")
    assert read(path) == (SCHEMAS, "h1")
    assert [item.name for item in path.parent.iterdir()] == [path.name]
    assert "cannot be written" in caplog.text


def test_readers_never_see_half_a_file(path, caplog):
    caplog.set_level(logging.WARNING)
    large = [{"id": f"T{n}", "primary_key": ["id"], "properties": {"id": {}}} for n in range(500)]
    cache_file.write(path, large, "h0")
    done = threading.Event()
    seen = set()

    def read():
        while not done.is_set():
            seen.add(cache_file.read(path)[1])

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(30):
        cache_file.write(path, large, f"h{number}")
    done.set()
    reader.join()

    assert seen <= {f"h{number}" for number in range(30)}
    assert caplog.text == ""


def test_a_matching_hash_saves_the_request(path):
    cache_file.write(path, SCHEMAS, "h1")

    assert source.load(path, "h1", lambda: pytest.fail("asked the server")) == SCHEMAS


def test_another_hash_asks_the_server_and_replaces_the_file(path):
    cache_file.write(path, [{"id": "Old", "primary_key": [], "properties": {}}], "h1")

    assert source.load(path, "h2", lambda: SCHEMAS) == SCHEMAS
    assert read(path) == (SCHEMAS, "h2")


@pytest.mark.parametrize("server_hash", [None, False, ""])
def test_a_server_without_a_hash_is_asked_each_time_and_its_schemas_are_kept(path, server_hash):
    newer = [{"id": "Newer", "primary_key": [], "properties": {}}]

    assert source.load(path, server_hash, lambda: SCHEMAS) == SCHEMAS
    assert read(path) == (SCHEMAS, schema_hash(SCHEMAS))
    assert source.load(path, server_hash, lambda: newer) == newer


@pytest.mark.parametrize("nowhere", [None, False])
def test_without_a_path_the_server_is_asked(nowhere):
    assert source.load(nowhere, "h1", lambda: SCHEMAS) == SCHEMAS


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are those of POSIX")
class TestPrivateFolder:
    @pytest.fixture(autouse=True)
    def temporary(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def test_it_is_made_for_the_user_alone_and_found_again(self, tmp_path):
        folder = Path(private_folder.private_folder())

        assert folder.parent == tmp_path
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert private_folder.private_folder() == str(folder)

    def test_a_folder_that_others_may_write_to_is_refused(self, caplog):
        Path(private_folder.private_folder()).chmod(0o777)

        assert private_folder.private_folder() is None
        assert "others may write" in caplog.text

    def test_a_link_is_refused(self, tmp_path, caplog):
        folder = Path(private_folder.private_folder())
        folder.rmdir()
        (tmp_path / "target").mkdir()
        folder.symlink_to(tmp_path / "target")

        assert private_folder.private_folder() is None
        assert "not a directory" in caplog.text

    def test_a_folder_of_somebody_else_is_refused(self, monkeypatch, caplog):
        private_folder.private_folder()
        own = os.getuid()
        folder = Path(private_folder.private_folder())
        monkeypatch.setattr(os, "getuid", lambda: own + 1)
        folder.rename(folder.with_name(f"ftrack-api-{own + 1}"))

        assert private_folder.private_folder() is None
        assert f"owned by user {own}" in caplog.text
