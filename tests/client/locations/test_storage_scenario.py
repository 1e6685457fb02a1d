"""What a centralised storage asks of a machine: its mount point, by platform, and a folder there."""

from __future__ import annotations

import pytest

from ftrack_api import exception
from ftrack_api._location.scenario_activate import ActivateCentralizedStorageScenario, Storage
from ftrack_api._location.scenario_configure import STEPS, ConfigureCentralizedStorageScenario
from ftrack_api.event.base import Event

POINTS = {"linux": "/mnt/studio", "osx": "/Volumes/studio", "windows": "//server/studio"}


def data(points=POINTS):
    return {"location_id": "l", "location_name": "studio.central", "accessor": {"mount_points": points}}


def verify(content):
    scenario = {"scenario": "ftrack.centralized-storage", "data": content}
    event = Event(topic="ftrack.connect.verify-startup", data={"storage_scenario": scenario})
    return ActivateCentralizedStorageScenario()._verify_startup(event)


@pytest.fixture(autouse=True)
def on_linux(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")


@pytest.mark.parametrize(
    ("platform", "point"),
    [("linux", "/mnt/studio"), ("linux2", "/mnt/studio"), ("darwin", "/Volumes/studio"), ("win32", "//server/studio")],
)
def test_each_platform_has_its_mount_point(platform, point):
    assert Storage.of(data()).mount_point(platform) == point


def test_other_platforms_are_told_which_there_are():
    with pytest.raises(exception.LocationError, match="'sunos5': storage is configured for Linux, macOS, Windows only"):
        Storage.of(data()).mount_point("sunos5")


def test_home_and_variables_are_filled_in(monkeypatch):
    monkeypatch.setenv("STUDIO_MOUNT", "/mnt/of-variable")

    assert Storage.of(data({"linux": "$STUDIO_MOUNT/a"})).mount_point("linux") == "/mnt/of-variable/a"


def test_nothing_is_said_of_a_storage_that_is_there(tmp_path):
    assert verify(data({"linux": str(tmp_path)})) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (data({"linux": ""}), "has no mount point on Linux"),
        (data({}), "has no mount point on Linux"),
        (data({"linux": "/nowhere/at/all"}), "'/nowhere/at/all' is no folder on this machine"),
        (data("text"), "accessor.mount_points missing"),
        (None, "location_id, location_name, accessor.mount_points missing"),
        ([], "location_id, location_name, accessor.mount_points missing"),
    ],
    ids=str,
)
def test_what_keeps_a_storage_from_being_used_is_said(content, said):
    assert said in verify(content)


class EmptySite:
    """A session of a site without locations and settings."""

    def query(self, _text, **_parameters):
        return self

    def get(self, _entity_type, _key):
        return None

    def first(self):
        return None

    def all(self):
        return []


@pytest.mark.parametrize("step", [*STEPS, None, "nonsense"])
@pytest.mark.parametrize("chosen", [None, "create_new_location", 'no" or id is "x'])
def test_d81_the_form_asks_again_for_what_is_missing(step, chosen):
    """The names of a new location and the mount points never arrive, so it never comes to the summary."""
    form = ConfigureCentralizedStorageScenario()
    form.session = EmptySite()
    configuration = {"select_location": {"location_id": chosen}}

    page = form.configure_scenario({"data": {"values": {"step": step, "configuration": configuration}}})

    assert page["state"] == "configuring"
    assert [item["name"] for item in page["items"][-2:]] == ["configuration", "step"]
