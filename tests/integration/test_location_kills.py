"""Uploads whose client is killed anywhere: nothing claims data it lacks, and another process sends what is missing.

The points are drawn from seeds, so that a failure can be repeated. There are as many as the environment variable
``KILLS`` says; docs/reliability.md has the figures of fifty.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.conftest import new_bucket

from ftrack_api.accessor._upload import MEGABYTE
from ftrack_api.symbol import SERVER_LOCATION_ID
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import ftrack_api

KILLS = int(os.environ.get("KILLS", "8"))
PARTS = 4
SIZE = (PARTS - 1) * 8 * MEGABYTE + 4321
SECONDS = 300

# Uploads a file, and is killed at an instant: the pieces sent and the requests begun and answered are counted. What
# ends well writes how many instants there were, and how many parts were sent.
UPLOADING = """
import itertools, os, signal, sys
import ftrack_api
from ftrack_api import exception
from ftrack_api.symbol import ORIGIN_LOCATION_ID, SERVER_LOCATION_ID

url, key, user, component_id, path, instant = sys.argv[1:]
instants, puts = itertools.count(1), []

def tick(progress=None):
    if str(next(instants)) == instant:
        os.kill(os.getpid(), signal.SIGKILL)

class Ticking:
    def __init__(self, transport):
        self._transport = transport

    def __getattr__(self, name):
        return getattr(self._transport, name)

    def send(self, request):
        tick()
        if request.method == "PUT":
            puts.append(request)
        answer = self._transport.send(request)
        tick()
        return answer

session = ftrack_api.Session(url, key, user, schema_cache_path=os.environ["FTRACK_TEST_SCHEMAS"], plugin_paths=[])
session.pick_location()
origin, server = (session.get("Location", place) for place in (ORIGIN_LOCATION_ID, SERVER_LOCATION_ID))
session._transport = Ticking(session._open_transport())
component = session.get("FileComponent", component_id)
if component is None:
    component = session.create("FileComponent", {"id": component_id, "name": "film", "file_type": ".mov"})
origin.add_component(component, path)
try:
    with session.transferring(progress=tick):
        server.add_component(component, origin)
except exception.ComponentInLocationError:
    pass
print(next(instants) - 1, len(puts))
"""


class Uploader:
    """Uploads one file, as different components, in processes of their own."""

    def __init__(self, server: Any, folder: Path) -> None:
        self._server = server
        self.path = folder / "film.mov"
        self.content = os.urandom(SIZE)
        self.path.write_bytes(self.content)
        self.notes = folder / "notes"
        places = {"FTRACK_API_UPLOAD_STATE_PATH": str(self.notes), "FTRACK_TEST_SCHEMAS": str(folder)}
        self._environment = {**os.environ, **places}

    def run(self, component_id: str, instant: int | str = "never") -> tuple[int, int] | None:
        """Upload the file; return the instants and parts, or None when the process was killed."""
        server = self._server
        arguments = [server.url, server.api_key, server.api_user, component_id, str(self.path), str(instant)]
        command = [sys.executable, "-c", UPLOADING, *arguments]
        ended = subprocess.run(
            command, env=self._environment, check=False, timeout=SECONDS, capture_output=True, text=True
        )
        if ended.returncode == -signal.SIGKILL:
            return None
        assert ended.returncode == 0, ended.stderr
        instants, parts = ended.stdout.split()
        return int(instants), int(parts)

    def parts_noted(self) -> int:
        """Return how many parts the notes say the server has."""
        return sum(len(json.loads(note.read_text())["tags"]) for note in self.notes.glob("*.json"))


@pytest.fixture(scope="module", params=["disk", "bucket"])
def server(request: pytest.FixtureRequest) -> Iterator[Any]:
    with running_server(**(new_bucket(request) if request.param == "bucket" else {})) as server:
        yield server


@pytest.fixture(scope="module")
def uploader(server: Any, tmp_path_factory: pytest.TempPathFactory) -> Uploader:
    return Uploader(server, tmp_path_factory.mktemp("uploader"))


@pytest.fixture(scope="module")
def instants(uploader: Uploader) -> int:
    """How many instants an upload has that nobody kills."""
    whole = uploader.run("whole")
    assert whole is not None
    assert whole[1] == PARTS
    return whole[0]


@pytest.fixture
def session(new_session: Callable[..., ftrack_api.Session]) -> ftrack_api.Session:
    return new_session()


def placed(session: ftrack_api.Session, component_id: str) -> bool:
    condition = f"component_id is {component_id} and location_id is {SERVER_LOCATION_ID}"
    return session.query(f"ComponentLocation where {condition}").first() is not None


def content(session: ftrack_api.Session, component_id: str) -> bytes:
    session.pick_location()
    data = session.get("Location", SERVER_LOCATION_ID).accessor.open(component_id)
    try:
        return bytes(data.read())
    finally:
        data.close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes cannot be killed in this way here")
@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_upload_claims_nothing_and_another_process_goes_on(session, uploader, instants, seed):
    component_id = f"killed-{seed}"
    instant = random.Random(seed).randrange(1, instants + 1)  # noqa: S311 - repeatable

    killed = uploader.run(component_id, instant)
    claimed, noted = placed(session, component_id), uploader.parts_noted()
    # Only what is whole is claimed; it is whole before anything claims it.
    assert not claimed or content(session, component_id) == uploader.content
    resumed = uploader.run(component_id)

    assert killed is None, "it was not killed"
    assert resumed is not None
    assert resumed[1] == (0 if claimed else PARTS - noted)
    assert placed(session, component_id)
    assert content(session, component_id) == uploader.content
    assert not list(uploader.notes.glob("*.json"))
