"""Checked by mypy and pyright, never run: what entities of a site give is known by name."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import arrow
from ftrack_types import Session, Shot, Status, Task, User
from typing_extensions import assert_type


def work(session: Session) -> None:
    """Read and write with the types of the site."""
    tasks = session.query("Task")
    for task in tasks:
        assert_type(task, Task)
    task = tasks.one()
    assert_type(task["status"], Status)
    assert_type(task["status"]["name"], str)
    assert_type(task["bid"], float)
    assert_type(task["start_date"], arrow.Arrow)
    assert_type(task["metadata"], MutableMapping[str, str])
    assert_type([item["id"] for item in task["assignments"]], list[str])
    assert_type(session.get("Shot", "x"), Shot | None)
    assert_type(session.query("Task where name is x").first(), Any)
    assert_type(session.query("Task")[:2], list[Task])
    assert_type(session.create("User", {"username": "x"}), User)
    task["bid"] = 3
    task["status"] = session.query("Status").first()
    task["parent"]["fps"] = 3
    task["start_date"] = None
    task["metadata"]["x"] = "y"
    task.create_note("x", session.query("User").one())
    user = session.query("User").one()
    user.start_timer(task)
    session.commit()
