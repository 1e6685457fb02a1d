"""A small studio full of awkward rows, on a real database of each engine, and the engine that answers queries on it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.app import open_database
from ftrack_server.model.custom import Configuration, cast_value
from ftrack_server.model.load import load_model
from ftrack_server.query.engine import QueryEngine, RunOptions
from ftrack_server.settings import Settings
from ftrack_server.storage import records
from ftrack_server.storage.paths import insert_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from ftrack_server.query.engine import Page
    from ftrack_server.storage.engine import Database

SERVER_LOCATION = "3a372bde-05bc-11e4-8908-20c9d081909b"

# Tree items: id, type, name, parent, and what else the row has.
TREE: tuple[tuple[str, str, str, str | None, dict[str, Any]], ...] = (
    ("film", "Project", "Film", None, {"full_name": 'Film "One"', "status": "active", "start_date": "2031-02-01"}),
    ("show", "Project", "ünïcode", None, {"full_name": "Show", "status": "hidden", "is_private": True}),
    ("bare", "Project", "", None, {"status": None}),
    ("ep-1", "Episode", "ep01", "film", {}),
    ("sq-1", "Sequence", "SQ010", "ep-1", {"description": "first"}),
    ("sq-2", "Sequence", "sq010b", "ep-1", {}),
    ("sh-1", "Shot", "sh010", "sq-1", {"bid": 100.0, "description": "50% done_ish", "status": "Approved"}),
    ("sh-2", "Shot", "sh020_%", "sq-1", {"bid": 0.0, "description": "100%", "thumbnail_id": "c-free"}),
    ("t-1", "Task", "comp", "sh-1", {"status": "Approved", "type": "Compositing", "priority": "Urgent", "sort": 3.0,
     "bid": 3600.0, "start_date": "2031-02-03T04:05:06", "created_by_id": "kim"}),
    ("t-2", "Task", "COMP", "sh-1", {"status": "In progress", "type": "Compositing", "priority": "Low", "sort": 1.0,
     "bid": 0.0, "start_date": "2031-02-03", "description": ""}),
    ("t-3", "Task", 'an"im\\x', "sh-1", {"type": "Animation", "description": "ÄPFEL Straße", "sort": 2.5}),
    ("t-4", "Task", "comp", "sh-2", {"status": "Not started", "bid": 7.5, "start_date": "2031-02-03T23:59:59"}),
    ("fo-1", "Folder", "assets", "film", {}),
    ("ab-1", "AssetBuild", "Hero", "fo-1", {"type": "Character"}),
    ("t-5", "Task", "model", "ab-1", {"status": "Omitted", "type": "Modeling", "start_date": "2031-02-04"}),
    ("t-6", "Task", "it's", "film", {"status": "In progress", "bid": -2.0}),
    ("mi-1", "Milestone", "delivery", "film", {"end_date": "9999-12-31T23:59:59"}),
    ("sh-9", "Shot", "sh010", "show", {"status": "Approved"}),
    ("t-7", "Task", "comp", "sh-9", {"status": "Approved", "priority": "Urgent", "bid": 12.0}),
)  # fmt: skip

# Custom attributes: id, key, owner kind, object type, project, hierarchical, type, default.
ATTRIBUTES: tuple[tuple[str, str, str, str | None, str | None, bool, str, Any], ...] = (
    ("k-fps", "fps", "task", None, None, False, "number", 24),
    ("k-fps-film", "fps", "task", None, "film", False, "number", 25),
    ("k-ready", "ready", "task", "Task", None, False, "boolean", True),
    ("k-note", "note", "show", None, None, False, "text", "n/a"),
    ("k-due", "due", "task", "Task", None, False, "date", None),
    ("k-tags", "tags", "task", "Shot", None, False, "enumerator", "a"),
    ("k-hier", "handles", "show", None, None, True, "number", 7),
    ("k-version", "codec", "assetversion", None, None, False, "text", ""),
    ("k-user", "desk", "user", None, None, False, "text", "Main"),
)
VALUES: tuple[tuple[str, str, Any], ...] = (
    ("k-fps-film", "t-1", 48),
    ("k-fps-film", "t-2", 24.5),
    ("k-fps", "t-7", 30),
    ("k-ready", "t-1", False),
    ("k-due", "t-1", "2031-02-03T10:00:00"),
    ("k-tags", "sh-1", ["b", "c"]),
    ("k-hier", "sh-1", 1),
    ("k-hier", "film", 3),
    ("k-note", "film", "100% Film_1"),
    ("k-version", "v-1", "EXR"),
    ("k-user", "kim", "Attic"),
)

ROWS: dict[str, list[dict[str, Any]]] = {
    "resource": [
        {"id": "kim", "resource_type": "user", "username": "kim@example.com", "first_name": "Kim", "last_name": "Lee",
         "email": "Kim@Example.com", "is_active": True},
        {"id": "ada", "resource_type": "user", "username": "ada", "last_name": "O'Hara", "is_active": True},
        {"id": "bob", "resource_type": "user", "username": "bob", "first_name": "Bob", "is_active": False},
        {"id": "guest", "resource_type": "collaborator", "email": "guest@example.com", "first_name": "Guest"},
        {"id": "g-1", "resource_type": "group", "name": "anim", "local": True},
        {"id": "g-2", "resource_type": "group", "name": "fx", "parent_id": "g-1", "local": True},
    ],
    "membership": [
        {"id": "m-1", "group_id": "g-2", "user_id": "kim"},
        {"id": "m-2", "group_id": "g-1", "user_id": "ada"},
    ],
    "asset": [
        {"id": "a-1", "name": "Plate", "context_id": "sh-1", "project_id": "film", "latest_version_id": "v-2"},
        {"id": "a-2", "name": "plate", "context_id": "film", "project_id": "film", "latest_version_id": "v-4"},
        {"id": "a-3", "name": "cache", "context_id": "sh-9", "project_id": "show"},
        {"id": "a-4", "name": "stray"},
    ],
    "asset_version": [
        {"id": "v-1", "asset_id": "a-1", "version": 1, "task_id": "t-1", "user_id": "kim", "comment": "first",
         "date": "2031-01-01T12:00:00", "is_published": True, "thumbnail_id": "c-file", "project_id": "film"},
        {"id": "v-2", "asset_id": "a-1", "version": 2, "task_id": "t-1", "user_id": "ada", "comment": "",
         "date": "2031-01-02", "is_published": True, "project_id": "film"},
        {"id": "v-3", "asset_id": "a-1", "version": 3, "is_published": False, "project_id": "film"},
        {"id": "v-4", "asset_id": "a-2", "version": 10, "task_id": "t-6", "is_published": True, "project_id": "film"},
    ],
    "asset_version_link": [{"id": "avl-1", "from_id": "v-1", "to_id": "v-2"}],
    "component": [
        {"id": "c-file", "system_type": "file", "name": "main", "version_id": "v-1", "size": 2**40}
        | {"file_type": ".mov"},
        {"id": "c-seq", "system_type": "sequence", "name": "plate", "version_id": "v-1", "size": 0, "padding": 4},
        {"id": "c-m1", "system_type": "file", "name": "0001", "container_id": "c-seq", "size": 5},
        {"id": "c-m2", "system_type": "file", "name": "0002", "container_id": "c-seq", "size": 6},
        {"id": "c-box", "system_type": "container", "name": "box", "version_id": "v-2"},
        {"id": "c-in", "system_type": "file", "name": "in", "container_id": "c-box"},
        {"id": "c-free", "system_type": "file", "name": "free"},
    ],
    "location": [{"id": "disk", "name": "studio.disk"}],
    "component_location": [
        {"id": "cl-1", "component_id": "c-file", "location_id": SERVER_LOCATION},
        {"id": "cl-2", "component_id": "c-file", "location_id": "disk", "resource_identifier": "a/b.mov"},
        {"id": "cl-3", "component_id": "c-seq", "location_id": "disk"},
    ],
    "appointment": [
        {"id": "ap-1", "context_id": "t-1", "resource_id": "kim", "type": "assignment"},
        {"id": "ap-2", "context_id": "t-1", "resource_id": "g-1", "type": "assignment"},
        {"id": "ap-3", "context_id": "t-1", "resource_id": "ada", "type": "allocation"},
        {"id": "ap-4", "context_id": "t-2", "resource_id": "ada", "type": "assignment"},
        {"id": "ap-5", "context_id": "t-7", "resource_id": "kim", "type": "assignment"},
    ],
    "note": [
        {"id": "n-1", "parent_id": "t-1", "parent_type": "task", "user_id": "kim", "content": "50% DONE",
         "date": "2031-02-03T00:00:00", "is_todo": False},
        {"id": "n-2", "parent_id": "t-1", "parent_type": "task", "user_id": "guest", "content": "nice",
         "in_reply_to_id": "n-1", "date": "2031-02-03T23:59:59", "is_todo": True},
        {"id": "n-3", "parent_id": "v-1", "parent_type": "asset_version", "user_id": "ada", "content": None,
         "date": "2031-02-04", "frame_number": 7},
        {"id": "n-4", "parent_id": "film", "parent_type": "show", "user_id": "kim", "content": "50 percent"},
    ],
    "recipient": [{"note_id": "n-1", "resource_id": "kim"}, {"note_id": "n-1", "resource_id": "g-1"}],
    "metadata": [
        {"parent_id": "t-1", "key": "colour", "value": "Red", "parent_type": "task"},
        {"parent_id": "t-1", "key": "size", "value": "10", "parent_type": "task"},
        {"parent_id": "t-2", "key": "size", "value": "red", "parent_type": "task"},
        {"parent_id": "film", "key": "colour", "value": "blue", "parent_type": "show"},
        {"parent_id": "kim", "key": "k", "value": "v", "parent_type": "user"},
    ],
    "timelog": [
        {"id": "tl-1", "context_id": "t-1", "user_id": "kim", "duration": 100.0, "start": "2031-02-01"},
        {"id": "tl-2", "context_id": "t-1", "user_id": "ada", "duration": 50.5, "start": "2031-02-02"},
        {"id": "tl-3", "context_id": "sh-1", "user_id": "kim", "duration": 25.0, "start": "2031-02-03"},
        {"id": "tl-4", "context_id": "t-4", "duration": 10.0, "start": "2031-02-04"},
    ],
    "list": [
        {"id": "l-1", "name": "dailies", "system_type": "task", "project_id": "film"},
        {"id": "l-2", "name": "Dailies", "system_type": "assetversion", "project_id": "film"},
    ],
    "list_object": [
        {"id": "lo-1", "list_id": "l-1", "entity_id": "t-1"},
        {"id": "lo-2", "list_id": "l-1", "entity_id": "sh-1"},
        {"id": "lo-3", "list_id": "l-2", "entity_id": "v-1"},
    ],
    "scope": [{"id": "s-1", "name": "London"}, {"id": "s-2", "name": "Paris"}],
    "context_scope": [
        {"context_id": "t-1", "scope_id": "s-1"},
        {"context_id": "t-1", "scope_id": "s-2"},
        {"context_id": "film", "scope_id": "s-1"},
    ],
    "typed_context_link": [{"id": "link-1", "from_id": "t-1", "to_id": "t-2", "lag": 1.0, "type": "end_to_start"}],
    "review_session": [
        {"id": "r-1", "name": "open", "start_date": "2000-01-01", "end_date": "2999-01-01", "project_id": "film",
         "thumbnail_source_id": "v-1"},
        {"id": "r-2", "name": "shut", "start_date": "2000-01-01", "end_date": "2001-01-01", "project_id": "film"},
        {"id": "r-3", "name": "never", "project_id": "film"},
    ],
    "review_session_object": [
        {"id": "ro-1", "review_session_id": "r-2", "version_id": "v-2", "sort_order": 2.0},
        {"id": "ro-2", "review_session_id": "r-2", "version_id": "v-1", "sort_order": 1.0},
    ],
    "job": [
        {"id": "j-1", "status": "running", "type": "api_job", "data": json.dumps({"description": "x"})}
        | {"user_id": "kim"}
    ],
    "job_component": [{"job_id": "j-1", "component_id": id_} for id_ in ("c-file", "c-free")],
    "note_component": [{"note_id": "n-1", "component_id": id_} for id_ in ("c-file", "c-free")],
    "setting_component": [
        {"name": "storage_scenario", "group": "STORAGE", "component_id": id_} for id_ in ("c-file", "c-free")
    ],
    "review_session_object_annotation_component": [
        {"review_session_object_id": "ro-1", "component_id": id_, "frame_number": "1"} for id_ in ("c-file", "c-free")
    ],
    "custom_attribute_link": [
        {"id": "cal-1", "configuration_id": "k-boss", "from_id": "t-1", "from_entity_type": "task", "to_id": "kim",
         "to_entity_type": "user"},
    ],
}  # fmt: skip


class Studio:
    """Queries on the awkward rows.

    Attributes:
        engine: Answers queries; new with every studio.
        database: Where the rows are.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.model = load_model()
        self.engine = QueryEngine(self.model, database.metadata)

    def page(self, text: str, **options: Any) -> Page:
        """Return the answer to a query."""
        with self.database.read() as connection:
            return self.engine.query(
                connection, text, RunOptions(address="http://server/component/{}?id={}".format, **options)
            )

    def __call__(self, text: str, **options: Any) -> list[dict[str, Any]]:
        """Return the rows that answer a query."""
        return self.page(text, **options).rows

    def one(self, text: str, **options: Any) -> dict[str, Any]:
        """Return the only row that answers a query."""
        (row,) = self(text, **options)
        return row

    def ids(self, text: str, **options: Any) -> list[str]:
        """Return the identifiers of the rows that answer a query, in order."""
        return [row["id"] for row in self(text, **options)]

    def statements(self, text: str, **options: Any) -> list[str]:
        """Return the statements that a query runs once its plan is known."""
        self.page(text, **options)
        with self.database.observing() as seen:
            self.page(text, **options)
        return list(seen)

    def insert(self, table: str, *rows: dict[str, Any]) -> None:
        """Add rows to a table; texts for date-times are read."""
        target = self.database.metadata.tables[table]
        moments = {item.name for item in self.model.tables[table].columns.values() if item.kind == "datetime"}
        read = [
            {name: datetime.fromisoformat(value) if name in moments and value else value for name, value in row.items()}
            for row in rows
        ]
        with self.database.write() as connection:
            records.insert(connection, target, read)


def fill(database: Database) -> None:
    """Add the awkward rows to a database that has the reference rows."""
    studio = Studio(database)
    with database.read() as connection:
        named = {
            table: {row.name: row.id for row in connection.execute(database.metadata.tables[table].select())}
            for table in ("status", "type", "priority", "object_type", "custom_attribute_type", "asset_type")
        }
    everything = {"context": [_tree_row(named, *item) for item in TREE], **ROWS}
    everything["custom_attribute_configuration"] = [
        *(_attribute_row(named, *item) for item in ATTRIBUTES),
        {"id": "k-boss", "kind": "link", "key": "supervisor", "entity_type": "task", "core": False, "config": "{}"},
    ]
    everything["custom_attribute_value"] = _value_rows(everything["custom_attribute_configuration"], named)
    tables = database.metadata.tables
    with database.write() as connection:
        for table, rows in everything.items():
            moments = {item.name for item in studio.model.tables[table].columns.values() if item.kind == "datetime"}
            read = [{name: _moment(value) if name in moments else value for name, value in row.items()} for row in rows]
            records.insert(connection, tables[table], read)
        insert_paths(connection, tables["context_path"], {item[0]: item[3] for item in TREE})


def _tree_row(
    named: dict[str, dict[str, str]], id_: str, kind: str, name: str, parent: str | None, more: dict[str, Any]
) -> dict[str, Any]:
    row: dict[str, Any] = {"id": id_, "name": name, "parent_id": parent, **more}
    if kind == "Project":
        return {**row, "context_type": "show", "project_id": id_, "is_global": False}
    above = {item[0]: item[3] for item in TREE}
    top = id_
    while above[top] is not None:
        top = above[top]  # type: ignore[assignment]  # checked just before
    spaced = "Asset Build" if kind == "AssetBuild" else kind
    row.update(context_type="task", object_type_id=named["object_type"][spaced], project_id=top)
    for relation in ("status", "type", "priority"):
        if relation in more:
            row[f"{relation}_id"] = named[relation][row.pop(relation)]
    return row


def _attribute_row(
    named: dict[str, dict[str, str]],
    id_: str,
    key: str,
    owner: str,
    object_type: str | None,
    project: str | None,
    hierarchical: bool,
    kind: str,
    default: Any,
) -> dict[str, Any]:
    return {
        "id": id_,
        "kind": "value",
        "key": key,
        "label": key.title(),
        "entity_type": owner,
        "object_type_id": named["object_type"][object_type] if object_type else None,
        "project_id": project,
        "is_hierarchical": hierarchical,
        "type_id": named["custom_attribute_type"][kind],
        "default": default,
        "core": False,
        "config": json.dumps({"multiSelect": True}),
    }


def _value_rows(configurations: list[dict[str, Any]], named: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    kinds = {id_: name for name, id_ in named["custom_attribute_type"].items()}
    known = {
        row["id"]: Configuration.from_row(row, kinds[row["type_id"]])
        for row in configurations
        if row["kind"] == "value"
    }
    rows = []
    for configuration, entity, value in VALUES:
        cast = cast_value(known[configuration], value)
        rows.append(
            {"configuration_id": configuration, "entity_id": entity, "value": json.loads(cast.value),
             "number": cast.number, "text": cast.text, "date": cast.date}
        )  # fmt: skip
    return rows


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def filled_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], AbstractContextManager[Database]]]:
    """A database with the reference rows and the awkward ones, for tests that only read."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            place = str(tmp_path_factory.mktemp("queries") / "studio.sqlite3")
        else:
            place = stack.enter_context(request.getfixturevalue("postgresql").database())
        database = open_database(Settings(database=place))
        stack.callback(database.close)
        fill(database)
        yield database


@pytest.fixture
def studio(filled_database: Database) -> Studio:
    """The awkward studio; nothing in it changes."""
    return Studio(filled_database)
