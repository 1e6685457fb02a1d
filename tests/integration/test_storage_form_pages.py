"""The form of centralised storage, page by page: what is lost or cannot be is asked for again, and never saved."""

from __future__ import annotations

import json
import time

import pytest

from ftrack_api import _centralized_storage_scenario as scenario
from ftrack_api.event.base import Event

TOPIC = "ftrack.storage-scenario.configure"
NEW = {"location_label": 'Say "hi"', "location_name": 'studio."one"', "location_description": "Shared"}
POINTS = {"linux_mount_point": "/mnt/a", "osx_mount_point": "", "windows_mount_point": "P:\\a"}


class Form:
    """A user who fills in one page after the other.

    Attributes:
        page: The page that is shown.
    """

    def __init__(self, session):
        self._session = session
        self.page = {}

    def send(self, **answers):
        values = {item["name"]: item["value"] for item in self.page.get("items", []) if item["type"] == "hidden"}
        return self.publish({**json.loads(json.dumps(values)), **answers})

    def publish(self, values):
        event = Event(topic=TOPIC, data={"scenario_id": scenario.scenario_name, "values": values})
        (self.page,) = self._session.event_hub.publish(event, synchronous=True)
        return self.page

    @property
    def step(self):
        assert [item["name"] for item in self.page["items"][-2:]] == ["configuration", "step"]
        return self.page["items"][-1]["value"]

    @property
    def first(self):
        return self.page["items"][0]["value"]

    def fields(self):
        return {
            item["name"]: item.get("value") for item in self.page["items"] if item["type"] in {"text", "enumerator"}
        }


@pytest.fixture
def form(session):
    scenario.register_configuration(session)
    return Form(session)


@pytest.fixture
def at_mount_points(form):
    form.send()
    form.send(location_id="create_new_location")
    form.send(**NEW)
    return form


def stored(new_session):
    return new_session().server_information["storage_scenario"]


def test_it_offers_itself_to_its_user_only(session, form):
    def discover(user):
        event = Event(topic="ftrack.storage-scenario.discover", source={"user": {"username": user}})
        return session.event_hub.publish(event, synchronous=True)

    assert [item["id"] for item in discover(session.api_user)] == ["ftrack.centralized-storage"]
    assert discover("somebody-else") == []


def test_a_new_location_from_the_first_page_to_a_session_that_uses_it(form, new_session, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    seen = []
    for answers in ({}, {"location_id": "create_new_location"}, NEW, POINTS, {}):
        page = form.send(**answers)
        seen.append((form.step, page["state"]))

    assert seen == [
        ("select_location", "configuring"),
        ("configure_location", "configuring"),
        ("select_mount_point", "configuring"),
        ("confirm_summary", "confirm"),
        ("save_configuration", "done"),
    ]
    location = new_session().pick_location()
    assert (location["name"], location["label"], location["description"]) == ('studio."one"', 'Say "hi"', "Shared")
    assert location.accessor.prefix == "/mnt/a"
    assert stored(new_session) == {
        "scenario": "ftrack.centralized-storage",
        "data": {
            "location_id": location["id"],
            "location_name": 'studio."one"',
            "accessor": {"mount_points": {"linux": "/mnt/a", "osx": "", "windows": "P:\\a"}},
        },
    }


def test_what_is_configured_is_filled_in_and_can_be_changed(at_mount_points, session, new_session):
    at_mount_points.send(**POINTS)
    at_mount_points.send()
    configured = stored(new_session)["data"]["location_id"]
    form = Form(session)

    form.send()
    assert form.fields() == {"location_id": configured}
    assert "when you switch to another location" in form.first
    form.send(location_id=configured)
    assert (form.step, form.fields()) == ("select_mount_point", POINTS)
    form.send(**{**POINTS, "linux_mount_point": "/mnt/b"})
    form.send()

    assert stored(new_session)["data"]["accessor"]["mount_points"]["linux"] == "/mnt/b"
    assert stored(new_session)["data"]["location_id"] == configured


def test_built_in_locations_are_not_offered(form, session):
    session.create("Location", {"name": "studio.other"})
    session.commit()

    form.send()

    (choices,) = [item["data"] for item in form.page["items"] if item["type"] == "enumerator"]
    assert [choice["label"] for choice in choices] == ["Create new location", "studio.other"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "does not exist"),
        ({"location_id": None}, "does not exist"),
        ({"location_id": 5}, "does not exist"),
        ({"location_id": 'no" or id is "x'}, "does not exist"),
        ({"location_id": "3a372bde-05bc-11e4-8908-20c9d081909b"}, "A built-in location cannot"),
    ],
    ids=str,
)
def test_a_location_that_cannot_be_used_is_asked_for_again(form, answers, said):
    form.send()

    form.send(**answers)

    assert form.step == "select_location"
    assert said in form.first


def test_the_names_of_a_new_location_are_asked_for_until_they_can_be_used(form, session):
    session.create("Location", {"name": 'studio."one"'})
    session.commit()
    form.send()
    form.send(location_id="create_new_location")

    form.send(location_label=" ", location_name="a")
    assert (form.step, "Please fill in: Label, Description" in form.first) == ("configure_location", True)
    form.send(**NEW)
    assert (form.step, "already" in form.first) == ("configure_location", True)
    assert form.fields() == NEW
    form.send(**{**NEW, "location_name": "studio.two"})
    assert form.step == "select_mount_point"


@pytest.mark.parametrize(
    ("field", "point"),
    [
        ("linux_mount_point", "projects"),
        ("osx_mount_point", "P:\\a"),
        ("windows_mount_point", "P:"),
        ("windows_mount_point", "projects"),
        ("linux_mount_point", "/a\0b"),
    ],
)
def test_mount_points_are_full_paths(at_mount_points, field, point):
    at_mount_points.send(**{**POINTS, field: point})

    assert at_mount_points.step == "select_mount_point"
    assert "is no full path on" in at_mount_points.first
    assert at_mount_points.fields()[field] == point


def test_the_summary_names_platforms_without_a_mount_point(at_mount_points):
    at_mount_points.send(**POINTS)

    assert "No mount point is set for macOS." in at_mount_points.first


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ({"step": "nonsense"}, "select_location"),
        ({"step": "save_configuration"}, "select_location"),
        ({"step": ["x"], "configuration": 7}, "select_location"),
        ({"step": "confirm_summary"}, "select_location"),
        ({"step": "confirm_summary", "configuration": "{"}, "select_location"),
        (
            {"step": "confirm_summary", "configuration": {"select_location": {"location_id": "create_new_location"}}},
            "configure_location",
        ),
        (
            {
                "step": "confirm_summary",
                "configuration": {
                    "select_location": {"location_id": "create_new_location"},
                    "configure_location": NEW,
                },
            },
            "select_mount_point",
        ),
        (None, "select_location"),
        ("text", "select_location"),
    ],
    ids=str,
)
def test_what_is_lost_on_the_way_is_asked_for_again_and_nothing_is_saved(form, session, new_session, values, step):
    form.publish(values)

    assert (form.step, form.page["state"]) == (step, "configuring")
    assert stored(new_session)["scenario"] == "ftrack.automatic"
    assert not session.recorded_operations


def test_a_refused_commit_is_told_and_leaves_nothing(at_mount_points, session, new_session):
    at_mount_points.send(**POINTS)
    session.create("Setting", {"name": "x", "group": "y", "value": "z"})["value"] = {"not": "text"}

    at_mount_points.send()

    assert (at_mount_points.step, at_mount_points.page["state"]) == ("confirm_summary", "confirm")
    assert "could not be saved" in at_mount_points.first
    assert not session.recorded_operations
    assert stored(new_session)["scenario"] == "ftrack.automatic"


def test_a_missing_setting_is_made(at_mount_points, session, new_session):
    session.delete(session.query("Setting where name is storage_scenario").one())
    session.commit()

    at_mount_points.send(**POINTS)
    at_mount_points.send()

    assert stored(new_session)["scenario"] == "ftrack.centralized-storage"


def test_the_form_answers_by_way_of_the_event_server(new_session):
    connect, browser = new_session(auto_connect_event_hub=False), new_session(auto_connect_event_hub=False)
    scenario.register_configuration(connect)
    connect.event_hub.connect()
    browser.event_hub.connect()
    replies = []
    data = {"scenario_id": scenario.scenario_name, "values": {}}

    browser.event_hub.publish(Event(topic=TOPIC, data=data), on_reply=replies.append)
    end = time.monotonic() + 60
    while not replies and time.monotonic() < end:
        connect.event_hub.wait(duration=0.05)
        browser.event_hub.wait(duration=0.05)

    assert [reply["data"]["state"] for reply in replies] == ["configuring"]
    assert replies[0]["data"]["items"][-1] == {"type": "hidden", "name": "step", "value": "select_location"}


def test_a_new_location_is_proposed_only_where_there_is_none(session, form):
    form.send()
    assert form.fields() == {"location_id": "create_new_location"}

    session.create("Location", {"name": "studio.other"})
    session.commit()
    form.page = {}
    form.send()

    assert form.fields() == {"location_id": None}
