"""The form that configures centralised storage, used by every session from then on, against a real server."""

from __future__ import annotations

import pytest

from ftrack_api._location import scenario_configure as scenario
from ftrack_api.event.base import Event


@pytest.fixture
def form(session):
    """Answer a step of the form; the hidden items come back as a user interface sends them."""
    wizard = scenario.ConfigureCentralizedStorageScenario()
    wizard.register(session)
    hidden = {}

    def answer(**values):
        event = Event(topic="ftrack.storage-scenario.configure", data={"values": {**hidden, **values}})
        shown = wizard.configure_scenario(event)
        hidden.update({item["name"]: item["value"] for item in shown["items"] if item["type"] == "hidden"})
        return shown

    return answer


def described(**changes):
    values = {"location_label": "Studio", "location_name": "studio.central", "location_description": "All files"}
    return {**values, **changes}


def test_what_the_form_saves_every_new_session_uses(form, new_session, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    first = form()
    form(location_id=scenario.NEW)
    form(**described())
    summary = form(linux_mount_point=str(tmp_path), osx_mount_point="", windows_mount_point="S:/")
    done = form()

    assert (first["state"], summary["state"], done["state"]) == ("configuring", "confirm", "done")
    assert "macOS" in summary["items"][0]["value"].rpartition("No mount point")[2]
    place = new_session().pick_location()
    assert (place["name"], place.accessor.prefix, place.priority) == ("studio.central", str(tmp_path), 1)


@pytest.mark.parametrize("missing", ["location_label", "location_name", "location_description"])
def test_d81_a_step_with_missing_values_is_shown_again(form, missing):
    form()
    form(location_id=scenario.NEW)
    values = described()
    del values[missing]

    again = form(**values)

    assert "Please fill in" in again["items"][0]["value"]
    assert again["items"][-1]["value"] == "configure_location"


def test_d81_text_of_the_user_is_no_part_of_a_query(form, session):
    name = 'a" or name like "%'
    form()
    form(location_id=scenario.NEW)

    free = form(**described(location_name=name))
    session.ensure("Location", {"name": name})
    taken = form(step="configure_location", **described(location_name=name))

    assert free["items"][-1]["value"] == "select_mount_point"
    assert "already" in taken["items"][0]["value"]


@pytest.mark.parametrize("step", ["unknown", None, "select_location", "select_mount_point", "save_configuration"])
def test_d81_an_unexpected_step_is_answered(form, step):
    assert form(step=step)["items"]
