"""Files copied from disk to disk by the system: as safe as those that are read and written piece by piece."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from pathlib import Path

import pytest

from ftrack_api import exception
from ftrack_api.accessor import _folder
from ftrack_api.structure.standard import StandardStructure
from ftrack_api.symbol import ORIGIN_LOCATION_ID
from ftrack_server.testing import running_server

FRAMES = 5


@pytest.fixture(scope="module")
def server():
    with running_server(seed="demo") as server:
        yield server


@pytest.fixture
def frames(tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in range(1, FRAMES + 1):
        (folder / f"shot.{number:04d}.exr").write_bytes(b"x" * number)
    return f"{folder}/shot.%04d.exr [1-{FRAMES}]"


@pytest.fixture(params=["held", "hidden files", "another system"])
def way(request, monkeypatch):
    """Copy into folders that are held, on file systems without unnamed files, and where nothing of it exists."""
    if request.param == "another system":
        monkeypatch.setattr("ftrack_api.accessor.disk.IS_SUPPORTED", False)
    elif request.param != "held":
        plain_open = os.open

        def refuse(path, flags, *rest, **options):
            if flags & getattr(os, "O_TMPFILE", 0) == getattr(os, "O_TMPFILE", -1):
                raise OSError(errno.EOPNOTSUPP, "not here")
            return plain_open(path, flags, *rest, **options)

        monkeypatch.setattr(os, "open", refuse)
    return request.param


def stored(disk):
    """Return the sizes of the files below the prefix by their names."""
    paths = [path for path in Path(disk.accessor.prefix).rglob("*") if path.is_file()]
    return {path.name: path.stat().st_size for path in paths}


def held_below(folder):
    """Return how many files and folders below a folder this process has open, as far as the system tells."""
    handles = Path("/proc/self/fd")
    places = []
    for handle in handles.iterdir() if handles.is_dir() else ():
        with contextlib.suppress(OSError):
            places.append(str(handle.readlink()))
    return sum(place.startswith(str(folder)) for place in places)


def test_every_file_arrives_and_nothing_else(session, disk, frames, way):
    sequence = session.create_component(frames)

    assert [Path(path).stat().st_size for path in disk.get_filesystem_paths(sequence["members"])] == [1, 2, 3, 4, 5]
    assert len(stored(disk)) == FRAMES
    assert held_below(disk.accessor.prefix) == 0


def test_a_file_that_is_there_stops_the_addition_and_stays(session, disk, frames, way):
    first = session.create_component(frames)
    path = disk.get_filesystem_path(first["members"][3])
    second = session.create_component(frames, location=None)
    session.commit()
    disk.structure = type("Same", (), {"get_resource_identifier": lambda _, entity, __: places[entity["name"]]})()
    kept = disk.get_resource_identifiers(first["members"])
    places = {member["name"]: f"{kept[0]}.new" for member in first["members"]} | {"0004": kept[3], "shot": "shot"}
    places |= {name: str(Path(kept[0]).with_name(f"{name}.new")) for name in ("0001", "0002", "0003")}

    with pytest.raises(exception.LocationError, match=r"something at .* already") as failure:
        disk.add_component(second, session.get("Location", ORIGIN_LOCATION_ID))

    assert [component["name"] for component, _ in failure.value.details["transferred"]] == ["0001", "0002", "0003"]
    assert Path(path).stat().st_size == 4
    assert sorted(stored(disk)) == sorted(
        [f"file.{n:04d}.exr" for n in range(1, 6)] + ["0001.new", "0002.new", "0003.new"]
    )
    assert held_below(disk.accessor.prefix) == 0


def test_what_somebody_else_brings_meanwhile_stays(session, disk, frames, way):
    if way == "another system":
        pytest.skip("there the file that is ready last stays")
    places = []

    def meanwhile(progress):
        if progress.component["name"] == "0003":
            path = disk.accessor.get_filesystem_path(disk.structure.get_resource_identifier(progress.component))
            Path(path).write_bytes(b"theirs")
            places.append(Path(path))

    with (
        pytest.raises(exception.LocationError, match=r"something at .* already"),
        session.transferring(progress=meanwhile),
    ):
        session.create_component(frames)

    assert [path.read_bytes() for path in places] == [b"theirs"]
    assert sorted(stored(disk).values()) == [1, 2, 6]


def test_a_cancelled_copy_leaves_nothing_of_the_file(session, disk, frames, way):
    cancel = threading.Event()

    def stop(progress):
        if progress.component["name"] == "0003":
            cancel.set()

    with pytest.raises(exception.TransferCancelledError), session.transferring(progress=stop, cancel=cancel):
        session.create_component(frames)

    assert sorted(stored(disk).values()) == [1, 2, 3]


def test_a_folder_that_a_link_leads_out_of_the_prefix_is_refused(session, disk, shot, frames, tmp_path, way):
    disk.structure = StandardStructure()
    kind = session.query("AssetType").first()
    outside = tmp_path / "outside"
    outside.mkdir()
    project = tmp_path / "store" / shot["project"]["name"].lower()
    project.parent.mkdir(exist_ok=True)
    project.symlink_to(outside)

    asset = session.create("Asset", {"name": f"plate {way}", "parent": shot, "type": kind})
    version = session.create("AssetVersion", {"asset": asset})
    session.commit()

    with pytest.raises(exception.LocationError, match="symbolic link"):
        session.create_component(frames, {"name": "main", "version": version})

    assert list(outside.rglob("*")) == []


@pytest.mark.parametrize("name", ["..", ".", "", "a\0b", "../up", "sub/../../../out"])
def test_a_member_cannot_leave_the_folder_of_the_one_before(session, disk, tmp_path, name, way):
    for each in ("one", "two"):
        (tmp_path / each).write_bytes(b"x")
    places = {"one": "folder/one", "two": f"folder/{name}"}
    disk.structure = type("Given", (), {"get_resource_identifier": lambda _, entity, __: places[entity["name"]]})()
    components = [session.create_component(tmp_path / each, {"name": each}, location=None) for each in places]
    session.commit()

    if name == "../up":
        disk.add_components(components, session.get("Location", ORIGIN_LOCATION_ID))
    else:
        with pytest.raises(exception.LocationError):
            disk.add_components(components, session.get("Location", ORIGIN_LOCATION_ID))

    expected = ["store/folder/one", "store/up"] if name == "../up" else ["store/folder/one"]
    assert (
        sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "store").rglob("*") if path.is_file())
        == expected
    )


def test_a_folder_for_each_file_holds_one_at_a_time(session, disk, tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    components = [session.create_component(tmp_path / "a", location=None) for _ in range(20)]
    session.commit()
    most = []

    with session.transferring(progress=lambda _: most.append(held_below(disk.accessor.prefix))):
        disk.add_components(components, session.get("Location", ORIGIN_LOCATION_ID))

    assert max(most) <= 2  # the folder, and the file that has no name yet


@pytest.mark.skipif(not _folder.IS_SUPPORTED, reason="this system has no files without names")
def test_a_disk_that_is_full_is_told_and_leaves_nothing(session, disk, frames, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "copy_file_range", full)

    with pytest.raises(exception.LocationError, match="No space left on device"):
        session.create_component(frames)

    assert not Path(disk.accessor.prefix).exists()
