"""What users of files suffered from, each with the inputs by which it showed."""

from __future__ import annotations

import contextlib
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ftrack_api import exception
from ftrack_api.accessor._upload import MEGABYTE
from ftrack_api.structure.id import IdStructure
from ftrack_api.structure.standard import StandardStructure
from ftrack_api.symbol import ORIGIN_LOCATION_ID, SERVER_LOCATION_ID

HEADER, COOKIE = ("X-Studio", "oslo"), ("gate", "open")
PARTS = 4


class Gateway:
    """A studio's gateway before a server: lets through what has its header and cookie, and keeps what it saw.

    Attributes:
        url: Its address.
        seen: Method, path with query, and whether it was let through, of each request.
        busy: How many parts of files it refuses, as it is busy.
    """

    def __init__(self, server_url: str) -> None:
        self.seen: list[tuple[str, str, bool]] = []
        self.busy = 0
        gateway, host = self, urlsplit(server_url).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"] or 0))
                let = self.headers[HEADER[0]] == HEADER[1] and "=".join(COOKIE) in self.headers.get("cookie", "")
                path = self.path[self.path.index("/", len("http://")) :] if "://" in self.path[:8] else self.path
                gateway.seen.append((self.command, path, let))
                if not let:
                    self.answer(407, {}, b"who are you?")
                elif self.command == "PUT" and gateway.busy:
                    gateway.busy -= 1
                    self.answer(503, {"retry-after": "0"}, b"busy")
                else:
                    with contextlib.closing(http.client.HTTPConnection(host, timeout=60)) as upstream:
                        upstream.request(self.command, path, body, dict(self.headers.items()))
                        answer = upstream.getresponse()
                        self.answer(answer.status, dict(answer.getheaders()), answer.read())

            do_POST = do_PUT = do_GET  # noqa: N815 - names of the base class

            def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in {"content-length", "transfer-encoding", "connection", "date"}:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def gateway(server):
    made = Gateway(server.url)
    yield made
    made.close()


@pytest.fixture
def disk(disk):
    disk.structure = StandardStructure()
    return disk


@pytest.fixture
def version(session):
    return session.query("AssetVersion order by id").first()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"words")
    return path


@pytest.mark.parametrize("size", [5, (PARTS - 1) * 8 * MEGABYTE + 1], ids=["in one piece", "in parts"])
@pytest.mark.parametrize("way", ["directly", "by requests", "by a proxy"])
def test_p22_every_request_for_a_file_is_one_of_the_session(
    gateway, server, new_session, tmp_path, monkeypatch, size, way
):
    monkeypatch.setenv("FTRACK_API_UPLOAD_STATE_PATH", str(tmp_path / "uploads"))
    (tmp_path / "a.bin").write_bytes(b"x" * size)
    address = gateway.url
    if way == "by a proxy":
        monkeypatch.setenv("http_proxy", gateway.url)
        address = server.url
    session = new_session(server_url=address, headers=dict([HEADER]), cookies=dict([COOKIE]))
    if way == "by requests":
        assert session._request  # from now on everything goes through what callers may set up
    server = session.get("Location", SERVER_LOCATION_ID)
    gateway.busy = 2  # P21: what is refused for now is sent again

    component = session.create_component(tmp_path / "a.bin", location=server)
    data = server.accessor.open(component["id"])
    content = data.read()
    data.close()
    server.remove_component(component)

    assert content == b"x" * size
    assert all(let for _, _, let in gateway.seen)
    assert sum(method == "PUT" for method, _, _ in gateway.seen) == (PARTS if size > 5 else 1) + 2
    assert any(path.startswith("/component/get") for _, path, _ in gateway.seen)
    assert not [path for _, path, _ in gateway.seen if session.api_key in path]  # P20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shot.%04d.exr [5-1]", "run backwards"),
        ("shot.%04d.exr []", "names no frames"),
        ("shot.%04d.exr [1-3y2]", None),
        ("shot.exr [1-3]", "nothing that stands for them"),
        ("shot.%04d.exr [1-4]", "1 of 4 frames .* are missing: shot.0004.exr"),
        ("none.%04d.exr", "no file fits it"),
        ("none.exr", "no component was made"),
        (".", "is a folder"),
        ("shot.%04d.exr [1-9000000]", "more than 1000000 frames"),
    ],
)
def test_p41_what_names_no_files_makes_no_component(session, disk, tmp_path, text, said):
    for number in range(1, 4):
        (tmp_path / f"shot.{number:04d}.exr").write_bytes(b"x")

    with pytest.raises((ValueError, OSError), match=said):
        session.create_component(f"{tmp_path}/{text}", location=disk)

    assert len(session.recorded_operations) == 0


@pytest.mark.parametrize(
    ("pattern", "names", "members", "padding"),
    [
        ("a.####.exr [1-3x2]", ["a.0001.exr", "a.0003.exr"], ["0001", "0003"], 4),
        ("a.@@@@.exr [-1-0]", ["a.-001.exr", "a.0000.exr"], ["-001", "0000"], 4),
        ("a.$F4.exr [7]", ["a.0007.exr"], ["0007"], 4),
        ("a.<UDIM>.tex [1001-1002]", ["a.1001.tex", "a.1002.tex"], ["1001", "1002"], 4),
        ("%03d.png", ["001.png", "100.png", "101.png"], ["001", "100", "101"], 3),
        ("a.%03d.exr", ["a.999.exr", "a.1000.exr"], ["1000", "999"], 3),
        ("04_020_v008_%d.tga", ["04_020_v008_1001.tga", "04_020_v008_1002.tga"], ["1001", "1002"], 0),
        ("[v1].%04d.exr [1]", ["[v1].0001.exr"], ["0001"], 4),
        ("50%done.%04d.exr [1]", ["50%done.0001.exr"], ["0001"], 4),
    ],
)
def test_p41_notations_of_other_programs_name_the_files_on_disk(session, tmp_path, pattern, names, members, padding):
    for name in names:
        (tmp_path / name).write_bytes(b"x")

    sequence = session.create_component(f"{tmp_path}/{pattern}", location=None)

    assert sorted(member["name"] for member in sequence["members"]) == members
    assert (sequence["padding"], sequence["size"]) == (padding, len(names))
    origin = session.get("Location", ORIGIN_LOCATION_ID)
    found = origin.get_filesystem_paths(sequence["members"])
    assert sorted(Path(path).name for path in found) == sorted(names)


def test_p41_an_empty_file_is_a_file(session, tmp_path):
    (tmp_path / "empty.txt").touch()

    assert session.create_component(tmp_path / "empty.txt", location=None)["size"] == 0


@pytest.mark.parametrize("other", ["main plate", "MAIN_PLATE", "main!plate"])
def test_p42_two_names_never_share_one_file(session, disk, version, file, tmp_path, other):
    first = version.create_component(str(file), {"name": "main_plate"}, location=disk)
    (tmp_path / "b.txt").write_bytes(b"other")

    with pytest.raises(exception.LocationError, match="there is something at"):
        version.create_component(str(tmp_path / "b.txt"), {"name": other}, location=disk)

    assert Path(disk.get_filesystem_path(first)).read_bytes() == b"words"
    assert disk.get_component_availability(first) == 100.0
    session.recorded_operations.clear()


def test_p59_a_location_is_picked_without_asking(session, server, disk):
    with server.counting() as traffic:
        picked = {session.pick_location() for _ in range(100)}

    assert picked == {disk}
    assert traffic.requests == 0


@pytest.mark.parametrize(("structure", "requests"), [(IdStructure, 3), (StandardStructure, 5)])
def test_p60_many_components_take_few_requests(session, server, disk, version, file, structure, requests):
    disk.structure = structure()  # names of the version and its project take a request each
    with session.transaction():
        components = [
            session.create_component(file, {"name": f"c{number}", "version": version}, location=None)
            for number in range(500)
        ]
    origin = session.get("Location", ORIGIN_LOCATION_ID)

    with server.counting() as added:
        disk.add_components(components, origin)
    with server.counting() as removed:
        disk.remove_components(components)

    assert added.requests <= requests
    assert removed.requests <= 3
    assert set(disk.get_component_availabilities(components)) == {0.0}


@pytest.mark.parametrize(
    ("compound", "name", "file_type"),
    [
        ((), "a.tar.gz", ".gz"),
        ((".tar.gz", ".ass.gz"), "a.tar.gz", ".tar.gz"),
        ((".tar.gz", ".ass.gz"), "a.ASS.GZ", ".ASS.GZ"),
        ((".gz", ".vrscene.gz"), "scene.v1.vrscene.gz", ".vrscene.gz"),
        ((".tar.gz",), "a.gz", ".gz"),
        ((".tar.gz",), "no_type", ""),
    ],
)
def test_p63_a_compound_type_is_whole_where_the_session_knows_it(session, tmp_path, compound, name, file_type):
    (tmp_path / name).write_bytes(b"x")
    session.compound_file_types = compound

    assert session.create_component(tmp_path / name, location=None)["file_type"] == file_type


def test_p63_a_plugin_has_the_last_word_on_a_type(session, tmp_path):
    (tmp_path / "a.tar.gz").write_bytes(b"x")
    session.compound_file_types = (".tar.gz",)
    topic = "topic=ftrack.api.session.get-file-type-from-string"
    session.event_hub.subscribe(topic, lambda event: f".own{Path(event['data']['file_path']).suffix}")

    assert session.create_component(tmp_path / "a.tar.gz", location=None)["file_type"] == ".own.gz"
