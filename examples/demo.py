"""The main job, start to end: a server on a fresh database, a session that browses, changes and adds, a clean stop.

Run it with ``make demo``. Every number shown is counted on the server.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import ftrack_api
from ftrack_server.testing import RunningServer, running_server


def main() -> None:
    """Show the main job and how much it asks of the server."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "demo.sqlite3"
        with running_server(seed="demo", database=database) as server:
            print(f"Server    {server.url}, on a fresh SQLite database with a small production")
            with ftrack_api.Session(server.url, server.api_key, server.api_user, schema_cache_path=folder) as session:
                print(f"Session   {session.api_user}, {len(session.types)} entity types")
                browse(session, server)
                filter_tasks(session, server)
                change_statuses(session, server)
                add_metadata(session, server)
                make_a_mistake(session, server)
    print(f"\nDone in {time.perf_counter() - started:.1f} s; session closed, server stopped, database removed.")


def browse(session: Any, server: RunningServer) -> None:
    """Walk the tree of the project."""
    with server.counting() as traffic:
        project = session.query("select full_name, project_schema.name from Project").one()
        shots = session.query(
            "select name, parent.name, parent.parent.name, status.name, children.status.name from Shot "
            "order by parent.parent.name, parent.name, name"
        ).all()
        rows = [
            (
                shot["parent"]["parent"]["name"],
                shot["parent"]["name"],
                shot["name"],
                shot["status"]["name"],
                summary(task["status"]["name"] for task in shot["children"]),
            )
            for shot in shots
        ]
    heading(f'Browse "{project["full_name"]}" ({project["project_schema"]["name"]})', traffic)
    table(("episode", "sequence", "shot", "status", "tasks"), rows)


def filter_tasks(session: Any, server: RunningServer) -> None:
    """Find what one artist has to do."""
    with server.counting() as traffic:
        tasks = session.query(
            "select link, type.name, status.name, bid from Task "
            "where assignments any (resource.username is {who}) and status.name not_in ('Approved') "
            "order by status.sort descending, parent.name limit 6",
            who="emil",
        ).all()
        rows = [
            (
                " / ".join(item["name"] for item in task["link"][1:]),
                task["type"]["name"],
                task["status"]["name"],
                f"{task['bid'] / 3600:.0f} h",
            )
            for task in tasks
        ]
    heading("Filter: what is on Emil's list", traffic)
    table(("task", "type", "status", "bid"), rows)


def change_statuses(session: Any, server: RunningServer) -> None:
    """Set several statuses and send them as one batch, which the server applies in one transaction."""
    with server.counting() as traffic:
        review = session.query('Status where name is "Pending Review"').one()
        tasks = session.query('select name from Task where status.name is "In progress"').all()
        for task in tasks:
            task["status"] = review
        session.commit()
        left = len(session.query('select id from Task where status.name is "In progress"').all())
    heading(f"Change: {len(tasks)} tasks to {review['name']} in one commit", traffic)
    table(("tasks changed", "still in progress"), [(len(tasks), left)])


def add_metadata(session: Any, server: RunningServer) -> None:
    """Attach free text to a shot and read it back as another program would."""
    with server.counting() as traffic:
        shot = session.query("Shot where name is sh010").first()
        shot["metadata"]["camera"] = "A"
        shot["metadata"]["plate"] = "fog_v2"
        session.commit()
        found = session.query(
            'select name, metadata from Shot where metadata any (key is "plate" and value is "fog_v2")'
        ).one()
        rows = sorted(found["metadata"].items())
    heading(f"Add: metadata on {shot['name']}", traffic)
    table(("key", "value"), rows)


def make_a_mistake(session: Any, server: RunningServer) -> None:
    """Ask for something that does not exist and show the answer."""
    with server.counting() as traffic:
        try:
            session.query("select nmae from Task where status.name is Approved").all()
        except ftrack_api.exception.ServerError as error:
            message = str(error)
    heading("A mistake on purpose", traffic)
    print("\n".join(f"  {line}" for line in message.splitlines()))


def summary(names: Iterable[str]) -> str:
    """Return texts with how often each occurs."""
    return ", ".join(f"{count} {name}" for name, count in sorted(Counter(names).items()))


def heading(text: str, traffic: Any) -> None:
    """Print what was done and what it cost."""
    requests = f"{traffic.requests} request{'s' if traffic.requests != 1 else ''}"
    print(f"\n{text}  [{requests}, {traffic.statements} SQL statements]")


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(header, *texts, strict=True)]
    for line in (header, ["-" * width for width in widths], *texts):
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
