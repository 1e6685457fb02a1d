"""Where tests of the storage keep their databases."""

from __future__ import annotations

from contextlib import ExitStack, closing
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.model.load import load_model
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def _make_tables(url: str) -> None:
    with closing(Database.open(url, load_model())) as database:
        migrate(database)


@pytest.fixture(scope="session")
def empty_template(postgresql: Any) -> str:
    """The name of a PostgreSQL database with tables and no rows, to be copied."""
    return str(postgresql.template(_make_tables))


@pytest.fixture
def new_address(kind_of_database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Make addresses of databases without tables, on either engine; they are gone after the test."""
    with ExitStack() as stack:

        def make() -> str:
            if kind_of_database == "sqlite":
                return str(tmp_path / f"{next(numbers)}.sqlite3")
            return str(stack.enter_context(request.getfixturevalue("postgresql").database()))

        numbers = count()
        yield make


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of the test's own, on either engine."""
    if request.param == "sqlite":
        yield ":memory:"
        return
    template = request.getfixturevalue("empty_template")
    with request.getfixturevalue("postgresql").database(template) as url:
        yield url
