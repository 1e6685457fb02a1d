"""Files in the server's own location: published, read back byte for byte, shown small, and removed."""

import io
import os
import pathlib
import tempfile

import requests
from studio import new_task, new_version, raises

import ftrack_api
import ftrack_api.exception
import ftrack_api.symbol

# A picture of one pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000"
    "000049454e44ae426082"
)


def new_file(name, data):
    path = pathlib.Path(tempfile.mkdtemp()) / name
    path.write_bytes(data)
    return str(path)


def server_of(session):
    return session.get("Location", ftrack_api.symbol.SERVER_LOCATION_ID)


def content(location, component):
    accessor = location.accessor
    return accessor.open(location.get_resource_identifier(component), "rb").read()


def a_version_is_published_with_a_file(session):
    data = os.urandom(3_000_000)
    version = new_version(session)
    location = server_of(session)
    component = version.create_component(new_file("scene.ma", data), {"name": "main"}, location=location)
    session.commit()
    other = ftrack_api.Session()
    found = other.query('FileComponent where version_id is "{}"'.format(version["id"])).one()
    assert (found["size"], found["file_type"], found["name"]) == (len(data), ".ma", "main")
    assert content(server_of(other), found) == data
    assert location.get_component_availability(component) == 100.0


def a_version_is_published_with_a_sequence(session):
    folder = pathlib.Path(tempfile.mkdtemp())
    frames = {f"{n:04d}": os.urandom(1000 + n) for n in range(1001, 1006)}
    for number, data in frames.items():
        (folder / f"beauty.{number}.exr").write_bytes(data)
    version = new_version(session)
    path = str(folder / "beauty.%04d.exr [1001-1005]")
    component = version.create_component(path, {"name": "beauty"}, location=server_of(session))
    session.commit()
    other = ftrack_api.Session()
    found = other.get("SequenceComponent", component["id"])
    location = server_of(other)
    assert {member["name"]: content(location, member) for member in found["members"]} == frames
    assert found["size"] == sum(map(len, frames.values()))
    assert location.get_component_availability(found) == 100.0


def a_task_gets_a_thumbnail(session):
    task = new_task(session)
    task.create_thumbnail(new_file("small.png", PNG))
    other = ftrack_api.Session()
    found = other.get("Task", task["id"])
    assert content(server_of(other), found["thumbnail"]) == PNG
    address = found["thumbnail_url"]["url"]
    assert session.api_key not in address
    answer = requests.get(address, timeout=60)
    assert (answer.headers["Content-Type"], answer.content[:8]) == ("image/png", PNG[:8])
    keyed = server_of(other).get_thumbnail_url(found["thumbnail"], size=10)
    assert requests.get(keyed, timeout=60).content[:8] == PNG[:8]


def a_file_is_removed_from_the_server(session):
    location = server_of(session)
    component = session.create_component(new_file("a.txt", b"text"), location=location)
    session.commit()
    location.remove_component(component)
    assert session.query('ComponentLocation where component_id is "{}"'.format(component["id"])).all() == []
    error = ftrack_api.exception.AccessorOperationFailedError
    raises(error, lambda: location.accessor.open(component["id"], "rb").read())
    raises(error, lambda: location.accessor.remove(component["id"]))


def a_file_may_be_empty(session):
    component = session.create_component(new_file("empty.txt", b""), location=server_of(session))
    session.commit()
    location = server_of(ftrack_api.Session())
    assert io.BytesIO(content(location, component)).read() == b""
