"""What a page of a query costs the server, against the bare statements and encoding the same rows.

50,000 tasks with 100,000 assignments on an SQLite file; median of 15 runs. "bare" is the cursor's own work for the same
statements plus encoding the same document, the least that any server must do.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from ftrack_protocol import json
from ftrack_server.model.load import load_model
from ftrack_server.query.engine import QueryEngine, RunOptions
from ftrack_server.storage import records
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import migrate
from ftrack_server.storage.seed import seed
from ftrack_server.storage.seed_rows import seed_id

TASKS = 50_000
RUNS = 15
TASK_TYPE = "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c"
NOW = datetime(2026, 1, 1)  # noqa: DTZ001 - naive UTC is what is stored
QUERIES = {
    "flat, 10 attributes": "select name, description, status_id, type_id, priority_id, bid, sort, created_at, "
    "start_date, end_date from Task limit 500",
    "nested to-one": "select name, parent.name, status.name, type.name, project.name from Task limit 500",
    "one collection": "select name, assignments.resource.username from Task limit 500",
    "any filter": 'select name from Task where assignments any (resource.username is "emil") limit 500',
    "deep offset": "select name from Task offset 49000 limit 500",
    "indexed filter": 'select name from Task where project.name is "night_heron" limit 500',
}


def main() -> None:
    """Fill a database and measure each query."""
    with tempfile.TemporaryDirectory() as folder:
        model = load_model()
        database = Database.open(Path(folder) / "bench.sqlite3", model)
        migrate(database)
        seed(database, model, "demo")
        fill(database)
        engine = QueryEngine(model, database.metadata)
        print(f"{'page of 500':<22}{'plan us':>9}{'server ms':>11}{'bare ms':>9}{'ratio':>7}")
        for name, text in QUERIES.items():
            with database.read() as connection:
                measure(engine, connection, name, text)
        database.close()


def fill(database: Database) -> None:
    """Add tasks below the seeded shots, each assigned to two people."""
    tables = database.metadata.tables
    with database.read() as connection:
        shots = list(
            connection.exec_driver_sql(
                "SELECT c.id, c.project_id FROM context c JOIN object_type t ON t.id = c.object_type_id "
                "WHERE t.name = 'Shot' ORDER BY c.id"
            )
        )
        paths = {
            shot: [row[0] for row in connection.exec_driver_sql(
                "SELECT ancestor_id FROM context_path WHERE descendant_id = ? ORDER BY depth", (shot,))]
            for shot, _ in shots
        }  # fmt: skip
        statuses = [row[0] for row in connection.exec_driver_sql("SELECT id FROM status ORDER BY id")]
        types = [row[0] for row in connection.exec_driver_sql("SELECT id FROM type ORDER BY id")]
        people = [row[0] for row in connection.exec_driver_sql("SELECT id FROM resource WHERE username IS NOT NULL")]
    contexts: list[dict[str, Any]] = []
    closure: list[dict[str, Any]] = []
    appointments: list[dict[str, Any]] = []
    for number in range(TASKS):
        key = seed_id("Task", f"bench {number}")
        shot, project = shots[number % len(shots)]
        contexts.append(
            {
                "id": key,
                "name": f"task{number:05d}",
                "parent_id": shot,
                "project_id": project,
                "context_type": "task",
                "object_type_id": TASK_TYPE,
                "status_id": statuses[number % len(statuses)],
                "type_id": types[number % len(types)],
                "bid": 3600.0,
                "sort": float(number),
                "description": "",
                "created_at": NOW,
                "start_date": NOW,
                "end_date": NOW,
            }
        )
        closure += [
            {"descendant_id": key, "ancestor_id": ancestor, "depth": depth}
            for depth, ancestor in enumerate((key, *paths[shot]))
        ]
        for offset in range(2):
            person = people[(number + offset) % len(people)]
            appointments.append(
                {
                    "id": seed_id("Appointment", f"bench {number} {offset}"),
                    "context_id": key,
                    "resource_id": person,
                    "type": "assignment",
                }
            )
    with database.write() as connection:
        records.insert(connection, tables["context"], contexts)
        records.insert(connection, tables["context_path"], closure)
        records.insert(connection, tables["appointment"], appointments)
    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")


def measure(engine: QueryEngine, connection: Any, name: str, text: str) -> None:
    """Print the medians for one query."""
    plan = engine.plan(connection, text)
    root = plan.root
    if root is None:
        raise SystemExit("these queries have rows")
    plans, served, bare = [], [], []
    for _ in range(RUNS):
        start = time.perf_counter()
        engine.plan(connection, text)
        planned = time.perf_counter()
        page = engine.run(connection, plan, RunOptions())
        document = json.dumps_bytes(page.rows)
        done = time.perf_counter()
        rows = root.statement.run(connection)
        fetched = time.perf_counter() - done
        keys = [row["id"] for row in page.rows]
        for _, _, below, _, _ in root.collections:
            start_below = time.perf_counter()
            below.statement.run(connection, keys)
            fetched += time.perf_counter() - start_below
        start_encoding = time.perf_counter()
        json.dumps_bytes(page.rows)
        encoding = time.perf_counter() - start_encoding
        plans.append(planned - start)
        served.append(done - planned)
        bare.append(fetched + encoding)
        if not rows or not document:
            raise SystemExit(f"{name} found nothing")
    server, floor = statistics.median(served), statistics.median(bare)
    print(
        f"{name:<22}{statistics.median(plans) * 1e6:>9.1f}{server * 1e3:>11.2f}{floor * 1e3:>9.2f}"
        f"{server / floor:>7.1f}"
    )


if __name__ == "__main__":
    main()
