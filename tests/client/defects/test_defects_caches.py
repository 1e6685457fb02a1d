"""Defects of the old client in caches, keys, symbols and what it installs, one test for each number."""

from __future__ import annotations

import copy
import importlib.metadata
import pickle
import re
import subprocess
import sys

import pytest

from ftrack_api import symbol
from ftrack_api.cache import FileCache, ObjectKeyMaker, SerialisedCache


def travelled(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes


TEXT = {"type": "string"}
WRITER = """
import sys
from ftrack_api.cache import FileCache
cache = FileCache(sys.argv[1])
for number in range(100):
    cache.set(f"{sys.argv[2]}:{number}", str(number))
"""


def test_d56_two_processes_can_write_at_once(tmp_path):
    path = str(tmp_path / "shared")
    command = [sys.executable, "-c", WRITER, path]
    writers = [subprocess.Popen([*command, name]) for name in ("a", "b", "c")]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(FileCache(path).keys()) == 300


@pytest.mark.parametrize("key", ["('Task', ['å😀'])", "", "a\0b", "x" * 5000])
def test_d56_any_text_is_a_key(tmp_path, key):
    cache = FileCache(str(tmp_path / "store"))
    cache.set(key, "vålue")

    assert (cache.get(key), cache.keys()) == ("vålue", [key])


def test_d56_nothing_is_written_that_nobody_loaded(new_session, server, tmp_path):
    stored = []

    class Watched(FileCache):
        def set(self, key, value):
            stored.append(key)
            super().set(key, value)

    def make(session):
        return SerialisedCache(Watched(tmp_path / "store"), encode=session.encode, decode=session.decode)

    location = {"id": "Location", "primary_key": ["id"], "properties": {"id": TEXT, "name": TEXT}}
    server.schemas = [*server.schemas, location]
    session = new_session(cache=make)

    assert session.get("Location", symbol.ORIGIN_LOCATION_ID)["name"] == "ftrack.origin"
    assert stored == []


class TestD57:
    def test_d57_sets_of_equal_content_have_one_key(self):
        keys = ObjectKeyMaker()
        words = [f"word{number}" for number in range(50)]
        backwards = words[::-1]

        assert keys.key(set(words)) == keys.key(set(backwards))

    def test_d57_keys_of_several_kinds_can_be_sorted(self):
        assert ObjectKeyMaker().key({1: "a", "b": 2, None: 3}) == ObjectKeyMaker().key({None: 3, "b": 2, 1: "a"})

    def test_d57_lambdas_are_told_apart(self):
        first = lambda: 1  # noqa: E731 - two of them are the point
        second = lambda: 2  # noqa: E731 - as above

        assert ObjectKeyMaker().key(first) != ObjectKeyMaker().key(second)


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy])
def test_d58_a_symbol_of_somebody_else_is_itself_when_copied(travel):
    theirs = symbol.Symbol("THEIRS")

    assert travel(theirs) is theirs


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, travelled])
@pytest.mark.parametrize("name", ["NOT_SET", "CREATED", "MODIFIED", "DELETED"])
def test_d58_a_symbol_is_itself_wherever_it_has_been(travel, name):
    found = getattr(symbol, name)

    assert travel(found) is found
    assert travel({"value": [found]})["value"][0] is found


def test_d60_nothing_is_required_that_a_host_application_could_not_share():
    requirements = [text for text in importlib.metadata.requires("ftrack-api") or () if "extra ==" not in text]

    assert len(requirements) < 10
    for requirement in requirements:
        assert not re.search("sphinx|pyparsing", requirement, re.IGNORECASE)
        assert not re.search(r"<|==|~=", requirement.partition(";")[0]), f"an upper bound: {requirement}"
