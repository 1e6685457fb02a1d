"""One batch is one transaction: order, reads in between, failures that leave nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ftrack_server import errors
from ftrack_server.api.options import CallOptions, Credentials


def query(expression: str) -> dict[str, Any]:
    return {"action": "query", "expression": expression}


def snapshot(api: Any) -> dict[str, Any]:
    return {table: api.rows(table) for table in api.database.metadata.tables}


def test_an_empty_batch_has_an_empty_answer(api: Any) -> None:
    assert api() == []


def test_replies_stand_in_the_order_of_the_operations(tree: Any) -> None:
    replies = tree(
        tree.update("Task", "task", description="x"),
        tree.delete("Task", "task"),
        tree.create("Scope", id="s", name="s"),
        query("select id from Scope"),
        {"action": "query_server_information"},
    )

    assert [reply.get("action") for reply in replies] == ["update", "delete", "create", "query", None]


def test_a_query_sees_what_was_written_before_it_and_not_what_follows(api: Any) -> None:
    replies = api(
        query("Scope"),
        api.create("Scope", id="s1", name="a"),
        query("Scope"),
        api.create("Scope", id="s2", name="b"),
        api.delete("Scope", "s1"),
        query("Scope"),
    )

    assert [[row["id"] for row in replies[position]["data"]] for position in (0, 2, 5)] == [[], ["s1"], ["s2"]]


def test_a_row_may_be_referred_to_before_it_is_made_even_across_a_query(api: Any) -> None:
    api(
        api.create("AssetVersionLink", id="l", from_id="v1", to_id="v2"),
        query("Scope"),
        api.project("p"),
        api.create("Asset", id="a", name="a", context_id="p"),
        *(api.create("AssetVersion", id=id_, asset_id="a") for id_ in ("v1", "v2")),
    )

    assert api.row("asset_version_link", "l")["from_id"] == "v1"


@pytest.mark.parametrize(
    "failing",
    [
        {"action": "update", "entity_type": "Task", "entity_key": ["nowhere"], "entity_data": {"name": "x"}},
        {"action": "delete", "entity_type": "Task", "entity_key": ["nowhere"]},
        {"action": "create", "entity_type": "Scope", "entity_data": {}},
        {"action": "create", "entity_type": "Task", "entity_data": {"name": "x", "parent_id": "nowhere"}},
        {"action": "query", "expression": "Task where nmae is x"},
        {"action": "reset_remote", "reset_type": "password", "entity_type": "User", "entity_key": "x"},
    ],
    ids=lambda operation: operation["action"],
)
def test_a_failure_in_the_middle_leaves_nothing_behind(tree: Any, failing: dict[str, Any]) -> None:
    before = snapshot(tree)

    with pytest.raises(errors.ServerError) as refusal:
        tree(
            tree.create("Scope", id="s", name="s"),
            tree.update("Task", "task", description="changed", scopes=[tree.ref("Scope", "s")]),
            query("Scope"),
            failing,
            tree.delete("Shot", "shot"),
        )

    assert refusal.value.operation_index == 3
    assert f"(operation 4 of 5: {failing['action']}" in refusal.value.message
    assert snapshot(tree) == before


def test_an_unknown_action_is_named_in_the_words_that_clients_look_for(api: Any) -> None:
    for action in ("dance", "generate_signed_url"):
        with pytest.raises(errors.UnknownActionError) as refusal:
            api({"action": "query_schemas"}, {"action": action, "component_id": "c"})
        assert refusal.value.message == f"Invalid action u'{action}'"
        assert refusal.value.operation_index == 1


def test_a_malformed_operation_is_refused_before_anything_runs(api: Any) -> None:
    with pytest.raises(errors.RequestError, match='"update" needs "entity_key"') as refusal:
        api(api.create("Scope", name="x"), {"action": "update", "entity_type": "Task", "entity_data": {}})

    assert refusal.value.operation_index == 1
    assert api.rows("scope") == []


def test_a_lone_operation_gets_a_lone_reply(api: Any) -> None:
    body = json.dumps({"action": "query_server_information", "metadata": {"ignored": True}}).encode()

    reply = api.dispatcher.run(body, Credentials(api.user, api.key), CallOptions(), "")

    assert reply["schema_hash"] == "141db3371ef979546d91af50467d47a1"


def test_nobody_gets_anything_parsed_without_a_key(api: Any) -> None:
    with pytest.raises(errors.InvalidCredentialsError):
        api.dispatcher.run(b"no json", Credentials(api.user, "wrong"), CallOptions(), "")


def test_updates_of_one_row_add_up(tree: Any) -> None:
    tree(
        tree.update("Task", "task", description="a", bid=1),
        tree.update("Task", "task", description="b"),
        tree.update("TypedContext", "task", sort=5),
    )

    row = tree.row("context", "task")
    assert (row["description"], row["bid"], row["sort"]) == ("b", 1.0, 5.0)


def test_server_information_has_the_defaults_and_what_is_asked_for(api: Any) -> None:
    (plain, more) = api(
        {"action": "query_server_information"},
        {"action": "query_server_information", "values": ["user_information", "nonsense", "version"]},
    )

    assert list(plain) == ["version", "schema_hash", "is_timezone_support_enabled", "storage_scenario"]
    assert set(more) == {*plain, "user_information"}
    assert more["user_information"]["username"] == api.user


def test_the_storage_scenario_is_a_setting(api: Any) -> None:
    value = json.dumps({"scenario": "ftrack.centralized-storage", "data": {"location_id": "x"}})
    api(api.update("Setting", ["storage_scenario", "STORAGE"], value=value))

    (information,) = api({"action": "query_server_information"})

    assert information["storage_scenario"] == {"scenario": "ftrack.centralized-storage", "data": {"location_id": "x"}}


def test_a_studio_chooses_what_user_interfaces_are_told(api: Any) -> None:
    ask = {"action": "query_server_information", "values": ["week_startday", "company_information", "workday_length"]}
    [usual] = api(ask)

    api(
        api.create("Setting", name="week_startday", group="STUDIO", value="7"),
        api.create("Setting", name="company_information", group="STUDIO", value='{"name": "Heron", "logo_url": null}'),
        api.create("Setting", name="workday_length", group="STUDIO", value="no JSON"),
    )
    [chosen] = api(ask)

    assert (usual["week_startday"], usual["workday_length"]) == (1, 28800)
    assert (chosen["week_startday"], chosen["workday_length"]) == (7, 28800)
    assert chosen["company_information"]["name"] == "Heron"


def test_a_setting_need_not_exist_to_be_changed(api: Any) -> None:
    api(api.update("Setting", ["theme", "UI"], value="dark"))

    assert [row["value"] for row in api.rows("setting", name="theme")] == ["dark"]
