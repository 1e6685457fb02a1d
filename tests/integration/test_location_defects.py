"""Defects of the old client in components, locations, accessors and structures, one test for each number."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from tests.integration.conftest import BOTH_STORES

from ftrack_api import data as ftrack_data
from ftrack_api import exception
from ftrack_api.accessor.disk import DiskAccessor, error_handler
from ftrack_api.accessor.server import ServerFile
from ftrack_api.structure.id import IdStructure
from ftrack_api.structure.standard import StandardStructure
from ftrack_api.symbol import ORIGIN_LOCATION_ID, SERVER_LOCATION_ID


class Pieces(ftrack_data.Data):
    """Data that give the pieces they were made of, and raise those that are errors."""

    def __init__(self, *pieces):
        super().__init__()
        self.pieces = list(pieces)

    def read(self, limit=None):  # noqa: ARG002 - as accessors read
        piece = self.pieces.pop(0)
        if isinstance(piece, Exception):
            raise piece
        return piece

    def write(self, content):
        raise AssertionError(f"nothing is written here, and not {content!r}")


class PiecesAccessor(DiskAccessor):
    """A source whose files hold given pieces."""

    def __init__(self, *pieces):
        super().__init__("")
        self.opened = Pieces(*pieces)

    def open(self, resource_identifier, mode="rb"):  # noqa: ARG002 - as accessors open
        return self.opened


class PlainAccessor(DiskAccessor):
    """An accessor of somebody's own that writes in place, as those of studios do."""

    def open(self, resource_identifier, mode="rb"):
        self.opened = super().open(resource_identifier, mode)
        return self.opened


@pytest.fixture
def origin(session):
    return session.get("Location", ORIGIN_LOCATION_ID)


@pytest.fixture
def component(session, tmp_path):
    """A committed component of a file that no location but ftrack.origin has."""
    (tmp_path / "a.txt").write_bytes(b"words")
    made = session.create_component(tmp_path / "a.txt", {"name": "a"}, location=None)
    session.commit()
    return made


@pytest.fixture
def requests(session, monkeypatch):
    """The requests the session sends from here on."""
    sent = []
    transport = session._open_transport()
    for name in ("send", "stream"):
        monkeypatch.setattr(transport, name, noting(sent, getattr(transport, name)))
    return sent


def noting(sent, ask):
    def noted(request):
        sent.append(request)
        return ask(request)

    return noted


def files_in(folder):
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_d33_a_failed_registration_is_withdrawn(session, new_session, disk, origin, component):
    other = new_session()
    other.delete(other.get("FileComponent", component["id"]))
    other.commit()

    with pytest.raises(exception.LocationError) as caught:
        disk.add_component(component, origin)

    assert [item for item, _ in caught.value.details["transferred"]] == [component]
    assert len(session.recorded_operations) == 0
    session.commit()


def test_d34_requests_do_not_grow_with_components(session, server, disk, origin, tmp_path):
    made = []
    for number in range(12):
        (tmp_path / f"{number}.txt").write_bytes(b"words")
        made.append(session.create_component(tmp_path / f"{number}.txt", location=None))
    session.commit()

    disk.add_component(made.pop(), origin)  # what is asked once
    costs = []
    for components in (made[:2], made[2:]):
        with server.counting() as added:
            disk.add_components(components, origin)
        with server.counting() as read:
            disk.get_filesystem_paths(components)
            session.get_component_availabilities(components)
            session.pick_locations(components)
        with server.counting() as removed:
            disk.remove_components(components)
        costs.append((added.requests, read.requests, removed.requests))

    assert costs[0] == costs[1]
    with server.counting() as picked:
        session.pick_location()
    assert picked.requests == 0


@pytest.mark.parametrize("kind", [DiskAccessor, PlainAccessor])
def test_d35_a_failed_copy_closes_both_files_and_leaves_no_half(disk, origin, component, tmp_path, kind):
    origin.accessor = PiecesAccessor(b"wo", OSError(errno.EIO, "the disk broke"))
    disk.accessor = kind(tmp_path / "store")

    with pytest.raises(exception.LocationError, match="the disk broke"):
        disk.add_component(component, origin)

    assert origin.accessor.opened.closed
    assert kind is DiskAccessor or disk.accessor.opened.closed
    assert files_in(tmp_path / "store") == []


def test_d36_any_empty_piece_ends_a_copy(disk, origin, component):
    origin.accessor = PiecesAccessor(b"wo", b"rds", "")

    disk.add_component(component, origin)

    assert Path(disk.get_filesystem_path(component)).read_bytes() == b"words"


@pytest.mark.parametrize("identifier", ["{0}2/x", "../data2/x", "../data2", "in/../../x", "/", "link/x"])
def test_d37_only_what_is_below_the_prefix_is_inside(tmp_path, identifier):
    (tmp_path / "data").mkdir()
    (tmp_path / "data2").mkdir()
    (tmp_path / "data2" / "x").touch()
    (tmp_path / "data" / "link").symlink_to(tmp_path / "data2")
    accessor = DiskAccessor(tmp_path / "data")

    with pytest.raises(exception.AccessorFilesystemPathError):
        accessor.open(identifier.format(tmp_path / "data"))


@pytest.mark.parametrize("number", [errno.EPERM, errno.EACCES])
def test_d38_a_missing_right_is_told_as_such(number):
    with (
        pytest.raises(exception.AccessorPermissionDeniedError),
        error_handler(operation="open", resource_identifier="a"),
    ):
        raise OSError(number, os.strerror(number))


def test_d38_a_file_is_no_folder(tmp_path):
    (tmp_path / "a").touch()

    with pytest.raises(exception.AccessorResourceInvalidError, match="is a file"):
        DiskAccessor(tmp_path).make_container("a")


def test_d39_results_stand_where_their_components_stood(session, disk, origin, component, tmp_path):
    (tmp_path / "b.txt").write_bytes(b"more")
    second = session.create_component(tmp_path / "b.txt", location=None)

    disk.add_components([component, second, component], [origin, origin, origin])
    first_path, second_path = disk.get_filesystem_paths([component, second])

    assert disk.get_filesystem_paths([second, component, second]) == [second_path, first_path, second_path]
    assert disk.get_component_availabilities([component, component]) == [100.0, 100.0]
    assert len(session.query("ComponentLocation where component_id is {id}", id=component["id"]).all()) == 1


def test_d52_the_data_of_the_caller_stay_as_they_are(session, tmp_path):
    for number in (1, 2):
        (tmp_path / f"s.{number:04d}.exr").write_bytes(b"x")
    version = session.query("AssetVersion").first()
    data = {"name": "main", "version_id": "none"}

    session.create_component(tmp_path / "s.0001.exr", data, location=None)["version_id"] = None
    session.create_component(f"{tmp_path}/s.%04d.exr [1-2]", data, location=None)["version_id"] = None
    made = version.create_component(str(tmp_path / "s.0001.exr"), data)

    assert data == {"name": "main", "version_id": "none"}
    assert made["version"] is version


class TestD53:
    def test_d53_a_file_without_a_type_has_a_place(self, session):
        component = session.create("FileComponent", {"name": "a"})

        assert IdStructure().get_resource_identifier(component).replace("/", "") == component["id"]

    @pytest.mark.parametrize("name", ["日本", "..", ".", "", "!", "con", "../..", "\0"])
    def test_d53_every_name_becomes_a_part_that_can_be(self, name):
        part = StandardStructure().sanitise_for_filesystem(name)

        assert part not in {"", ".", ".."}
        assert "/" not in part

    def test_d53_two_names_of_another_script_have_two_places(self):
        structure = StandardStructure()

        assert structure.sanitise_for_filesystem("日本") != structure.sanitise_for_filesystem("中国")

    def test_d53_members_ask_nothing_of_their_container_again(self, session, server, tmp_path):
        for number in range(1, 6):
            (tmp_path / f"s.{number:04d}.exr").write_bytes(b"x")
        version = session.query("AssetVersion").first()
        made = version.create_component(f"{tmp_path}/s.%04d.exr [1-5]", {"name": "main"})
        structure = StandardStructure()
        structure.get_resource_identifier(made["members"][0])

        with server.counting() as traffic:
            places = {structure.get_resource_identifier(member) for member in made["members"]}

        assert (len(places), traffic.requests) == (5, 0)


@BOTH_STORES
class TestD54:
    @pytest.fixture
    def uploads(self, requests):
        return lambda: [request for request in requests if request.method == "PUT"]

    def test_d54_a_file_is_uploaded_once(self, session, component, uploads):
        file = ServerFile(component["id"], session=session, mode="wb")
        file.write(b"other")
        file.seek(0)
        assert file.read() == b"other"
        assert uploads() == []
        file.flush()
        file.flush()
        file.close()

        assert len(uploads()) == 1

    def test_d54_a_component_need_not_be_committed(self, session, tmp_path):
        (tmp_path / "a.txt").write_bytes(b"words")
        place = session.get("Location", SERVER_LOCATION_ID)

        made = session.create_component(tmp_path / "a.txt", location=place)

        assert place.accessor.open(made["id"]).read() == b"words"

    def test_d54_a_lost_connection_is_an_error_of_the_accessor(self, new_session, server, component):
        session = new_session()
        file = ServerFile(component["id"], session=session, mode="wb")
        file.write(b"other")
        session.get("FileComponent", component["id"])["name"]
        server.stop()
        try:
            with pytest.raises(exception.AccessorOperationFailedError):
                file.flush()
        finally:
            file.discard()
            server.restart()


@BOTH_STORES
class TestD55:
    def test_d55_no_request_has_the_key_in_its_address(self, session, component, requests):
        place = session.get("Location", SERVER_LOCATION_ID)
        made = place.accessor.open(component["id"], "wb")
        made.write(b"other")
        made.close()
        place.accessor.open(component["id"]).read()
        place.accessor.remove(component["id"])

        addresses = [request.url for request in requests]
        assert {address.rpartition("?")[0].rpartition("/")[2] for address in addresses} >= {"get", "remove"}
        assert not [address for address in addresses if session.api_key in address]

    def test_d55_an_address_to_hand_on_is_signed(self, session, tmp_path):
        (tmp_path / "a.txt").write_bytes(b"words")
        place = session.get("Location", SERVER_LOCATION_ID)
        made = session.create_component(tmp_path / "a.txt", location=place)

        assert session.api_key not in place.get_url(made)

    def test_d55_where_a_server_signs_none_values_are_escaped(self, session, monkeypatch):
        accessor = session.get("Location", SERVER_LOCATION_ID).accessor
        monkeypatch.delitem(session.types["ComponentLocation"].attributes.by_name, "url")

        address = accessor.get_url("a&b=c/ü")

        assert address.startswith(f"{session.server_url}/component/get?id=a%26b%3Dc%2F%C3%BC&username=")
