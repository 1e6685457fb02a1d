"""Transfers that are told of, stop, are damaged on the way and go on, against a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import pytest
from tests.integration.conftest import BOTH_STORES

from ftrack_api import exception
from ftrack_api._transport.base import Response
from ftrack_api.accessor._upload import MEGABYTE
from ftrack_api.symbol import ORIGIN_LOCATION_ID, SERVER_LOCATION_ID

pytestmark = BOTH_STORES

PART = 8 * MEGABYTE
PARTS = 5

# Uploads a file and dies, as programs are killed, once the server has at least one part.
DYING = """
import json, os, pathlib, sys
import ftrack_api
from ftrack_api.symbol import ORIGIN_LOCATION_ID, SERVER_LOCATION_ID

url, key, user, component_id, path, notes = sys.argv[1:]
session = ftrack_api.Session(url, key, user, schema_cache_path=False, plugin_paths=[])
session.pick_location()
component = session.get("FileComponent", component_id)
origin, server = (session.get("Location", place) for place in (ORIGIN_LOCATION_ID, SERVER_LOCATION_ID))
origin.add_component(component, path)

def die(progress):
    if any(json.loads(note.read_text())["tags"] for note in pathlib.Path(notes).glob("*.json")):
        os._exit(3)

with session.transferring(progress=die):
    server.add_component(component, origin)
"""


class Damaging:
    """A transport that changes a byte of files on their way, a number of times."""

    def __init__(self, transport, times):
        self._transport, self.times, self.sent = transport, times, 0

    def __getattr__(self, name):
        return getattr(self._transport, name)

    def send(self, request):
        if request.method == "PUT":
            self.sent += 1
            if self.times:
                self.times -= 1
                request = request._replace(body=Damaged(request.body))
        return self._transport.send(request)


class Damaged:
    def __init__(self, content):
        self._content = content

    def __len__(self):
        return len(self._content)

    def __iter__(self):
        for number, piece in enumerate(self._content):
            yield piece if number else bytes([piece[0] ^ 1]) + piece[1:]


class Breaking:
    """A transport whose first answer breaks off after a piece, as a lost connection does."""

    def __init__(self, transport):
        self._transport, self.asked = transport, []

    def __getattr__(self, name):
        return getattr(self._transport, name)

    def stream(self, request):
        answer = self._transport.stream(request)
        self.asked.append(request.headers.get("range"))
        return answer if len(self.asked) > 1 else BreakingOff(answer)


class BreakingOff:
    def __init__(self, answer):
        self._answer, self._pieces = answer, 0

    def __getattr__(self, name):
        return getattr(self._answer, name)

    def read(self, size):
        self._pieces += 1
        if self._pieces > 1:
            raise exception.ConnectionError("the connection was lost")
        return self._answer.read(size)


@pytest.fixture(autouse=True)
def notes(tmp_path, monkeypatch):
    folder = tmp_path / "notes"
    monkeypatch.setenv("FTRACK_API_UPLOAD_STATE_PATH", str(folder))
    return folder


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large.bin"
    path.write_bytes(b"".join(bytes([number]) * PART for number in range(PARTS - 1)) + b"end")
    return path


@pytest.fixture
def place(session):
    session.pick_location()
    return session.get("Location", SERVER_LOCATION_ID)


def content_of(place, component):
    data = place.accessor.open(component["id"])
    try:
        return data.read()
    finally:
        data.close()


def test_another_process_sends_the_parts_that_are_missing(session, server, place, large, notes):
    component = session.create_component(large, location=None)
    session.commit()
    arguments = [server.url, server.api_key, server.api_user, component["id"], str(large), str(notes)]
    died = subprocess.run([sys.executable, "-c", DYING, *arguments], check=False, timeout=300)
    (note,) = notes.glob("*.json")
    there = json.loads(note.read_text())["tags"]
    told = []

    with session.transferring(progress=told.append):
        place.add_component(component, session.get("Location", ORIGIN_LOCATION_ID))

    assert died.returncode == 3
    assert there
    assert told[0].transferred == sum(3 if int(number) == PARTS else PART for number in there)
    assert max(progress.transferred for progress in told) == told[0].total == large.stat().st_size
    assert content_of(place, component) == large.read_bytes()
    assert list(notes.iterdir()) == []


def test_what_a_process_left_that_died_while_it_wrote_a_note_goes_with_the_note(
    session, place, large, notes, monkeypatch
):
    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(os, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            session.create_component(large, location=place)
    session.recorded_operations.clear()
    assert [path.suffix for path in notes.iterdir()] == [".part"]

    session.create_component(large, location=place)

    assert list(notes.iterdir()) == []


def test_an_upload_of_a_file_that_changed_begins_anew(session, server, place, large, notes):
    component = session.create_component(large, location=None)
    session.commit()
    arguments = [server.url, server.api_key, server.api_user, component["id"], str(large), str(notes)]
    subprocess.run([sys.executable, "-c", DYING, *arguments], check=False, timeout=300)
    large.write_bytes(large.read_bytes()[::-1])

    place.add_component(component, session.get("Location", ORIGIN_LOCATION_ID))

    assert content_of(place, component) == large.read_bytes()


def test_a_download_goes_on_where_the_connection_broke(session, place, large):
    component = session.create_component(large, location=place)
    breaking = session._transport = Breaking(session._open_transport())
    data = place.accessor.open(component["id"])

    first = data.read(MEGABYTE)
    rest = data.read()
    data.close()

    assert first + rest == large.read_bytes()
    assert breaking.asked == [None, f"bytes={len(first)}-"]


def test_a_part_that_arrives_damaged_is_sent_again(session, place, large):
    damaging = session._transport = Damaging(session._open_transport(), 1)
    told = []

    with session.transferring(progress=told.append):
        component = session.create_component(large, location=place)

    assert damaging.sent == PARTS + 1
    assert told[-1].transferred == large.stat().st_size
    assert content_of(place, component) == large.read_bytes()


def test_a_part_that_always_arrives_damaged_fails_the_upload(session, place, large):
    session._transport = Damaging(session._open_transport(), 1000)

    with pytest.raises(exception.LocationError, match="damaged"):
        session.create_component(large, {"name": "broken"}, location=place)

    session.recorded_operations.clear()
    assert session.query("ComponentLocation where component.name is broken").first() is None


class Forgetting:
    """A transport to a server that has given up an upload: its addresses, or the upload when it is to be joined."""

    def __init__(self, transport, what):
        self._transport, self._what, self.begun = transport, what, 0

    def __getattr__(self, name):
        return getattr(self._transport, name)

    def send(self, request):
        action = b"" if request.method == "PUT" else request.body
        self.begun += b"get_upload_metadata" in action
        if self.begun == 0 and (request.method == "PUT") is (self._what == "addresses"):
            if request.method == "PUT":
                return Response(403, {}, b"expired")
            if b"complete_multipart_upload" in action:
                fault = {"exception": "NotFoundError", "content": "There is no such upload.", "error_code": "not_found"}
                return Response(200, {"content-type": "application/json"}, json.dumps(fault).encode())
        return self._transport.send(request)


@pytest.mark.parametrize("what", ["addresses", "upload"])
def test_an_upload_that_the_server_has_given_up_begins_anew(session, server, place, large, notes, what):
    component = session.create_component(large, location=None)
    session.commit()
    arguments = [server.url, server.api_key, server.api_user, component["id"], str(large), str(notes)]
    subprocess.run([sys.executable, "-c", DYING, *arguments], check=False, timeout=300)
    forgetting = session._transport = Forgetting(session._open_transport(), what)

    place.add_component(component, session.get("Location", ORIGIN_LOCATION_ID))

    assert forgetting.begun == 1
    assert content_of(place, component) == large.read_bytes()
    assert list(notes.glob("*.json")) == []


class InOnePiece:
    """A transport to a server that takes no files in parts."""

    def __init__(self, transport):
        self._transport, self.sent = transport, 0

    def __getattr__(self, name):
        return getattr(self._transport, name)

    def send(self, request):
        self.sent += request.method == "PUT"
        if request.method == "POST" and b"get_upload_metadata" in request.body:
            actions = json.loads(request.body)
            for action in actions:
                action.pop("parts", None)
            request = request._replace(body=json.dumps(actions).encode())
        return self._transport.send(request)


def test_a_server_that_takes_no_parts_gets_the_file_in_one_piece(session, place, large):
    in_one_piece = session._transport = InOnePiece(session._open_transport())

    component = session.create_component(large, location=place)

    assert in_one_piece.sent == 1
    assert content_of(place, component) == large.read_bytes()


def test_a_file_that_shrinks_meanwhile_is_not_sent(session, place, large):
    def shrink(_progress):
        with large.open("r+b") as file:
            file.truncate(1000)

    with session.transferring(progress=shrink), pytest.raises(exception.LocationError, match="changed meanwhile"):
        session.create_component(large, {"name": "shrunk"}, location=place)

    session.recorded_operations.clear()
    assert session.query("ComponentLocation where component.name is shrunk").first() is None


def test_a_stopped_upload_ends_soon_and_goes_on_later(session, place, large):
    stop = threading.Event()
    component = session.create_component(large, location=None)
    session.commit()
    origin = session.get("Location", ORIGIN_LOCATION_ID)

    def tell(progress):
        if progress.transferred > PART:
            stop.set()

    with session.transferring(progress=tell, cancel=stop), pytest.raises(exception.TransferCancelledError) as caught:
        place.add_component(component, origin)
    placed = session.get_component_availability(component, [place])
    place.add_component(component, origin)

    assert list(placed.values()) == [0.0]
    assert PART < caught.value.details["transferred"] < large.stat().st_size
    assert content_of(place, component) == large.read_bytes()
