"""What becomes of entities when a commit succeeds, fails or meets odd ones."""

from __future__ import annotations

import pytest

from ftrack_api import exception, inspection
from ftrack_api.symbol import CREATED, DELETED, NOT_SET

REFUSED = {
    "exception": "ValidationError",
    "content": "No {thanks}",
    "error_code": None,
    "error": {"operation_index": 0},
}


@pytest.fixture
def project(session, server):
    server.add("Project", id="p", name="heron", full_name="Heron")
    server.add("Task", id="t", name="comp", bid=1.0)
    session.query("select name, bid from Task").all()
    found = session.query("select name, full_name from Project").one()
    server.forget()
    return found


@pytest.fixture
def task(session, project):
    return session.get("Task", "t")


def sent(server):
    return [(write["action"], write["entity_type"], write.get("entity_data")) for write in server.writes]


def test_after_a_commit_entities_show_what_the_server_said(session, server, task):
    task["name"] = "x"
    server._written = lambda _: {"action": "update", "data": {"__entity_type__": "Task", "id": "t", "name": "X"}}
    session.commit()

    assert task["name"] == "X"
    assert inspection.state(task) is NOT_SET
    assert task._local is None


def test_what_the_server_did_not_echo_is_read_again(session, server, task):
    task["bid"] = 9
    server._written = lambda _: {"action": "update", "data": True}
    session.commit()
    server.forget()

    assert task["bid"] == 9
    assert server.expressions == ['select bid from Task where id is "t"']


def test_a_committed_reference_makes_its_key_be_read_again(session, server, task):
    server.rows["Task", ("t",)]["status_id"] = "old"
    assert task["status_id"] == "old"
    task["status"] = session.create("Status", {"id": "s"}, reconstructing=True)
    server.rows["Task", ("t",)]["status_id"] = "s"
    session.commit()

    assert task["status_id"] == "s"
    task["status_id"] = "r"
    session.commit()
    server.rows["Task", ("t",)]["status"] = server.add("Status", id="r")
    assert task["status"]["id"] == "r"


def test_created_entities_stay_the_same_objects(session, server):
    task = session.create("Task", {"name": "n"})
    assert (inspection.state(task), session.created) == (CREATED, [task])
    session.commit()

    assert session.get("Task", task["id"]) is task
    assert (inspection.state(task), session.created) == (NOT_SET, [])
    assert task["name"] == "n"


def test_a_reply_under_a_base_type_still_reaches_the_entity(session, server):
    task = session.create("Task", {"id": "n", "name": "n"})
    server._written = lambda _: {
        "action": "create",
        "data": {"__entity_type__": "TypedContext", "id": "n", "bid": 4},
    }
    session.commit()

    assert task["bid"] == 4


def test_a_deleted_entity_is_gone_after_the_commit(session, server, task):
    session.delete(task)
    assert session.deleted == [task]
    assert session.get("Task", "t") is task
    session.commit()

    assert session.get("Task", "t") is None
    assert task["name"] == "comp"
    assert inspection.state(task) is NOT_SET


def test_a_failed_commit_keeps_everything_and_can_be_repeated(session, server, task):
    task["name"] = "x"
    new = session.create("Task", {"name": "n"})
    server.refuse = REFUSED
    with pytest.raises(exception.ValidationError) as caught:
        session.commit()

    assert caught.value.operation_index == 0
    assert "No {thanks}" in str(caught.value)
    assert (task["name"], len(session.recorded_operations)) == ("x", 2)
    task["name"] = "y"
    session.commit()
    assert [write["entity_data"]["name"] for write in server.writes] == ["n", "y"]
    assert new["name"] == "n"


def test_a_failed_commit_can_be_rolled_back(session, server, task):
    task["name"] = "x"
    new = session.create("Task", {"id": "n"})
    server.refuse = REFUSED
    with pytest.raises(exception.ServerError):
        session.commit()
    session.rollback()

    assert task["name"] == "comp"
    assert not session.recorded_operations
    assert session.get("Task", "n") is None
    assert new["id"] == "n"
    server.forget()
    session.commit()
    assert server.batches == []


def test_values_set_without_recording_end_with_the_commit(session, server, task):
    with session.operation_recording(False):
        task["bid"] = 5
    task["name"] = "x"
    session.commit()

    assert sent(server) == [("update", "Task", {"name": "x"})]
    assert task["bid"] == 1.0


def test_states_are_listed_in_the_order_of_the_first_change(session, project, task):
    task["name"] = "x"
    new = session.create("Task", {"id": "n"})
    project["name"] = "y"
    session.delete(task)

    assert session.modified == [project]
    assert session.created == [new]
    assert session.deleted == [task]
    assert inspection.state(task) is DELETED


def test_creating_a_known_key_again_gives_the_known_object(session, server):
    first = session.create("Task", {"id": "n", "name": "a"})
    second = session.create("Task", {"id": "n", "name": "b"})

    assert second is first
    assert first["name"] == "b"
    assert len(session.recorded_operations) == 2


def test_deleting_without_recording_does_nothing(session, task):
    with session.operation_recording(False):
        session.delete(task)

    assert session.deleted == []


def test_a_collection_the_server_did_not_echo_is_read_again(session, server, task):
    task["notes"].append(session.create("Note", {"id": "n"}))
    session.commit()
    extra = server.add("Note", id="automatic")
    server.rows["Task", ("t",)]["notes"].append(extra)
    server.forget()

    assert [note["id"] for note in task["notes"]] == ["n", "automatic"]
    assert len(server.batches) == 1


def test_a_custom_location_survives_a_rollback(session):
    status = session.create("Status", {"id": "fixed"}, reconstructing=True)
    status.accessor = "mine"
    session.create("Task", {"name": "n"})
    session.rollback()

    assert session.get("Status", "fixed").accessor == "mine"


def test_an_entity_from_before_a_cleared_cache_is_committed_and_stays_readable(session, server, task):
    task["name"] = "x"
    new = session.create("Task", {"id": "n", "name": "new"})
    session._local_cache.clear()
    session.commit()

    assert (task["name"], task["id"]) == ("x", "t")
    assert (new["id"], new["name"]) == ("n", "new")
    assert session.get("Task", "t") is task


def test_an_entity_that_was_loaded_anew_shares_what_was_answered(session, server, task):
    task["name"] = "x"
    session._local_cache.clear()
    again = session.query("select bid from Task").one()
    session.commit()

    assert again is not task
    assert (again["name"], task["name"], task["bid"]) == ("x", "x", 1.0)


def test_an_object_that_is_not_the_sessions_own_can_still_fetch(session, server, task):
    server.rows["Task", ("t",)]["description"] = "text"
    session.reset()

    assert task["description"] == "text"


def test_an_entity_without_a_key_does_not_disturb_a_commit(session, server, task):
    with session.operation_recording(False):
        session.types["Metadata"](session, {"value": "x"})
    task["name"] = "x"
    session.commit()

    assert task["name"] == "x"


def test_what_is_changed_and_deleted_at_once_is_gone(session, server, task):
    task["name"] = "x"
    session.delete(task)
    session.commit()

    assert server.row("Task", "t") is None
    assert session.get("Task", "t") is None
    assert len(session._state.identities) == len([*session._state.identities])
    assert task not in list(session._state.identities)


class TestCreatedAnew:
    """A task that is deleted, and one that is created under its key, in one batch."""

    @pytest.fixture
    def task(self, session, server):
        note = server.add("Note", id="n", content="hello")
        server.add("Task", id="t", name="old", bid=1, description="of the old one", notes=[note])
        return session.query("select name, bid, description, notes.content from Task").one()

    @pytest.fixture
    def again(self, session, task):
        assert len(task["notes"]) == 1
        session.delete(task)
        return session.create("Task", {"id": "t", "name": "new", "bid": 2})

    def test_nothing_of_the_old_one_is_left_after_a_commit(self, session, server, task, again):
        session.commit()

        assert again is task
        assert session.get("Task", "t") is again
        assert (again["name"], again["bid"], again["description"], list(again["notes"])) == ("new", 2, None, [])
        assert inspection.state(again) is NOT_SET
        assert [write["action"] for write in server.batches[1]] == ["delete", "create"]

    @pytest.mark.usefixtures("again")
    def test_the_old_one_is_there_after_a_rollback(self, session, task):
        session.rollback()

        assert session.get("Task", "t") is task
        assert (task["name"], task["bid"], task["description"]) == ("old", 1, "of the old one")
        assert [note["content"] for note in task["notes"]] == ["hello"]
        assert inspection.state(task) is NOT_SET

    def test_what_was_there_before_does_not_prove_that_a_batch_arrived(self, session, server, again, monkeypatch):
        session.create("User", {"id": "u"})
        really_send, broken = server.send, []

        def send(request):
            if not broken and b'"query"' not in request.body:
                broken.append(request)
                raise exception.ConnectionError("The line broke.")
            return really_send(request)

        monkeypatch.setattr(server, "send", send)
        session.commit()

        assert broken
        assert server.row("User", "u")
        assert server.row("Task", "t")["name"] == again["name"] == "new"
