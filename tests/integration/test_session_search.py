"""Looking for what people type, by way of the real server."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_api import exception


def test_every_word_is_found_in_the_entity_or_above_it(session: Any, shot: Any) -> None:
    found = session.search(f"{shot['name']} {shot['parent']['name'].upper()}", "Shot")

    assert shot in found
    assert all(item.entity_type == "Shot" for item in found)


def test_a_query_narrows_and_names_what_to_load(session: Any, shot: Any) -> None:
    (found,) = session.search(shot["name"], 'select name, status.name from Task where name is "comp"', limit=1)

    assert found["name"] == "comp"
    with session.auto_populating(False):
        assert found["status"]["name"]


def test_a_context_is_looked_below(session: Any, shot: Any) -> None:
    below = session.search("comp", "Task", context=shot)
    projects = session.query("Project").all()

    assert {task["parent"]["id"] for task in below} == {shot["id"]}
    assert len(session.search("comp", "Task")) > len(below)
    assert projects


def test_nothing_found_is_an_empty_list(session: Any) -> None:
    assert session.search("no such words anywhere") == []


def test_a_limit_is_positive_and_types_are_known(session: Any) -> None:
    with pytest.raises(ValueError, match="limit must be at least 1"):
        session.search("x", limit=0)
    with pytest.raises(exception.UnrecognisedEntityTypeError, match='Did you mean "Task"'):
        session.search("x", "Tsak")
