"""The form, step by step, that configures a studio's centralised storage (client: 25)."""

from __future__ import annotations

import json
import logging
import ntpath
import posixpath
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ftrack_api import exception, symbol
from ftrack_api._location.scenario_activate import PLATFORMS, SCENARIO_NAME
from ftrack_api._location.transaction import transaction
from ftrack_api.event.base import Event
from ftrack_protocol.event.expression import quoted

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

NEW = "create_new_location"
BUILT_IN = frozenset(
    {
        symbol.ORIGIN_LOCATION_ID,
        symbol.UNMANAGED_LOCATION_ID,
        symbol.REVIEW_LOCATION_ID,
        symbol.SERVER_LOCATION_ID,
        symbol.CONNECT_LOCATION_ID,
    }
)
STEPS = (
    "select_scenario",
    "select_location",
    "configure_location",
    "select_structure",
    "select_mount_point",
    "confirm_summary",
    "save_configuration",
)
STATES = {"confirm_summary": "confirm", "save_configuration": "done"}
FIELDS = {
    "location_label": ("Label", "Studio location"),
    "location_name": ("Name", "studio.central-storage-location"),
    "location_description": ("Description", "The studio central location where all components are stored."),
}

# Any below is an event, an entity, an item of a form, or JSON of a configuration.


def register_configuration(session: SessionProtocol) -> None:
    """Have a session offer the form that sets up the central location."""
    ConfigureCentralizedStorageScenario().register(session)


class ConfigureCentralizedStorageScenario:
    """The form, step by step, that sets up the central location."""

    session: SessionProtocol

    def __init__(self) -> None:
        self.logger = logging.getLogger(f"{type(self).__module__}.{type(self).__name__}")

    @property
    def storage_scenario(self) -> Any:
        """The setting that holds the scenario, or None. Cost: one request."""
        query = 'select value from Setting where name is "storage_scenario" and group is "STORAGE"'
        return self.session.query(query).first()

    @property
    def existing_centralized_storage_configuration(self) -> Any:
        """The configuration that is in force, as a mapping, or None. Cost: one request."""
        setting = self.storage_scenario
        try:
            found = json.loads(setting["value"]) if setting else None
        except ValueError:
            return None
        if not isinstance(found, Mapping) or found.get("scenario") != SCENARIO_NAME:
            return None
        return found.get("data")

    def register(self, session: SessionProtocol) -> None:
        """Subscribe to what asks for scenarios and for their forms, as far as the user of the session asks."""
        self.session = session
        who = f"source.user.username={quoted(session.api_user)}"
        session.event_hub.subscribe(
            f"topic=ftrack.storage-scenario.discover and {who}", self.discover_centralized_scenario
        )
        session.event_hub.subscribe(
            f'topic=ftrack.storage-scenario.configure and data.scenario_id="{SCENARIO_NAME}" and {who}',
            self.configure_scenario,
        )

    def discover_centralized_scenario(self, event: Any) -> dict[str, str]:
        """Return what is shown of the scenario where one is chosen."""
        del event
        return {
            "id": SCENARIO_NAME,
            "name": "Centralized storage scenario",
            "description": "All files are on a storage that every computer of the studio mounts.",
        }

    def configure_scenario(self, event: Any) -> dict[str, Any]:
        """Return the next step of the form: ``items`` and ``state``, which is configuring, confirm or done.

        A step whose values are missing or cannot be is shown again, with a sentence that says why. What was given in
        earlier steps is looked at again too, so that nothing is saved that got lost on the way.
        """
        values = _mapping(_mapping(event["data"]).get("values"))
        previous = values.pop("step", None)
        configuration = {
            step: _mapping(given)
            for step, given in _mapping(values.pop("configuration", None)).items()
            if step in STEPS
        }
        step, warning = STEPS[1], None
        if previous in STEPS[:-1]:
            if values or previous not in configuration:
                configuration[previous] = values
            step, warning = self._following(previous, configuration)
        return self._page(step, configuration, warning)

    def _following(self, previous: str, configuration: Mapping[str, Any]) -> tuple[str, str | None]:
        """Return the step after another, or the first whose values are refused with the reason."""
        number = STEPS.index(previous) + 1
        for step in STEPS[:number]:
            warning = self._refusal(step, configuration)
            if warning:
                return step, warning
        return STEPS[number], None

    def _page(self, step: str, configuration: dict[str, Any], warning: str | None) -> dict[str, Any]:
        """Return what is shown of a step; the summary with the reason where the server refuses to save."""
        if step == "configure_location" and configuration.get("select_location", {}).get("location_id", NEW) != NEW:
            step = "select_structure"
        if step == "select_structure":
            step = "select_mount_point"
        shows: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
            "select_location": self._select_location,
            "configure_location": self._configure_location,
            "select_mount_point": self._select_mount_point,
            "confirm_summary": lambda known: [_label(self._get_confirmation_text(known))],
            "save_configuration": self._save,
        }
        items = [_label(warning)] if warning else []
        try:
            items += shows[step](configuration)
        except exception.ServerError as error:
            if step != "save_configuration":
                raise
            return self._page("confirm_summary", configuration, f"**The configuration could not be saved. {error}**")
        items.append({"type": "hidden", "name": "configuration", "value": configuration})
        items.append({"type": "hidden", "name": "step", "value": step})
        return {"items": items, "state": STATES.get(step, "configuring")}

    def _refusal(self, step: str, configuration: Mapping[str, Any]) -> str | None:
        """Return why the values of a step cannot be, or None. Values of steps that came before count too."""
        chosen = configuration.get("select_location", {}).get("location_id")
        if step == "select_location" and chosen != NEW:
            if not isinstance(chosen, str) or not chosen or not self.session.get("Location", chosen):
                return "**The selected location does not exist. Please choose one from the list.**"
            if chosen in BUILT_IN:
                return "**A built-in location cannot hold the files of the studio. Please choose one from the list.**"
        if step == "configure_location" and chosen == NEW:
            given = configuration.get(step, {})
            missing = [label for name, (label, _) in FIELDS.items() if not str(given.get(name) or "").strip()]
            if missing:
                return f"**Please fill in: {', '.join(missing)}.**"
            if self.session.query("Location where name is {name}", name=str(given["location_name"])).first():
                return f"**There is a location named {given['location_name']} already. Please choose another name.**"
        if step == "select_mount_point":
            return _refusal_of_points(configuration)
        return None

    def _select_location(self, configuration: Mapping[str, Any]) -> list[dict[str, Any]]:
        places = [
            place
            for place in self.session.query("select id, name, label, description from Location").all()
            if place["id"] not in BUILT_IN
        ]
        current = _mapping(self.existing_centralized_storage_configuration).get("location_id")
        options = [{"label": "Create new location", "value": NEW}]
        options += [
            {
                "label": f"{place['label']} ({place['name']})" if place["label"] else place["name"],
                "description": place["description"] or "",
                "value": place["id"],
            }
            for place in places
        ]
        chosen = configuration.get("select_location", {}).get("location_id") or current
        known = {option["value"] for option in options}
        text = "Select the location that holds the files of the studio, or create a new one."
        if current:
            text += " **Files stay where they are when you switch to another location.**"
        default = chosen if isinstance(chosen, str) and chosen in known else None if places else NEW
        return [
            _label(text),
            {"type": "enumerator", "label": "Location", "name": "location_id", "value": default, "data": options},
        ]

    def _configure_location(self, configuration: Mapping[str, Any]) -> list[dict[str, Any]]:
        given = configuration.get("configure_location", {})
        fields = [_field(label, name, given.get(name, default)) for name, (label, default) in FIELDS.items()]
        return [_label("Describe the new location."), *fields]

    def _select_mount_point(self, configuration: Mapping[str, Any]) -> list[dict[str, Any]]:
        current = _mount_points(self.existing_centralized_storage_configuration)
        if "select_mount_point" in configuration:
            current = _given_points(configuration)
        fields = [
            _field(label, f"{platform}_mount_point", current.get(platform, "")) for platform, label in PLATFORMS.items()
        ]
        return [_label("Give the folder where each platform mounts the storage."), *fields]

    def _get_confirmation_text(self, configuration: Mapping[str, Any]) -> str:
        """Return a summary of what will be saved, in Markdown, with the platforms that get no mount point."""
        chosen = configuration.get("select_location", {}).get("location_id", NEW)
        described = configuration.get("configure_location", {})
        if chosen != NEW:
            place = self.session.get("Location", chosen)
            described = {"location_label": place["label"] or place["name"], "location_name": place["name"]}
        points = _given_points(configuration)
        lines = [f"- {label}: {points[platform] or 'none'}" for platform, label in PLATFORMS.items()]
        absent = [label for platform, label in PLATFORMS.items() if not points[platform]]
        note = f"\n\n**No mount point is set for {', '.join(absent)}.**" if absent else ""
        title = f"{described.get('location_label')} ({described.get('location_name')})"
        return "\n".join([f"# Central storage in {title}", "", "Mount points:", "", *lines]) + note

    def _save(self, configuration: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Write the setting, and the location when it is new, in one commit, and tell of it.

        Raises:
            ServerError: If the server refuses; nothing stays to be sent then.
        """
        with transaction(self.session):
            place = self._chosen_location(configuration)
            data = {
                "location_id": place["id"],
                "location_name": place["name"],
                "accessor": {"mount_points": _given_points(configuration)},
            }
            text = json.dumps({"scenario": SCENARIO_NAME, "data": data})
            setting = self.storage_scenario
            if setting is None:
                self.session.create("Setting", {"name": "storage_scenario", "group": "STORAGE", "value": text})
            else:
                setting["value"] = text
        self.session.event_hub.publish(Event(topic="ftrack.storage-scenario.configure-done"), on_error="ignore")
        return [_label("The storage scenario is saved. Start ftrack Connect and other clients again to use it.")]

    def _chosen_location(self, configuration: Mapping[str, Any]) -> Any:
        """Return the location that was chosen, or the one that is to be made."""
        chosen = configuration["select_location"]["location_id"]
        if chosen != NEW:
            return self.session.get("Location", chosen)
        given = configuration["configure_location"]
        return self.session.create("Location", {name.partition("_")[2]: str(given[name]).strip() for name in FIELDS})


def _mapping(value: Any) -> dict[str, Any]:
    """Return a copy of a mapping, which may be JSON text; an empty one for anything else."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return dict(value) if isinstance(value, Mapping) else {}


def _mount_points(configuration: Any) -> Mapping[str, Any]:
    return _mapping(_mapping(_mapping(configuration).get("accessor")).get("mount_points"))


def _refusal_of_points(configuration: Mapping[str, Any]) -> str | None:
    """Return which mount point is no full path on its platform, or None."""
    if "select_mount_point" not in configuration:
        return "**The mount points were lost on the way. Please fill them in once more.**"
    for platform, point in _given_points(configuration).items():
        if point and not _is_full_path(point, platform):
            example = r"P:\projects or \\server\projects" if platform == "windows" else "/mnt/projects"
            return f"**{point!r} is no full path on {PLATFORMS[platform]}. Please give one such as {example}.**"
    return None


def _is_full_path(point: str, platform: str) -> bool:
    """Return whether a path begins at a root, the home folder or an environment variable."""
    if "\0" in point:
        return False
    if platform == "windows":
        below = ntpath.splitdrive(point)[1]
        return below.startswith(("/", "\\", "~", "%", "$")) or point.startswith(("//", "\\\\"))
    return posixpath.isabs(point) or point.startswith(("~", "$"))


def _given_points(configuration: Mapping[str, Any]) -> dict[str, str]:
    given = configuration.get("select_mount_point", {})
    return {platform: str(given.get(f"{platform}_mount_point") or "").strip() for platform in PLATFORMS}


def _label(text: str) -> dict[str, Any]:
    return {"type": "label", "value": text}


def _field(label: str, name: str, value: Any) -> dict[str, Any]:
    return {"type": "text", "label": label, "name": name, "value": value, "empty_text": label}
