"""What batches cost the server, and how many calls of several clients at once it answers.

Batches run without HTTP around them, in processor time, on the database of `server_pages`. Clients are processes of
their own that call over loopback, on the same machine.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import requests
import server_data

from ftrack_server.administration import create_key, first_username
from ftrack_server.api.dispatch import Dispatcher
from ftrack_server.api.edition import Editions
from ftrack_server.api.options import CallOptions, Credentials
from ftrack_server.app import make_services
from ftrack_server.auth.keys import Authenticator
from ftrack_server.clock import SystemClock
from ftrack_server.model.load import load_model
from ftrack_server.settings import Settings
from ftrack_server.testing import running_server

RUNS = 7
COUNT = 1_000
CLIENTS = 8
SECONDS = 3.0
PAGE = "select name, parent.name, status.name from Task limit 50"


def main() -> None:
    """Measure batches, then clients."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite3"
        database = server_data.make(path)
        call = caller(database)
        [found] = call({"action": "query", "expression": f"select id from Task limit {COUNT}"})
        [statuses] = call({"action": "query", "expression": "select id from Status"})
        [parents] = call({"action": "query", "expression": "select id from Sequence limit 1"})
        tasks = [row["id"] for row in found["data"]]
        print(f"{'batch':<42}{'median ms':>10}{'us each':>9}")
        report("create 1,000 shots with a task each", 2 * COUNT, [
            timed(call, *shots(parents["data"][0]["id"])) for _ in range(RUNS)])  # fmt: skip
        report("update the status of 1,000 tasks", COUNT, [
            timed(call, *changes(tasks, statuses["data"][run % 5]["id"])) for run in range(RUNS)])  # fmt: skip
        database.close()
        serve(path)


def caller(database: Any) -> Any:
    """Return a function that runs a batch."""
    user = first_username(database)
    credentials = Credentials(user, create_key(database, user, "bench").secret)
    services = make_services(Settings(), database)
    dispatcher = Dispatcher(
        database, Editions(database, load_model()), Authenticator(database), SystemClock(), services
    )
    return lambda *batch: dispatcher.run(json.dumps(batch).encode(), credentials, CallOptions(), "http://server")


def timed(call: Any, *batch: dict[str, Any]) -> float:
    """Return the seconds of processor time that a batch takes."""
    start = time.thread_time()
    call(*batch)
    return time.thread_time() - start


def report(name: str, count: int, seconds: list[float]) -> None:
    """Print the median of a batch and its share for each operation."""
    median = statistics.median(seconds)
    print(f"{name:<42}{median * 1e3:>10.1f}{median / count * 1e6:>9.1f}")


def shots(parent: str) -> list[dict[str, Any]]:
    """Return the operations that make shots with a task each below a sequence."""
    operations = []
    for _ in range(COUNT):
        shot, task = str(uuid.uuid4()), str(uuid.uuid4())
        operations.append(create("Shot", id=shot, name=shot, parent_id=parent))
        operations.append(create("Task", id=task, name="comp", parent_id=shot))
    return operations


def create(entity_type: str, **data: Any) -> dict[str, Any]:
    """Return the operation that makes an entity."""
    return {"action": "create", "entity_type": entity_type, "entity_data": data}


def changes(tasks: list[str], status: str) -> list[dict[str, Any]]:
    """Return the operations that give tasks a status."""
    return [
        {"action": "update", "entity_type": "Task", "entity_key": [task], "entity_data": {"status_id": status}}
        for task in tasks
    ]


def serve(path: Path) -> None:
    """Print how many pages and updates a second one client gets, and several at once."""
    print(f"\n{'calls a second':<42}{'1 client':>10}{f'{CLIENTS} clients':>11}{'scaling':>9}")
    with running_server(database=path, log_level="error") as server:
        for name, kind in (("pages of 50 tasks, nested", "read"), ("one status changed", "write")):
            single, many = (run(server, kind, clients) for clients in (1, CLIENTS))
            print(f"{name:<42}{single:>10.0f}{many:>11.0f}{many / single:>9.1f}")


def run(server: Any, kind: str, clients: int) -> float:
    """Return the calls a second that some clients get together."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(clients) as pool:
        work = [(server.url, server.api_user, server.api_key, kind, number) for number in range(clients)]
        return sum(pool.map(client, work, chunksize=1))


def client(work: tuple[str, str, str, str, int]) -> float:
    """Call for some seconds and return the calls a second."""
    url, user, key, kind, number = work
    session = requests.Session()
    session.headers.update({"ftrack-user": user, "ftrack-api-key": key, "ftrack-strict-api": "true"})

    def call(operation: dict[str, Any]) -> Any:
        answer = session.post(f"{url}/api", json=[operation], timeout=60)
        answer.raise_for_status()
        return answer.json()[0]["data"]

    read = {"action": "query", "expression": PAGE}
    task = call({"action": "query", "expression": f"select id from Task offset {number} limit 1"})[0]["id"]
    states = [row["id"] for row in call({"action": "query", "expression": "select id from Status limit 2"})]
    count = 0
    start = time.perf_counter()
    while (passed := time.perf_counter() - start) < SECONDS:
        call(read if kind == "read" else changes([task], states[count % 2])[0])
        count += 1
    return count / passed


if __name__ == "__main__":
    main()
