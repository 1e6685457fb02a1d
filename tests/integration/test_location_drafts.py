"""Versions with their files as one commit, against a real server, and what is left after a failure."""

from __future__ import annotations

import pytest

from ftrack_api import exception
from ftrack_api.structure.standard import StandardStructure


@pytest.fixture
def store(tmp_path):
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


@pytest.fixture
def studio(disk, store):
    disk.structure = StandardStructure()
    return disk


@pytest.fixture
def image(tmp_path):
    (tmp_path / "a.exr").write_bytes(b"pixels")
    return tmp_path / "a.exr"


@pytest.fixture
def asset(session, shot):
    asset = session.create("Asset", {"name": "plate", "parent": shot, "type": session.query("AssetType").first()})
    session.commit()
    return asset


def files_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def publish(session, asset, path, **values):
    version = session.create("AssetVersion", {"asset": asset, **values})
    return version, session.create_component(path, {"name": "main", "version": version})


def test_a_project_is_published_into_in_the_commit_that_makes_it(session, server, studio, store, image):
    kind, schema = session.query("AssetType").first(), session.query("ProjectSchema").first()

    with server.counting() as traffic, session.transaction():
        project = session.create("Project", {"name": "Comet", "full_name": "Comet", "project_schema": schema})
        folder = session.create("Folder", {"name": "ep 1", "parent": project})
        asset = session.create("Asset", {"name": "plate", "parent": folder, "type": kind})
        version, component = publish(session, asset, image)

    assert traffic.requests == 1
    assert files_below(store) == ["comet/ep_1/plate/v001/main.exr"]
    assert (version["version"], component["version"]) == (1, version)
    assert studio.get_resource_identifier(component) == "comet/ep_1/plate/v001/main.exr"


def test_a_draft_is_where_the_same_version_would_be_once_committed(session, studio, shot, asset, image):
    first = session.create("AssetVersion", {"asset": asset})
    session.commit()
    committed = session.create_component(image, {"name": "main", "version": first})

    with session.transaction():
        _, one = publish(session, asset, image)
        second = session.create("AssetVersion", {"asset_id": asset["id"]})
        two = session.create_component(image, {"name": "main", "version_id": second["id"]})
        session.create("AssetVersion", {"asset": asset})

    places = studio.get_resource_identifiers([committed, one, two])
    assert places[1:] == [places[0].replace("v001", f"v00{number}") for number in (2, 3)]
    found = session.query("select version from AssetVersion where asset_id is {id}", id=asset["id"]).all()
    assert sorted(version["version"] for version in found) == [1, 2, 3, 4]


def test_a_failed_block_leaves_no_rows_files_or_folders(session, studio, store, asset, image):
    def fail():
        with session.transaction():
            publish(session, asset, image)
            raise RuntimeError("the render farm is down")

    with pytest.raises(RuntimeError, match="farm"):
        fail()

    assert list(store.iterdir()) == []
    assert len(session.recorded_operations) == 0
    assert session.query("AssetVersion where asset_id is {id}", id=asset["id"]).first() is None


def test_a_refused_commit_leaves_no_files_and_only_folders_that_were_there(
    session, new_session, studio, store, asset, image
):
    def race():
        with session.transaction():
            publish(session, asset, image)
            (store / "kept").mkdir()
            other = new_session()
            other.create("AssetVersion", {"asset_id": asset["id"]})
            other.commit()

    with pytest.raises(exception.DuplicateEntry):
        race()

    assert [path.name for path in store.iterdir()] == ["kept"]


def test_a_file_that_cannot_be_copied_leaves_no_folders(session, studio, store, asset, image):
    version = session.create("AssetVersion", {"asset": asset})
    session.commit()
    component = session.create_component(image, {"name": "main", "version": version}, location=None)
    image.unlink()

    with pytest.raises(exception.LocationError):
        studio.add_component(component, session.query("Location where name is ftrack.origin").one())

    assert list(store.iterdir()) == []


def test_without_a_transaction_a_draft_is_refused_and_told_of_transactions(session, studio, asset, image):
    with pytest.raises(exception.LocationError, match=r"session\.transaction"):
        publish(session, asset, image)


def test_a_draft_without_an_asset_is_refused(session, studio, image):
    def fail():
        with session.transaction():
            publish(session, None, image)

    with pytest.raises(exception.LocationError, match="has no asset"):
        fail()
