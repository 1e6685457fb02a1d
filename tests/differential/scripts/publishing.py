"""Files, sequences, containers and thumbnails in locations of every kind: places, records, availability and news."""

import os
import pathlib

import ftrack_api
import ftrack_api.accessor.disk
import ftrack_api.resource_identifier_transformer.base
import ftrack_api.structure.entity_id
import ftrack_api.structure.id
import ftrack_api.structure.origin
import ftrack_api.structure.standard
import ftrack_api.symbol

STRUCTURES = {
    "standard": ftrack_api.structure.standard.StandardStructure,
    "prefixed": lambda: ftrack_api.structure.standard.StandardStructure(project_versions_prefix="_versions"),
    "id": lambda: ftrack_api.structure.id.IdStructure(prefix="library"),
    "entity id": ftrack_api.structure.entity_id.EntityIdStructure,
}
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000"
    "000049454e44ae426082"
)


class _Published:
    """Stands before the hub of a session, and keeps what would be published to others."""

    def __init__(self, hub):
        self._hub = hub
        self.connected = True
        self.heard = []

    def __getattr__(self, name):
        return getattr(self._hub, name)

    def publish(self, event, synchronous=False, **arguments):
        if synchronous:
            return self._hub.publish(event, synchronous=True, **arguments)
        self.heard.append((event["topic"], dict(event["data"])))
        return None


def _listening(stage):
    session = stage.session()
    session._event_hub = _Published(session.event_hub)
    return session, session.event_hub.heard


def _version(session):
    return session.query("AssetVersion order by id").first()


def _location(session, stage, name, structure):
    location = session.ensure("Location", {"name": name})
    location.accessor = ftrack_api.accessor.disk.DiskAccessor(prefix=os.path.join(stage.folder, name))
    location.structure, location.priority = structure, 10
    return location


def _built_in(session, name):
    return session.get("Location", getattr(ftrack_api.symbol, f"{name}_LOCATION_ID"))


def _files(stage, *names):
    for number, name in enumerate(names):
        (pathlib.Path(stage.folder) / name).write_bytes(b"x" * (number + 1))
    return [os.path.join(stage.folder, name) for name in names]


def _frames(stage, head, numbers):
    _files(stage, *[f"{head}.{number:04d}.exr" for number in numbers])
    return os.path.join(stage.folder, f"{head}.%04d.exr")


def _text(stage, component, text):
    """Return a resource identifier without what differs from run to run."""
    for key in [component["id"], *[member["id"] for member in _members(component)]]:
        text = text.replace("/".join([*key[:4], key[4:]]), f"<{key}>")
    container = component.get("container")
    if container:
        key = container["id"]
        text = text.replace("/".join([*key[:4], key[4:]]), f"<{key}>")
    return text.replace(stage.folder, "<folder>")


def _members(component):
    return list(component["members"]) if "members" in component else []


def _everything(see, stage, location, component):
    """See what there is to know of a component in a location, from this session and from the server."""
    parts = [component, *sorted(_members(component), key=lambda member: member["name"])]
    for part in parts:
        name = part["name"]
        see(f"{name} identifier", _text(stage, part, location.get_resource_identifier(part)))
        see(f"{name} data", (part["size"], part["file_type"], part.entity_type, part.get("padding")))
    see("availability here", location.get_component_availability(component))
    rows = stage.session().query("select component.name, location.name, resource_identifier from ComponentLocation")
    see(
        "records",
        sorted(
            (row["component"]["name"], row["location"]["name"])
            for row in rows
            if row["component_id"] in {part["id"] for part in parts}
        ),
    )
    see("picked", component.session.pick_location(component)["name"])


def files_in_each_structure(see, stage):
    session = stage.session()
    (path,) = _files(stage, "Pläte one.exr")
    for name, structure in STRUCTURES.items():
        location = _location(session, stage, name, structure())
        component = _version(session).create_component(path, {"name": f"Beäuty {name}"}, location=location)
        _everything(see, stage, location, component)
        if name != "entity id":
            see("content", len(pathlib.Path(location.get_filesystem_path(component)).read_bytes()))


def sequences_in_each_structure(see, stage):
    session = stage.session()
    path = _frames(stage, "shot", (1, 2, 10))
    for name, structure in STRUCTURES.items():
        location = _location(session, stage, name, structure())
        data = {"name": f"frames {name}"}
        component = _version(session).create_component(path + " [1-2, 10]", data, location=location)
        _everything(see, stage, location, component)


def an_unpadded_sequence(see, stage):
    session = stage.session()
    _files(stage, "a.8.exr", "a.9.exr", "a.10.exr")
    location = _location(session, stage, "id", ftrack_api.structure.id.IdStructure())
    component = session.create_component(
        os.path.join(stage.folder, "a.%d.exr [8-10]"), {"name": "main"}, location=location
    )
    _everything(see, stage, location, component)


def containers_in_each_structure(see, stage):
    session = stage.session()
    paths = _files(stage, "one.txt", "two.txt")
    origin = _built_in(session, "ORIGIN")
    for name, structure in STRUCTURES.items():
        location = _location(session, stage, name, structure())
        container = session.create("ContainerComponent", {"name": f"both {name}", "version": _version(session)})
        origin.add_component(container, stage.folder, recursive=False)
        for path in paths:
            data = {"name": os.path.basename(path)[:3], "version": _version(session)}
            member = session.create_component(path, data, location=None)
            container["members"].append(member)
        location.add_component(container, origin, recursive=True)
        _everything(see, stage, location, container)


def files_that_stay_where_they_are(see, stage):
    session = stage.session()
    (path,) = _files(stage, "a.txt")
    component = session.create_component(path, {"name": "stays"})
    _everything(see, stage, _built_in(session, "UNMANAGED"), component)
    review = session.create_component(path, {"name": "ftrackreview-mp4"})
    _everything(see, stage, _built_in(session, "REVIEW"), review)
    nowhere = session.create_component(path, {"name": "nowhere"}, location=None)
    origin = _built_in(session, "ORIGIN")
    see("origin", _text(stage, nowhere, origin.get_resource_identifier(nowhere)))
    see("origin holds", origin.get_component_availability(nowhere))
    see("picked", session.pick_location()["name"])
    see("picked for it", session.pick_location(nowhere))


def files_on_the_server(see, stage):
    session = stage.session()
    (path,) = _files(stage, "a.txt")
    server = _built_in(session, "SERVER")
    component = _version(session).create_component(path, {"name": "served"}, location=server)
    _everything(see, stage, server, component)
    see("content", stage.session().get("Location", server["id"]).accessor.open(component["id"]).read().decode())
    disk = _location(session, stage, "id", ftrack_api.structure.id.IdStructure())
    disk.add_component(component, server)
    see("fetched", pathlib.Path(disk.get_filesystem_path(component)).read_text())
    server.remove_component(component)
    see("left", sorted(session.get_component_availability(component).values()))


def thumbnails(see, stage):
    session = stage.session()
    path = os.path.join(stage.folder, "small.png")
    pathlib.Path(path).write_bytes(PICTURE)
    task = session.query("Task order by id").first()
    component = task.create_thumbnail(path)
    see("component", (component["name"], component["file_type"], component["size"], component.get("version_id")))
    see("set", task["thumbnail_id"] == component["id"])
    see("there", stage.session().get("Task", task["id"])["thumbnail"]["name"])
    see("location", session.pick_location(component)["name"])
    named = task.create_thumbnail(path, {"name": "mine"})
    see("named", named["name"])


def from_place_to_place(see, stage):
    session = stage.session()
    path = _frames(stage, "shot", (1, 2))
    first = _location(session, stage, "first", ftrack_api.structure.id.IdStructure())
    second = _location(session, stage, "second", ftrack_api.structure.standard.StandardStructure())
    data = {"name": "travels"}
    component = _version(session).create_component(path + " [1-2]", data, location=first)
    second.add_component(component, first)
    _everything(see, stage, second, component)
    places = session.get_component_availability(component, [first, second, _built_in(session, "SERVER")])
    see("available", sorted(places.values()))
    first.remove_component(component)
    see("gone", first.get_component_availability(component))
    see("left on disk", sorted(name for _, _, names in os.walk(first.accessor.prefix) for name in names))
    second.remove_component(component["members"][0], recursive=False)
    see("half", second.get_component_availability(component))


def transformed(see, stage):
    class Reversed(ftrack_api.resource_identifier_transformer.base.ResourceIdentifierTransformer):
        def encode(self, resource_identifier, context=None):
            return f"{context['component']['name']}|{resource_identifier[::-1]}"

        def decode(self, resource_identifier, context=None):
            assert context["component"]["name"] == "turned"
            return resource_identifier.split("|", 1)[1][::-1]

    session = stage.session()
    (path,) = _files(stage, "a.txt")
    location = _location(session, stage, "standard", ftrack_api.structure.standard.StandardStructure())
    location.resource_identifier_transformer = Reversed(session)
    component = _version(session).create_component(path, {"name": "turned"}, location=location)
    see("identifier", location.get_resource_identifier(component))
    row = stage.session().query(f"ComponentLocation where component_id is {component['id']}").one()
    see("kept", row["resource_identifier"])


def _told(session, heard):
    """Return what was heard with names for identifiers, whose order is another with each client, and forget it."""
    told = [
        (
            topic,
            session.get("Component", data["component_id"])["name"],
            session.get("Location", data["location_id"])["name"],
            sorted(data),
        )
        for topic, data in heard
    ]
    heard.clear()
    return sorted(told)


def news(see, stage):
    session, heard = _listening(stage)
    path = _frames(stage, "shot", (1, 2))
    location = _location(session, stage, "id", ftrack_api.structure.id.IdStructure())
    server = _built_in(session, "SERVER")
    component = session.create_component(path + " [1-2]", {"name": "heard"}, location=location)
    see("added", _told(session, heard))
    server.add_components(component["members"], location)
    see("added to another", _told(session, heard))
    location.remove_components([component])
    see("removed", _told(session, heard))
    session.create_component(path + " [1-2]", {"name": "nowhere"}, location=None)
    session.commit()
    see("nowhere", _told(session, heard))


def refusals(see, stage):
    session = stage.session()
    (path,) = _files(stage, "a.txt")
    location = _location(session, stage, "id", ftrack_api.structure.id.IdStructure())
    origin = _built_in(session, "ORIGIN")
    component = session.create_component(path, {"name": "once"}, location=location)
    see.refused("twice", lambda: location.add_component(component, origin))
    see.refused("sources", lambda: location.add_components([component], [origin, origin]))
    location.remove_component(component)
    see.refused("removed twice", lambda: location.remove_component(component))
    see.refused("place", lambda: location.get_resource_identifier(component))
    location.structure = ftrack_api.symbol.NOT_SET
    see.refused("no structure", lambda: location.add_component(component, origin))
    location.structure = ftrack_api.structure.standard.StandardStructure()
    see.refused("no version", lambda: location.add_component(component, origin))
    location.accessor = ftrack_api.symbol.NOT_SET
    location.structure = ftrack_api.structure.id.IdStructure()
    see.refused("no accessor", lambda: location.add_component(component, origin))
    see("left", sorted(session.get_component_availability(component).values()))
