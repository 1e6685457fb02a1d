"""The database that the server benchmarks work on: eight tasks to a shot, two assignments to a task, and versions."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ftrack_server.app import open_database
from ftrack_server.settings import Settings
from ftrack_server.storage import records
from ftrack_server.storage.seed_rows import seed_id

if TYPE_CHECKING:
    from pathlib import Path

    from ftrack_server.storage.engine import Database

TASKS = 50_000
VERSIONS = 20_000
TASKS_OF_A_SHOT = 8
PEOPLE = 200
NOW = datetime(2026, 1, 1)  # noqa: DTZ001 - naive UTC is what is stored


def make(path: Path, tasks: int = TASKS, versions: int = VERSIONS) -> Database:
    """Return an open database with that many rows."""
    database = open_database(Settings(database=str(path), seed="demo"))
    fill_versions(database, versions, fill(database, tasks))
    return database


def fill(database: Database, tasks: int) -> list[tuple[str, str]]:
    """Add people, shots below the seeded sequences and tasks below these, each assigned to two people.

    Returns:
        The new shots, each with its project.
    """
    tables = database.metadata.tables
    with database.read() as connection:
        kinds = {row.name: row.id for row in connection.execute(tables["object_type"].select())}
        sequences = [
            (row.id, row.project_id)
            for row in connection.execute(tables["context"].select())
            if row.object_type_id == kinds["Sequence"]
        ]
        statement = "SELECT descendant_id, ancestor_id FROM context_path ORDER BY depth"
        paths: dict[str, list[str]] = defaultdict(list)
        for below, above in connection.exec_driver_sql(statement):
            paths[below].append(above)
        statuses = [row.id for row in connection.execute(tables["status"].select())]
        types = [row.id for row in connection.execute(tables["type"].select())]
    people = [
        {"id": seed_id("User", f"bench {number}"), "resource_type": "user", "username": f"artist{number:03d}",
         "is_active": True}
        for number in range(PEOPLE)
    ]  # fmt: skip
    contexts: list[dict[str, Any]] = []
    closure: list[dict[str, Any]] = []

    def add(key: str, parent: str, row: dict[str, Any]) -> None:
        paths[key] = [key, *paths[parent]]
        contexts.append({"id": key, "parent_id": parent, "context_type": "task", "description": "", **row})
        closure.extend(
            {"descendant_id": key, "ancestor_id": above, "depth": depth} for depth, above in enumerate(paths[key])
        )

    shots = []
    for number in range(tasks // TASKS_OF_A_SHOT):
        sequence, project = sequences[number % len(sequences)]
        shot = seed_id("Shot", f"bench {number}")
        shots.append((shot, project))
        facts = {"name": f"shot{number:05d}", "project_id": project, "object_type_id": kinds["Shot"]}
        add(shot, sequence, {**facts, "status_id": statuses[0], "created_at": NOW})
    appointments: list[dict[str, Any]] = []
    for number in range(tasks):
        key = seed_id("Task", f"bench {number}")
        shot, project = shots[number // TASKS_OF_A_SHOT]
        facts = {"name": f"task{number:05d}", "project_id": project, "object_type_id": kinds["Task"]}
        moments = dict.fromkeys(("created_at", "start_date", "end_date"), NOW)
        states = {"status_id": statuses[number % len(statuses)], "type_id": types[number % len(types)]}
        add(key, shot, {**facts, **moments, **states, "bid": 3600.0, "sort": float(number)})
        appointments.extend(
            {"id": seed_id("Appointment", f"bench {number} {offset}"), "context_id": key, "type": "assignment",
             "resource_id": people[(number + offset) % PEOPLE]["id"]}
            for offset in range(2)
        )  # fmt: skip
    with database.write() as connection:
        for table, rows in (
            ("resource", people), ("context", contexts), ("context_path", closure), ("appointment", appointments)
        ):  # fmt: skip
            records.insert(connection, tables[table], rows)
    return shots


def fill_versions(database: Database, count: int, shots: list[tuple[str, str]]) -> None:
    """Add versions, ten to an asset, spread over the shots."""
    tables = database.metadata.tables
    with database.read() as connection:
        people = [row[0] for row in connection.exec_driver_sql("SELECT id FROM resource WHERE username IS NOT NULL")]
    assets: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    for number in range(count):
        asset, version = divmod(number, 10)
        shot, project = shots[asset % len(shots)]
        asset_id = seed_id("Asset", f"bench {asset}")
        version_id = seed_id("AssetVersion", f"bench {number}")
        if version == 0:
            assets.append(
                {"id": asset_id, "name": f"asset{asset:04d}", "context_id": shot, "project_id": project,
                 "latest_version_id": seed_id("AssetVersion", f"bench {number + 9}")}
            )  # fmt: skip
        versions.append(
            {
                "id": version_id,
                "asset_id": asset_id,
                "version": version + 1,
                "project_id": project,
                "user_id": people[number % len(people)],
                "comment": "",
                "date": NOW,
                "is_published": True,
            }
        )
    with database.write() as connection:
        records.insert(connection, tables["asset"], assets)
        records.insert(connection, tables["asset_version"], versions)
