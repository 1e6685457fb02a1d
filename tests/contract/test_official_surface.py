"""Names, parameters, defaults and bases, asked of both packages: what differs is listed here, with the reason."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.contract

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = REPOSITORY / "tests" / "client" / "surface" / "names.txt"
PROGRAM = Path(__file__).parent / "programs" / "surface.py"

# In docs/compatibility.md under "Names".
ADDED_PARAMETERS = {
    "ftrack_api.attribute.KeyValueMappedCollectionAttribute": ["removable"],
    "ftrack_api.cache.FileCache": ["lifetime"],
    "ftrack_api.cache.MemoryCache": ["maximum"],
    "ftrack_api.event.hub.EventHub": ["journal", "workers", "reconnect_attempts", "on_state"],
    "ftrack_api.event.hub.EventHub.subscribe": ["single_run"],
    "ftrack_api.exception.UnrecognisedEntityTypeError": ["suggestions"],
    "ftrack_api.query.QueryResult._fetch_more": ["rows"],
    "ftrack_api.session.Session.query": ["parameters"],
    "ftrack_api.structure.standard.StandardStructure": ["unicode"],
}
MADE_OPTIONAL = {"ftrack_api.session.Session._merge": ["merged"]}
RENAMED_OPERANDS = {"ftrack_api.collection.CustomAttributeCollectionProxy.__eq__"}


@pytest.fixture(scope="module")
def official(official_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return ask(official_python, tmp_path_factory.mktemp("official"))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return ask(Path(sys.executable), tmp_path_factory.mktemp("ours"))


def ask(python: Path, folder: Path) -> Any:
    """Return what a package tells of the names of the list; the interpreter decides which package it is."""
    command = [str(python), "-W", "ignore", str(PROGRAM), str(NAMES)]
    environment = {"HOME": str(folder), "PATH": ""}
    result = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_the_list_names_nothing_the_official_client_lacks(official: Any) -> None:
    assert [name for name, told in official["names"].items() if told is None] == []


def test_the_list_leaves_out_no_public_name(official: Any) -> None:
    """Names without an underscore in the modules of the list, and in their classes."""
    assert [name for name in official["extras"] if not name.endswith(".default_message")] == []


def test_parameters_and_defaults_are_the_same(official: Any, ours: Any) -> None:
    differences = {}
    for name, told in both(official, ours):
        theirs, own = told
        expected = list(theirs.get("parameters", ()))
        found = [item for item in own.get("parameters", ()) if item[0] not in ADDED_PARAMETERS.get(name, ())]
        found = [[key, kind, None if key in MADE_OPTIONAL.get(name, ()) else default] for key, kind, default in found]
        if found != expected and name not in RENAMED_OPERANDS:
            differences[name] = (expected, found)

    assert differences == {}


def test_added_parameters_can_be_left_out(ours: Any) -> None:
    for name, added in ADDED_PARAMETERS.items():
        for key, kind, default in ours["names"][name]["parameters"]:
            assert key not in added or default is not None or kind == "VAR_KEYWORD", f"{name}({key})"


def test_classes_are_instances_of_all_bases_they_had(official: Any, ours: Any) -> None:
    missing = {
        name: sorted(set(theirs.get("bases", ())) - set(own.get("bases", ())))
        for name, (theirs, own) in both(official, ours)
    }

    assert {name: bases for name, bases in missing.items() if bases} == {}


def both(official: Any, ours: Any) -> list[tuple[str, tuple[Any, Any]]]:
    """Return what either side tells of each name that ours has; those still to be built are the other test's."""
    return [(name, (told, ours["names"][name])) for name, told in official["names"].items() if ours["names"][name]]
