"""A small site behind the real ASGI application, put back before every example, and what must hold for each."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.administration import create_key, first_username
from ftrack_server.api.options import CallOptions, Credentials
from ftrack_server.app import create_app, open_database
from ftrack_server.model.load import load_model
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ftrack_server.storage.engine import Database

MATERIAL = json.loads((Path(__file__).parent / "batches.json").read_text(encoding="utf-8"))
HEADERS = {"host": "server", "content-type": "application/json", "ftrack-strict-api": "true"}
CHECKED_KINDS = ("string", "boolean", "integer", "number")


class Answer:
    """What came back: status, headers, decoded body."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.payload = json.loads(body)  # whatever happens, it is JSON

    @property
    def refused(self) -> bool:
        return isinstance(self.payload, dict) and "exception" in self.payload


class Watch:
    """Tells whether anything was committed to a database, however small: equal marks mean byte-for-byte the same."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sqlite = sqlite3.connect(database.path) if database.path else None

    def mark(self) -> int:
        if self._sqlite is not None:  # SQLite counts the commits of others to a file
            return int(self._sqlite.execute("PRAGMA data_version").fetchone()[0])
        with self._database.read() as connection:
            text = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
            return int(connection.exec_driver_sql(text).scalar_one())

    def changed(self, before: int) -> bool:
        now = self.mark()
        if self._sqlite is not None:
            return now != before
        with self._database.read() as connection:
            text = f"SELECT pg_xact_status(n::text::xid8) FROM generate_series({before}, {now - 1}) n"
            return "committed" in {row[0] for row in connection.exec_driver_sql(text)}


class Site:
    """The application on a database that can be put back.

    Attributes:
        furniture: What is in it.
        database: The open database.
        model: Entity types.
    """

    def __init__(self, place: Callable[[], str], furniture: Furniture, outbox: Path) -> None:
        self.furniture = furniture
        self.model = load_model()
        self._place = place
        self._settings = Settings(database=place(), outbox_path=str(outbox))
        self._loop = asyncio.new_event_loop()
        self._open()
        self._saved = sqlite3.connect(":memory:")
        if self.database.path:
            with closing(sqlite3.connect(self.database.path)) as source:
                source.backup(self._saved)

    def _open(self) -> None:
        self.database = open_database(self._settings)
        self.app = create_app(self._settings, self.database)
        self.dispatcher = dispatcher_of(self.app)
        self._edition = self.dispatcher.editions._latest
        self.watch = Watch(self.database)

    def restore(self) -> None:
        """Put everything back as it was: SQLite in place, PostgreSQL with a new copy."""
        if self.database.path:
            with closing(sqlite3.connect(self.database.path)) as target:
                self._saved.backup(target)
            self.dispatcher.editions._latest = self._edition
            self.dispatcher.authenticator.forget()
            return
        self.database.close()
        self._settings = replace(self._settings, database=self._place())
        self._open()

    @property
    def material(self) -> Any:
        return MATERIAL

    def resolved(self, value: Any) -> Any:
        return resolved(value, self.furniture.names)

    def close(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self.database.close()

    def call(
        self, body: bytes, headers: Mapping[str, str] | None = None, path: str = "/api", method: str = "POST"
    ) -> Any:
        """Send a request and return its answer."""
        known = {
            **HEADERS,
            "ftrack-user": self.furniture.user,
            "ftrack-api-key": self.furniture.secret,
            **(headers or {}),
        }
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in known.items()],
            "client": ("127.0.0.1", 0),
            "server": ("server", 80),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        self._loop.run_until_complete(self.app(scope, receive, send))
        chunks = b"".join(message.get("body", b"") for message in sent[1:])
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], told, chunks)

    # What must hold.

    def check(
        self, body: bytes, headers: Mapping[str, str] | None = None, *, readable: bool = True, **request: Any
    ) -> Answer:
        """Send a request and assert what holds for every one; what an unreadable body asks for is not looked at."""
        before = self.watch.mark()
        answer = self.call(body, headers, **request)
        changed = self.watch.changed(before)
        try:
            assert answer.status < 500, answer.payload
            assert answer.headers["content-type"] == "application/json"
            if answer.refused:
                self._check_fault(answer)
                assert not changed, f"refused, and yet something was written: {answer.payload}"
            else:
                assert answer.status == 200
            if readable and not answer.refused:
                self._check_complete(json.loads(body), answer.payload)
        finally:
            if changed:
                self.restore()
        return answer

    @staticmethod
    def _check_fault(answer: Answer) -> None:
        fault = answer.payload
        assert {"exception", "content", "error_code"} <= set(fault), fault
        assert isinstance(fault["exception"], str), fault
        assert isinstance(fault["content"], str), fault
        assert fault["content"], fault
        assert fault["error_code"] is None or isinstance(fault["error_code"], str), fault
        assert fault["exception"] != "ServerError" or answer.status != 500, fault

    def _check_complete(self, payload: Any, replies: Any) -> None:
        """Assert that there is a reply to everything, and that what was written is there to be read."""
        batch = payload if isinstance(payload, list) else [payload]
        told = replies if isinstance(payload, list) else [replies]
        assert len(batch) == len(told)
        if any(operation["action"] == "delete" for operation in batch):
            return  # what else is gone with it is the subject of the tests of deletions
        rows: dict[tuple[str, tuple[Any, ...]], tuple[str, bool]] = {}
        for operation, reply in zip(batch, told, strict=True):
            self._note(operation, reply, rows)
        for (_, key), (type_, there) in rows.items():
            found = self.call(json.dumps([self._look_up(type_, key)]).encode()).payload
            assert len(found[0]["data"]) == there, (type_, key, there, found)

    def _note(self, operation: Any, reply: Any, rows: dict[Any, Any]) -> None:
        """Take note of the row that an operation has made."""
        action = operation["action"]
        if action in {"query", "search"}:
            assert isinstance(reply["data"], list)
            assert "next" in reply["metadata"]
        if action != "create" or operation["entity_type"] not in self.model.types:
            return
        definition = self.model.type(operation["entity_type"])
        assert reply["data"]["__entity_type__"] == operation["entity_type"]
        key = tuple(str(reply["data"][name]) for name in definition.key)
        # A custom attribute value of null is no row.
        data = operation.get("entity_data") or {}
        there = definition.table != "custom_attribute_value" or data.get("value") is not None
        rows[definition.table, key] = (definition.id, there)

    def _look_up(self, type_: str, key: tuple[Any, ...]) -> dict[str, Any]:
        names = self.model.type(type_).key
        quoted = [part.replace("\\", "\\\\").replace('"', '\\"') for part in key]
        where = " and ".join(f'{name} is "{part}"' for name, part in zip(names, quoted, strict=True))
        return {"action": "query", "expression": f"select {names[0]} from {type_} where {where}"}


def dispatcher_of(app: Any) -> Any:
    return next(route.endpoint.__self__._dispatcher for route in app.routes if getattr(route, "path", "") == "/api")


def resolved(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value of the material with ``@table:name`` replaced by the id of that row."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {key: resolved(item, names) for key, item in value.items()}
    return [resolved(item, names) for item in value] if isinstance(value, list) else value


class Furniture:
    """What a database is filled with; the same for every copy of it."""

    def __init__(self) -> None:
        self.user = self.secret = ""
        self.names: dict[str, str] = {}

    def fill(self, place: str) -> None:
        settings = Settings(database=place)
        with closing(open_database(settings)) as database:
            self.user = first_username(database)
            self.secret = create_key(database, self.user, "fuzz").secret
            with database.read() as connection:
                for name, table in database.metadata.tables.items():
                    if "name" in table.c and "id" in table.c:
                        found = connection.execute(table.select())
                        self.names.update({f"@{name}:{row.name}": row.id for row in found})
            body = json.dumps(resolved(MATERIAL["site"], self.names)).encode()
            dispatcher_of(create_app(settings, database)).run(
                body, Credentials(self.user, self.secret), CallOptions(), "http://server"
            )


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, as it was before whatever was sent to it."""
    folder = tmp_path_factory.mktemp("fuzz")
    furniture = Furniture()
    with ExitStack() as stack:
        if request.param == "sqlite":
            file = str(folder / "site.sqlite3")
            furniture.fill(file)
            made = Site(lambda: file, furniture, folder / "outbox")
        else:
            cluster = request.getfixturevalue("postgresql")
            template = cluster.template(furniture.fill)
            made = Site(lambda: stack.enter_context(cluster.database(template)), furniture, folder / "outbox")
        stack.callback(made.close)
        yield made


@pytest.fixture(scope="module")
def examples(site: Site) -> Callable[[int], int]:
    """Return how many examples of a number to try: one in twenty on PostgreSQL, where each costs more."""
    return lambda count: count if site.database.path else count // 20


@pytest.fixture(scope="module")
def material() -> Any:
    """Return the batches and expressions that are mutated."""
    return MATERIAL
