"""A file of 1 GB published to the server and fetched back by a session, against the same bytes through plain HTTP.

Server and client run in processes of their own. "plain" is the least that anybody can do with the same HTTP libraries:
a client that sends a file in one request and writes the answer to another one, and a server that copies bodies to a
file and files to bodies, without checksums, checks and syncs. "session" is `Location.add_component` to
``ftrack.server`` and back to a location on disk. Memory is what a process had at most beyond what it had before; *cpu*
is the processor time of the client for each direction, which depends less on what else the machine does.
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

ROUNDS = 3


def main() -> None:
    """Measure both in turn, each in processes of its own."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.bin"
        with source.open("wb") as file:
            for _ in range(media.SIZE // media.BLOCK):
                file.write(os.urandom(media.BLOCK))
        names = ("up MB/s", "down MB/s", "client MB", "server MB", "up cpu s", "down cpu s")
        print(f"{'1 GB':<9}" + "".join(f"{name:>12}" for name in names))
        best = {name: measure(name, source, Path(folder)) for name in ("plain", "session")}
        up, down = (ours / plain for ours, plain in zip(best["session"], best["plain"], strict=True))
        print(f"{'ratio':<9}{up:>12.2f}{down:>12.2f}")


def measure(name: str, source: Path, folder: Path) -> tuple[float, float]:
    """Return the best rates up and down."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    serve = {"plain": media.serve_plain, "session": media.serve_ftrack}[name]
    server = context.Process(target=serve, args=(there, folder))
    server.start()
    url, headers = here.recv()
    outcome, into = context.Pipe()
    client = context.Process(target=transfer, args=(name, url, headers, source, folder / "back", into))
    client.start()
    up, down, grown, busy_up, busy_down = outcome.recv()
    client.join()
    here.send("end")
    served = here.recv()
    server.join()
    print(f"{name:<9}{up:>12.0f}{down:>12.0f}{grown:>12.0f}{served:>12.0f}{busy_up:>12.2f}{busy_down:>12.2f}")
    return up, down


def transfer(name: str, url: str, headers: dict[str, str], source: Path, back: Path, outcome: Any) -> None:
    """Send and fetch the file some times, and tell the best rates, the memory and the processor time it took."""
    work = Session(url, headers, source, back) if name == "session" else Plain(url, source, back)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    runs = []
    for _ in range(ROUNDS):
        runs.append((*measured(work.send), *measured(work.fetch)))
        shutil.rmtree(back, ignore_errors=True)
    up, busy_up, down, busy_down = zip(*runs, strict=True)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    outcome.send((max(up), max(down), grown, min(busy_up), min(busy_down)))


def measured(work: Any) -> tuple[float, float]:
    """Return megabytes per second, and the processor time."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    return media.SIZE / 1e6 / (time.perf_counter() - start), time.process_time() - busy


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


class Session:
    """A session that publishes."""

    def __init__(self, url: str, headers: dict[str, str], source: Path, back: Path) -> None:
        self._session = ftrack_api.Session(
            url, headers["ftrack-api-key"], headers["ftrack-user"], plugin_paths=[], schema_cache_path=False
        )
        self._session.pick_location()
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
        self._server.remove_component(self._component)


if __name__ == "__main__":
    main()
