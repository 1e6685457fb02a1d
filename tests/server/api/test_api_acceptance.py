"""The acceptance data hold, entry by entry, what the official client's tests are recorded to expect of a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.app import open_database
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def expected(reference_schemas: Path) -> Any:
    """The recorded list."""
    return json.loads((reference_schemas / "official_test_seed.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, api_of: Any) -> Iterator[Any]:
    """An API on the acceptance data, on each engine."""
    if request.param == "sqlite":
        database = open_database(Settings(database=":memory:", seed="acceptance"))
        yield api_of(database)
        database.close()
        return
    with request.getfixturevalue("postgresql").database() as url:
        database = open_database(Settings(database=url, seed="acceptance"))
        yield api_of(database)
        database.close()


def rows(site: Any, expression: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = site.data(
        {"action": "query", "expression": expression}, strict=True, denormalize=True
    )
    return found


def names(found: list[dict[str, Any]]) -> list[str]:
    return sorted(row["name"] for row in found)


def test_the_user_of_the_tests_is_there_with_time_logged(site: Any, expected: Any) -> None:
    for user in expected["users"]:
        [row] = rows(site, f'select username, is_active, timelogs from User where id is "{user["id"]}"')
        assert (row["username"], row["is_active"]) == (user["username"], True)
        assert row["timelogs"]
    assert site.user == expected["users"][0]["username"]
    assert len(rows(site, "User")) >= 50


def test_the_project_schema_has_exactly_these_statuses_and_types(site: Any, expected: Any) -> None:
    wanted = expected["project_schema"]
    [schema] = rows(
        site,
        "select name, _task_workflow.statuses.name, _version_workflow.statuses.name, _task_type_schema.types.name, "
        "_schemas.type_id, _schemas.statuses.task_status.name, _schemas.types.task_type.name, _overrides "
        f'from ProjectSchema where id is "{wanted["id"]}"',
    )
    kinds = {row["id"]: row["name"].replace(" ", "") for row in rows(site, "select name from ObjectType")}
    schemas = {kinds[row["type_id"]]: row for row in schema["_schemas"]}

    statuses = {kind: names([link["task_status"] for link in row["statuses"]]) for kind, row in schemas.items()}
    statuses["Task"] = names(schema["_task_workflow"]["statuses"])
    statuses["AssetVersion"] = names(schema["_version_workflow"]["statuses"])
    types = {kind: names([link["task_type"] for link in row["types"]]) for kind, row in schemas.items() if row["types"]}
    types["Task"] = names(schema["_task_type_schema"]["types"])
    assert schema["name"] == wanted["name"]
    assert schema["_overrides"] == []
    assert statuses == {kind: sorted(listed) for kind, listed in wanted["statuses"].items()}
    assert types == {kind: sorted(listed) for kind, listed in wanted["types"].items()}


def test_it_is_the_first_project_schema_of_an_unordered_query(site: Any, expected: Any) -> None:
    assert rows(site, "ProjectSchema limit 1")[0]["id"] == expected["project_schema"]["id"]


def test_the_project_and_the_task_are_where_they_are_looked_for(site: Any, expected: Any) -> None:
    [project] = rows(site, f'select project_schema_id from Project where id is "{expected["project"]["id"]}"')
    [task] = rows(site, f'select link, project_id from Task where id is "{expected["task"]["id"]}"')

    assert project["project_schema_id"] == expected["project_schema"]["id"]
    assert task["project_id"] == project["id"]
    assert [item["name"] for item in task["link"]][1:] == expected["task"]["path"].split("/")[1:]
    first = rows(site, f'select status_id from Task where project_id is "{project["id"]}" limit 10')
    assert len(first) == 10
    assert len({row["status_id"] for row in first}) <= 4


def test_each_custom_attribute_is_declared_as_listed(site: Any, expected: Any) -> None:
    for wanted in expected["custom_attributes"]:
        [row] = rows(
            site,
            "select entity_type, object_type.name, type.name, is_hierarchical, project_id "
            f'from CustomAttributeConfiguration where key is "{wanted["key"]}" '
            f'and entity_type is "{wanted["entity_type"]}"'
            + (f' and object_type.name is "{wanted["object_type"]}"' if "object_type" in wanted else ""),
        )
        assert row["type"]["name"] == wanted["type"], wanted
        assert row["project_id"] is None, wanted
        assert bool(row["is_hierarchical"]) is wanted.get("is_hierarchical", False), wanted
        assert (row["object_type"] or {}).get("name") == wanted.get("object_type"), wanted
        if wanted.get("needs") == "one stored value":
            assert rows(site, f'CustomAttributeValue where configuration_id is "{row["id"]}"'), wanted


@pytest.mark.parametrize(
    ("entity_type", "keys"),
    [
        ("Task", {"customNumber", "htest"}),
        ("Shot", {"fstart", "htest"}),
        ("AssetVersion", {"versiontest", "NumberField", "htest"}),
        ("Asset", {"htest"}),
        ("User", {"teststring"}),
        ("List", {"listbool"}),
    ],
)
def test_the_first_of_its_kind_has_the_attributes_of_its_kind(site: Any, entity_type: str, keys: set[str]) -> None:
    [row] = rows(site, f"select custom_attributes.key from {entity_type} limit 1")

    found = {item["key"] for item in row["custom_attributes"]}
    assert keys <= found
    assert found.isdisjoint({"customNumber", "versiontest", "fstart", "listbool", "teststring"} - keys)


def test_there_is_at_least_one_of_each(site: Any, expected: Any) -> None:
    assert {kind for kind in expected["at_least_one"] if not rows(site, f"{kind} limit 1")} == set()
    assert rows(site, "select asset.parent from AssetVersion where asset is_not None limit 10")


def test_a_user_has_no_defaults_but_id_and_type(site: Any, expected: Any) -> None:
    """The official client sends every default of a schema with each creation, and its tests compare what is sent."""
    [documents] = site({"action": "query_schemas"})
    [user] = [document for document in documents if document["id"] == "User"]

    defaults = {name: item["default"] for name, item in user["properties"].items() if "default" in item}
    assert defaults == {"id": "{uid}", "resource_type": "user"}
