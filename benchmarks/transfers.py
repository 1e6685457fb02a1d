"""A file of 1 GB published to the server and fetched back by a session, against the same bytes through plain HTTP.

Server and client run in processes of their own. "plain" is the least that anybody can do with the same HTTP libraries:
a client that sends a file in one request and writes the answer to another one, and a server that copies bodies to a
file and files to bodies, without checksums, checks and syncs. "synced" is the same with one sync of the file before an
upload is answered, which is what it costs not to lose it with the power. "session" is `Location.add_component` to
``ftrack.server`` and back to a location on disk. Memory is what a process had at most beyond what it had before; *cpu*
is the processor time of client and server together for each direction, which depends less on what else the machine
does. Files are removed between the rounds, which is not counted.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import media
import requests

import ftrack_api
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.structure.id import IdStructure
from ftrack_api.symbol import ORIGIN_LOCATION_ID, SERVER_LOCATION_ID

ROUNDS = 5


def main() -> None:
    """Measure all in turn, each in processes of its own, so that all meet what else the machine does."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "source.bin"
        with source.open("wb") as file:
            for _ in range(media.SIZE // media.BLOCK):
                file.write(os.urandom(media.BLOCK))
        pairs = {kind: Pair(kind, source, folder) for kind in ("plain", "synced", "session")}
        for _ in range(ROUNDS):
            for pair in pairs.values():
                pair.measure()
        names = ("up MB/s", "down MB/s", "up cpu s", "down cpu s", "client MB", "server MB")
        print(f"{'1 GB':<20}" + "".join(f"{name:>12}" for name in names))
        plain, synced, session = (pair.told() for pair in pairs.values())
        for kind, base in (("plain", plain), ("synced", synced)):
            ratios = "".join(f"{ours / theirs:>12.2f}" for ours, theirs in zip(session, base, strict=True))
            print(f"session / {kind:<10}{ratios}")


class Pair:
    """A server and a client in processes of their own, and what was measured with them."""

    def __init__(self, kind: str, source: Path, folder: Path) -> None:
        self._kind = kind
        self._rounds: list[tuple[float, float, float, float]] = []
        context = multiprocessing.get_context("spawn")
        (self._server, there), (self._client, here) = context.Pipe(), context.Pipe()
        serve = media.serve_ftrack if kind == "session" else media.serve_plain
        synced = (kind == "synced",) if serve is media.serve_plain else ()
        served = folder / kind
        served.mkdir()
        self._processes = [context.Process(target=serve, args=(there, served, *synced))]
        self._processes[0].start()
        url, headers = self._server.recv()
        work = (here, kind, url, headers, source, served / "back")
        self._processes.append(context.Process(target=transfer, args=work))
        self._processes[1].start()
        self._client.recv()

    def measure(self) -> None:
        """Send the file, fetch it, and remove it."""
        up, busy_up = self._run("send")
        down, busy_down = self._run("fetch")
        self._run("remove")
        self._rounds.append((up, down, busy_up, busy_down))

    def told(self) -> tuple[float, ...]:
        """End both; print and return the best of all rounds: rates up and down, processor times up and down."""
        grown = [self._ended(pipe) for pipe in (self._client, self._server)]
        for process in self._processes:
            process.join()
        up, down, busy_up, busy_down = zip(*self._rounds, strict=True)
        best = (max(up), max(down), min(busy_up), min(busy_down))
        figures = f"{best[0]:>12.0f}{best[1]:>12.0f}{best[2]:>12.2f}{best[3]:>12.2f}"
        print(f"{self._kind:<20}{figures}{grown[0]:>12.0f}{grown[1]:>12.0f}")
        return best

    def _run(self, what: str) -> tuple[float, float]:
        """Return megabytes per second, and the processor time of both."""
        before = self._asked(self._server, "cpu")
        self._client.send(what)
        seconds, busy = self._client.recv()
        return media.SIZE / 1e6 / seconds, busy + self._asked(self._server, "cpu") - before

    @staticmethod
    def _asked(pipe: Any, what: str) -> float:
        pipe.send(what)
        answer: float = pipe.recv()
        return answer

    def _ended(self, pipe: Any) -> float:
        return self._asked(pipe, "end")


def transfer(pipe: Any, kind: str, url: str, headers: dict[str, str], source: Path, back: Path) -> None:
    """Send, fetch and remove the file when told to; tell how long it took, and at last how much memory."""
    work: Any = Session(url, headers, source, back) if kind == "session" else Plain(url, source, back)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send("ready")
    while (what := pipe.recv()) != "end":
        start, busy = time.perf_counter(), time.process_time()
        getattr(work, what)()
        pipe.send((time.perf_counter() - start, time.process_time() - busy))
    pipe.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


class Plain:
    """Plain HTTP by way of requests."""

    def __init__(self, url: str, source: Path, back: Path) -> None:
        self._http, self._url, self._source, self._back = requests.Session(), f"{url}/file", source, back

    def send(self) -> None:
        """Upload the file."""
        with self._source.open("rb") as file:
            self._http.put(self._url, data=file).raise_for_status()

    def fetch(self) -> None:
        """Download it into another one."""
        self._back.mkdir(exist_ok=True)
        with self._http.get(self._url, stream=True) as answer, (self._back / "file").open("wb") as file:
            for block in answer.iter_content(media.BLOCK):
                file.write(block)

    def remove(self) -> None:
        """Remove the file on both sides."""
        shutil.rmtree(self._back)
        self._http.delete(self._url).raise_for_status()


class Session:
    """A session that publishes."""

    def __init__(self, url: str, headers: dict[str, str], source: Path, back: Path) -> None:
        self._session = ftrack_api.Session(
            url, headers["ftrack-api-key"], headers["ftrack-user"], plugin_paths=[], schema_cache_path=False
        )
        self._session.pick_location()
        self._back = back
        self._origin = self._session.get("Location", ORIGIN_LOCATION_ID)
        self._server = self._session.get("Location", SERVER_LOCATION_ID)
        self._disk = self._session.ensure("Location", {"name": "disk"})
        self._disk.accessor, self._disk.structure = DiskAccessor(str(back)), IdStructure()
        self._source = source

    def send(self) -> None:
        """Publish the file to the server."""
        self._component = self._session.create_component(str(self._source), location=None)
        self._server.add_component(self._component, self._origin)

    def fetch(self) -> None:
        """Transfer it to a disk."""
        self._disk.add_component(self._component, self._server)

    def remove(self) -> None:
        """Remove the file on both sides."""
        self._server.remove_component(self._component)
        shutil.rmtree(self._back)


if __name__ == "__main__":
    main()
