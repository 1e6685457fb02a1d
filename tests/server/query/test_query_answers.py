"""Answers exactly as clients read them: attributes, references, stubs, types, options (protocol: 3.1 to 3.10)."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server.errors import ParseError

TASK = "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c"
SYSTEM = {"context_type": "task", "object_type_id": TASK, "project_id": "film"}


def test_an_answer_has_what_was_asked_for_key_and_system_attributes(studio: Any) -> None:
    assert studio.one("select name from Task where id is t-1") == {
        "__entity_type__": "Task", "id": "t-1", "name": "comp", **SYSTEM,
    }  # fmt: skip


def test_the_same_holds_at_every_level(studio: Any) -> None:
    row = studio.one("select asset.versions.version from AssetVersion where id is v-3")

    assert row == {
        "__entity_type__": "AssetVersion",
        "id": "v-3",
        "asset_id": "a-1",
        "version": 3,  # asked for where the entity comes again, and told where it comes first
        "asset": {
            "__entity_type__": "Asset",
            "id": "a-1",
            "context_id": "sh-1",
            "versions": [
                {"__entity_type__": "AssetVersion", "id": "v-1", "asset_id": "a-1", "version": 1},
                {"__entity_type__": "AssetVersion", "id": "v-2", "asset_id": "a-1", "version": 2},
                {"__entity_type__": "AssetVersion", "id": "v-3"},
            ],
        },
    }


def test_what_lies_between_has_its_key_only(studio: Any) -> None:
    status = studio.one("select status.state.short from Task where id is t-1")["status"]

    assert set(status) == {"__entity_type__", "id", "state"}
    assert set(status["state"]) == {"__entity_type__", "id", "short"}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("select status from Task where id is t-7", "status", {"__entity_type__": "Status"}),
        ("select parent from Task where id is t-1", "parent", {"__entity_type__": "Shot", "id": "sh-1"}),
        ("select notes from Task where id is t-7", "notes", []),
        ("select thumbnail from Task where id is t-1", "thumbnail", None),
        ("select priority.name from Task where id is t-3", "priority", None),
        ("select description from Task where id is t-1", "description", None),
        ("select latest_version from Asset where id is a-3", "latest_version", None),
        ("select thumbnail_url from Task where id is t-1", "thumbnail_url", None),
    ],
)
def test_nothing_that_was_asked_for_is_left_out(studio: Any, text: str, name: str, value: Any) -> None:
    found = studio.one(text)[name]

    assert found == value if not isinstance(value, dict) else value.items() <= found.items()


def test_an_entity_is_written_once_and_named_again(studio: Any) -> None:
    rows = {row["id"]: row["parent"] for row in studio("select name, parent.name from Task where parent.id is sh-1")}

    assert rows["t-1"]["name"] == "sh010"
    assert rows["t-2"] == rows["t-3"] == {"__entity_type__": "Shot", "id": "sh-1"}


def test_what_several_paths_ask_of_an_entity_stands_where_it_comes_first(studio: Any) -> None:
    row = studio.one("select user.username, asset.versions.user.first_name from AssetVersion where id is v-1")

    assert (row["user"]["username"], row["user"]["first_name"]) == ("kim@example.com", "Kim")
    (again,) = [version for version in row["asset"]["versions"] if version["id"] == "v-1"]
    assert again == {"__entity_type__": "AssetVersion", "id": "v-1"}


def test_strict_answers_have_nothing_else(studio: Any) -> None:
    assert studio.one("select name from Task where id is t-1", strict=True) == {
        "__entity_type__": "Task", "id": "t-1", "name": "comp",
    }  # fmt: skip


def test_denormalised_answers_write_everything_everywhere(studio: Any) -> None:
    rows = studio("select parent.name from Task where parent.id is sh-1", strict=True, denormalize=True)

    assert [row["parent"] for row in rows] == [{"__entity_type__": "Shot", "id": "sh-1", "name": "sh010"}] * 3


@pytest.mark.parametrize(
    ("text", "path", "types"),
    [
        ("Context", "", {"Project", "Episode", "Sequence", "Shot", "Task", "Folder", "AssetBuild", "Milestone"}),
        ("TypedContext", "", {"Episode", "Sequence", "Shot", "Task", "Folder", "AssetBuild", "Milestone"}),
        ("select parent from TypedContext where id in (t-1, ep-1)", "parent", {"Shot", "Project"}),
        ("select children from Project where id is film", "children", {"Episode", "Folder", "Task", "Milestone"}),
        ("select ancestors from Task where id is t-1", "ancestors", {"Episode", "Sequence", "Shot"}),
        ("select context from Timelog", "context", {"Task", "Shot"}),
        ("select context from Appointment", "context", {"Task"}),
        ("select resource from Appointment", "resource", {"User", "Group"}),
        ("Resource where id in (kim, guest, g-1)", "", {"User", "Collaborator", "Group"}),
        ("Component", "", {"FileComponent", "SequenceComponent", "ContainerComponent"}),
        ("select members from ContainerComponent", "members", {"FileComponent"}),
        ("select components from AssetVersion", "components",
         {"FileComponent", "SequenceComponent", "ContainerComponent"}),
        ("select author from Note where id in (n-1, n-2)", "author", {"User", "Collaborator"}),
        ("List", "", {"TypedContextList", "AssetVersionList"}),
        ("select lists from Task", "lists", {"TypedContextList"}),
        ("select lists from AssetVersion", "lists", {"AssetVersionList"}),
        ("select recipient from Recipient", "recipient", {"User", "Group"}),
        ("select user from Recipient", "user", {"User"}),
    ],
)  # fmt: skip
def test_every_row_says_what_it_really_is(studio: Any, text: str, path: str, types: set[str]) -> None:
    found: set[str] = set()
    for row in studio(text, strict=True, denormalize=True):
        inner = row[path] if path else row
        found |= {item["__entity_type__"] for item in (inner if isinstance(inner, list) else [inner]) if item}

    assert found == types


def test_dates_are_naive_utc_in_whole_seconds(studio: Any) -> None:
    rows = {row["id"]: row["start_date"] for row in studio("select start_date from Task where start_date is_not none")}

    assert rows["t-1"] == {"__type__": "datetime", "value": "2031-02-03T04:05:06"}
    assert rows["t-2"] == {"__type__": "datetime", "value": "2031-02-03T00:00:00"}


def test_metadata_come_whole(studio: Any) -> None:
    row = studio.one("select metadata from Task where id is t-2")

    entry = {"parent_id": "t-2", "key": "size", "value": "red", "parent_type": "TypedContext"}
    assert row["metadata"] == [{"__entity_type__": "Metadata", **entry}]


def test_dense_values_have_four_attributes_and_one_row_for_each_configuration(studio: Any) -> None:
    row = studio.one("select custom_attributes from Task where id is t-3")

    for item in row["custom_attributes"]:
        assert set(item) == {"__entity_type__", "configuration_id", "entity_id", "key", "value"}
        assert (item["__entity_type__"], item["entity_id"]) == ("ContextCustomAttributeValue", "t-3")
    values = {item["key"]: (item["configuration_id"], item["value"]) for item in row["custom_attributes"]}
    assert values["ready"] == ("k-ready", True)
    assert values["handles"] == ("k-hier", None)  # inherited by clients, not by the server
    assert len(values) == len(row["custom_attributes"])


@pytest.mark.parametrize("name", ["custom_attribute_links", "custom_attribute_links_from"])
@pytest.mark.parametrize("kind", ["Task", "AssetVersion", "User", "Asset", "List", "Group", "Component", "Project"])
def test_restricted_attributes_are_for_criteria_only(studio: Any, kind: str, name: str) -> None:
    with pytest.raises(ParseError, match=f'"{name}".*criteria'):
        studio(f"select {name} from {kind}")
    with pytest.raises(ParseError, match=f'"{name}".*criteria'):
        studio(f"select id, {name}.configuration.key from {kind}")
    assert isinstance(studio(f"{kind} where {name} any ()"), list)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Task where start_date after 2031-02-03T04:05:06", ["t-4", "t-5"]),
        ("Task where start_date before 2031-02-03T04:05:06", ["t-2"]),
        ("Task where bid greater_than 12", ["t-1"]),
        ("Task where bid greater_than_equal 12", ["t-1", "t-7"]),
        ("Task where bid less_than 0", ["t-6"]),
        ("Task where bid less_than_equal 0", ["t-2", "t-6"]),
        ("Task where bid>12", ["t-1"]),
        ("Task where name=model", ["t-5"]),
        ("Task where not name is comp and not name is model", ["t-3", "t-6"]),
        ("Task where not (name is comp or name is model)", ["t-3", "t-6"]),
        ("Task where name is model or name is comp and bid > 1000", ["t-1", "t-5"]),
        ("Task where name in (model,)", ["t-5"]),
        ("Task where name in ()", []),
        ('Task where description in ("")', ["t-2"]),
        ("Task where name not_in (comp, model)", ["t-3", "t-6"]),
        ("Task where name like c%", ["t-1", "t-2", "t-4", "t-7"]),
        ("Task where name not_like c%", ["t-3", "t-5", "t-6"]),
        ("Task where parent has (name is sh010 and project_id is show)", ["t-7"]),
        ("Task where parent any (name is sh010 and project_id is show)", ["t-7"]),
        ("Task where metadata has (key is colour)", ["t-1"]),
        ("Task where metadata.key is colour and metadata.value is 10", ["t-1"]),
        ("Task where metadata any (key is colour and value is 10)", []),
        ("Task where parent[Shot].name is sh020_%", ["t-4"]),
        ("Task where parent.parent[Sequence] has (name is SQ010)", ["t-1", "t-2", "t-3", "t-4"]),
        ("Task where parent in (select id from Shot where project_id is show)", ["t-7"]),
        ("Task where parent.id in (Shot where project_id is show)", ["t-7"]),
        ("Shot where children any (assignments any (resource.username is ada))", ["sh-1"]),
        ("Task where ancestors any (id is ep-1) and name is comp", ["t-1", "t-2", "t-4"]),
        ("Task where scopes.name is London", ["t-1"]),
        ("Task where project is film and parent is film", ["t-6"]),
    ],
)
def test_operators_mean_what_they_say(studio: Any, text: str, ids: list[str]) -> None:
    assert studio.ids(text) == ids
