"""Creating entities: keys, defaults, echoes, references, refusals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ftrack_server import errors

NOW = {"__type__": "datetime", "value": "2031-02-03T04:05:06"}


def test_the_reply_names_the_requested_type_and_the_whole_key(api: Any) -> None:
    metadata = api.create("Metadata", ["project", "colour"], value="blue", parent_type="Project")

    replies = api(api.project(), api.create("Component", id="c"), metadata)

    assert [reply["action"] for reply in replies] == ["create"] * 3
    assert replies[1]["data"]["__entity_type__"] == "Component"
    assert replies[2]["data"] == {
        "__entity_type__": "Metadata",
        "parent_id": "project",
        "key": "colour",
        "value": "blue",
        "parent_type": "Project",
    }


def test_a_missing_key_is_made(api: Any) -> None:
    data = api.data(api.create("Scope", name="London"))

    assert len(data["id"]) == 36
    assert api.row("scope", data["id"])["name"] == "London"


def test_composite_keys_may_come_from_relations_alone(tree: Any) -> None:
    tree(tree.create("Note", id="n", content="x", parent_id="task", parent_type="Task"))
    user = tree.data(tree.create("User", username="other"))["id"]

    data = tree.data(tree.create("Recipient", note=tree.ref("Note", "n"), recipient=tree.ref("User", user)))

    assert (data["note_id"], data["resource_id"]) == ("n", user)


def test_a_user_needs_nothing_and_gets_server_defaults(api: Any) -> None:
    data = api.data(api.create("User", id="u"))

    assert data == {
        "__entity_type__": "User",
        "id": "u",
        "username": "u",
        "first_name": "first",
        "last_name": "last",
        "is_active": False,
        "is_otp_enabled": False,
        "is_totp_enabled": False,
        "require_details_update": False,
        "resource_type": "user",
        "user_type_id": "ac9fa5aa-4361-11e0-b7cc-0019bb4983d8",
    }


def test_a_user_is_named_after_the_address_while_that_is_free(api: Any) -> None:
    first, second = api(
        api.create("User", id="u1", email="kim@example.com"), api.create("User", id="u2", email="kim@example.org")
    )

    assert (first["data"]["username"], second["data"]["username"]) == ("kim", "u2")


def test_a_new_user_holds_the_role_user(api: Any) -> None:
    api(api.create("User", id="u", username="kim"))

    (held,) = api.rows("user_security_role", user_id="u")
    assert api.row("security_role", held["security_role_id"])["name"] == "User"


def test_empty_values_are_left_out_of_the_reply(api: Any) -> None:
    data = api.data(api.create("Timer", user=api.ref("User", api.user_id), context=None, name=None))

    assert "context" not in data
    assert "name" not in data
    assert (data["comment"], data["start"]) == ("", NOW)


def test_an_empty_value_leaves_the_choice_to_the_server(tree: Any) -> None:
    data = tree.data(tree.create("Task", id="t2", name="t2", parent_id="shot", status=None, priority_id=None))

    assert data["status_id"]
    assert data["priority_id"] == "9661b320-3a0c-11e2-81c1-0800200c9a66"


@pytest.mark.parametrize(
    ("sent", "echoed", "stored"),
    [
        (
            {"__type__": "datetime", "value": "2031-02-03T04:05:06.789012+02:00"},
            "2031-02-03T02:05:06.789012",
            datetime(2031, 2, 3, 2, 5, 6),  # noqa: DTZ001 - naive UTC, as stored
        ),
        ("2031-02-03T04:05:06.000Z", "2031-02-03T04:05:06", datetime(2031, 2, 3, 4, 5, 6)),  # noqa: DTZ001
        ({"__type__": "date", "value": "2031-02-03"}, "2031-02-03T00:00:00", datetime(2031, 2, 3)),  # noqa: DTZ001
    ],
)
def test_moments_are_echoed_exactly_and_stored_in_whole_seconds(
    api: Any, sent: Any, echoed: str, stored: datetime
) -> None:
    data = api.data(api.create("Timelog", id="l", start=sent, duration=10))

    assert data["start"] == {"__type__": "datetime", "value": echoed}
    assert api.row("timelog", "l")["start"] == stored


def test_references_are_echoed_as_sent_and_reduced_to_their_key(tree: Any) -> None:
    parent = {"__entity_type__": "Sequence", "id": "sequence", "name": "ignored", "bid": 5}

    data = tree.data(tree.create("Shot", id="s2", name="s2", parent=parent))

    assert data["parent"] == {"__entity_type__": "Sequence", "id": "sequence"}
    assert tree.row("context", "sequence")["name"] == "sq010"


def test_a_relation_wins_over_its_column(tree: Any) -> None:
    tree(
        tree.create("Asset", id="a1", name="a", context_id="shot"),
        tree.create("Asset", id="a2", name="b", context_id="shot"),
    )

    data = tree.data(tree.create("AssetVersion", id="v", asset_id="a1", asset=tree.ref("Asset", "a2")))

    assert data["asset_id"] == "a2"


def test_unknown_attributes_are_ignored_unless_the_call_is_strict(api: Any) -> None:
    operation = api.create("Scope", id="s", nmae="London", name="London")

    api(operation)
    with pytest.raises(errors.ValidationError, match=r'Scope has no attribute "nmae"\. Did you mean "name"'):
        api({**operation, "entity_data": {**operation["entity_data"], "id": "s2"}}, refuse_unknown=True)


def test_hidden_columns_cannot_be_written(api: Any) -> None:
    api(api.create("User", id="u", username="kim", password_hash="x"))

    assert api.row("resource", "u")["password_hash"] is None


@pytest.mark.parametrize(
    ("entity_type", "data", "message"),
    [
        ("Task", {"bid": "long"}, 'Task.bid must be of type number. Got "long" of type string.'),
        ("Task", {"name": 5}, "Task.name must be of type string. Got 5 of type number."),
        ("User", {"is_active": "yes"}, 'User.is_active must be of type boolean. Got "yes" of type string.'),
        ("Timelog", {"start": "01-02-2031"}, "Timelog.start"),
        (
            "Job",
            {"status": "runing"},
            'one of queued, running, done, failed. Got "runing" of type string. Did you mean',
        ),
        ("Component", {"size": 1.5}, "Component.size must be of type integer"),
        ("Component", {"size": 2**63}, "64 bits"),
        ("Task", {"status": "Ready"}, "Task.status must be a reference"),
        ("Task", {"status": {"__entity_type__": "Type", "id": "x"}}, 'Task.status must be a Status. Got "Type"'),
        ("Task", {"status": {"__entity_type__": "Status"}}, 'without "id"'),
        ("Metadata", {"parent_type": "Shoot", "parent_id": "p", "key": "k", "value": "v"}, 'Did you mean "Shot"'),
        ("Scope", {"id": "x" * 37, "name": "x"}, "1 to 36 characters"),
        ("Task", {"link": []}, "Task.link is worked out by the server"),
    ],
)
def test_a_wrong_value_is_refused_with_type_attribute_value_and_expectation(
    api: Any, entity_type: str, data: dict[str, Any], message: str
) -> None:
    with pytest.raises(errors.ValidationError) as refusal:
        api(api.create(entity_type, **data))

    assert message in refusal.value.message
    assert refusal.value.operation_index == 0


def test_a_reference_to_a_missing_row_names_attribute_and_row(tree: Any) -> None:
    with pytest.raises(errors.IntegrityError) as refusal:
        tree(tree.create("Scope", name="x"), tree.update("Task", "task", status=tree.ref("Status", "nowhere")))

    assert 'Task.status_id refers to Status "nowhere", which does not exist.' in refusal.value.message
    assert "operation 2 of 2: update Task" in refusal.value.message
    assert refusal.value.operation_index == 1
    assert tree.rows("scope", name="x") == []


def test_a_missing_required_value_is_refused(api: Any) -> None:
    with pytest.raises(errors.IntegrityError, match=r"Scope\.name must have a value"):
        api(api.create("Scope", id="s"))


def test_a_required_value_may_follow_later_in_the_batch(api: Any) -> None:
    api(api.create("Scope", id="s"), api.create("Scope", name="other"), api.update("Scope", "s", name="London"))

    assert api.row("scope", "s")["name"] == "London"


@pytest.mark.parametrize("where", ["stored", "batch"])
def test_a_key_is_taken_once(api: Any, where: str) -> None:
    operation = api.create("Scope", id="s", name="London")
    batch = [operation] if where == "stored" else [operation, operation]
    if where == "stored":
        api(operation)

    with pytest.raises(errors.DuplicateEntryError, match="DuplicateEntryError"):
        api(*batch)


def test_a_key_that_contradicts_the_data_is_refused(api: Any) -> None:
    with pytest.raises(errors.ValidationError, match=r'Scope\.id is "b" but the key says "a"'):
        api(api.create("Scope", ["a"], id="b", name="x"))


def test_an_unknown_type_is_refused_with_the_nearest_name(api: Any) -> None:
    with pytest.raises(errors.UnknownEntityTypeError, match='Did you mean "Shot"'):
        api(api.create("Shoot", name="x"))


@pytest.mark.parametrize(
    ("entity_type", "data", "table", "column", "value"),
    [
        ("List", {"system_type": "assetversion"}, "list", "system_type", "assetversion"),
        ("List", {}, "list", "system_type", "task"),
        ("AssetVersionList", {}, "list", "system_type", "assetversion"),
        ("Component", {}, "component", "system_type", "file"),
        ("SequenceComponent", {}, "component", "system_type", "sequence"),
        ("Group", {"name": "g"}, "resource", "resource_type", "group"),
    ],
)
def test_a_subtype_is_told_by_the_data_or_the_type(
    tree: Any, entity_type: str, data: dict[str, Any], table: str, column: str, value: str
) -> None:
    owner = {"project_id": "project", "category_id": tree.rows("list_category")[0]["id"]} if table == "list" else {}

    id_ = tree.data(tree.create(entity_type, **data, **owner))["id"]

    assert tree.row(table, id_)[column] == value


def test_an_item_may_be_made_through_its_base_type(tree: Any) -> None:
    shot = tree.rows("object_type", name="Shot")[0]["id"]

    data = tree.data(
        tree.create("TypedContext", name="x", parent_id="sequence", object_type=tree.ref("ObjectType", shot))
    )

    assert (data["__entity_type__"], data["object_type_id"]) == ("TypedContext", shot)


def test_a_base_type_that_tells_too_little_is_refused(tree: Any) -> None:
    with pytest.raises(errors.ValidationError, match="needs object_type_id"):
        tree(tree.create("TypedContext", name="x", parent_id="sequence"))


def test_a_type_and_its_discriminator_may_not_contradict_each_other(tree: Any) -> None:
    shot = tree.rows("object_type", name="Shot")[0]["id"]

    with pytest.raises(errors.ValidationError, match="A Task has the object_type_id"):
        tree(tree.create("Task", name="x", parent_id="shot", object_type_id=shot))


@pytest.mark.parametrize("entity_type", ["StatusChange", "Event", "UserSecurityRole", "ApiKey", "UserSession"])
def test_rows_of_the_server_cannot_be_made_by_clients(api: Any, entity_type: str) -> None:
    with pytest.raises(errors.PermissionDeniedError, match="written by the server"):
        api(api.create(entity_type, id="x"))


def test_one_timer_per_user(api: Any) -> None:
    user = api.ref("User", api.user_id)

    with pytest.raises(errors.IntegrityError, match="DuplicateEntryError") as refusal:
        api(api.create("Timer", user=user), api.create("Timer", user=user))

    assert refusal.value.operation_index == 1
    assert api.rows("timer") == []


def test_stopping_one_timer_and_starting_the_next_fits_into_one_batch(api: Any) -> None:
    user = api.ref("User", api.user_id)
    api(api.create("Timer", id="t1", user=user))

    api(api.create("Timer", id="t2", user=user), api.delete("Timer", "t1"))

    assert [row["id"] for row in api.rows("timer")] == ["t2"]


def test_a_thumbnail_must_be_a_picture(tree: Any) -> None:
    tree(
        tree.create("FileComponent", id="picture", file_type=".PNG"),
        tree.create("FileComponent", id="film", file_type=".mov"),
        tree.create("SequenceComponent", id="frames"),
    )

    tree(tree.update("Task", "task", thumbnail_id="picture"))
    with pytest.raises(errors.ValidationError, match='Got "mov"'):
        tree(tree.update("Task", "task", thumbnail=tree.ref("FileComponent", "film")))
    with pytest.raises(errors.ValidationError, match="must be a single file"):
        tree(tree.update("Task", "task", thumbnail=tree.ref("SequenceComponent", "frames")))


def test_metadata_given_with_its_owner_is_written(tree: Any) -> None:
    tree(tree.create("Scope", name="x"), tree.update("Task", "task", metadata={"colour": "blue", "frames": 25}))

    stored = {row["key"]: (row["value"], row["parent_type"]) for row in tree.rows("metadata", parent_id="task")}
    assert stored == {"colour": ("blue", "task"), "frames": ("25", "task")}


def test_creating_metadata_twice_changes_it(tree: Any) -> None:
    entry = {"parent_id": "task", "parent_type": "Task", "key": "colour"}

    tree(tree.create("Metadata", **entry, value="blue"))
    tree(tree.create("Metadata", **entry, value="red"))

    assert [row["value"] for row in tree.rows("metadata", parent_id="task")] == ["red"]


def test_a_job_notes_when_it_has_finished(api: Any) -> None:
    api(api.create("Job", id="j"))
    started = api.row("job", "j")
    api(api.update("Job", "j", status="done"))

    assert (started["status"], started["type"], started["user_id"], started["finished_at"]) == (
        "queued",
        "api_job",
        api.user_id,
        None,
    )
    assert api.row("job", "j")["finished_at"] is not None


def test_a_reference_must_lead_to_the_right_kind_of_row(tree: Any) -> None:
    tree(tree.create("Group", id="g", name="g"))

    with pytest.raises(errors.ValidationError, match='Timelog\\.user_id must refer to a User\\. "g" is none'):
        tree(tree.create("Timelog", user_id="g", duration=5))
    with pytest.raises(errors.ValidationError, match="CalendarEvent\\.project_id must refer to a Project"):
        tree(tree.create("CalendarEvent", project=tree.ref("Shot", "shot")))


def test_a_container_may_be_named_by_its_base_type(api: Any) -> None:
    api(
        api.create("SequenceComponent", id="q"),
        api.create("FileComponent", id="f", container=api.ref("ContainerComponent", "q")),
        api.update("ContainerComponent", "q", name="frames"),
    )

    assert (api.row("component", "f")["container_id"], api.row("component", "q")["name"]) == ("q", "frames")


@pytest.mark.parametrize("action", ["create", "update", "delete"])
def test_the_types_of_custom_attributes_are_given(api: Any, action: str) -> None:
    id_ = api.named("custom_attribute_type", "number")
    operation = {
        "action": action,
        "entity_type": "CustomAttributeType",
        "entity_key": [id_],
        "entity_data": {"name": "x"},
    }

    with pytest.raises(errors.PermissionDeniedError):
        api(operation)


def test_a_number_beyond_all_floats_is_refused(api: Any) -> None:
    with pytest.raises(errors.ServerError, match="bid"):
        api(api.project(), api.create("Task", id="t", name="t", project_id="project", parent_id="project", bid=10**400))


def test_containers_are_sequences_too(api: Any) -> None:
    frame = api.create("FileComponent", id="frame", name="1", container_id="frames")
    api(api.create("SequenceComponent", id="frames", name="frames"), api.create("ContainerComponent", id="box"), frame)

    containers = api.data({"action": "query", "expression": "select id from ContainerComponent order by id"})
    frames = api.data({"action": "query", "expression": "select container.name from FileComponent"})

    assert [(item["__entity_type__"], item["id"]) for item in containers] == [
        ("ContainerComponent", "box"),
        ("SequenceComponent", "frames"),
    ]
    assert frames[0]["container"]["__entity_type__"] == "SequenceComponent"
    assert frames[0]["container"]["name"] == "frames"
