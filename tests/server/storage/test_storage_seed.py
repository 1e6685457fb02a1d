"""What seeds plant: reference rows with the ids clients know, and productions that keep the server's own rules."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from sqlalchemy import select

from ftrack_server.model.load import load_model
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import migrate
from ftrack_server.storage.seed import seed

if TYPE_CHECKING:
    from collections.abc import Callable

Row: TypeAlias = "dict[str, Any]"
Site: TypeAlias = "dict[str, list[Row]]"

SHARED = Path(__file__).resolve().parents[4] / "shared" / "schema"
SEEDS = ("empty", "demo", "acceptance")

# Ids that clients have in their code (protocol: 9.1).
KNOWN_IDS = {
    "location": {
        "ftrack.origin": "ce9b348f-8809-11e3-821c-20c9d081909b",
        "ftrack.unmanaged": "cb268ecc-8809-11e3-a7e2-20c9d081909b",
        "ftrack.review": "cd41be70-8809-11e3-b98a-20c9d081909b",
        "ftrack.connect": "07b82a97-8cf9-11e3-9383-20c9d081909b",
        "ftrack.server": "3a372bde-05bc-11e4-8908-20c9d081909b",
    },
    "object_type": {
        "Task": "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c",
        "Shot": "bad911de-3bd6-47b9-8b46-3476e237cb36",
        "Sequence": "e5139355-61da-4c8f-9db4-3abc870166bc",
    },
    "priority": {
        "Urgent": "847fb90e-ead3-11e2-846c-f23c91dfaa16",
        "None": "9661b320-3a0c-11e2-81c1-0800200c9a66",
    },
    "list_category": {
        "Dailies": "77b9ab82-07c2-11e4-ba66-04011030cf01",
        "Delivery": "712f0fee-ead3-11e2-846c-f23c91dfaa16",
    },
    "custom_attribute_type": {
        "text": "6268aef0-381c-11e0-acff-0019bb49847a",
        "url": "ec616dcd-56e2-4147-99f8-7e4a4f040cf9",
    },
}
# Columns that hold lists in the recorded rows live in tables of their own.
MEMBERS = (
    ("project_schemas", "object_type_ids", "project_schema_object_type", "project_schema_id", "object_type_id"),
    ("object_type_schemas", "status_ids", "schema_status", "schema_id", "status_id"),
    ("object_type_schemas", "type_ids", "schema_type", "schema_id", "type_id"),
    ("workflow_schemas", "status_ids", "workflow_schema_status", "workflow_schema_id", "status_id"),
    ("task_type_schemas", "type_ids", "task_type_schema_type", "task_type_schema_id", "type_id"),
)
# Our category has the id that clients know instead of the invented one.
REPLACED = {"dc0fe6f1-374a-5c18-82a6-66aaaf6e6aac"}


def recorded(name: str) -> list[Row]:
    path = SHARED / f"{name}.json"
    if not path.exists():
        pytest.skip(f"the recorded rows are not beside this checkout: {path} is missing")
    rows: list[Row] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return rows


@pytest.fixture(scope="module")
def planted(kind_of_database: str, request: pytest.FixtureRequest) -> Callable[[str], Site]:
    """Plant a seed in a new database and read all that is in it, in the order of keys."""

    def plant(kind: str) -> Site:
        model = load_model()
        with ExitStack() as stack:
            place = ":memory:"
            if kind_of_database == "postgresql":
                template = request.getfixturevalue("empty_template")
                place = stack.enter_context(request.getfixturevalue("postgresql").database(template))
            database = stack.enter_context(closing(Database.open(place, model)))
            migrate(database)
            seed(database, model, kind)
            with database.read() as connection:
                return {
                    name: [
                        dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
                    ]
                    for name, table in database.metadata.tables.items()
                }

    return plant


@pytest.fixture(scope="module")
def site(planted: Callable[[str], Site]) -> Callable[[str], Site]:
    known: dict[str, Site] = {}

    def of(kind: str) -> Site:
        if kind not in known:
            known[kind] = planted(kind)
        return known[kind]

    return of


def by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["id"]: row for row in rows}


def named(site: Site, table: str, name: str) -> Row:
    (found,) = [row for row in site[table] if row["name"] == name]
    return found


def links(site: Site, table: str, here: str, key: str, there: str) -> set[str]:
    return {row[there] for row in site[table] if row[here] == key}


def allowed(site: Site, schema: Row, item: Row) -> tuple[set[str], set[str]]:
    """Return the statuses and types that a project schema has for a tree item."""
    if by_id(site["object_type"])[item["object_type_id"]]["name"] == "Task":
        workflow, types = schema["task_workflow_schema_id"], schema["task_type_schema_id"]
        return (
            links(site, "workflow_schema_status", "workflow_schema_id", workflow, "status_id"),
            links(site, "task_type_schema_type", "task_type_schema_id", types, "type_id"),
        )
    own = [
        row["id"]
        for row in site["schema"]
        if (row["project_schema_id"], row["object_type_id"]) == (schema["id"], item["object_type_id"])
    ]
    return (
        {status for key in own for status in links(site, "schema_status", "schema_id", key, "status_id")},
        {kind for key in own for kind in links(site, "schema_type", "schema_id", key, "type_id")},
    )


@pytest.mark.parametrize("kind", SEEDS)
@pytest.mark.parametrize("table", KNOWN_IDS)
def test_rows_that_clients_know_by_id_have_it(site: Callable[[str], Site], kind: str, table: str) -> None:
    ids = {row["name"]: row["id"] for row in site(kind)[table]}

    assert {name: ids.get(name) for name in KNOWN_IDS[table]} == KNOWN_IDS[table]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("asset_types", "asset_type"),
        ("custom_attribute_types", "custom_attribute_type"),
        ("list_categories", "list_category"),
        ("locations", "location"),
        ("manager_types", "manager_type"),
        ("note_labels", "note_label"),
        ("object_types", "object_type"),
        ("object_type_schemas", "schema"),
        ("priorities", "priority"),
        ("project_schemas", "project_schema"),
        ("security_roles", "security_role"),
        ("states", "state"),
        ("statuses", "status"),
        ("task_type_schemas", "task_type_schema"),
        ("types", "type"),
        ("user_types", "user_type"),
        ("workflow_schemas", "workflow_schema"),
    ],
)
def test_recorded_rows_are_planted_as_they_are(site: Callable[[str], Site], name: str, table: str) -> None:
    rows = by_id(site("empty")[table])

    for row in recorded(name):
        if row["id"] not in REPLACED:
            shared = {column: value for column, value in row.items() if column in rows[row["id"]]}
            assert {column: rows[row["id"]][column] for column in shared} == shared


@pytest.mark.parametrize(("name", "members", "table", "here", "there"), MEMBERS)
def test_recorded_lists_are_planted_in_full(
    site: Callable[[str], Site], name: str, members: str, table: str, here: str, there: str
) -> None:
    wanted = {(row["id"], member) for row in recorded(name) for member in row[members]}

    assert {(row[here], row[there]) for row in site("empty")[table]} == wanted


def test_defaults_of_custom_attributes_are_planted_as_answers_show_them(site: Callable[[str], Site]) -> None:
    rows = by_id(site("empty")["custom_attribute_configuration"])

    for row in recorded("custom_attribute_configurations"):
        default = row["default"]
        if row["key"] == "somedate":
            default = {"__type__": "datetime", "value": "2024-06-22T00:00:00"}
        assert rows[row["id"]]["default"] == default


@pytest.mark.parametrize("kind", SEEDS)
def test_the_same_rows_are_planted_every_time(
    site: Callable[[str], Site], planted: Callable[[str], Site], kind: str
) -> None:
    again = planted(kind)

    changing = {"migration"}
    assert {name: rows for name, rows in again.items() if name not in changing} == {
        name: rows for name, rows in site(kind).items() if name not in changing
    }


@pytest.mark.parametrize("kind", SEEDS)
def test_no_two_entities_share_an_id(site: Callable[[str], Site], kind: str) -> None:
    ids = [row["id"] for rows in site(kind).values() for row in rows if isinstance(row.get("id"), str)]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("kind", ["demo", "acceptance"])
def test_paths_and_projects_follow_from_parents(site: Callable[[str], Site], kind: str) -> None:
    contexts = by_id(site(kind)["context"])
    expected = set()
    for id_, row in contexts.items():
        path = [id_]
        while parent := contexts[path[-1]]["parent_id"]:
            path.append(parent)
        expected |= {(id_, ancestor, depth) for depth, ancestor in enumerate(path)}
        assert row["project_id"] == path[-1]

    stored = {(row["descendant_id"], row["ancestor_id"], row["depth"]) for row in site(kind)["context_path"]}
    assert stored == expected


@pytest.mark.parametrize("kind", ["demo", "acceptance"])
def test_items_that_are_not_schedulable_bear_the_bids_below_them(site: Callable[[str], Site], kind: str) -> None:
    kinds = by_id(site(kind)["object_type"])
    items = [row for row in site(kind)["context"] if row["object_type_id"]]
    containers = [row for row in items if not kinds[row["object_type_id"]]["is_schedulable"]]

    below = {row["id"]: sum(item["bid"] for item in items if item["parent_id"] == row["id"]) for row in containers}

    assert {row["id"]: row["bid"] for row in containers} == below


@pytest.mark.parametrize("kind", ["demo", "acceptance"])
def test_statuses_and_types_are_those_of_the_project_schema(site: Callable[[str], Site], kind: str) -> None:
    rows = site(kind)
    contexts = by_id(rows["context"])

    def schema_of(project: str) -> Row:
        return by_id(rows["project_schema"])[contexts[project]["project_schema_id"]]

    for item in contexts.values():
        if item["object_type_id"]:
            statuses, types = allowed(rows, schema_of(item["project_id"]), item)
            assert item["status_id"] in {*statuses, None}
            assert item["type_id"] in {*types, None}
    for version in rows["asset_version"]:
        workflow = schema_of(version["project_id"])["asset_version_workflow_schema_id"]
        known = links(rows, "workflow_schema_status", "workflow_schema_id", workflow, "status_id")
        assert version["status_id"] in known


@pytest.mark.parametrize("kind", ["demo", "acceptance"])
def test_assets_point_at_their_highest_version(site: Callable[[str], Site], kind: str) -> None:
    versions = by_id(site(kind)["asset_version"])

    assert site(kind)["asset"]
    for asset in site(kind)["asset"]:
        numbers = [row["version"] for row in versions.values() if row["asset_id"] == asset["id"]]
        assert versions[asset["latest_version_id"]]["version"] == max(numbers)
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_the_demo_is_a_small_production(site: Callable[[str], Site]) -> None:
    rows = site("demo")
    kinds = by_id(rows["object_type"])
    counts: dict[str, int] = {}
    for item in rows["context"]:
        if item["object_type_id"]:
            name = kinds[item["object_type_id"]]["name"]
            counts[name] = counts.get(name, 0) + 1
    tasks = {row["id"] for row in rows["context"] if row["bid"] and kinds[row["object_type_id"]]["name"] == "Task"}

    assert counts == {"Folder": 1, "Asset Build": 2, "Episode": 2, "Sequence": 4, "Shot": 12, "Task": 40}
    assert sum(row["resource_type"] == "user" for row in rows["resource"]) == 6
    assert {row["context_id"] for row in rows["appointment"]} == tasks
    assert rows["asset_version"]
    assert rows["note"]


def test_the_acceptance_seed_holds_what_its_list_names(site: Callable[[str], Site]) -> None:
    path = SHARED / "official_test_seed.json"
    if not path.exists():
        pytest.skip(f"the list of what tests expect is not beside this checkout: {path} is missing")
    wanted = json.loads(path.read_text(encoding="utf-8"))
    rows = site("acceptance")
    (schema,) = rows["project_schema"]
    statuses, types = by_id(rows["status"]), by_id(rows["type"])

    def names(object_type: str) -> tuple[set[str], set[str]]:
        item = {"object_type_id": named(rows, "object_type", object_type)["id"]}
        found = allowed(rows, schema, item)
        return {statuses[key]["name"] for key in found[0]}, {types[key]["name"] for key in found[1]}

    expected = wanted["project_schema"]
    assert (schema["id"], schema["name"]) == (expected["id"], expected["name"])
    assert names("Task") == (set(expected["statuses"]["Task"]), set(expected["types"]["Task"]))
    assert names("Shot") == (set(expected["statuses"]["Shot"]), set())
    assert names("Asset Build") == (set(expected["statuses"]["AssetBuild"]), set(expected["types"]["AssetBuild"]))
    user, task = wanted["users"][0], wanted["task"]
    assert by_id(rows["resource"])[user["id"]]["username"] == user["username"]
    assert by_id(rows["context"])[task["id"]]["project_id"] == wanted["project"]["id"]
    assert {row["user_id"] for row in rows["timelog"]} >= {user["id"]}


def test_the_acceptance_seed_declares_the_attributes_and_stores_the_values(site: Callable[[str], Site]) -> None:
    rows = site("acceptance")
    types = {row["id"]: row["name"] for row in rows["custom_attribute_type"]}
    kinds = {row["id"]: row["name"] for row in rows["object_type"]}
    declared = {
        (row["key"], row["entity_type"], kinds.get(row["object_type_id"]), types[row["type_id"]]): row["id"]
        for row in rows["custom_attribute_configuration"]
    }
    number = declared["customNumber", "task", "Task", "number"]
    field = declared["NumberField", "assetversion", None, "number"]

    for wanted in (
        ("versiontest", "assetversion", None, "number"),
        ("fstart", "task", "Shot", "number"),
        ("htest", "show", None, "number"),
        ("listbool", "list", None, "boolean"),
        ("teststring", "user", None, "text"),
    ):
        assert wanted in declared
    held = {(row["configuration_id"], row["entity_id"]): row["value"] for row in rows["custom_attribute_value"]}
    tasks = {row["id"] for row in rows["context"] if kinds.get(row["object_type_id"]) == "Task"}
    versions = {row["id"] for row in rows["asset_version"]}
    assert any(configuration == number and entity in tasks for configuration, entity in held)
    assert any(configuration == field and entity in versions for configuration, entity in held)
