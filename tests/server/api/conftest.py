"""An API without HTTP around it: batches in, replies or errors out, on a real database of the test's own."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.administration import create_key, first_username
from ftrack_server.api.dispatch import Dispatcher
from ftrack_server.api.edition import Editions
from ftrack_server.api.options import CallOptions, Credentials
from ftrack_server.app import make_services, open_database
from ftrack_server.auth.keys import Authenticator
from ftrack_server.clock import SystemClock
from ftrack_server.model.load import load_model
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from ftrack_server.storage.engine import Database

NOW = datetime(2031, 2, 3, 4, 5, 6)  # noqa: DTZ001 - naive UTC, as stored


class StandingClock(SystemClock):
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


class Api:
    """Runs batches as one user, and looks into the tables behind."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.user = first_username(database)
        self.key = create_key(database, self.user, "tests").secret
        self.authenticator = Authenticator(database)
        self.editions = Editions(database, load_model())
        self.dispatcher = Dispatcher(
            database, self.editions, self.authenticator, StandingClock(), make_services(Settings(), database)
        )
        self.user_id = self.rows("resource", username=self.user)[0]["id"]

    def __call__(self, *operations: dict[str, Any], **options: Any) -> list[Any]:
        """Run a batch and return its replies."""
        body = json.dumps(list(operations)).encode()
        return self.dispatcher.run(body, Credentials(self.user, self.key), CallOptions(**options), "http://server")

    def data(self, *operations: dict[str, Any], **options: Any) -> Any:
        """Run a batch and return the data of its last reply."""
        return self(*operations, **options)[-1]["data"]

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """Return the stored rows whose columns have some values."""
        target = self.database.metadata.tables[table]
        statement = target.select().order_by(*target.primary_key)
        for column, value in where.items():
            statement = statement.where(target.c[column] == value)
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def row(self, table: str, id_: str) -> dict[str, Any]:
        """Return one stored row."""
        (row,) = self.rows(table, id=id_)
        return row

    @staticmethod
    def create(entity_type: str, key: list[str] | None = None, /, **data: Any) -> dict[str, Any]:
        operation = {"action": "create", "entity_type": entity_type, "entity_data": data}
        return operation if key is None else {**operation, "entity_key": key}

    @staticmethod
    def update(entity_type: str, key: str | list[str], /, **data: Any) -> dict[str, Any]:
        return {"action": "update", "entity_type": entity_type, "entity_key": key, "entity_data": data}

    @staticmethod
    def delete(entity_type: str, key: str | list[str], /) -> dict[str, Any]:
        return {"action": "delete", "entity_type": entity_type, "entity_key": key}

    @staticmethod
    def ref(entity_type: str, id_: str, /) -> dict[str, Any]:
        return {"__entity_type__": entity_type, "id": id_}

    def named(self, table: str, name: str) -> str:
        """Return the id of the row with a name."""
        return str(self.rows(table, name=name)[0]["id"])

    def grow(self) -> None:
        """Make a project with a sequence, a shot and a task: ids ``project``, ``sequence``, ``shot``, ``task``."""
        self(
            self.project(),
            self.create("Sequence", id="sequence", name="sq010", parent=self.ref("Project", "project")),
            self.create("Shot", id="shot", name="sh010", parent=self.ref("Sequence", "sequence")),
            self.create("Task", id="task", name="comp", parent=self.ref("Shot", "shot")),
        )

    def project(self, id_: str = "project", **data: Any) -> dict[str, Any]:
        """Return the operation that makes a project with the VFX schema."""
        schema = self.ref("ProjectSchema", self.named("project_schema", "VFX"))
        return self.create("Project", **{"id": id_, "name": id_, "full_name": id_, "project_schema": schema, **data})


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def seeded_database(request: pytest.FixtureRequest) -> Callable[[], AbstractContextManager[Database]]:
    """Make databases with the reference rows, which vanish afterwards; every test runs on both engines."""
    template = request.getfixturevalue("seeded_file" if request.param == "sqlite" else "seeded_template")

    @contextmanager
    def make() -> Iterator[Database]:
        with ExitStack() as stack:
            if request.param == "sqlite":
                database = open_database(Settings(database=":memory:"), template=template)
            else:
                url = stack.enter_context(request.getfixturevalue("postgresql").database(template))
                database = open_database(Settings(database=url))
            stack.callback(database.close)
            yield database

    return make


@pytest.fixture(scope="session")
def new_api(
    seeded_database: Callable[[], AbstractContextManager[Database]],
) -> Callable[[], AbstractContextManager[Api]]:
    """Make APIs, each on a database of its own, with the reference rows and one user."""

    @contextmanager
    def make() -> Iterator[Api]:
        with seeded_database() as database:
            yield Api(database)

    return make


@pytest.fixture(scope="session")
def api_of() -> Callable[[Database], Api]:
    """Make an API on an open database with a user."""
    return Api


@pytest.fixture
def api(new_api: Callable[[], AbstractContextManager[Api]]) -> Iterator[Api]:
    """An API on a database with the reference rows and one user."""
    with new_api() as made:
        yield made


@pytest.fixture
def tree(api: Api) -> Api:
    """An API on a project with a sequence, a shot and a task: ids ``project``, ``sequence``, ``shot``, ``task``."""
    api.grow()
    return api
