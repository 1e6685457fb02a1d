"""Checked by mypy and pyright, never run: both refuse the marked lines and no other."""

from __future__ import annotations

from ftrack_types import Session


def work(session: Session) -> None:
    """Misspell and misuse."""
    task = session.query("Task").one()
    print(task["nmae"])  # refused
    print(task["status"]["nmae"])  # refused
    print(task["parent"]["anything"])
    task["id"] = "x"  # refused
    task["bid"] = "three"  # refused
    task["status"] = session.query("Type").one()  # refused
    print(task["name"].nothing())  # refused
    for shot in session.query("Shot"):
        print(shot["nmae"])  # refused
    session.create("Note", {})["nmae"] = 1  # refused
