"""Operations are read as tolerantly as real clients need, and refused with their place otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_protocol import actions
from ftrack_protocol.actions import ActionError, UnknownActionError, parse_batch, to_wire

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["action", "entity_type", "entity_key", "expression", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
EXAMPLES: list[dict[str, Any]] = [
    {"action": "query_server_information", "values": ["version"]},
    {"action": "query_schemas"},
    {"action": "query", "expression": "Task"},
    {"action": "search", "expression": "Task", "entity_type": "Task", "terms": ["comp"], "context_id": "p"},
    {"action": "create", "entity_type": "User", "entity_data": {"username": "kim"}, "entity_key": ["u"]},
    {"action": "update", "entity_type": "User", "entity_key": ["u"], "entity_data": {"email": None}},
    {"action": "delete", "entity_type": "Metadata", "entity_key": ["p", "k"]},
    {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": ["u"]},
    {"action": "get_upload_metadata", "component_id": "c", "file_name": "a.png", "file_size": 3, "parts": 2},
    {"action": "complete_multipart_upload", "upload_id": "u", "component_id": "c", "parts": [{"part_number": 1}]},
    {"action": "encode_media", "component_id": "c", "keep_original": True},
    {"action": "get_widget_url", "name": "tasks", "theme": "dark"},
    {"action": "send_user_invite", "user_id": "u"},
    {"action": "send_review_session_invite", "review_session_invitee_id": "i"},
    {"action": "delayed_job", "job_type": "SYNC_USERS_LDAP"},
    {"action": "_track_usage", "data": [{"feature": "x"}]},
    {"action": "add_user_security_role", "user_id": "u", "role_id": "r"},
    {"action": "remove_user_security_role", "user_id": "u", "role_id": "r"},
    {"action": "update_user_security_role", "user_id": "u", "role_id": "r", "new_role_id": "n"},
    {"action": "grant_user_security_role_project", "user_id": "u", "role_id": "r", "project_id": "p"},
    {"action": "revoke_user_security_role_project", "user_id": "u", "role_id": "r", "project_id": "p"},
]


def test_there_is_an_example_of_every_action() -> None:
    assert {example["action"] for example in EXAMPLES} == set(actions.ACTIONS)


@pytest.mark.parametrize("wire", EXAMPLES, ids=lambda wire: wire["action"])
def test_an_action_travels_without_loss(wire: dict[str, Any]) -> None:
    [action] = parse_batch([wire])

    assert to_wire(action) == wire
    assert parse_batch([to_wire(action)]) == [action]


def test_what_clients_add_is_ignored() -> None:
    wire = {"action": "query", "expression": "Task", "metadata": {"a": 1}, "colour": "red"}

    assert parse_batch([wire]) == [actions.Query("Task")]


@pytest.mark.parametrize(
    ("key", "read"), [("u", ("u",)), (["u"], ("u",)), (7, ("7",)), (["c", "e"], ("c", "e")), ([7], ("7",))]
)
def test_a_key_is_text_number_or_list(key: Any, read: tuple[str, ...]) -> None:
    [action] = parse_batch([{"action": "delete", "entity_type": "User", "entity_key": key}])

    assert action == actions.Delete("User", read)


def test_a_creation_needs_neither_key_nor_data() -> None:
    assert parse_batch([{"action": "create", "entity_type": "User"}]) == [actions.Create("User", {}, ())]


def test_an_object_alone_is_a_batch_of_one() -> None:
    assert parse_batch({"action": "query_schemas"}) == [actions.QuerySchemas()]
    assert parse_batch([]) == []


def test_an_unknown_action_is_answered_in_the_words_that_clients_know() -> None:
    with pytest.raises(UnknownActionError) as caught:
        parse_batch([{"action": "query_schemas"}, {"action": "dance"}])

    assert str(caught.value) == "Invalid action u'dance'"
    assert caught.value.index == 1


def test_an_absurd_action_is_not_repeated_whole() -> None:
    with pytest.raises(UnknownActionError) as caught:
        parse_batch([{"action": "x" * 10_000}])

    assert len(str(caught.value)) < 150


def test_an_operation_of_endless_depth_is_refused_like_any_other() -> None:
    nested: Any = []
    for _ in range(5_000):
        nested = [nested]

    with pytest.raises(ActionError, match=r"must be a primary key .* got \[\["):
        parse_batch([{"action": "delete", "entity_type": "T", "entity_key": nested}])


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        ("query", "A request is a list of operations, got 'query'"),
        ([1], "Operation 0: An operation is an object, got 1"),
        ([{}], 'Operation 0: An operation needs its "action" as text, got None'),
        ([{"action": ["query"]}], "needs its \"action\" as text, got ['query']"),
        ([{"action": "query"}], 'Operation 0: "query" needs "expression"'),
        ([{"action": "query", "expression": 5}], '"expression" of "query" must be text, got 5'),
        ([{"action": "query_server_information", "values": "x"}], "must be a list of texts"),
        ([{"action": "delete", "entity_type": "T", "entity_key": []}], "must be a primary key"),
        ([{"action": "delete", "entity_type": "T", "entity_key": [True]}], "must be a primary key"),
        ([{"action": "create", "entity_type": "T", "entity_data": []}], "must be an object"),
        ([{"action": "get_upload_metadata", "component_id": "c", "file_size": "3"}], "must be a whole number"),
        ([{"action": "complete_multipart_upload", "upload_id": "u", "component_id": "c", "parts": 1}], "be a list"),
        ([{"action": "delete", "entity_type": "T", "entity_key": {"k": "v" * 200}}], "..."),
    ],
)
def test_a_faulty_operation_is_named(payload: Any, complaint: str) -> None:
    with pytest.raises(ActionError) as caught:
        parse_batch(payload)

    assert complaint in str(caught.value)


def test_a_batch_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MAX_OPERATIONS", 2)

    with pytest.raises(ActionError, match="may hold 2 operations, got 3"):
        parse_batch([{"action": "query_schemas"}] * 3)


@given(payload=ANYTHING)
def test_nothing_does_worse_than_an_action_error(payload: Any) -> None:
    try:
        parse_batch(payload)
    except ActionError:
        return
