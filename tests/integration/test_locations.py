"""Publishing to a disk location and to the server, against a real server."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.integration.conftest import BOTH_STORES

from ftrack_api import exception
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.symbol import SERVER_LOCATION_ID, UNMANAGED_LOCATION_ID


@pytest.fixture
def frames(tmp_path):
    for number in range(1, 101):
        (tmp_path / f"shot.{number:04d}.exr").write_bytes(bytes([number]))
    return tmp_path / "shot.####.exr [1-100]"


def test_a_file_is_published_by_default_where_it_is(session, server, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"words")

    with server.counting() as traffic:
        component = session.create_component(tmp_path / "a.txt")

    assert traffic.requests == 1
    assert (component["size"], component["file_type"]) == (5, ".txt")
    assert session.pick_location(component)["id"] == UNMANAGED_LOCATION_ID
    assert session.pick_location().get_filesystem_path(component) == str(tmp_path / "a.txt")


def test_a_sequence_takes_one_request_to_publish_and_three_to_remove(session, server, disk, frames):
    with server.counting() as published:
        sequence = session.create_component(frames)
    availability = session.get_component_availability(sequence, [disk])
    member = next(item for item in sequence["members"] if item["name"] == "0042")
    path = disk.get_filesystem_path(member)
    content = Path(path).read_bytes()
    with server.counting() as removed:
        disk.remove_component(sequence)

    assert (published.requests, removed.requests) == (1, 3)
    assert availability == {disk["id"]: 100.0}
    assert content == bytes([42])
    assert session.get_component_availability(sequence, [disk]) == {disk["id"]: 0.0}


def test_missing_files_that_are_to_be_copied_make_no_component(session, disk, tmp_path):
    assert disk is session.pick_location()
    with pytest.raises(FileNotFoundError, match="no component was made"):
        session.create_component(tmp_path / "none.txt")
    with pytest.raises(FileNotFoundError, match="frames"):
        session.create_component(f"{tmp_path}/none.%04d.exr [1-3]")

    with pytest.raises(IsADirectoryError):
        session.create_component(tmp_path, location=None)

    assert len(session.recorded_operations) == 0


@pytest.mark.parametrize("place", [None, "ftrack.unmanaged"])
def test_missing_files_that_nothing_reads_have_no_size(session, tmp_path, caplog, place):
    location = place and session.query("Location where name is {name}", name=place).one()
    file = session.create_component(tmp_path / "none.tar", location=location)
    frames = session.create_component(f"{tmp_path}/none.%04d.exr [1-3]", location=location)

    assert (file["size"], file["file_type"]) == (0, ".tar")
    assert [member["size"] for member in frames["members"]] == [0, 0, 0]
    assert [record.getMessage().partition(" of ")[0] for record in caplog.records] == ["1", "3"]
    if location:
        assert location.get_filesystem_paths([file, frames["members"][0]]) == [
            str(tmp_path / "none.tar"),
            f"{tmp_path}/none.0001.exr",
        ]


def test_a_failed_copy_leaves_nothing(session, disk, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"words")
    component = session.create_component(tmp_path / "a.txt", location=None)
    cancel = threading.Event()
    cancel.set()

    with session.transferring(cancel=cancel), pytest.raises(exception.TransferCancelledError):
        disk.add_component(component, session.query("Location where name is ftrack.origin").one())

    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


def test_a_failed_transaction_leaves_neither_rows_nor_files(session, disk, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"words")

    def publish():
        with session.transaction():
            session.create_component(tmp_path / "a.txt", {"name": "kept"})
            session.create_component(tmp_path / "missing.txt")

    with pytest.raises(FileNotFoundError):
        publish()

    assert session.query("Component where name is kept").first() is None
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


def test_a_transaction_is_one_commit(session, server, disk, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"words")

    with server.counting() as traffic, session.transaction():
        first = session.create_component(tmp_path / "a.txt", {"name": "first"})
        second = session.create_component(tmp_path / "a.txt", {"name": "second"})

    assert traffic.requests == 1
    assert disk.get_component_availabilities([first, second]) == [100.0, 100.0]


def test_a_configured_location_survives_a_rollback_and_a_plugin_configures_it_after_a_reset(session, disk, tmp_path):
    session.event_hub.subscribe(
        "topic=ftrack.api.session.configure-location",
        lambda event: setattr(
            event["data"]["session"].query("Location where name is studio.disk").one(),
            "accessor",
            DiskAccessor(tmp_path),
        ),
    )
    session.rollback()
    picked = session.pick_location()["name"]

    session.reset()

    assert picked == "studio.disk"
    assert session.query("Location where name is studio.disk").one().accessor


@BOTH_STORES
@pytest.mark.parametrize("size", [0, 5, 25 * 1024 * 1024])
def test_a_file_goes_to_the_server_and_comes_back(session, tmp_path, monkeypatch, size):
    monkeypatch.setenv("FTRACK_API_UPLOAD_STATE_PATH", str(tmp_path / "uploads"))
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    (tmp_path / "a.bin").write_bytes(content)
    place = session.get("Location", SERVER_LOCATION_ID)

    component = session.create_component(tmp_path / "a.bin", location=place)
    data = place.accessor.open(place.get_resource_identifier(component))

    assert data.read() == content
    data.close()
    place.remove_component(component)
    with pytest.raises(exception.AccessorOperationFailedError):
        place.accessor.open(component["id"]).read()


@BOTH_STORES
def test_a_thumbnail_is_uploaded_and_set_in_one_commit(session, shot, tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG")

    thumbnail = shot.create_thumbnail(tmp_path / "a.png")

    found = session.query("select thumbnail_id from Shot where id is {id}", id=shot["id"]).one()
    assert found["thumbnail_id"] == thumbnail["id"]
    assert thumbnail["name"] == "thumbnail"
