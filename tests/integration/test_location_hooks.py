"""What surrounds the data of a location: progress, transformers, removal that fails, encoding by the server."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PIL import Image
from tests.integration.conftest import BOTH_STORES

from ftrack_api import exception
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.resource_identifier_transformer.base import ResourceIdentifierTransformer
from ftrack_api.symbol import ORIGIN_LOCATION_ID

PATIENCE = 120


class Backwards(ResourceIdentifierTransformer):
    """Keeps resource identifiers on the server backwards, with the name of the component."""

    def encode(self, resource_identifier, context=None):
        return f"{context['component']['name']}:{resource_identifier[::-1]}"

    def decode(self, resource_identifier, context=None):
        return resource_identifier.removeprefix(f"{context['component']['name']}:")[::-1]


@pytest.fixture
def files(tmp_path):
    for number in range(1, 4):
        (tmp_path / f"shot.{number:04d}.exr").write_bytes(b"x" * number)
    return tmp_path


def test_progress_is_told_of_each_file(session, disk, files):
    told = []

    with session.transferring(progress=told.append):
        sequence = session.create_component(files / "shot.%04d.exr [1-3]")
    session.create_component(files / "shot.0001.exr")

    assert {progress.location for progress in told} == {disk}
    last = {progress.component: (progress.transferred, progress.total) for progress in told}
    assert last == {member: (member["size"], member["size"]) for member in sequence["members"]}


def test_a_transformer_changes_what_the_server_keeps(session, disk, files):
    disk.resource_identifier_transformer = Backwards(session)
    component = session.create_component(files / "shot.0001.exr", {"name": "main"})

    row = session.query("ComponentLocation where component_id is {id}", id=component["id"]).one()
    identifier = disk.get_resource_identifier(component)

    assert row["resource_identifier"] == f"main:{identifier[::-1]}"
    assert Path(disk.get_filesystem_path(component)).read_bytes() == b"x"
    disk.remove_component(component)
    assert not (files / "store" / identifier).exists()


def test_a_transformer_that_fails_registers_nothing(session, disk, files):
    class Failing(Backwards):
        def encode(self, resource_identifier, context=None):
            raise ValueError(f"no such drive: {resource_identifier} of {context}")

    disk.resource_identifier_transformer = Failing(session)
    component = session.create_component(files / "shot.0001.exr", location=None)
    session.commit()

    with pytest.raises(exception.LocationError, match="no such drive"):
        disk.add_component(component, session.get("Location", ORIGIN_LOCATION_ID))

    assert disk.get_component_availability(component) == 0.0


def test_a_step_that_was_replaced_on_a_location_is_taken(session, disk, files, monkeypatch):
    component = session.create_component(files / "shot.0001.exr")
    taken = []
    forget = disk._deregister_component_in_location
    monkeypatch.setattr(disk, "_remove_data", lambda component: taken.append(("data", component)))
    monkeypatch.setattr(
        disk,
        "_deregister_component_in_location",
        lambda component: taken.append(("record", component)) or forget(component),
    )

    disk.remove_component(component)

    assert taken == [("record", component), ("data", component)]
    assert disk.get_component_availability(component) == 0.0


def test_components_whose_data_cannot_be_removed_stay_recorded(session, disk, files):
    first, second, third = (session.create_component(files / f"shot.000{number}.exr") for number in (1, 2, 3))
    gone, kept = (Path(disk.get_filesystem_path(item)) for item in (second, third))
    gone.unlink()

    with pytest.raises(exception.AccessorResourceNotFoundError):
        disk.remove_components([first, second, third])

    assert disk.get_component_availabilities([first, second, third]) == [0.0, 100.0, 100.0]
    assert kept.read_bytes() == b"xxx"
    assert len(session.recorded_operations) == 0


@BOTH_STORES
def test_the_server_encodes_what_a_client_sends(session, shot, tmp_path):
    pytest.importorskip("av", reason="PyAV is not installed (extra media)")
    Image.new("RGB", (64, 40), "teal").save(tmp_path / "a.png")
    kind = session.query("AssetType").first()
    asset = session.create("Asset", {"name": "plate", "parent": shot, "type": kind})
    version = session.create("AssetVersion", {"asset": asset})
    session.commit()

    job = version.encode_media(tmp_path / "a.png")
    until = time.monotonic() + PATIENCE
    while job["status"] not in {"done", "failed"} and time.monotonic() < until:
        session.populate(job, "status, data")

    assert (job.entity_type, job["status"]) == ("Job", "done"), job["data"]
    found = session.query("select components.name, thumbnail_id from AssetVersion where id is {id}", id=version["id"])
    names = {component["name"] for component in found.one()["components"]}
    assert "ftrackreview-image" in names
    assert found.one()["thumbnail_id"]


def given(place):
    """Return a structure that gives everything the same place."""
    return type("Given", (), {"get_resource_identifier": lambda *_: place})()


@pytest.mark.parametrize("place", [None, 5, "", b"a"])
def test_a_structure_that_names_no_place_is_told(session, disk, files, place):
    disk.structure = given(place)
    component = session.create_component(files / "shot.0001.exr", location=None)
    session.commit()

    with pytest.raises(exception.LocationError, match=f"Given gives {place!r} as the resource identifier"):
        disk.add_component(component, session.get("Location", ORIGIN_LOCATION_ID))

    assert not (files / "store").exists()


def test_a_structure_may_give_paths(session, disk, files):
    disk.structure = given(Path("folder", "a.exr"))

    component = session.create_component(files / "shot.0001.exr")

    assert disk.get_resource_identifier(component) == "folder/a.exr"
    assert (files / "store" / "folder" / "a.exr").read_bytes() == b"x"


def test_of_equal_priorities_every_session_prefers_the_same(new_session, tmp_path):
    picked = []
    for names in (("tie.a", "tie.b"), ("tie.b", "tie.a")):
        session = new_session()
        for name in names:
            place = session.ensure("Location", {"name": name})
            place.accessor, place.priority = DiskAccessor(tmp_path), 1
        picked.append(session.pick_location()["name"])

    assert picked == ["tie.a", "tie.a"]


@pytest.mark.parametrize("priority", ["low", None, float("nan")])
def test_a_priority_that_is_no_number_is_told(session, disk, priority):
    disk.priority = priority

    with pytest.raises(exception.LocationError, match=r"priority of .*studio\.disk.* not a number"):
        session.pick_location()
