"""What programs touch on live objects: members of a session, of its hub and caches, events and the environment."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import ftrack_api
from ftrack_api.event.hub import EventHub
from ftrack_api.query import QueryResult

# As real programs use them; the same names on a session of any class.
SESSION_MEMBERS = [
    *("_api_key", "_api_user", "_auto_connect_event_hub_thread", "_auto_populate", "_closed", "_configure_locations"),
    *("_event_hub", "_local_cache", "_plugin_paths", "_record_operations", "_server_information", "_server_url"),
    *("cache", "cache_key_maker", "logger", "recorded_operations", "request_timeout", "schemas", "types"),
]
HUB_MEMBERS = [
    *("_api_key", "_api_user", "_code_name_mapping", "_connection", "_connection_initialised", "_cookies"),
    *("_event_queue", "_event_send_queue", "_headers", "_intentional_disconnect", "_subscribers", "id", "logger"),
    "server",
]
REACHABLE_MODULES = [
    *("attribute", "cache", "collection", "data", "event.base", "event.hub", "exception", "formatter", "inspection"),
    *("logging", "operation", "plugin", "query", "session", "symbol", "entity.base", "entity.factory", "entity.user"),
]


@pytest.mark.parametrize("name", SESSION_MEMBERS)
def test_a_session_has_what_programs_touch(session, name):
    assert hasattr(session, name)


def test_closing_leaves_the_members_readable(new_session):
    session = new_session()
    session.close()

    assert [name for name in SESSION_MEMBERS if not hasattr(session, name)] == []


@pytest.mark.parametrize("name", HUB_MEMBERS)
def test_an_event_hub_has_what_programs_touch(name):
    hub = EventHub("http://studio.test", "kim", "key")

    assert hasattr(hub, name)


def test_a_misspelt_member_is_an_ordinary_attribute_error(session):
    with pytest.raises(AttributeError, match="rolback"):
        session.rolback()


def test_sessions_take_attributes_of_their_users(session):
    session.connect_theme = "dark"

    assert session.connect_theme == "dark"


def test_the_arguments_of_a_session_can_be_listed():
    names = inspect.getfullargspec(ftrack_api.Session.__init__).args

    assert names[:4] == ["self", "server_url", "api_key", "api_user"]


def test_a_result_knows_its_session(session):
    assert QueryResult(session, "Task")._session is session


def test_caches_show_their_layers_and_content(tmp_path):
    memory = ftrack_api.cache.MemoryCache()
    layered = ftrack_api.cache.LayeredCache([memory])
    file = ftrack_api.cache.FileCache(str(tmp_path / "store"))
    memory.set("a", 1)

    assert layered._caches is layered.caches
    assert memory._cache == {"a": 1}
    assert file._path == file.path == str(tmp_path / "store")
    with file._database() as database:
        database[b"k"] = b"v"
    assert file.get("k") == "v"


def test_an_event_gives_its_raw_fields_and_is_made_of_them_again():
    event = ftrack_api.event.base.Event("topic", data={"n": 1}, target="id=x")

    assert ftrack_api.event.base.Event(**event._data) == event


def test_weak_methods_come_from_here_too():
    cache = ftrack_api.cache.MemoryCache()

    assert ftrack_api._weakref.WeakMethod(cache.keys)() == cache.keys


@pytest.mark.parametrize("module", REACHABLE_MODULES)
def test_a_plain_import_reaches_the_modules(module):
    code = f"import ftrack_api; ftrack_api.{module}"

    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_a_session_announces_its_steps_in_order(new_session, server, tmp_path):
    topics = []
    plugin = tmp_path / "listen.py"
    plugin.write_text(
        "def register(session, topics):\n"
        "    note = lambda event: topics.append(event['topic'])\n"
        "    session.event_hub.subscribe('topic=*', note)\n",
        encoding="utf-8",
    )
    server.information["storage_scenario"] = {"scenario": "studio.own", "data": {}}

    session = new_session(plugin_paths=[str(tmp_path)], plugin_arguments={"topics": topics})
    started, topics[:] = list(dict.fromkeys(topics)), []
    session.reset()

    steps = ["ftrack.storage-scenario.activate", "ftrack.api.session.configure-location"]
    assert started == ["ftrack.api.session.construct-entity-type", *steps, "ftrack.api.session.ready"]
    assert topics == [*steps, "ftrack.api.session.reset"]


class TestTheEnvironment:
    @pytest.fixture(autouse=True)
    def no_variables(self, monkeypatch):
        for name in ("FTRACK_SERVER", "FTRACK_API_KEY", "FTRACK_APIKEY", "FTRACK_API_USER"):
            monkeypatch.delenv(name, raising=False)

    @pytest.mark.parametrize("key_variable", ["FTRACK_API_KEY", "FTRACK_APIKEY"])
    def test_it_gives_address_key_and_user(self, new_session, monkeypatch, key_variable):
        monkeypatch.setenv("FTRACK_SERVER", "http://env.test/")
        monkeypatch.setenv(key_variable, "from-env")
        monkeypatch.setenv("FTRACK_API_USER", "ada")
        session = new_session(server_url=None, api_key=None, api_user=None)

        assert (session.server_url, session.api_key, session.api_user) == ("http://env.test", "from-env", "ada")

    @pytest.mark.parametrize("variable", ["LOGNAME", "USER", "LNAME", "USERNAME"])
    def test_the_name_of_the_logged_in_user_is_the_last_resort(self, new_session, monkeypatch, variable):
        for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(variable, "grace")

        assert new_session(api_user=None).api_user == "grace"

    def test_it_gives_folders_of_plugins_and_schemas(self, new_session, monkeypatch, tmp_path):
        plugins = tmp_path / "plugins"
        plugins.mkdir()
        (plugins / "mark.py").write_text("def register(session):\n    session.marked = True\n", encoding="utf-8")
        monkeypatch.setenv("FTRACK_EVENT_PLUGIN_PATH", str(plugins))
        monkeypatch.setenv("FTRACK_API_SCHEMA_CACHE_PATH", str(tmp_path / "schemas"))
        session = new_session(plugin_paths=None, schema_cache_path=None)

        assert session.marked is True
        assert len(list((tmp_path / "schemas").iterdir())) == 1
