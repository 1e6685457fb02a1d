"""Entities as text, from a real session on a real server."""

from __future__ import annotations

import sys

import pytest

import ftrack_api
from ftrack_api import formatter
from ftrack_server.testing import running_server


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("schemas")
    with (
        running_server(seed="demo") as server,
        ftrack_api.Session(
            server.url, server.api_key, server.api_user, schema_cache_path=str(folder), plugin_paths=[]
        ) as session,
    ):
        yield session


@pytest.fixture(autouse=True)
def _no_colour(monkeypatch):
    for name in ("NO_COLOR", "ANSI_COLORS_DISABLED", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    monkeypatch.setenv("TERM", "dumb")


@pytest.fixture
def shot(session):
    """A shot of which a few attributes are known and no others are fetched."""
    shot = session.query("select name, parent.name, children.name, metadata from Shot where children any ()").first()
    with session.auto_populating(False):
        yield shot


def known(shot, **more):
    return formatter.format(shot, attribute_filter=formatter.FILTER["ignore_unset"], **more)


def test_the_type_comes_first_then_attributes_by_name(shot):
    lines = known(shot).splitlines()

    assert lines[0] == "Shot"
    assert f" name: {shot['name']}" in lines
    names = [line.split(":")[0].strip() for line in lines[1:] if line.startswith(" ") and line[1] != " "]
    assert names == sorted(names)


def test_a_related_entity_is_shown_in_place(shot):
    text = known(shot)

    assert f" parent: {shot['parent'].entity_type}\n" in text
    assert f"\n{' ' * 9} name: {shot['parent']['name']}" in text


def test_an_entity_is_shown_once(session, shot):
    child = shot["children"][0]
    with session.auto_populating(True):
        session.populate(child, "parent")

    text = known(child)

    assert text.startswith("Task\n")
    assert known(shot, recursive=True).count("Shot{...}") >= 1


def test_collections_are_shown_when_asked_for(shot):
    plain, recursive = known(shot), known(shot, recursive=True)

    name = shot["children"][0]["name"]
    assert f"name: {name}" not in plain
    assert " children: Task\n" in recursive
    assert f"{' ' * 11} name: {name}" in recursive


def test_metadata_is_shown_as_a_dictionary(shot):
    assert f" metadata: {dict(shot['metadata'])}" in known(shot)


def test_unset_attributes_are_shown_without_a_filter(shot):
    assert " description: NOT_SET" in formatter.format(shot)


def test_lines_can_be_indented(shot):
    lines = known(shot, indent=4).splitlines()

    assert lines[0] == "    Shot"
    assert all(line.startswith("     ") for line in lines[1:])
    assert known(shot, indent=4, indent_first_line=False).startswith("Shot\n     ")


def test_text_can_be_decorated(shot):
    text = known(shot, formatters={"header": str.upper, "label": "<{}>".format})

    assert text.startswith("SHOT\n")
    assert f" <name>: {shot['name']}" in text


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "", "TERM": "dumb"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "ANSI_COLORS_DISABLED": ""}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "ANSI_COLORS_DISABLED": "1"}, False),
    ],
)
def test_the_environment_decides_about_colour(shot, monkeypatch, environment, colours):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert ("\033[" in known(shot)) is colours


@pytest.mark.parametrize(
    ("terminal", "term", "colours"), [(True, "xterm", True), (True, "dumb", False), (False, "xterm", False)]
)
def test_a_terminal_that_has_it_gets_colour(monkeypatch, terminal, term, colours):
    monkeypatch.setattr(sys, "stdout", type("Stream", (), {"isatty": lambda _self: terminal})())
    monkeypatch.setenv("TERM", term)

    assert formatter._can_do_colors() is colours
