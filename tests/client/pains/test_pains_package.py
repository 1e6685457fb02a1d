"""What users suffer from when a package is installed: pins that fight, and a hundred megabytes for a client."""

from __future__ import annotations

import re
import zlib
from importlib import metadata
from pathlib import Path

import pytest

import ftrack_api
import ftrack_protocol
import ftrack_server

REQUIRED = [text for text in metadata.requires("ftrack-api") or [] if "extra ==" not in text]
FOLDERS = [Path(str(package.__file__)).parent for package in (ftrack_api, ftrack_protocol, ftrack_server)]


@pytest.mark.parametrize("requirement", REQUIRED)
def test_p09_only_lower_bounds_are_asked_for(requirement):
    bounds = re.findall(r"[<>=!~]=?", requirement.partition(";")[0])

    assert bounds == [">="]


def test_p10_nothing_but_what_a_client_runs_on_is_installed_along():
    names = {re.split(r"[^\w-]", requirement)[0].lower() for requirement in REQUIRED}

    assert 3 < len(names) <= 10
    assert not {name for name in names if name.startswith(("sphinx", "mkdocs", "pytest", "setuptools"))}


def test_p10_the_wheel_is_small():
    files = [path for folder in FOLDERS for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    size = sum(len(zlib.compress(path.read_bytes())) for path in files)  # as a wheel packs them

    assert 100_000 < size < 1_000_000


def test_p25_the_package_says_that_it_is_typed():
    assert all((folder / "py.typed").is_file() for folder in FOLDERS)
