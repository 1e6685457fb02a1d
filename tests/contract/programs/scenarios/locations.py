"""Locations and components: registered, moved, asked for and removed, on disks of the program's own."""

import pathlib
import tempfile

from studio import ids, new_version, raises, unique

import ftrack_api
import ftrack_api.accessor.disk
import ftrack_api.entity.location
import ftrack_api.exception
import ftrack_api.structure.id
import ftrack_api.structure.standard
import ftrack_api.symbol


def new_location(session, structure=None):
    """A location of one's own on a disk of one's own."""
    location = session.create("Location", {"name": unique()})
    location.accessor = ftrack_api.accessor.disk.DiskAccessor(prefix=tempfile.mkdtemp())
    location.structure = structure or ftrack_api.structure.id.IdStructure()
    location.priority = 10
    session.commit()
    return location


def new_file(text="content"):
    """A file with some text."""
    path = pathlib.Path(tempfile.mkdtemp()) / "file.txt"
    path.write_text(text)
    return str(path)


def the_built_in_locations_are_there(session):
    for name, key in (
        ("ftrack.origin", ftrack_api.symbol.ORIGIN_LOCATION_ID),
        ("ftrack.unmanaged", ftrack_api.symbol.UNMANAGED_LOCATION_ID),
        ("ftrack.review", ftrack_api.symbol.REVIEW_LOCATION_ID),
        ("ftrack.server", ftrack_api.symbol.SERVER_LOCATION_ID),
    ):
        assert session.query(f'Location where name is "{name}"').one()["id"] == key
        assert session.get("Location", key)["name"] == name


def a_component_goes_into_a_location_and_out_again(session):
    location = new_location(session)
    component = session.create_component(new_file("hello"), {"name": "main"}, location=None)
    session.commit()
    origin = session.get("Location", ftrack_api.symbol.ORIGIN_LOCATION_ID)
    location.add_component(component, origin)
    assert location.get_component_availability(component) == 100.0
    assert pathlib.Path(location.get_filesystem_path(component)).read_text() == "hello"
    rows = ftrack_api.Session().query('ComponentLocation where component_id is "{}"'.format(component["id"])).all()
    assert [row["location_id"] for row in rows] == [location["id"]]  # the origin is this session's own affair
    raises(ftrack_api.exception.ComponentInLocationError, lambda: location.add_component(component, origin))
    location.remove_component(component)
    assert location.get_component_availability(component) == 0.0
    rows = ftrack_api.Session().query('ComponentLocation where location_id is "{}"'.format(location["id"])).all()
    assert rows == []
    raises(ftrack_api.exception.ComponentNotInLocationError, lambda: location.remove_component(component))
    session.delete(location)
    session.commit()


def a_sequence_is_one_component_with_members(session):
    folder = pathlib.Path(tempfile.mkdtemp())
    for frame in range(1, 6):
        (folder / f"img.{frame:04d}.exr").write_text(str(frame))
    location = new_location(session)
    component = session.create_component(str(folder / "img.%04d.exr [1-5]"), {"name": "frames"}, location=location)
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("SequenceComponent", component["id"])
    assert len(seen["members"]) == 5
    assert seen["padding"] == 4
    assert location.get_component_availability(component) == 100.0
    location.remove_component(component)
    session.delete(component)
    session.commit()
    assert ftrack_api.Session().get("SequenceComponent", component["id"]) is None


def a_version_gets_components_of_its_own(session):
    version = new_version(session)
    location = new_location(session, ftrack_api.structure.standard.StandardStructure())
    component = version.create_component(new_file(), {"name": "main", "metadata": {"fps": "25"}}, location=location)
    session.commit()
    other = ftrack_api.Session()
    assert ids(other.get("AssetVersion", version["id"])["components"]) == [component["id"]]
    assert other.get("FileComponent", component["id"])["metadata"]["fps"] == "25"
    assert other.get("FileComponent", component["id"])["file_type"] == ".txt"
    path = location.get_filesystem_path(component)
    assert version["asset"]["name"].lower() in path.lower().replace("_", "-") or "v001" in path
    found = other.query(
        'select name from Component where version_id in ("{}") and component_locations.location.name is "{}"'.format(
            version["id"], location["name"]
        )
    ).all()
    assert ids(found) == [component["id"]]


def a_location_is_refused_while_it_holds_something(session):
    location = new_location(session)
    session.create_component(new_file(), location=location)
    session.commit()
    session.delete(location)
    message = raises(ftrack_api.exception.ServerError, session.commit)
    assert "IntegrityError" in message
    session.rollback()


def the_best_location_is_picked(session):
    location = new_location(session)
    location.priority = 1
    component = session.create_component(new_file(), location=location)
    session.commit()
    assert session.pick_location(component)["id"] == location["id"]
    availabilities = session.get_component_availability(component)
    assert availabilities[location["id"]] == 100.0
    assert availabilities[ftrack_api.symbol.SERVER_LOCATION_ID] == 0.0
