"""Files in the location of the server, published as versions are: whole, undone and removed, in either store."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from tests.integration.conftest import BOTH_STORES

from ftrack_api import exception
from ftrack_api.symbol import ORIGIN_LOCATION_ID, SERVER_LOCATION_ID

pytestmark = BOTH_STORES

FRAMES = 4


@pytest.fixture
def place(session):
    session.pick_location()
    return session.get("Location", SERVER_LOCATION_ID)


@pytest.fixture
def frames(tmp_path):
    for number in range(1, FRAMES + 1):
        (tmp_path / f"shot.{number:04d}.exr").write_bytes(b"pixels" * number)
    return f"{tmp_path}/shot.####.exr [1-{FRAMES}]"


@pytest.fixture
def version(session, shot):
    asset = session.create("Asset", {"name": "plate", "parent": shot, "type": session.query("AssetType").first()})
    version = session.create("AssetVersion", {"asset": asset})
    session.commit()
    return version


@pytest.fixture
def kept(store_settings):
    """Return the names of the files that the server keeps."""

    def names():
        if "s3_bucket" in store_settings:
            import boto3

            owner = boto3.client(
                "s3", endpoint_url=store_settings["s3_endpoint"], region_name=store_settings["s3_region"]
            )
            found = owner.list_objects_v2(Bucket=store_settings["s3_bucket"]).get("Contents", [])
            return {item["Key"] for item in found}
        folder = Path(store_settings["files_path"])
        return {path.name for path in folder.glob("objects/*/*/*/*")}

    return names


def content(place, component):
    data = place.accessor.open(place.get_resource_identifier(component))
    try:
        return data.read()
    finally:
        data.close()


def test_a_sequence_of_a_version_goes_to_the_server_and_leaves_it(session, place, version, frames, kept):
    sequence = session.create_component(frames, {"name": "main", "version": version}, location=place)
    members = sequence["members"]

    assert place.get_component_availabilities([sequence, *members]) == [100.0] * (FRAMES + 1)
    assert [content(place, member) for member in members] == [b"pixels" * number for number in range(1, FRAMES + 1)]
    assert len(kept()) == FRAMES
    place.remove_component(sequence)
    assert place.get_component_availabilities([sequence, *members]) == [0.0] * (FRAMES + 1)
    assert kept() == set()


def test_a_transaction_that_fails_leaves_no_file_on_the_server(session, new_session, place, version, frames, kept):
    def publish():
        with session.transaction():
            session.create_component(frames, {"name": "main", "version": version}, location=place)
            session.create_component("missing.exr", {"name": "other", "version": version}, location=place)

    with pytest.raises(FileNotFoundError):
        publish()

    assert new_session().query(f"Component where version_id is {version['id']}").first() is None
    assert kept() == set()


def test_a_version_with_its_files_and_thumbnail_is_one_transaction(
    session, new_session, place, shot, frames, kept, tmp_path
):
    Image.new("RGB", (8, 4), "teal").save(tmp_path / "a.png")

    with session.transaction():
        asset = session.create("Asset", {"name": "comp", "parent": shot, "type": session.query("AssetType").first()})
        version = session.create("AssetVersion", {"asset": asset})
        session.create_component(frames, {"name": "main", "version": version}, location=place)
        thumbnail = version.create_thumbnail(tmp_path / "a.png")

    found = new_session().query(f"select components.name, thumbnail_id from AssetVersion where id is {version['id']}")
    assert [item["name"] for item in found.one()["components"]] == ["main"]
    assert found.one()["thumbnail_id"] == thumbnail["id"]
    assert len(kept()) == FRAMES + 1


def test_the_second_of_three_that_fails_leaves_the_others_as_they_are_told(session, place, tmp_path, kept):
    paths = [tmp_path / name for name in ("a", "b", "c")]
    for path in paths:
        path.write_bytes(b"words")
    components = [session.create_component(path, location=None) for path in paths]
    session.commit()
    paths[1].unlink()
    origin = session.get("Location", ORIGIN_LOCATION_ID)

    with pytest.raises(exception.LocationError) as failure:
        place.add_components(components, origin)

    assert [component for component, _ in failure.value.details["transferred"]] == [components[0]]
    assert place.get_component_availabilities(components) == [0.0, 0.0, 0.0]
    paths[1].write_bytes(b"again")
    place.add_components(components, origin)
    assert [content(place, component) for component in components] == [b"words", b"again", b"words"]


def test_a_location_on_disk_gets_files_of_the_server(session, place, disk, frames):
    sequence = session.create_component(frames, {"name": "main"}, location=place)

    disk.add_component(sequence, place)

    paths = disk.get_filesystem_paths(sequence["members"])
    assert [Path(path).read_bytes() for path in paths] == [b"pixels" * number for number in range(1, FRAMES + 1)]
