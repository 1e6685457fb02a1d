"""The verbs of locations: containers, transactions, mixins, refusals, files on the server."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.conftest import BOTH_STORES

import ftrack_api
from ftrack_api import exception
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.entity.location import MemoryLocationMixin, UnmanagedLocationMixin
from ftrack_api.structure.entity_id import EntityIdStructure
from ftrack_api.structure.id import IdStructure
from ftrack_api.structure.origin import OriginStructure
from ftrack_api.structure.standard import StandardStructure
from ftrack_api.symbol import NOT_SET, ORIGIN_LOCATION_ID, SERVER_LOCATION_ID


@pytest.fixture
def origin(session):
    session.pick_location()
    return session.get("Location", ORIGIN_LOCATION_ID)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"words")
    return path


@pytest.fixture
def component(session, file):
    made = session.create_component(file, {"name": "a"}, location=None)
    session.commit()
    return made


@pytest.fixture
def container(session, origin, file, tmp_path):
    """A container with a file and another container with a file."""
    version = session.query("AssetVersion order by id").first()
    made = [session.create("ContainerComponent", {"name": name, "version": version}) for name in ("outer", "inner")]
    for holder, name in zip(made, ("first", "second"), strict=True):
        origin.add_component(holder, str(tmp_path), recursive=False)
        data = {"name": name, "version": version}
        holder["members"].append(session.create_component(file, data, location=None))
    made[0]["members"].append(made[1])
    session.commit()
    return made[0]


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_container_goes_with_all_that_is_in_it(session, server, disk, origin, container, tmp_path):
    with server.counting() as added:
        disk.add_component(container, origin)
    inner = next(member for member in container["members"] if "members" in member)
    known = disk.get_resource_identifiers([container, inner, inner["members"][0]])
    everywhere = session.get_component_availability(container, [disk])
    disk.remove_component(inner["members"][0])
    half = session.get_component_availability(container, [disk])
    disk.remove_component(next(member for member in container["members"] if "members" not in member))

    assert added.requests < 10
    assert len(set(known)) == 3
    assert (list(everywhere.values()), list(half.values())) == ([100.0], [50.0])
    assert files(tmp_path / "store") == []


def test_a_container_goes_alone_when_wished(session, disk, origin, container, tmp_path):
    disk.add_component(container, origin, recursive=False)

    assert disk.get_component_availability(container) == 0.0  # its members are not there
    assert files(tmp_path / "store") == []
    disk.remove_component(container, recursive=False)
    with pytest.raises(exception.ComponentNotInLocationError):
        disk.get_resource_identifier(container)


def test_members_of_a_committed_container_are_fetched_in_few_requests(new_session, server, container, tmp_path):
    session = new_session()
    location = session.query("Location where name is ftrack.unmanaged").one()
    again = session.get("ContainerComponent", container["id"])
    origin = session.get("Location", ORIGIN_LOCATION_ID)
    origin.add_component(again, str(tmp_path), recursive=False)

    with server.counting() as traffic, pytest.raises(exception.LocationError):
        location.add_component(again, origin)  # nobody told this session where the members are

    assert traffic.requests <= 4


@pytest.mark.parametrize(
    ("components", "sources", "error"),
    [
        ("twice", "two", exception.ComponentInLocationError),
        ("one", "two", ValueError),
        ("none", "one", None),
    ],
)
def test_sources_are_one_or_one_for_each(disk, origin, component, components, sources, error):
    disk.add_component(component, origin)
    wanted = {"one": [component], "twice": [component, component], "none": []}[components]
    given = {"one": origin, "two": [origin, origin]}[sources]

    if error is None:
        assert disk.add_components(wanted, given) is None
        assert disk.remove_components([]) is None
        return
    with pytest.raises(error):
        disk.add_components(wanted, given)


@pytest.mark.parametrize(
    ("what", "verb", "said"),
    [
        ("structure", "add", "No structure is set"),
        ("accessor", "add", "No accessor is set"),
        ("source", "add", "No accessor is set"),
        ("accessor", "remove", "No accessor is set"),
    ],
)
def test_a_location_that_is_not_set_up_says_what_is_missing(
    session, disk, origin, component, tmp_path, what, verb, said
):
    if verb == "remove":
        disk.add_component(component, origin)
    source = session.ensure("Location", {"name": "other"}) if what == "source" else origin
    if what == "source":
        source.structure, source.priority = OriginStructure(), 200
        disk.structure = EntityIdStructure()
    else:
        setattr(disk, what, NOT_SET)

    with pytest.raises(exception.LocationError, match=said):
        disk.add_component(component, source) if verb == "add" else disk.remove_component(component)

    disk.accessor = DiskAccessor(tmp_path / "store")
    assert disk.get_component_availability(component) == (100.0 if verb == "remove" else 0.0)
    assert len(files(tmp_path / "store")) == (verb == "remove")


def test_what_leaves_in_a_transaction_leaves_when_it_is_committed(session, disk, origin, component, tmp_path):
    disk.add_component(component, origin)

    with pytest.raises(RuntimeError):
        removing(session, disk, component, RuntimeError())
    stayed = files(tmp_path / "store")
    removing(session, disk, component, None)

    assert len(stayed) == 1
    assert files(tmp_path / "store") == []
    assert disk.get_component_availability(component) == 0.0


def removing(session, disk, component, error):
    with session.transaction(), session.transaction():
        disk.remove_component(component)
        assert len(files(Path(disk.accessor.prefix))) == 1
        if error is not None:
            raise error


def test_a_location_may_remember_by_itself(session, disk, origin, component):
    ftrack_api.mixin(disk, MemoryLocationMixin)
    disk.add_component(component, origin)
    path = disk.get_filesystem_path(component)
    again = disk.get_resource_identifiers([component, component])
    recorded = session.query(f"ComponentLocation where location_id is {disk['id']}").all()
    disk.remove_component(component)

    assert recorded == []
    assert not Path(path).exists()
    assert len(set(again)) == 1
    with pytest.raises(exception.ComponentNotInLocationError):
        disk.get_resource_identifier(component)


def test_a_location_may_leave_data_alone(session, disk, origin, component, file):
    ftrack_api.mixin(disk, UnmanagedLocationMixin)
    disk.accessor, disk.structure = DiskAccessor(""), OriginStructure()
    disk.add_component(component, origin)
    place = disk.get_filesystem_path(component)
    disk.remove_component(component)

    assert place == str(file)
    assert file.read_bytes() == b"words"


def test_a_location_is_told_by_its_name_when_that_is_known(new_session, disk):
    session = new_session()
    unknown = session.create("Location", {"id": disk["id"]}, reconstructing=True)

    assert str(unknown) == f"<Location({disk['id']})>"
    assert str(session.query(f"select name from Location where id is {disk['id']}").one()) == (
        f'<Location("studio.disk", {disk["id"]})>'
    )


def test_structures_refuse_what_they_cannot_place(session, component):
    task = session.query("Task").first()

    for structure in (IdStructure(), StandardStructure()):
        with pytest.raises(exception.StructureError, match="not a Task"):
            structure.get_resource_identifier(task)
    with pytest.raises(exception.StructureError, match="belongs to no version"):
        StandardStructure().get_resource_identifier(component)
    for context in (None, {}, {"source_resource_identifier": None}):
        with pytest.raises(ValueError, match="Nothing tells where"):
            OriginStructure().get_resource_identifier(component, context)
    for substitute in ("/", "\0"):
        with pytest.raises(ValueError, match="illegal_character_substitute"):
            StandardStructure(illegal_character_substitute=substitute)


def test_without_a_substitute_names_stay_and_impossible_ones_are_refused(session, file):
    version = session.query("AssetVersion order by id").first()
    structure = StandardStructure(illegal_character_substitute=None)
    odd = version.create_component(str(file), {"name": "Ä odd!"})

    assert structure.get_resource_identifier(odd).endswith("/Ä odd!.txt")
    odd["name"] = "../up"
    with pytest.raises(exception.StructureError, match="cannot be a part of a path"):
        structure.get_resource_identifier(odd)


@BOTH_STORES
def test_the_accessor_of_the_server_tells_what_it_cannot(session, component):
    session.pick_location()
    accessor = session.get("Location", SERVER_LOCATION_ID).accessor

    assert (accessor.get_container("a"), accessor.make_container("a"), accessor.exists("a")) == (None, None, False)
    for verb in ("list", "is_file", "is_container", "is_sequence"):
        with pytest.raises(exception.AccessorUnsupportedOperationError):
            getattr(accessor, verb)(component["id"])
    data = accessor.open(component["id"])
    with pytest.raises(exception.AccessorOperationFailedError, match="opened for reading"):
        data.write(b"x")
    data.close()
    with pytest.raises(ValueError, match="closed file"):
        data.read()
    nobody = accessor.open("nobody", "wb")
    nobody.write(b"x")
    with pytest.raises(exception.AccessorOperationFailedError, match="no file component of that id"):
        nobody.close()


@BOTH_STORES
def test_a_file_on_the_server_is_read_from_any_place(session, file):
    session.pick_location()
    server = session.get("Location", SERVER_LOCATION_ID)
    component = session.create_component(file, location=server)
    data = server.accessor.open(component["id"])

    read = [data.read(2), data.tell(), data.seek(-2, 2), data.read(), data.seek(1), data.read(1), data.read(0)]
    data.seek(1, 1)
    rest = data.read()
    data.seek(99)
    beyond = data.read()
    data.close()

    assert read == [b"wo", 2, 3, b"ds", 1, b"o", b""]
    assert (rest, beyond) == (b"ds", b"")


@pytest.mark.parametrize("wrong", [None, "text", 5])
def test_what_is_no_component_is_told_to_be_none(session, disk, origin, wrong):
    for call in (
        lambda: disk.add_component(wrong, origin),
        lambda: disk.add_components(wrong, origin),
        lambda: disk.remove_component(wrong),
        lambda: disk.get_resource_identifier(wrong),
        lambda: disk.get_filesystem_paths(wrong),
        lambda: disk.get_component_availability(wrong),
        lambda: session.get_component_availabilities(wrong),
        lambda: session.pick_locations([wrong]),
    ):
        with pytest.raises(TypeError, match=r"(omponents? (is|are) (an entity|wanted in a list)).*not "):
            call()


def test_components_may_come_from_any_iterable_and_a_single_one_is_told_to_be(session, disk, origin, component):
    disk.add_components((item for item in [component]), origin)

    assert disk.get_resource_identifiers(iter([component])) == [disk.get_resource_identifier(component)]
    assert session.pick_locations({component}) == session.pick_locations([component])
    with pytest.raises(TypeError, match="Several components are wanted"):
        disk.get_resource_identifiers(component)
    disk.remove_components(item for item in [component])


def test_data_of_a_component_are_a_mapping(session, file):
    with pytest.raises(TypeError, match=r"mapping such as .*, not 'main'"):
        session.create_component(file, "main", location=None)


def test_components_are_spread_over_the_folders_of_ids_and_members_keep_their_order(session):
    files = [session.create("FileComponent", {"name": str(number)}) for number in range(64)]
    sequence = session.create("SequenceComponent", {"name": "s", "padding": 4})
    members = [session.create("FileComponent", {"name": str(n), "container": sequence})["id"] for n in range(64)]

    folders = {IdStructure().get_resource_identifier(file)[: len("a/b/c/d")] for file in files}

    assert len(folders) > 32
    assert members == sorted(members)
    assert session.create("FileComponent", {"id": "given"})["id"] == "given"
