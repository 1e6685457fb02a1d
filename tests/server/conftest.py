"""Servers and databases that the tests of the server share: each on SQLite and on PostgreSQL."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.app import open_database
from ftrack_server.settings import Settings
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ftrack_server.testing import RunningServer


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the reference rows, to be copied."""
    path = tmp_path_factory.mktemp("seeded") / "empty.sqlite3"
    open_database(Settings(database=str(path))).close()
    return path


@pytest.fixture(scope="session")
def template_of(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Name a PostgreSQL database with the rows of a seed, to be copied; made once per seed."""
    made: dict[str, str] = {}

    def name(seed: str) -> str:
        if seed not in made:
            cluster = request.getfixturevalue("postgresql")
            made[seed] = cluster.template(lambda url: open_database(Settings(database=url, seed=seed)).close())
        return made[seed]

    return name


@pytest.fixture(scope="session")
def seeded_template(template_of: Callable[[str], str]) -> str:
    """The name of a PostgreSQL database with the reference rows, to be copied."""
    return template_of("empty")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind_of_database(request: pytest.FixtureRequest) -> str:
    """Run a test on each engine, by its name."""
    return str(request.param)


@pytest.fixture(scope="module")
def kept_address(
    kind_of_database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., AbstractContextManager[str]]:
    """Make addresses of databases that outlive the servers on them, gone when the block ends."""

    @contextmanager
    def make(seed: str = "empty") -> Iterator[str]:
        if kind_of_database == "sqlite":
            path = tmp_path_factory.mktemp("kept") / "site.sqlite3"
            open_database(Settings(database=str(path), seed=seed)).close()
            yield str(path)
            return
        template = request.getfixturevalue("template_of")(seed)
        with request.getfixturevalue("postgresql").database(template) as url:
            yield url

    return make


@pytest.fixture(scope="module")
def run_server(
    kind_of_database: str, kept_address: Callable[..., AbstractContextManager[str]]
) -> Callable[..., AbstractContextManager[RunningServer]]:
    """Run servers on databases of their own: takes what `ftrack_server.testing.running_server` takes."""

    @contextmanager
    def run(seed: str = "empty", **settings: Any) -> Iterator[RunningServer]:
        with ExitStack() as stack:
            if kind_of_database == "postgresql" and "database" not in settings:
                settings["database"] = stack.enter_context(kept_address(seed))
            yield stack.enter_context(running_server(seed, **settings))

    return run
