"""Session classes that replace the whole constructor, as several products do, and overrides of single verbs."""

from __future__ import annotations

import collections
import logging
import threading
from unittest import mock

import pytest
import requests

import ftrack_api
import ftrack_api.cache
import ftrack_api.operation
import ftrack_api.session
from ftrack_api import exception
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub


@pytest.fixture
def replaced(server):
    """A session whose class sets everything itself and calls the inner steps by hand."""

    class CustomSession(ftrack_api.session.Session):
        def _create_transport(self, config):  # noqa: ARG002 - the hook's signature
            server.session = None
            return server

        def __init__(self, url, key, user, cache=None):
            super(ftrack_api.session.Session, self).__init__()
            self.logger = logging.getLogger(__name__ + "." + self.__class__.__name__)
            self._closed = False
            self._server_url = url
            self._api_key = key
            self._api_user = user
            self.recorded_operations = ftrack_api.operation.Operations()
            self._record_operations = collections.defaultdict(lambda: True)
            self._auto_populate = collections.defaultdict(lambda: True)
            self.cache_key_maker = ftrack_api.cache.StringKeyMaker()
            self.cache = ftrack_api.cache.LayeredCache([ftrack_api.cache.MemoryCache()])
            if cache is not None:
                self.cache.caches.append(cache)
            self._thread_lock = threading.RLock()
            self._managed_request = None
            self._request = requests.Session()
            self._request.auth = ftrack_api.session.SessionAuthentication(key, user)
            self.request_timeout = 60
            self._server_information = self._fetch_server_information()
            self.check_server_compatibility()
            self._event_hub = EventHub(self._server_url, self._api_user, self._api_key)
            self._auto_connect_event_hub_thread = None
            self._plugin_paths = []
            self._discover_plugins(plugin_arguments=None)
            self.schemas = self._load_schemas(False)
            self.types = self._build_entity_type_classes(self.schemas)
            self._configure_locations()
            self.event_hub.publish(Event(topic="ftrack.api.session.ready", data={"session": self}), synchronous=True)

    made = []

    def make(**arguments):
        made.append(CustomSession("http://studio.test", "k", "u", **arguments))
        return made[-1]

    yield make
    for session in made:
        session.recorded_operations.clear()
        session.close()
        server.session.close()


def test_a_replaced_constructor_gives_a_working_session(replaced, server):
    session = replaced()
    server.add("Task", id="t", name="comp", bid=1)
    task = session.query("select name from Task").one()
    task["name"] = "light"
    session.create("Task", {"name": "new"})
    session.commit()

    assert server.row("Task", "t")["name"] == "light"
    assert task["bid"] == 1
    assert isinstance(session, ftrack_api.Session)
    assert session._local_cache is session.cache.caches[0]
    assert session._request is server.session
    assert session.event_hub.id


def test_its_settings_are_each_threads_own(replaced):
    session = replaced()
    session.auto_populate = False
    found = []
    thread = threading.Thread(target=lambda: found.append((session.auto_populate, session.record_operations)))
    thread.start()
    thread.join()

    assert found == [(True, True)]
    session._auto_populate = collections.defaultdict(lambda: False)
    assert session.auto_populate is False
    assert session.record_operations is True


def test_it_can_have_a_cache_below(replaced, server):
    store = ftrack_api.cache.MemoryCache()
    session = replaced(cache=store)
    server.add("Task", id="t", name="comp")
    task = session.query("select name from Task").one()

    assert store.values() == [task]


def test_an_overridden_populate_is_used_for_what_is_read(session, server):
    calls = []
    original = session.populate

    def populate(*args, **kwargs):
        calls.append(args)
        return original(*args, **kwargs)

    session.populate = populate
    server.add("Task", id="t", name="comp")
    task = session.query("select id from Task").one()

    assert task["name"] == "comp"
    assert calls == [([task], "name")]


def test_a_replaced_call_sees_every_batch(session, server):
    seen = []
    original = session.call

    def call(batch):
        seen.append([action["action"] for action in batch])
        return original(batch)

    session.call = call
    server.add("Status", id="s", name="Ready")
    server.add("Task", id="t", name="comp", status={"__entity_type__": "Status", "id": "s"})
    task = session.query("select name, status.name from Task").one()
    task["name"] = "light"
    session.commit()

    assert seen == [["query"], ["update"]]
    assert (task["name"], task["status"]["name"]) == ("light", "Ready")
    assert task is session.get("Task", "t")
    assert task["status"] is session.get("Status", "s")


@pytest.mark.parametrize("on", ["session", "class"])
@pytest.mark.parametrize("name", ["encode", "decode"])
def test_a_replaced_codec_sees_every_batch(session, server, monkeypatch, name, on):
    owner = session if on == "session" else type(session)
    original, seen = getattr(owner, name), []

    def replaced(*args, **kwargs):
        seen.append(kwargs)
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, name, replaced)
    server.add("Status", id="s", name="Ready")
    server.add("Task", id="t", name="comp", status={"__entity_type__": "Status", "id": "s"})
    task = session.query("select name, status.name from Task").one()
    task["name"] = "light"
    session.commit()

    assert seen == 2 * [{"entity_attribute_strategy": "modified_only"} if name == "encode" else {}]
    assert (task["name"], task["status"]["name"]) == ("light", "Ready")
    assert task is session.get("Task", "t")


def test_a_replaced_encoder_decides_what_is_sent(session, server):
    text = '[{"action": "query", "expression": "select id from Task"}]'
    session.encode = mock.Mock(return_value=text)
    server.add("Task", id="t", name="comp")

    assert session.call("anything")[0]["data"][0]["id"] == "t"


def test_a_replaced_decoder_is_not_asked_about_faults(session, server):
    session.decode = pytest.fail
    server.refuse = {"exception": "ValidationError", "content": "no"}

    with pytest.raises(exception.ValidationError):
        session.call([])
