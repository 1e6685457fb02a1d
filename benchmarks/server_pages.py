"""What a page of a query costs the server, against the bare statements and encoding the same rows.

50,000 tasks with 100,000 assignments and 20,000 versions on an SQLite file; medians of many runs, in processor time,
which what else runs on the machine alters little. "bare" is the work of the cursor for the same statements plus
`orjson.dumps` of the same document, the least that any server must do. A tenth of the rows and four times as many tell
what grows with the tables.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson
import server_data

from ftrack_protocol import json
from ftrack_server.model.load import load_model
from ftrack_server.query.engine import QueryEngine, RunOptions
from ftrack_server.query.statement import LIMIT, OFFSET

RUNS = 31
SIZES = (5_000, 50_000, 200_000)
QUERIES = {
    "flat, 10 attributes": "select name, description, status_id, type_id, priority_id, bid, sort, created_at, "
    "start_date, end_date from Task limit 500",
    "nested to-one": "select name, parent.name, status.name, type.name, project.name from Task limit 500",
    "one collection": "select name, assignments.resource.username from Task limit 500",
    "any filter": "select name from Task where assignments any (resource.username is artist007) limit 500",
    "versions with asset": "select version, asset.name, asset.parent.name, user.username from AssetVersion limit 500",
    "indexed filter": 'select name from Task where project.name is "night_heron" limit 500',
    "children of one": "select name from Task where parent_id is {shot} limit 500",
    "latest versions": "select version from AssetVersion where asset.parent.id is {shot} and is_latest_version is true",
    "5,000 ids": "select name from Task where id in ({ids})",
}


def main() -> None:
    """Fill databases of three sizes and measure each query on all."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            tasks, versions = size, size * server_data.VERSIONS // server_data.TASKS
            database = server_data.make(Path(folder) / "bench.sqlite3", tasks, versions)
            engine = QueryEngine(load_model(), database.metadata)
            print(f"{tasks:,} tasks, {2 * tasks:,} assignments, {versions:,} versions")
            print(f"{'page of 500':<22}{'compile us':>11}{'again us':>9}{'server ms':>11}{'bare ms':>9}{'ratio':>7}")
            with database.read() as connection:
                ids = [row[0] for row in connection.exec_driver_sql(
                    "SELECT id FROM context WHERE name LIKE 'task%' ORDER BY name LIMIT 5000")]  # fmt: skip
                shot = connection.exec_driver_sql("SELECT parent_id FROM context WHERE name = 'task00001'").scalar_one()
                facts = {"shot": shot, "ids": ",".join(ids)}
                for name, text in QUERIES.items():
                    measure(engine, connection, name, text.format(**facts))
                offsets(engine, connection, tasks)
            print()
            database.close()


def measure(engine: QueryEngine, connection: Any, name: str, text: str) -> None:
    """Print the medians for one query: a shape that is new, the text again, the page, and what it takes at least."""
    compiled, plans, served, bare = [], [], [], []
    for run in range(RUNS):
        new = text.replace("select", "select" + " " * (run + 1), 1)
        start = time.thread_time()
        engine.ask(connection, new)
        compiled.append(time.thread_time() - start)
    asked = engine.ask(connection, text)
    root = asked.plan.root
    if root is None:
        raise SystemExit("these queries have rows")
    parameters = {**asked.values, LIMIT: 1 + (asked.limit or len(text)), OFFSET: asked.offset}
    for _ in range(RUNS):
        start = time.thread_time()
        engine.ask(connection, text)
        planned = time.thread_time()
        page = engine.run(connection, asked, RunOptions())
        json.dumps_bytes(page.rows)
        done = time.thread_time()
        root.statement.run(connection, parameters)
        fetched = time.thread_time() - done
        keys = [row["id"] for row in page.rows]
        for _, _, below, _, _ in root.collections:
            start_below = time.thread_time()
            below.statement.run_about(connection, keys)
            fetched += time.thread_time() - start_below
        start_encoding = time.thread_time()
        orjson.dumps(page.rows)
        encoding = time.thread_time() - start_encoding
        plans.append(planned - start)
        served.append(done - planned)
        bare.append(fetched + encoding)
        if not page.rows:
            raise SystemExit(f"{name} found nothing")
    server, floor = statistics.median(served), statistics.median(bare)
    print(
        f"{name:<22}{statistics.median(compiled) * 1e6:>11.0f}{statistics.median(plans) * 1e6:>9.1f}"
        f"{server * 1e3:>11.2f}{floor * 1e3:>9.2f}{server / floor:>7.1f}"
    )


def offsets(engine: QueryEngine, connection: Any, tasks: int) -> None:
    """Print what pages cost at offsets: the first, far away at first sight, anywhere then, and one after the other."""

    def page(offset: int) -> float:
        start = time.thread_time()
        found = engine.query(connection, f"select name from Task offset {offset} limit 500")
        json.dumps_bytes(found.rows)
        return (time.thread_time() - start) * 1e3

    def forget() -> None:
        connection.info.pop("places", None)

    first = statistics.median(page(0) for _ in range(RUNS))
    cold = []
    for _ in range(RUNS):
        forget()
        cold.append(page(tasks - 500))
    anywhere = statistics.median(page(random.randrange(tasks - 500)) for _ in range(10 * RUNS))
    forget()
    after = [page(offset) for offset in range(0, tasks - 500, 500)]
    print(f"offset 0: {first:.2f} ms; {tasks - 500} at first: {statistics.median(cold):.2f} ms; anywhere then: "
          f"{anywhere:.2f} ms")  # fmt: skip
    print(f"page after page: the first {statistics.median(after[1:11]):.2f} ms, the last "
          f"{statistics.median(after[-10:]):.2f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
