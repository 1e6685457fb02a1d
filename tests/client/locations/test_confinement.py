"""Paths below a prefix: what `os.path.realpath` says is outside is refused, and nothing else is."""

from __future__ import annotations

import itertools
import os

import pytest

from ftrack_api import exception
from ftrack_api.accessor._confinement import is_below
from ftrack_api.accessor.disk import DiskAccessor

LINKS = {
    "data/in": "a",
    "data/out": "../secret",
    "data/a/up": "..",
    "data/a/upup": "../..",
    "data/loop": "loop",
    "data/dangling": "../nothing",
    "data/ahead": "a/nothing",
    "data/a/b/key": "../../../secret/key",
    "alias": "data",
}
NAMES = ("a", "b", "in", "out", "up", "upup", "loop", "dangling", "ahead", "key", "new", "..", ".")


@pytest.fixture
def tree(tmp_path):
    for folder in ("data/a/b", "secret", "data2"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "secret" / "key").write_text("k")
    for link, target in LINKS.items():
        (tmp_path / link).symlink_to(target)
    return tmp_path


@pytest.mark.parametrize("prefix", ["data", "alias", "data/a", "data/in", "data/"])
def test_what_leads_outside_is_refused_and_nothing_else(tree, prefix):
    accessor = DiskAccessor(tree / prefix)
    accessor.prefix = str(tree / prefix) + ("/" if prefix.endswith("/") else "")
    wrong = []

    for parts in itertools.chain.from_iterable(itertools.product(NAMES, repeat=length) for length in (1, 2, 3)):
        identifier = "/".join(parts)
        path = os.path.normpath(tree / prefix / identifier)
        places = [(os.path.normpath(tree / prefix), path), (os.path.realpath(tree / prefix), os.path.realpath(path))]
        expected = all(os.path.commonpath([above, below]) == above for above, below in places)
        try:
            accessor.exists(identifier)
            allowed = True
        except exception.AccessorFilesystemPathError:
            allowed = False
        if allowed is not expected:
            wrong.append(identifier)

    assert wrong == []


@pytest.mark.parametrize(
    ("prefix", "path", "below"),
    [
        ("/data", "/data", True),
        ("/data", "/data/x", True),
        ("/data/", "/data/x", True),
        ("/data", "/data2", False),
        ("/data", "/dat", False),
        ("/", "/anything", True),
        ("/", "/", True),
        ("/data/.", "/data/x", True),
    ],
)
def test_paths_are_compared_part_by_part(prefix, path, below):
    assert is_below(prefix, path) is below


@pytest.mark.parametrize(
    ("identifier", "container"), [("a", ""), ("a/b", "a"), ("a/b/new", "a/b"), ("./a//b/", "a"), ("new/newer", "new")]
)
def test_a_container_is_named_below_the_prefix(tree, identifier, container):
    for prefix in (tree / "data", tree / "alias"):
        assert DiskAccessor(prefix).get_container(identifier) == container


def test_the_prefix_itself_is_in_no_container(tree):
    with pytest.raises(exception.AccessorParentResourceNotFoundError):
        DiskAccessor(tree / "data").get_container("")
