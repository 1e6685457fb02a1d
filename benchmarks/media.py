"""A file of 1 GB to the server and back, against the same bytes through the same transport to a plain file.

The server runs in a process of its own. "plain" is the least a server can do: it copies the body to a file, or a file
to the body, with the same HTTP server and client, and neither checks nor syncs anything. Memory is what the process of
the server had at most beyond what it had before.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import requests
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ftrack_server import serving
from ftrack_server.testing import running_server

SIZE = 1024**3
BLOCK = 1024**2
ROUNDS = 5


def main() -> None:
    """Measure both servers, each in a process of its own, in turn, so that both meet what else the machine does."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        with source.open("wb") as file:
            for _ in range(SIZE // BLOCK):
                file.write(os.urandom(BLOCK))
        servers = [Served(name, serve, Path(folder)) for name, serve in SERVERS.items()]
        for _ in range(ROUNDS + 1):
            for server in servers:
                server.measure(source)
        print(f"{'1 GB':<14}{'up MB/s':>9}{'down MB/s':>11}{'server MB':>11}")
        plain, ours = (server.told() for server in servers)
        print(f"{'ratio':<14}{ours[0] / plain[0]:>9.2f}{ours[1] / plain[1]:>11.2f}")


class Served:
    """A server in a process of its own, and the rates that were measured with it."""

    def __init__(self, name: str, serve: Any, folder: Path) -> None:
        self._name = name
        self._rates: list[tuple[float, float]] = []
        self._pipe, there = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=serve, args=(there, folder))
        self._process.start()
        self._url, self._headers = self._pipe.recv()

    def measure(self, source: Path) -> None:
        """Send the file and fetch it."""
        with requests.Session() as http:
            up = rate(lambda: send(http, self._url, self._headers, source))
            self._rates.append((up, rate(lambda: fetch(http, self._url, self._headers))))

    def told(self) -> tuple[float, float]:
        """End the server; print and return the medians of the rates up and down, without those of the first round."""
        self._pipe.send("end")
        up, down = (statistics.median(rates) for rates in zip(*self._rates[1:], strict=True))
        print(f"{self._name:<14}{up:>9.0f}{down:>11.0f}{self._pipe.recv():>11.0f}")
        self._process.join()
        return up, down


def rate(work: Any) -> float:
    """Return megabytes per second."""
    start = time.perf_counter()
    work()
    return SIZE / 1e6 / (time.perf_counter() - start)


def send(http: requests.Session, url: str, headers: dict[str, str], source: Path) -> None:
    """Upload the file."""
    target = f"{url}/file"
    if headers:
        told = {"action": "get_upload_metadata", "component_id": "bench", "file_name": "a.bin", "file_size": SIZE}
        target = http.post(f"{url}/api", json=[told], headers=headers).json()[0]["url"]
    with source.open("rb") as file:
        http.put(target, data=file).raise_for_status()


def fetch(http: requests.Session, url: str, headers: dict[str, str]) -> None:
    """Download it and drop the bytes."""
    target = f"{url}/component/get?id=bench" if headers else f"{url}/file"
    with http.get(target, headers=headers, stream=True) as answer:
        answer.raise_for_status()
        if sum(len(block) for block in answer.iter_content(BLOCK)) != SIZE:
            raise SystemExit("bytes are missing")


def serve_ftrack(pipe: Any, folder: Path) -> None:
    """Run our server until told to end."""
    with running_server(files_path=str(folder / "files"), log_level="error") as server:
        headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
        requests.get(f"{server.url}/health", timeout=10)
        told(pipe, server.url, headers)


def serve_plain(pipe: Any, folder: Path, synced: bool = False) -> None:  # noqa: FBT001, FBT002 - a process's arguments
    """Run a server that copies bytes, and syncs them where that is wanted, until told to end."""
    path = folder / "plain"

    async def put(request: Any) -> Response:
        with path.open("wb") as file:
            async for piece in request.stream():
                file.write(piece)
            if synced:
                await run_in_threadpool(os.fsync, file.fileno())
        return Response()

    def delete(_request: Any) -> Response:
        path.unlink()
        return Response()

    def blocks() -> Any:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block

    async def get(_request: Any) -> Response:
        return StreamingResponse(blocks(), headers={"content-length": str(path.stat().st_size)})

    endpoints = {"PUT": put, "GET": get, "DELETE": delete}
    routes = [Route("/file", endpoint, methods=[method]) for method, endpoint in endpoints.items()]
    listener = serving.bind("127.0.0.1", 0)
    server = serving.BackgroundServer(Starlette(routes=routes), listener)
    server.start()
    told(pipe, serving.address(listener), {})
    server.stop()


def told(pipe: Any, url: str, headers: dict[str, str]) -> None:
    """Tell where the server is, its processor time when asked, and at the end how much its memory has grown, in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send((url, headers))
    while pipe.recv() != "end":
        pipe.send(time.process_time())
    pipe.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


SERVERS = {"plain": serve_plain, "ftrack_server": serve_ftrack}

if __name__ == "__main__":
    main()
