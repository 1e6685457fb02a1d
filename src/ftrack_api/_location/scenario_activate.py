"""Sets up the location of a studio's centralised storage, as the server says, when a session starts (client: 25)."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftrack_api import accessor, exception, structure
from ftrack_protocol.record import Record

if TYPE_CHECKING:
    from ftrack_api.typing import EventProtocol, SessionProtocol

SCENARIO_NAME = "ftrack.centralized-storage"
PLATFORMS: Mapping[str, str] = {"linux": "Linux", "osx": "macOS", "windows": "Windows"}
"""Keys of mount points, and how people call those platforms."""

_KEYS = {"linux": "linux", "darwin": "osx", "win32": "windows", "cygwin": "windows"}
_PRIORITY = 1
_REMEDY = "Configure the storage again in the system settings of the server, or ask whoever administers it."

# Any below is an entity, or what the server tells of a scenario: any JSON value.


class Storage(Record):
    """A centralised storage as a setting of the server describes it."""

    location_id: str
    location_name: str
    mount_points: Mapping[str, str]
    """By key of the platform; platforms without one are left out."""

    @classmethod
    def of(cls, data: Any) -> Storage:
        """Return the storage that the ``data`` of a scenario describe.

        Raises:
            LocationError: If something is missing or is no text.
        """
        storage = data.get("accessor") if isinstance(data, Mapping) else None
        points = storage.get("mount_points") if isinstance(storage, Mapping) else None
        wrong = [key for key in ("location_id", "location_name") if not _is_text(data, key)]
        found: dict[str, str] = {}
        if isinstance(points, Mapping):
            wrong += [f"accessor.mount_points.{key}" for key in PLATFORMS if not isinstance(points.get(key) or "", str)]
            found = {key: text for key in PLATFORMS if (text := str(points.get(key) or "").strip())}
        else:
            wrong.append("accessor.mount_points")
        if wrong:
            raise exception.LocationError(
                f"The storage scenario {SCENARIO_NAME} cannot be used: {', '.join(wrong)} missing or unusable in "
                f"{data!r}. {_REMEDY}"
            )
        return cls(data["location_id"], data["location_name"], found)

    def mount_point(self, platform: str) -> str:
        """Return the mount point on a platform of ``sys.platform``, as an absolute path.

        Raises:
            LocationError: If the platform is none that storage is configured for, or has no mount point, or that is
                no absolute path once ``~`` and environment variables are filled in.
        """
        key = "linux" if platform.startswith("linux") else _KEYS.get(platform)
        if key is None:
            raise exception.LocationError(
                f"The location {self.location_name} cannot be used on {platform!r}: storage is configured for "
                f"{', '.join(PLATFORMS.values())} only."
            )
        point = self.mount_points.get(key)
        if point is None:
            raise exception.LocationError(
                f"The location {self.location_name} has no mount point on {PLATFORMS[key]}. {_REMEDY}"
            )
        path = os.path.expandvars(os.path.expanduser(point))  # noqa: PTH111 - texts, as accessors have
        if not os.path.isabs(path):  # noqa: PTH117 - as above
            raise exception.LocationError(
                f"The mount point {point!r} of the location {self.location_name} on {PLATFORMS[key]} is no absolute "
                f"path. {_REMEDY}"
            )
        return path


class ActivateCentralizedStorageScenario:
    """Listens for the storage scenario that a session announces, and sets up its location.

    Attributes:
        session: The session, once registered.
    """

    def __init__(self) -> None:
        self.logger = logging.getLogger(f"{type(self).__module__}.{type(self).__name__}")
        self.session: SessionProtocol | None = None

    def activate(self, event: EventProtocol) -> None:
        """Give the location of the scenario a disk accessor, the standard structure and the first priority.

        Nothing is asked of the server, and the disk is not touched. An event of another program is ignored: it would
        send the files of this one wherever whoever published it likes.

        Raises:
            LocationError: If the scenario is incomplete, or has no usable mount point on this machine: the location is
                left as it was then. The event hub logs it, so that sessions start all the same.
        """
        session: Any = self.session
        source = event["source"]
        sender = source.get("id") if isinstance(source, Mapping) else source
        if sender and sender != session.event_hub.id:
            self.logger.warning("The storage scenario that the hub %s announced is not for this session.", sender)
            return
        storage = Storage.of(_data_of(event))
        disk = accessor.disk.DiskAccessor(prefix=storage.mount_point(sys.platform))
        standard = structure.standard.StandardStructure()  # loaded here, as few sessions need it
        values = {"id": storage.location_id, "name": storage.location_name}
        location = session.create("Location", values, reconstructing=True)
        location.accessor, location.structure, location.priority = disk, standard, _PRIORITY
        self.logger.debug("The storage scenario set up the location %s.", storage.location_name)

    def register(self, session: SessionProtocol) -> None:
        """Listen on the hub of a session."""
        self.session = session
        condition = f'data.storage_scenario.scenario="{SCENARIO_NAME}"'
        hub = session.event_hub
        hub.subscribe(f"topic=ftrack.storage-scenario.activate and {condition}", self.activate)
        hub.subscribe(f"topic=ftrack.connect.verify-startup and {condition}", self._verify_startup)

    def _verify_startup(self, event: EventProtocol) -> str | None:
        """Return what keeps the storage from being used on this machine, as a text for people; None if nothing."""
        try:
            storage = Storage.of(_data_of(event))
            path = storage.mount_point(sys.platform)
        except exception.LocationError as error:
            return str(error)
        if os.path.isdir(path):  # noqa: PTH112 - texts, as accessors have
            return None
        return (
            f"The storage of the location {storage.location_name} is not there: {path!r} is no folder on this machine. "
            "Connect or mount it, and start again."
        )


def register(session: SessionProtocol) -> None:
    """Have the location of a centralised storage set up whenever a session announces its storage scenario."""
    ActivateCentralizedStorageScenario().register(session)


def _is_text(data: Any, key: str) -> bool:
    return isinstance(data, Mapping) and isinstance(data.get(key), str) and bool(data[key])


def _data_of(event: EventProtocol) -> Any:
    scenario = (event["data"] or {}).get("storage_scenario")
    return scenario.get("data") if isinstance(scenario, Mapping) else None
