"""``ftrack upload`` and ``ftrack download`` on a real server: whole files or none, and on with them after Ctrl-C."""

from __future__ import annotations

import io
import json
import os
import re
import signal

import pytest
from tests.integration.conftest import BOTH_STORES

from ftrack_api.accessor._upload import MEGABYTE
from ftrack_api.cli._bar import amount, line
from ftrack_api.cli.main import main
from ftrack_api.symbol import SERVER_LOCATION_ID

pytestmark = BOTH_STORES

PLUGIN = """
import ftrack_api

def register(session):
    def configure(event):
        location = event["data"]["session"].query('Location where name is "studio.disk"').one()
        location.accessor = ftrack_api.accessor.disk.DiskAccessor({store!r})
        location.structure = ftrack_api.structure.id.IdStructure()
    session.event_hub.subscribe("topic=ftrack.api.session.configure-location", configure)
"""
LARGE = 24 * MEGABYTE + 3
STOPPED = 130


class Terminal(io.StringIO):
    """A terminal; an impatient user of it presses Ctrl-C as soon as it shows how far the transfer is."""

    def __init__(self, *, impatient: bool = False) -> None:
        super().__init__()
        self._impatient = impatient

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._impatient and "%" in text:
            self._impatient = False
            os.kill(os.getpid(), signal.SIGINT)
        return super().write(text)


@pytest.fixture(autouse=True)
def notes(server, tmp_path, monkeypatch):
    for name, value in {
        "FTRACK_SERVER": server.url,
        "FTRACK_API_KEY": server.api_key,
        "FTRACK_API_USER": server.api_user,
        "FTRACK_API_SCHEMA_CACHE_PATH": str(tmp_path / "schemas"),
        "FTRACK_API_UPLOAD_STATE_PATH": str(tmp_path / "notes"),
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "notes"


@pytest.fixture
def ftrack(capsys):
    """Run a command; return its status, the first word of each line it wrote, and what it wrote of failures."""

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return status, [text.split()[0] for text in written.out.splitlines()], written.err

    return run


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "film.final.mov"
    path.write_bytes(b"".join(bytes([number]) * MEGABYTE for number in range(24)) + b"end")
    return path


def placed(session):
    rows = session.query(f"select component_id from ComponentLocation where location_id is {SERVER_LOCATION_ID}")
    return [row["component_id"] for row in rows]


def test_a_file_goes_up_with_its_version_and_comes_down_under_its_name(session, ftrack, tmp_path):
    version = session.query("AssetVersion").first()
    (tmp_path / "plate.v2.exr").write_bytes(b"pixels")

    uploaded = ftrack("upload", tmp_path / "plate.v2.exr", "--version", version["id"])
    downloaded = ftrack("download", *uploaded[1], "--to", tmp_path / "back")
    component = session.get("FileComponent", uploaded[1][0])

    assert (uploaded[0], uploaded[2], downloaded[0], downloaded[2]) == (0, "", 0, "")
    assert (component["name"], component["file_type"], component["version"]["id"]) == (
        "plate.v2",
        ".exr",
        version["id"],
    )
    assert [(file.name, file.read_bytes()) for file in (tmp_path / "back").iterdir()] == [("plate.v2.exr", b"pixels")]


def test_a_sequence_goes_up_and_comes_down_frame_by_frame(ftrack, tmp_path):
    for number in (1, 2, 10):
        (tmp_path / f"shot.{number:04d}.exr").write_bytes(b"%d" % number)

    _, ids, _ = ftrack("upload", f"{tmp_path}/shot.####.exr [1-2, 10]")
    status, members, _ = ftrack("download", *ids, "--to", tmp_path / "back")

    assert (status, len(members)) == (0, 3)
    assert {file.name: file.read_bytes() for file in (tmp_path / "back").iterdir()} == {
        "shot.0001.exr": b"1",
        "shot.0002.exr": b"2",
        "shot.0010.exr": b"10",
    }


def test_an_upload_that_is_stopped_leaves_nothing_and_goes_on(session, ftrack, large, notes, monkeypatch):
    terminal = Terminal(impatient=True)
    with monkeypatch.context() as patched:
        patched.setattr("sys.stderr", terminal)
        stopped, ids, _ = ftrack("upload", large)
    (note,) = notes.glob("*.json")
    begun = json.loads(note.read_text())["component_id"]
    left = placed(session)

    status, resumed, _ = ftrack("upload", large)

    assert (stopped, ids, left) == (STOPPED, [], [])
    assert "stopped; give the same command again" in terminal.getvalue()
    assert (status, resumed, placed(session)) == (0, [begun], [begun])
    assert list(notes.glob("*.json")) == []


def test_a_download_that_is_stopped_shows_no_file_and_goes_on(server, ftrack, large, tmp_path, monkeypatch):
    back = tmp_path / "back"
    _, ids, _ = ftrack("upload", large)
    terminal = Terminal(impatient=True)
    with monkeypatch.context() as patched:
        patched.setattr("sys.stderr", terminal)
        stopped, _, _ = ftrack("download", *ids, "--to", back)
    (part,) = back.iterdir()
    have = part.stat().st_size

    terminal = Terminal()
    with monkeypatch.context() as patched:
        patched.setattr("sys.stderr", terminal)
        status, _, _ = ftrack("download", *ids, "--to", back)

    assert (stopped, part.name.split(".")[-1], 0 < have < LARGE) == (STOPPED, "part", True)
    first = re.search(r"(\d+) %", terminal.getvalue())
    assert first is not None
    assert int(first[1]) >= have * 100 // LARGE
    assert status == 0
    assert [(file.name, file.read_bytes() == large.read_bytes()) for file in back.iterdir()] == [(large.name, True)]


def test_what_is_there_is_not_asked_for_again_and_nothing_else_is_replaced(ftrack, tmp_path):
    file, back = tmp_path / "a.txt", tmp_path / "back"
    file.write_bytes(b"words")
    _, ids, _ = ftrack("upload", file)
    ftrack("download", *ids, "--to", back)

    again = ftrack("download", *ids, "--to", back)
    (back / "a.txt").write_bytes(b"somebody's own")
    refused = ftrack("download", *ids, "--to", back)
    kept = (back / "a.txt").read_bytes()
    replaced = ftrack("download", *ids, "--to", back, "--overwrite")

    assert (again[0], replaced[0], refused[0]) == (0, 0, 2)
    assert "of another size than the component; see --overwrite" in refused[2]
    assert kept == b"somebody's own"
    assert (back / "a.txt").read_bytes() == b"words"


def test_a_location_that_a_plugin_configures_does_as_well(session, ftrack, tmp_path, monkeypatch):
    session.ensure("Location", {"name": "studio.disk"})
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "studio.py").write_text(PLUGIN.format(store=str(tmp_path / "store")), encoding="utf-8")
    monkeypatch.setenv("FTRACK_EVENT_PLUGIN_PATH", str(tmp_path / "plugins"))
    (tmp_path / "a.txt").write_bytes(b"words")

    _, ids, _ = ftrack("upload", tmp_path / "a.txt", "--location", "studio.disk")
    status, _, _ = ftrack("download", *ids, "--to", tmp_path / "back")

    assert status == 0
    assert len([file for file in (tmp_path / "store").rglob("*") if file.is_file()]) == 1
    assert [(file.name, file.read_bytes()) for file in (tmp_path / "back").iterdir()] == [("a.txt", b"words")]
    assert placed(session) == []


def test_no_name_leads_out_of_the_folder(session, ftrack, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"words")

    for name in ("../../up", "/etc/absolute", ".."):
        _, ids, _ = ftrack("upload", tmp_path / "a.txt", "--name", name)
        ftrack("download", *ids, "--to", tmp_path / "in" / "back")

    files = [file for file in tmp_path.rglob("*") if file.is_file() and file.read_bytes() == b"words"]
    found = [file.relative_to(tmp_path).parts[:-1] for file in files]
    assert sorted(found) == [(), *[("in", "back")] * 3]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("upload", "missing.mov"), "There is no file 'missing.mov'; check the spelling and the folder."),
        (("upload", "here.mov", "gone.mov"), "There is no file 'gone.mov'"),
        (("upload", "s.%04d.exr [1-9]"), "There is no file 's.0001.exr', 's.0002.exr', 's.0003.exr' and 6 more"),
        (("upload", "."), "'.' is a folder; name the files in it"),
        (("upload", "here.mov", "--name", ""), "--name is empty"),
        (("upload", "here.mov", "--version", ""), "There is no version ''"),
        (("upload", "a.%04d.exr [3-1]"), "run backwards"),
        (("upload", "here.mov", "b", "--name", "c"), "--name is the name of one component, and there are 2 paths"),
        (("upload", "here.mov", "--version", "nothing"), "There is no version 'nothing'"),
        (("upload", "here.mov", "--location", "nowhere"), "There is no location 'nowhere'"),
        (("upload", "here.mov", "--location", "studio.disk"), "Nothing says how to reach the location studio.disk"),
        (("download", "nothing"), "There is no component 'nothing'"),
        (("upload", "here.mov", "--user", "nobody"), "Check the user (--user or FTRACK_API_USER) and FTRACK_API_KEY."),
        (("download", "x", "--server", "http://127.0.0.1:9"), "api failed: Connection refused. Check the address"),
        (("types", "--output", "here.mov/types"), "'here.mov/types': Not a directory. Choose another path"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(session, ftrack, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.mov").write_bytes(b"film")
    session.ensure("Location", {"name": "studio.disk"})

    status, ids, error = ftrack(*arguments)

    assert (status, ids) == (2, [])
    assert said in error
    assert error.startswith(f"ftrack {arguments[0]}: ")
    assert error.count("\n") == 1
    assert "Errno" not in error


def test_a_component_whose_data_nobody_has_is_told_of(session, ftrack):
    component = session.create("FileComponent", {"name": "nowhere"})
    session.commit()

    assert "is in no location that can be read here" in ftrack("download", component["id"])[2]


@pytest.mark.parametrize(
    ("transferred", "total", "text"),
    [
        (0, 2_000_000, f"a [{' ' * 30}]   0 %  0 bytes of 2.0 MB, 1.5 MB/s"),
        (1_000_000, 2_000_000, f"a [{'#' * 15}{' ' * 15}]  50 %  1.0 MB of 2.0 MB, 1.5 MB/s"),
        (3_000_000, 2_000_000, f"a [{'#' * 30}] 100 %  3.0 MB of 2.0 MB, 1.5 MB/s"),
        (512, None, "a 512 bytes, 1.5 MB/s"),
    ],
)
def test_a_line_says_how_far_it_is(transferred, total, text):
    assert line("a", transferred, total, 1_500_000) == text


def test_amounts_have_units_people_use():
    assert [amount(size) for size in (0, 999, 1000, 5.5e9, 7e15)] == [
        "0 bytes",
        "999 bytes",
        "1.0 kB",
        "5.5 GB",
        "7000.0 TB",
    ]
