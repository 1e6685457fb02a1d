"""Defects of the old client in how it reports failures and settings, one test for each number."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from ftrack_api import exception, symbol
from ftrack_api._session.config import SessionConfig
from ftrack_api._transport.base import Response
from ftrack_api._transport.faults import check
from ftrack_api._transport.http import HttpConnectionError, HttpReadTimeout, HttpTlsError
from ftrack_api.event.hub import EventHub

PAGE = b"<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"


def test_d1_sessions_are_closed_at_the_exit_of_the_interpreter(tmp_path):
    program = tmp_path / "leave_open.py"
    program.write_text(
        "import json\n"
        "from ftrack_api._transport.base import Response\n"
        "from ftrack_api.session import Session\n"
        "class Transport:\n"
        "    def send(self, request):\n"
        "        names = [action['action'] for action in json.loads(request.body)]\n"
        "        answers = {'query_schemas': [], 'query_server_information': {'version': 'dev'}}\n"
        "        return Response(200, {}, json.dumps([answers[name] for name in names]).encode())\n"
        "    def close(self):\n"
        "        print('closed')\n"
        "class Own(Session):\n"
        "    def _create_transport(self, config):\n"
        "        return Transport()\n"
        "session = Own('http://a.test', 'k', 'u', schema_cache_path=False, plugin_paths=[])\n",
        encoding="utf-8",
    )
    result = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True)

    assert result.stdout.split() == ["closed"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (HttpConnectionError, requests.exceptions.ConnectionError),
        (HttpReadTimeout, requests.exceptions.Timeout),
        (HttpTlsError, requests.exceptions.SSLError),
    ],
)
def test_d2_network_errors_are_ours_and_those_of_requests(ours, theirs):
    assert issubclass(ours, exception.ServerError)
    assert issubclass(ours, theirs)


@pytest.mark.parametrize("text", ["no {thing}", "{", "{0} }", "{}", "{a.b[c]!r:>{width}}"])
def test_d3_any_text_of_a_server_can_be_printed(text):
    error = exception.ServerError(text)

    assert str(error) == text
    assert text in "".join(traceback.format_exception(error))
    assert str(exception.ParseError(f"Cannot read {text}")) == f"Cannot read {text}"


def test_d4_texts_in_details_look_like_texts():
    error = exception.AccessorResourceNotFoundError(
        operation="open", resource_identifier="a/å.exr", error=OSError("gone")
    )

    assert str(error) == "Resource not found: a/å.exr."
    assert isinstance(error.details["error"], OSError)


def test_d4_causes_are_chained():
    with pytest.raises(exception.ServerError) as caught:
        check(Response(200, {}, b"no json"))

    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize("status", [200, 502])
def test_d5_a_page_in_place_of_an_answer_is_a_server_error(status):
    with pytest.raises(exception.ServerError, match="502 Bad Gateway") as caught:
        check(Response(status, {"content-type": "text/html"}, PAGE))

    assert caught.value.status == status


def test_d17_a_new_thread_never_inherits_the_settings_of_an_old_one(session):
    def turn_off():
        session.auto_populate = session.record_operations = False

    for _ in range(20):  # thread identifiers are used again at once
        first = threading.Thread(target=turn_off)
        first.start()
        first.join()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: (session.auto_populate, session.record_operations)).result() == (True, True)


def test_d18_a_hub_that_cannot_connect_in_the_background_says_so_and_ends_with_the_session(new_session, caplog):
    class Unreachable(EventHub):
        left = tried_again = False

        def connect(self):
            raise exception.EventHubConnectionError("nobody there")

        def keep_connecting(self):
            self.tried_again = True

        def disconnect(self, *_arguments, **_more):
            self.left = True

    class Own(type(new_session())):
        def _create_event_hub(self, _config):
            return Unreachable("http://studio.test", "kim", "key")

    session = new_session(Own, auto_connect_event_hub=True)
    session._auto_connect_event_hub_thread.join(10)
    session.close()

    assert "nobody there" in caplog.text
    assert session.event_hub.tried_again
    assert session.event_hub.left
    assert not session._auto_connect_event_hub_thread.is_alive()


def test_d19_each_server_has_a_schema_file_of_its_own_written_whole(new_session, server, tmp_path):
    folder = tmp_path / "made" / "when missing"
    for address in ("http://one.test", "http://two.test", "http://one.test"):
        new_session(server_url=address, schema_cache_path=str(folder))

    files = sorted(folder.iterdir())
    assert len(files) == 2
    assert all(json.loads(line) for file in files for line in file.read_bytes().splitlines())
    assert [len(batch) for batch in server.batches] == [2, 2, 1]


def test_d19_nothing_is_kept_of_a_server_that_gives_no_hash(new_session, server, tmp_path):
    del server.information["schema_hash"]
    new_session(schema_cache_path=str(tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_d49_an_empty_variable_counts_as_not_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environ = {"FTRACK_API_KEY": "", "FTRACK_APIKEY": "old", "FTRACK_API_SCHEMA_CACHE_PATH": ""}
    config = SessionConfig.resolve("http://a.test", api_user="kim", environ=environ)

    assert config.api_key == "old"
    assert config.schema_cache_path not in {None, "", ".", str(Path.cwd())}


@pytest.mark.parametrize("spelling", ["Invalid action u'get_widget_url'", "Invalid action 'get_widget_url'"])
def test_d50_a_missing_action_is_told_apart_in_either_spelling(session, server, spelling):
    server.refuse = {"exception": "UnknownActionError", "content": spelling, "error_code": None}
    with pytest.raises(exception.ServerCompatibilityError, match="get_widget_url"):
        session.get_widget_url("tasks")


@pytest.mark.parametrize("text", [None, "", "0"])
def test_d59_no_chunk_size_is_the_default(text):
    assert symbol._chunk_size(text) == symbol.DEFAULT_CHUNK_SIZE


@pytest.mark.parametrize("text", ["many", "-5", "1.5"])
def test_d59_a_chunk_size_that_is_none_falls_back_with_a_warning(text):
    with pytest.warns(RuntimeWarning, match="FTRACK_API_FILE_CHUNK_SIZE"):
        assert symbol._chunk_size(text) == symbol.DEFAULT_CHUNK_SIZE
