"""Downloads against a server that breaks off, forgets ranges, changes the data or wants credentials as old ones do."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from ftrack_api import _transfers, exception
from ftrack_api._transport.base import Stream
from ftrack_api.accessor._download import ATTEMPTS, FETCHED, Download, fetch

DATA = bytes(range(256)) * 40


class Server:
    """Answers requests for one file, as it is set up.

    Attributes:
        data: The file.
        tag: Name of its state; none is told when it is empty.
        breaks: After how many bytes each answer ends, one after the other; later ones are whole.
        ranges: Whether it gives parts of files.
        sized: Whether it tells sizes.
        wants_address: Whether credentials have to be in the address.
        status: What it answers with, when that is not the file.
        asked: Ranges asked for.
        opened: How many answers are not closed yet.
    """

    def __init__(self):
        self.data, self.tag = DATA, '"one"'
        self.breaks, self.raises = [], False
        self.ranges = self.sized = True
        self.wants_address, self.status = False, 200
        self.asked, self.addresses, self.opened = [], [], 0

    def stream(self, request):
        self.asked.append(request.headers.get("range"))
        self.addresses.append(request.url)
        assert request.read_only
        if self.wants_address and "apiKey" not in parse_qs(urlsplit(request.url).query):
            return self._answer(401, {}, b"no", None)
        if self.status != 200:
            return self._answer(self.status, {}, b"<h1>down\n\nfor a while</h1>", None)
        start = 0
        if self.ranges and "range" in request.headers:
            start = int(request.headers["range"].removeprefix("bytes=").removesuffix("-"))
            if start >= len(self.data):
                return self._answer(416, self._tagged({}), b"", None)
        headers = self._tagged({"content-length": str(len(self.data) - start)} if self.sized else {})
        if start:
            headers["content-range"] = f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"
        end = self.breaks.pop(0) if self.breaks else None
        return self._answer(206 if start else 200, headers, self.data[start:], end)

    def _tagged(self, headers):
        return {**headers, "etag": self.tag} if self.tag else headers

    def _answer(self, status, headers, body, end):
        self.opened += 1
        left, closed = [body if end is None else body[:end]], []

        def read(size):
            piece, left[0] = left[0][:size], left[0][size:]
            if not piece and end is not None and self.raises:
                raise exception.ConnectionError("reset by peer")
            return piece

        def close():
            if not closed:
                closed.append(True)
                self.opened -= 1

        return Stream(status, headers, read, close)


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def download(server):
    session = SimpleNamespace(
        _open_transport=lambda: server,
        server_url="https://studio.example",
        api_user="anna",
        api_key="secret",
        request_timeout=60,
    )
    return Download(session, "c1")


def everything(download, size=1000):
    content = b"".join(iter(lambda: download.read(size), b""))
    download.close()
    return content


@pytest.mark.parametrize("raises", [True, False], ids=["an error", "an early end"])
def test_what_breaks_off_again_and_again_is_taken_up_as_long_as_there_is_progress(server, download, raises):
    server.breaks, server.raises = [100] * (3 * ATTEMPTS), raises

    assert everything(download) == DATA
    assert server.asked == [None, *[f"bytes={100 * number}-" for number in range(1, 3 * ATTEMPTS + 1)]]
    assert server.opened == 0


@pytest.mark.parametrize("raises", [True, False], ids=["an error", "an early end"])
def test_without_progress_it_gives_up(server, download, raises):
    server.breaks, server.raises = [100, *[0] * 20], raises

    with pytest.raises(exception.ConnectionError):
        everything(download)

    assert len(server.asked) <= ATTEMPTS + 1
    assert server.opened == 0


def test_data_that_changed_are_not_mixed(server, download):
    server.breaks = [100]
    download.read(100)
    server.tag, server.data = '"two"', DATA[::-1]

    with pytest.raises(exception.ServerError, match="changed while they were read"):
        everything(download)

    assert server.opened == 0


def test_what_has_no_name_for_its_state_is_not_taken_up(server, download):
    server.tag, server.breaks, server.raises = "", [100], True
    download.read(100)

    with pytest.raises(exception.ConnectionError):
        download.read(100)


def test_a_server_without_ranges_sends_again_what_is_skipped(server, download):
    server.ranges, server.breaks = False, [5000]

    assert everything(download) == DATA


def test_a_server_that_tells_no_size_is_read_to_its_end(server, download):
    server.sized = False

    assert (everything(download), download.total) == (DATA, None)


def test_the_end_is_found_by_its_size(server, download):
    assert download.seek(-6, 2) == len(DATA) - 6
    assert everything(download) == DATA[-6:]
    assert server.asked == [None, f"bytes={len(DATA) - 6}-"]


def test_beyond_the_end_there_is_nothing(server, download):
    download.seek(len(DATA) + 10)

    assert everything(download) == b""
    assert server.opened == 0


def test_credentials_are_in_the_address_for_servers_that_want_them_there_only(server, download):
    everything(download)
    server.wants_address = True
    download.seek(0)

    assert everything(download) == DATA
    assert ["secret" in address for address in server.addresses] == [False, False, True]
    assert server.opened == 0


@pytest.mark.parametrize(("status", "error"), [(404, exception.NotFound), (500, exception.ServerError)])
def test_a_refusal_is_told_with_what_the_server_says(server, download, status, error):
    server.status = status

    with pytest.raises(error, match=f"status {status}: <h1>down for a while</h1>") as caught:
        download.read(10)

    assert caught.value.status == status
    assert "secret" not in str(caught.value)
    assert server.opened == 0


class TestFetch:
    @pytest.fixture
    def target(self, tmp_path):
        return tmp_path / "film.mov"

    @pytest.fixture
    def stopped(self, server, download, target):
        """What is left of a download that was stopped after a piece."""
        server.data = DATA * 200
        cancel = threading.Event()
        report = report_of(lambda _progress: cancel.set(), cancel)
        with pytest.raises(exception.TransferCancelledError):
            fetch(download, str(target), report)
        download.close()
        server.asked.clear()
        return sorted(target.parent.iterdir())

    def test_it_appears_whole(self, download, target):
        fetch(download, str(target), report_of())

        assert [(path.name, path.read_bytes()) for path in target.parent.iterdir()] == [("film.mov", DATA)]

    def test_what_has_arrived_is_not_asked_for_again(self, server, download, target, stopped):
        have = stopped[0].stat().st_size
        told = []

        fetch(Download(download._session, "c1"), str(target), report_of(told.append))

        assert [path.suffix for path in stopped] == [".part"]
        assert 0 < have < len(server.data)
        assert (server.asked, told[0].transferred) == ([None, f"bytes={have}-"], have)
        assert [(path.name, path.read_bytes()) for path in target.parent.iterdir()] == [("film.mov", server.data)]

    def test_what_has_arrived_of_another_state_is_dropped(self, server, download, target, stopped):
        server.data, server.tag = DATA[::-1], '"two"'

        fetch(Download(download._session, "c1"), str(target), report_of())

        assert not stopped[0].exists()
        assert [(path.name, path.read_bytes()) for path in target.parent.iterdir()] == [("film.mov", server.data)]

    @pytest.mark.usefixtures("stopped")
    def test_a_server_that_names_no_states_sends_all_again(self, server, download, target):
        server.tag = ""

        fetch(Download(download._session, "c1"), str(target), report_of())

        assert server.asked == [None]
        assert [(path.name, path.read_bytes()) for path in target.parent.iterdir()] == [("film.mov", server.data)]

    def test_a_rest_that_is_too_long_is_no_rest(self, server, download, target, stopped):
        with stopped[0].open("ab") as file:
            file.truncate(len(server.data) + FETCHED)

        fetch(Download(download._session, "c1"), str(target), report_of())

        assert target.read_bytes() == server.data

    def test_files_of_others_beside_it_stay(self, download, target):
        for name in ("film.mov.part", "film.mov.zzzzzzzzzzzz.part", "film.mo.0123456789ab.part"):
            (target.parent / name).write_bytes(b"theirs")

        fetch(download, str(target), report_of())

        assert len(list(target.parent.iterdir())) == 4


def report_of(progress=None, cancel=None):
    with _transfers.watching(progress, cancel):
        return _transfers.Report("c1", None, None)
