"""What some types of entities, and the session beside them, can do: notes, timers, jobs, schemas, invitations."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone

import pytest

from ftrack_api import exception

DUPLICATE = {"exception": "DuplicateEntryError", "content": "One timer per user.", "error_code": None}


@pytest.fixture
def user(session, server):
    server.add("User", id="u", username="kim")
    return session.query("select username from User").one()


@pytest.fixture
def task(session, server):
    server.add("Task", id="t", name="comp", notes=[])
    return session.query("select name, notes from Task").one()


def kinds(server):
    return [(write["action"], write["entity_type"]) for write in server.writes]


def test_a_note_goes_to_its_recipients_with_its_labels(session, server, task, user):
    label = session.create("NoteLabel", {"id": "l"}, reconstructing=True)
    note = task.create_note("Please look", author=user, recipients=[user], labels=[label])
    assert note in session.created
    session.commit()

    assert kinds(server) == [
        ("create", "Note"),
        ("update", "Task"),
        ("create", "Recipient"),
        ("update", "Note"),
        ("create", "NoteLabelLink"),
    ]
    created, _, recipient, _, link = server.writes
    assert created["entity_data"]["content"] == "Please look"
    assert created["entity_data"]["author"] == {"__entity_type__": "User", "id": "u"}
    assert recipient["entity_key"] == [note["id"], "u"]
    assert link["entity_key"] == [note["id"], "l"]


def test_a_category_is_a_single_label_where_there_are_labels(session, task, user):
    label = session.create("NoteLabel", {"id": "l"}, reconstructing=True)

    with pytest.warns(PendingDeprecationWarning, match="give labels instead"):
        note = task.create_note("x", author=user, category=label)

    assert session.get("NoteLabelLink", [note["id"], "l"]) in session.created
    with pytest.raises(ValueError, match="either labels or a category"):
        task.create_note("x", author=user, category=label, labels=[label])


def test_a_category_is_a_key_where_there_are_no_labels(session, server, task, user):
    del session.types["NoteLabel"]
    note = task.create_note("x", author=user, category={"id": "c"})

    assert note["category_id"] == "c"
    with pytest.raises(ValueError, match="has no note labels"):
        task.create_note("x", author=user, labels=[])


def test_a_reply_belongs_to_its_note(session, server, user):
    note = session.create("Note", {"id": "n"}, reconstructing=True)
    reply = note.create_reply("Done", user)
    session.commit()

    assert kinds(server) == [("create", "Note"), ("update", "Note")]
    assert server.writes[1]["entity_data"]["replies"] == [{"__entity_type__": "Note", "id": reply["id"]}]


def test_a_timer_is_started_at_once(session, server, user, task):
    timer = user.start_timer(task, comment="comp", name="n")

    assert server.row("Timer", timer["id"])["comment"] == "comp"
    assert server.writes[0]["entity_data"]["context"] == {"__entity_type__": "Task", "id": "t"}


def test_a_second_timer_is_refused_and_leaves_nothing_pending(session, server, user):
    server.refuse = DUPLICATE

    with pytest.raises(exception.NotUniqueError, match="has a running timer"):
        user.start_timer()
    assert not session.recorded_operations


def test_another_failure_of_a_timer_is_raised_as_it_is(session, server, user):
    server.refuse = {"exception": "ValidationError", "content": "No.", "error_code": None}

    with pytest.raises(exception.ValidationError):
        user.start_timer()
    assert len(session.created) == 1


def test_stopping_a_timer_logs_its_time(session, server, user):
    start = datetime.now(timezone.utc) - timedelta(hours=1)
    stored = {"__type__": "datetime", "value": start.replace(tzinfo=None).isoformat(timespec="seconds")}
    server.add("Timer", id="x", user_id="u", context_id="t", comment="c", name=None, start=stored)
    server.forget()
    log = user.stop_timer()

    assert len(server.batches) == 2
    assert server.row("Timer", "x") is None
    row = server.row("Timelog", log["id"])
    assert (row["user_id"], row["context_id"], row["comment"]) == ("u", "t", "c")
    assert 3600 <= row["duration"] <= 3602


def test_without_time_zones_the_wall_clock_counts(session, server, user):
    session._server_information["is_timezone_support_enabled"] = False
    stored = {"__type__": "datetime", "value": datetime.now().isoformat(timespec="seconds")}  # noqa: DTZ005
    server.add("Timer", id="x", user_id="u", context_id=None, comment="", name=None, start=stored)

    assert 0 <= user.stop_timer()["duration"] <= 2


def test_stopping_needs_a_running_timer_and_forcing_does_not(session, server, user):
    with pytest.raises(exception.NoResultFoundError):
        user.stop_timer()

    first = user.start_timer(force=True)
    session.populate(first, "id")
    server.rows["Timer", (first["id"],)].update(
        user_id="u", start={"__type__": "datetime", "value": "2024-01-01T00:00:00"}
    )
    second = user.start_timer(force=True)
    assert server.row("Timer", first["id"]) is None
    assert server.row("Timer", second["id"]) is not None


def test_jobs_of_a_client_are_of_one_type(session):
    assert session.create("Job")["type"] == "api_job"
    assert session.create("Job", {"type": None})["type"] is None
    assert session.create("Job", {"type": "api_job", "status": "running"})["status"] == "running"
    with pytest.raises(ValueError, match="'ldap'"):
        session.create("Job", {"type": "ldap"})
    assert session.create("Job", {"id": "j", "type": "ldap"}, reconstructing=True)["type"] == "ldap"


@pytest.fixture
def project_schema(session, server):
    statuses = [server.add("Status", id=f"s{n}", name=f"s{n}") for n in range(4)]
    kinds_ = [server.add("Type", id=f"y{n}", name=f"y{n}") for n in range(2)]
    plain = server.add("WorkflowSchema", id="w1", statuses=statuses[:2])
    special = server.add("WorkflowSchema", id="w2", statuses=statuses[2:])
    override = server.add("ProjectSchemaOverride", id="o", type_id="y1", workflow_schema=special)
    of_shots = server.add("Schema", id="sc", type_id="ot-shot")
    server.add("SchemaStatus", schema_id="sc", status_id="s3", task_status=statuses[3])
    server.add("SchemaType", schema_id="sc", type_id="y0", task_type=kinds_[0])
    server.add(
        "ProjectSchema",
        id="ps",
        name="VFX",
        _task_workflow=plain,
        _version_workflow=special,
        _overrides=[override],
        _schemas=[of_shots],
        _task_type_schema=server.add("TaskTypeSchema", id="tt", types=kinds_),
    )
    return session.query("select name from ProjectSchema").one()


def names(entities):
    return [entity["name"] for entity in entities]


def test_statuses_depend_on_the_type_of_the_entity(project_schema):
    assert names(project_schema.get_statuses("Task")) == ["s0", "s1"]
    assert names(project_schema.get_statuses("Task", "y1")) == ["s2", "s3"]
    assert names(project_schema.get_statuses("Task", "y0")) == ["s0", "s1"]
    assert names(project_schema.get_statuses("AssetVersion")) == ["s2", "s3"]
    assert names(project_schema.get_statuses("Shot")) == ["s3"]
    assert isinstance(project_schema.get_statuses("Task"), list)


def test_types_depend_on_the_type_of_the_entity(project_schema):
    assert names(project_schema.get_types("Task")) == ["y0", "y1"]
    assert names(project_schema.get_types("Shot")) == ["y0"]


def test_a_type_whose_schema_lists_nothing_has_no_statuses_and_types(project_schema, server):
    for key in [key for key in server.rows if key[0] in {"SchemaStatus", "SchemaType"}]:
        del server.rows[key]

    assert (project_schema.get_statuses("Shot"), project_schema.get_types("Shot")) == ([], [])


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("Shoot", 'entity type "Shoot" does not exist'),
        ("Note", 'define no task_status for "Note"'),
        ("TypedContext", 'define no task_status for "TypedContext"'),
    ],
)
def test_types_without_statuses_say_so(project_schema, schema, message):
    with pytest.raises(ValueError, match=message):
        project_schema.get_statuses(schema)


def test_invitations_go_out_in_one_request(session, server, user):
    server._send_user_invite = server._send_review_session_invite = lambda _: {"sent": True}
    server.forget()
    session.send_user_invites([user, user])
    user.send_invite()
    session.send_review_session_invite({"id": "i"})

    assert server.batches == [
        [{"action": "send_user_invite", "user_id": "u"}] * 2,
        [{"action": "send_user_invite", "user_id": "u"}],
        [{"action": "send_review_session_invite", "review_session_invitee_id": "i"}],
    ]


def test_a_key_is_reset_on_the_server(session, server, user):
    server._reset_remote = lambda action: {"action": "reset_remote", "data": {"api_key": action["entity_key"] * 3}}

    assert user.reset_api_key() == "uuu"
    assert server.batches[-1] == [
        {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": "u"}
    ]


def test_widgets_and_uploads_are_asked_for(session, server, task):
    server._get_widget_url = lambda _: {"widget_url": "http://w"}
    server._get_upload_metadata = lambda action: {"url": "http://up", "headers": {}, "name": action["file_name"]}

    assert session.get_widget_url("tasks", entity=task, theme="dark") == "http://w"
    assert server.batches[-1][0]["entity_key"] == ["t"]
    assert session.get_widget_url("tasks") == "http://w"
    assert session.get_upload_metadata("c", "a.png", 3)["name"] == "a.png"


@pytest.mark.parametrize("spelling", ["u'get_widget_url'", "'get_widget_url'"])
def test_a_server_that_lacks_an_action_is_told_apart(session, server, spelling):
    server.refuse = {"exception": "ServerError", "content": f"Invalid action {spelling}", "error_code": None}
    with pytest.raises(exception.ServerCompatibilityError, match="does not know the action 'get_widget_url'"):
        session.get_widget_url("tasks")

    server.refuse = {"exception": "ServerError", "content": "Invalid action u'other'", "error_code": None}
    with pytest.raises(exception.ServerError) as caught:
        session.get_widget_url("tasks")
    assert not isinstance(caught.value, exception.ServerCompatibilityError)


def test_forcing_a_timer_is_silent_when_none_runs(user, caplog):
    with caplog.at_level(logging.INFO):
        timer = user.start_timer(force=True)

    assert timer["id"]
    assert caplog.text == ""
