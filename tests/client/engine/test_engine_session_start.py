"""The start of a session: what is sent, in which order steps come, and what plugins may change."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import textwrap
import threading

import pytest
import requests

import ftrack_api
import ftrack_api.session
from ftrack_api import cache as caches
from ftrack_api import exception
from ftrack_api.entity.base import Entity
from ftrack_api.entity.factory import StandardFactory

CONSTRUCT = "ftrack.api.session.construct-entity-type"


def actions(server):
    return [[action["action"] for action in batch] for batch in server.batches]


def test_a_first_start_takes_one_request_and_keeps_the_schemas(new_session, server, tmp_path):
    new_session(schema_cache_path=tmp_path / "new folder")

    assert actions(server) == [["query_server_information", "query_schemas"]]
    assert len(list((tmp_path / "new folder").iterdir())) == 1


def test_a_second_start_takes_one_small_request(new_session, server, tmp_path):
    new_session(schema_cache_path=tmp_path)
    server.forget()
    session = new_session(schema_cache_path=tmp_path)

    assert actions(server) == [["query_server_information"]]
    assert session.schemas == server.schemas
    assert session.types["Task"].entity_type == "Task"


def test_a_start_from_a_file_reads_the_schemas_that_are_used(new_session, server, tmp_path):
    new_session(schema_cache_path=tmp_path)
    session = new_session(schema_cache_path=tmp_path)
    read = session._documents._made
    assert set(read) <= {"Location"}

    session.create("Task", {"name": "comp"})

    assert set(read) <= {"Location", "Task"}
    assert list(session.types) == [schema["id"] for schema in server.schemas]
    assert json.dumps(session.schemas) == json.dumps(server.schemas)  # a list as any other, once it is looked at
    assert session.types["Shot"].entity_type == "Shot"


def test_sessions_from_one_file_do_not_see_each_others_changes(new_session, server, tmp_path):
    new_session(schema_cache_path=tmp_path)
    one, other = new_session(schema_cache_path=tmp_path), new_session(schema_cache_path=tmp_path)
    one.schemas[0]["properties"]["added"] = {"type": "string"}
    one.schemas.pop()

    assert other.schemas == server.schemas
    assert new_session(schema_cache_path=tmp_path).schemas == server.schemas


def test_steps_of_a_subclass_get_all_schemas(new_session, server, session, tmp_path):
    seen = []

    class Own(type(session)):
        def _build_entity_type_classes(self, schemas):
            seen.append(schemas)
            return super()._build_entity_type_classes(schemas)

    for _ in range(2):
        new_session(Own, schema_cache_path=tmp_path)

    assert seen == [server.schemas, server.schemas]


def test_changed_schemas_are_fetched_again(new_session, server, tmp_path):
    new_session(schema_cache_path=tmp_path)
    server.forget()
    server.information["schema_hash"] = "h2"
    server.schemas = [*server.schemas, {**server.schemas[0], "id": "Extra"}]
    session = new_session(schema_cache_path=tmp_path)

    assert actions(server) == [["query_server_information"], ["query_schemas"]]
    assert "Extra" in session.types
    server.forget()
    new_session(schema_cache_path=tmp_path)
    assert actions(server) == [["query_server_information"]]


def test_a_damaged_schema_file_is_replaced_in_one_request(new_session, server, tmp_path):
    new_session(schema_cache_path=tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text('{"format": 1, "hash": "h1", "sche', encoding="utf-8")
    server.forget()
    new_session(schema_cache_path=tmp_path)

    assert actions(server) == [["query_server_information", "query_schemas"]]
    assert json.loads(file.read_text(encoding="utf-8").splitlines()[0])["hash"] == "h1"


def test_without_a_schema_folder_nothing_is_kept(new_session, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    new_session(schema_cache_path=False)

    assert actions(server) == [["query_server_information", "query_schemas"]]
    assert list(tmp_path.iterdir()) == []


def test_a_server_without_a_hash_is_asked_each_time(new_session, server, tmp_path):
    del server.information["schema_hash"]
    new_session(schema_cache_path=tmp_path)
    new_session(schema_cache_path=tmp_path)

    assert actions(server) == [["query_server_information", "query_schemas"]] * 2


def test_arguments_are_found_again_on_the_session(new_session):
    maker = caches.StringKeyMaker()
    session = new_session(auto_populate=False, cache_key_maker=maker, timeout=7)

    assert (session.server_url, session.api_key, session.api_user) == ("http://studio.test", "key", "kim")
    assert (session.auto_populate, session.request_timeout, session.cache_key_maker) == (False, 7, maker)
    assert session.closed is False
    assert session.server_information == {"version": "dev", "schema_hash": "h1"}
    assert session.server_information is not session.server_information


@pytest.mark.parametrize("argument", ["server_url", "api_key", "api_user"])
def test_missing_credentials_are_a_type_error_that_names_the_argument(argument):
    given = {"server_url": "http://x", "api_key": "k", "api_user": "u", argument: " "}

    with pytest.raises(TypeError, match=argument):
        ftrack_api.Session(**given)


@pytest.mark.parametrize(
    ("version", "fits"),
    [("3.4", True), ("3.3.11", True), ("24.6.0.1", True), ("dev", True), ("", True), ("3.3.10", False)],
)
def test_old_servers_are_refused(new_session, server, version, fits):
    server.information["version"] = version

    if fits:
        new_session()
    else:
        with pytest.raises(exception.ServerCompatibilityError, match=r"has version 3\.3\.10; this client needs"):
            new_session()


def test_a_server_without_a_version_is_no_server_of_ours(new_session, server):
    del server.information["version"]

    with pytest.raises(exception.ServerCompatibilityError, match=r"http://studio\.test names no version"):
        new_session()


def test_the_cache_function_runs_before_the_first_request_and_can_encode(new_session, server):
    seen = []

    def make(session):
        seen.append((len(server.batches), session.encode({"a": 1}), session.cache.caches))

    new_session(cache=make)

    assert seen[0][:2] == (0, '{"a": 1}')


PLUGIN = """
def register(session, **arguments):
    session.plugin_arguments = arguments
    session.types_at_registration = len(session.types)
    session.heard = []
    for topic in {topics!r}:
        session.event_hub.subscribe("topic=" + topic, lambda event: session.heard.append(event["topic"]) or None)
"""


def test_plugins_register_before_types_and_hear_the_steps_that_follow(new_session, server, tmp_path):
    topics = [
        "ftrack.api.session.configure-location",
        "ftrack.api.session.ready",
        "ftrack.api.session.reset",
        "ftrack.storage-scenario.activate",
    ]
    (tmp_path / "plugin.py").write_text(PLUGIN.format(topics=topics), encoding="utf-8")
    server.information["storage_scenario"] = {"scenario": "ftrack.automatic", "data": {}}
    session = new_session(plugin_paths=[str(tmp_path)], plugin_arguments={"extra": 1})

    assert session.plugin_arguments == {"extra": 1}
    assert session.types_at_registration == 0
    assert session.heard == [topics[3], topics[0], topics[1]]
    session.reset()
    assert session.heard[3:] == [topics[3], topics[0], topics[2]]


CLASSES = """
from ftrack_api.entity.factory import StandardFactory

def register(session, count):
    def construct(event):
        schema = event["data"]["schema"]
        session.offered = getattr(session, "offered", []) + [schema["id"]]
        if schema["id"] == "Task":
            made = StandardFactory().create(schema)
            made.default_projections = ["id", "bid"]
            return made

    for _ in range(count):
        session.event_hub.subscribe("topic=ftrack.api.session.construct-entity-type", construct)
"""


def test_a_plugin_can_make_entity_classes(new_session, server, tmp_path, small_schemas):
    (tmp_path / "classes.py").write_text(CLASSES, encoding="utf-8")
    session = new_session(plugin_paths=[str(tmp_path)], plugin_arguments={"count": 1})

    assert session.offered == [schema["id"] for schema in small_schemas]
    assert session.query("Task")._plan.text == "select id, bid from Task"
    assert session.query("Status")._plan.text == "select id from Status"


def test_two_plugins_cannot_make_the_same_class(new_session, tmp_path):
    (tmp_path / "classes.py").write_text(CLASSES, encoding="utf-8")

    with pytest.raises(ValueError, match='2 plugins return a class for the entity type "Task"'):
        new_session(plugin_paths=[str(tmp_path)], plugin_arguments={"count": 2})


def test_classes_can_be_put_in_place(session, server, small_schemas):
    class Mine(Entity):
        def shout(self):
            return self["name"].upper()

    schema = next(schema for schema in small_schemas if schema["id"] == "Task")
    session.types["Task"] = StandardFactory().create(schema, bases=[Mine])
    server.add("Task", id="t", name="comp")

    assert session.query("select name from Task").one().shout() == "COMP"


def test_the_request_session_can_be_looked_at_and_replaced(monkeypatch):
    made = ftrack_api.Session.__new__(ftrack_api.Session)
    made._server_url, made._api_key, made._api_user = "http://studio.test", "k", "u"

    assert isinstance(made._request, requests.Session)
    own = requests.Session()
    made._request = own
    assert made._request is own
    assert issubclass(ftrack_api.session.SessionAuthentication, requests.auth.AuthBase)
    made._transport.close()


def test_closing_ends_everything_once(new_session, server, caplog):
    session = new_session()
    session.create("Task", {"name": "n"})
    with caplog.at_level(logging.DEBUG):
        session.close()
        session.close()

    assert caplog.text.count("Pending operations are not persisted: the session is closed with 1 changes") == 1
    assert [record.levelname for record in caplog.records] == ["DEBUG", "WARNING", "DEBUG", "DEBUG"]
    assert (session.closed, len(session.recorded_operations), session._local_cache.keys()) == (True, 0, [])
    for attempt in (
        lambda: session.query("Task").all(),
        lambda: session.call([]),
        lambda: session._request,
    ):
        with pytest.raises(exception.ConnectionClosedError):
            attempt()
    assert session.create("Task", {"name": "local"})["name"] == "local"


def test_a_session_is_a_context(new_session):
    with new_session() as session:
        assert session.closed is False
    assert session.closed is True


def test_resetting_forgets_entities_and_changes_with_a_warning(session, server, caplog):
    server.add("Task", id="t", name="comp")
    task = session.query("select name from Task").one()
    task["name"] = "x"
    with caplog.at_level(logging.WARNING):
        session.reset()

    assert "reset with 1 changes" in caplog.text
    assert not session.recorded_operations
    assert session.get("Task", "t") is not task
    assert session.closed is False


def test_unknown_members_are_ordinary_attribute_errors(session):
    with pytest.raises(AttributeError):
        session.rolback()


def test_errors_can_be_raised_and_logged_the_old_way(session, caplog):
    with pytest.raises(exception.ServerError, match="broken"):
        session._raise_server_error("broken")

    assert caplog.record_tuples == [(session.logger.name, logging.ERROR, "broken")]
    assert caplog.records[0].exc_info


def test_schema_files_can_be_read_and_written_by_hand(session, tmp_path):
    path = str(tmp_path / "schemas.json")
    assert session._read_schemas_from_cache(path) == ([], None)
    session._write_schemas_to_cache(session.schemas, path)

    schemas, schema_hash = session._read_schemas_from_cache(path)
    assert schemas == session.schemas
    assert len(schema_hash) == 32
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError):
        session._read_schemas_from_cache(str(tmp_path / "bad.json"))


def test_schemas_can_be_loaded_again(session, server, tmp_path):
    assert session._load_schemas(False) == server.schemas
    assert actions(server) == [["query_schemas"]]


def test_an_open_session_is_closed_at_the_exit_of_the_interpreter(tmp_path):
    program = textwrap.dedent(
        """
        import ftrack_api.session
        from ftrack_api._session.lifecycle import close_at_exit

        class Loud(ftrack_api.session.Session):
            def __init__(self):
                close_at_exit(self)

            def close(self):
                print("closed")

        kept = Loud()
        """
    )
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert result.stdout == "closed\n"


def test_the_event_hub_is_made_when_it_is_asked_for(new_session, monkeypatch):
    made = []
    create = ftrack_api.Session._create_event_hub

    def counting(session, config):
        made.append(create(session, config))
        return made[-1]

    monkeypatch.setattr(ftrack_api.Session, "_create_event_hub", counting)
    session = new_session()
    session.commit()
    session.reset()
    assert made == []

    hub = session.event_hub

    assert made == [hub]
    assert session.event_hub is session._event_hub is hub
    topics = [str(subscriber.subscription).partition(" and ")[0] for subscriber in hub._subscribers]
    assert sorted(topics) == ["topic=ftrack.connect.verify-startup", "topic=ftrack.storage-scenario.activate"]


def test_threads_that_ask_for_the_event_hub_get_one(new_session):
    session, found, start = new_session(), [], threading.Barrier(4)
    threads = [threading.Thread(target=lambda: (start.wait(), found.append(session.event_hub))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(map(id, found))) == 1
    assert len({str(subscriber.subscription) for subscriber in found[0]._subscribers}) == len(found[0]._subscribers)


def test_a_session_that_never_asked_for_its_event_hub_is_closed_without_making_it(new_session):
    session = new_session()

    session.close()

    assert "_event_hub" not in vars(session)
