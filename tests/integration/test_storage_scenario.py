"""The centralised storage scenario, from a setting on a real server to files below the mount point."""

from __future__ import annotations

import json
import re
import time

import pytest

from ftrack_api._centralized_storage_scenario import scenario_name
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.event.base import Event
from ftrack_api.structure.standard import StandardStructure
from ftrack_api.symbol import NOT_SET

SETTING = 'select value from Setting where name is "storage_scenario" and group is "STORAGE"'


@pytest.fixture
def configure(session):
    """Store a scenario as a studio's administrator does."""

    def store(data, scenario="ftrack.centralized-storage"):
        setting = session.query(SETTING).one()
        setting["value"] = json.dumps({"scenario": scenario, "data": data})
        session.commit()

    return store


@pytest.fixture
def location(session):
    made = session.create("Location", {"name": "studio.central", "label": "Central"})
    session.commit()
    return made


def storage(location, **mount_points):
    return {
        "location_id": location["id"],
        "location_name": location["name"],
        "accessor": {"mount_points": {"linux": "", "osx": "", "windows": "", **mount_points}},
    }


def logged(caplog, pattern):
    return any(re.search(pattern, str(record.exc_info[1])) for record in caplog.records if record.exc_info)


@pytest.fixture
def on_linux(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")


@pytest.mark.usefixtures("on_linux")
class TestActivation:
    def test_a_new_session_has_the_location_ready_in_as_many_requests(
        self, server, new_session, configure, location, tmp_path
    ):
        with server.counting() as before:
            new_session()
        configure(storage(location, linux=str(tmp_path)))

        with server.counting() as traffic:
            session = new_session()
            found = session.get("Location", location["id"])
            picked = session.pick_location()

        assert (found.accessor.prefix, found.priority) == (str(tmp_path), 1)
        assert type(found.accessor) is DiskAccessor
        assert type(found.structure) is StandardStructure
        assert picked is found
        assert traffic.requests == before.requests
        assert not session.recorded_operations
        assert found["label"] == "Central"

    def test_a_published_file_is_below_the_mount_point(self, new_session, configure, location, tmp_path):
        configure(storage(location, linux=str(tmp_path / "mount")))
        (tmp_path / "a.txt").write_bytes(b"words")
        session = new_session()
        version = session.query("select id, link, version, asset.name from AssetVersion").first()

        component = version.create_component(
            tmp_path / "a.txt", data={"name": "main"}, location=session.pick_location()
        )

        path = session.pick_location(component).get_filesystem_path(component)
        assert path.startswith(str(tmp_path / "mount"))
        assert path.endswith("main.txt")
        assert (tmp_path / "mount" / path).read_bytes() == b"words"

    def test_a_reset_sets_it_up_again(self, new_session, configure, location, tmp_path):
        configure(storage(location, linux=str(tmp_path)))
        session = new_session()
        before = session.pick_location()

        session.reset()

        assert session.pick_location() is not before
        assert session.pick_location()["id"] == location["id"]
        assert session.pick_location().accessor.prefix == str(tmp_path)

    def test_plugins_have_the_last_word(self, new_session, configure, location, tmp_path):
        configure(storage(location, linux=str(tmp_path)))
        (tmp_path / "plugins").mkdir()
        (tmp_path / "plugins" / "own.py").write_text(
            "def register(session):\n"
            "    def own(event):\n"
            f"        session.get('Location', '{location['id']}').priority = 7\n"
            "    session.event_hub.subscribe('topic=ftrack.api.session.configure-location', own)\n",
            encoding="utf-8",
        )

        session = new_session(plugin_paths=[str(tmp_path / "plugins")])

        assert session.pick_location().priority == 7

    @pytest.mark.parametrize(
        ("point", "said"),
        [
            ("", "has no mount point on Linux"),
            ("   ", "has no mount point on Linux"),
            ("projects", "'projects' .* is no absolute path"),
            ("$STUDIO_THAT_IS_NOT_SET/projects", "is no absolute path"),
            (5, "accessor.mount_points.linux missing or unusable"),
        ],
    )
    def test_without_a_usable_mount_point_the_session_starts_and_says_why(
        self, new_session, configure, location, caplog, point, said
    ):
        configure(storage(location, linux=point, osx="/Volumes/a"))

        session = new_session()

        assert session.get("Location", location["id"]).accessor is NOT_SET
        assert session.pick_location()["name"] == "ftrack.unmanaged"
        assert logged(caplog, said)

    @pytest.mark.parametrize("missing", ["location_id", "location_name", "accessor"], ids="without {}".format)
    def test_an_incomplete_scenario_says_what_is_missing(
        self, new_session, configure, location, caplog, missing, tmp_path
    ):
        data = storage(location, linux=str(tmp_path))
        del data[missing]
        configure(data)

        session = new_session()

        assert session.pick_location()["name"] == "ftrack.unmanaged"
        assert logged(caplog, f"cannot be used: {missing}.* missing or unusable")

    def test_other_scenarios_are_left_to_their_plugins(self, new_session, configure, location, tmp_path):
        configure(storage(location, linux=str(tmp_path)), scenario="studio.own")

        assert new_session().pick_location()["name"] == "ftrack.unmanaged"


@pytest.mark.usefixtures("on_linux")
def test_what_another_program_announces_moves_no_storage(new_session, configure, location, tmp_path):
    configure(storage(location, linux=str(tmp_path / "own")))
    session, stranger = new_session(auto_connect_event_hub=False), new_session(auto_connect_event_hub=False)
    heard = []
    for each in (session, stranger):
        each.event_hub.connect()
    session.event_hub.subscribe("topic=test.end", heard.append)
    scenario = {"scenario": scenario_name, "data": storage(location, linux=str(tmp_path / "foreign"))}

    end = time.monotonic() + 60
    while not heard and time.monotonic() < end:
        # Events of one connection come in order; the first ones may come before it is known who wants them.
        stranger.event_hub.publish(
            Event(topic="ftrack.storage-scenario.activate", data={"storage_scenario": dict(scenario)})
        )
        stranger.event_hub.publish(Event(topic="test.end"))
        session.event_hub.wait(duration=0.05)

    assert heard
    assert session.pick_location().accessor.prefix == str(tmp_path / "own")
