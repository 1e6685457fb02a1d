"""Defects of the old client in what a commit sends and leaves behind, one test for each number."""

from __future__ import annotations

import gc
import sys
import threading

import pytest

from ftrack_api import cache, exception, inspection
from ftrack_api.symbol import CREATED, MODIFIED, NOT_SET

DUPLICATE = {"exception": "IntegrityError", "content": "DuplicateEntryError: one timer per user", "error_code": None}


@pytest.fixture
def task(session, server):
    server.add("Task", id="t", name="comp", bid=1.0, description="x")
    found = session.query("select name, bid, description from Task").one()
    server.forget()
    return found


def test_d8_a_batch_that_comes_to_nothing_leaves_nothing_pending(session, server, caplog):
    session.delete(session.create("Task", {"name": "gone"}))
    session.commit()

    assert server.batches == []
    assert len(session.recorded_operations) == 0
    assert (session.created, session.modified, session.deleted) == ([], [], [])
    session.close()
    assert "never committed" not in caplog.text


@pytest.mark.parametrize("withdraw", [lambda e, k: e.__delitem__(k), lambda e, k: e.__setitem__(k, NOT_SET)])
def test_d9_a_withdrawn_value_is_no_change(session, server, task, withdraw):
    task["name"] = "light"
    withdraw(task, "name")
    new = session.create("User", {"username": "ada", "email": "a@b.c"})
    withdraw(new, "email")

    assert inspection.state(task) is NOT_SET
    assert task["name"] == "comp"
    session.commit()
    (creation,) = server.writes
    assert "email" not in creation["entity_data"]


def test_d9_clearing_an_entity_records_nothing(session, task):
    task["name"], task["bid"] = "light", 3
    task.clear()

    assert (len(session.recorded_operations), task["name"], task["bid"]) == (0, "comp", 1.0)


def test_d10_what_is_recorded_while_a_batch_travels_is_kept(session, server, task):
    task["name"] = "first"

    def meanwhile(_batch):
        server.before_reply = None
        thread = threading.Thread(target=lambda: task.__setitem__("bid", 7))
        thread.start()
        thread.join()

    server.before_reply = meanwhile
    session.commit()
    assert (task["bid"], inspection.state(task)) == (7, MODIFIED)

    session.commit()
    assert (server.row("Task", "t")["name"], server.row("Task", "t")["bid"]) == ("first", 7)


@pytest.mark.parametrize("verb", ["commit", "rollback"])
def test_d11_the_cost_of_a_commit_does_not_follow_the_cache(session, server, task, verb):
    def calls() -> int:
        task["bid"] = (task["bid"] or 0) + 1
        count = 0

        def note(_frame, event, _argument):
            nonlocal count
            count += event == "call"

        gc.disable()  # collections call functions of their own at any moment
        sys.setprofile(note)
        try:
            getattr(session, verb)()
        finally:
            sys.setprofile(None)
            gc.enable()
        return count

    calls()
    few = calls()
    for number in range(3000):
        session.create("User", {"id": str(number)}, reconstructing=True)

    assert len(session._local_cache.keys()) > 3000
    assert calls() <= few * 1.1 + 5


def test_d11_local_values_are_gone_after_a_commit_and_the_servers_show(session, server, task):
    task["name"] = "light"
    server.before_reply = lambda batch: batch[0]["entity_data"].update(name="LIGHT")
    session.commit()

    assert task["name"] == "LIGHT"
    assert task.attributes.get("name").get_local_value(task) is NOT_SET


def test_d23_a_rollback_lets_go_of_new_entities_whatever_the_key_maker(new_session):
    class Numbered(cache.KeyMaker):
        def _key(self, obj):
            return f"key:{obj}"

    session = new_session(cache_key_maker=Numbered())
    task = session.create("Task", {"name": "new"})
    session.rollback()

    assert [key for key in session.cache.keys() if "Task" in key] == []  # noqa: SIM118 - no mapping
    assert str(task).startswith("<Task(")


def test_d29_a_deleted_entity_is_let_go_of(session, server, task):
    session.delete(task)
    assert session.get("Task", "t") is task
    session.commit()

    assert session.get("Task", "t") is None
    assert task["name"] == "comp"


def test_d31_nothing_refers_to_an_entity_that_never_was(session, server):
    server.add("User", id="u", username="kim", timelogs=[])
    user = session.query("select timelogs from User").one()
    log = session.create("Timelog", {"comment": "oops"})
    user["timelogs"].append(log)
    session.delete(log)
    session.commit()

    assert [data for data in (write.get("entity_data") for write in server.writes) if data != {"timelogs": []}] == []


def test_d31_a_deleted_entity_is_not_updated(session, server, task):
    session.delete(task)
    task["name"] = "late"
    session.commit()

    assert [write["action"] for write in server.writes] == ["delete"]


def test_d32_a_timer_that_cannot_start_leaves_nothing_behind(session, server):
    server.add("User", id="u", username="kim")
    user = session.query("select username from User").one()
    server.refuse = DUPLICATE
    with pytest.raises(exception.NotUniqueError, match="running timer"):
        user.start_timer()

    assert len(session.recorded_operations) == 0
    session.commit()


def test_d77_a_collection_travels_whole(session, server):
    server.add("Note", id="n1", content="one")
    server.add("Task", id="t", name="comp", notes=[{"__entity_type__": "Note", "id": "n1"}])
    task = session.query("select name, notes from Task").one()
    note = session.create("Note", {"id": "n2", "content": "two"})
    task["notes"].append(note)
    session.commit()

    (update,) = [write for write in server.writes if write["action"] == "update"]
    assert [item["id"] for item in update["entity_data"]["notes"]] == ["n1", "n2"]


def test_d78_a_new_entity_is_one_object(session, monkeypatch):
    made = []
    kind = session.types["Task"]
    original = kind.__init__
    monkeypatch.setattr(kind, "__init__", lambda self, *a, **k: (made.append(self), original(self, *a, **k))[1])
    task = session.create("Task", {"name": "new"})

    assert made == [task]
    assert made[0] is task


def test_d80_what_is_pending_is_found_without_a_walk_over_all(session, task, monkeypatch):
    new = session.create("Task", {"name": "new"})
    task["name"] = "light"
    monkeypatch.setattr(type(session._state.identities), "__iter__", lambda self: pytest.fail(f"walked over {self}"))

    assert (session.created, session.modified, session.deleted) == ([new], [task], [])
    assert inspection.state(new) is CREATED


def test_d80_a_missing_type_is_named_with_the_nearest(session):
    with pytest.raises(KeyError, match=r'"Tsak" not recognised\. Did you mean "Task"'):
        session.types["Tsak"]


def test_d80_entering_a_context_returns_nothing(session):
    with session.auto_populating(False) as first, session.operation_recording(False) as second:
        assert (first, second) == (None, None)
