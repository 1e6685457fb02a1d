"""Commits whose answer is lost while nobody can be asked whether they arrived: the next one asks first."""

from __future__ import annotations

import pytest

from ftrack_api import exception
from ftrack_api.operation import Operations


@pytest.fixture
def commit_in_doubt(session, server, monkeypatch):
    """Commit over a line that breaks, before or after the batch arrives, and stays broken for the question."""

    def commit(*, arrives):
        original = server.send

        def send(request):
            if arrives and not request.read_only:
                original(request)
            raise exception.ConnectionError("reset by peer")

        with monkeypatch.context() as patch:
            patch.setattr(server, "send", send)
            with pytest.raises(exception.ConnectionError):
                session.commit()
        server.forget()

    return commit


@pytest.fixture
def task(session):
    return session.create("Task", {"id": "n", "name": "comp"})


def actions(server):
    return [[action["action"] for action in batch] for batch in server.batches]


@pytest.mark.parametrize("arrives", [True, False])
def test_a_creation_happens_once(session, server, task, commit_in_doubt, arrives):
    commit_in_doubt(arrives=arrives)
    session.commit()

    assert actions(server) == [["query"], *([] if arrives else [["create"]])]
    assert server.row("Task", "n")["name"] == "comp"
    assert (len(session.recorded_operations), task["name"]) == (0, "comp")
    server.forget()
    session.commit()
    assert server.batches == []


@pytest.mark.parametrize("arrives", [True, False])
def test_what_is_changed_then_is_sent(session, server, task, commit_in_doubt, arrives):
    commit_in_doubt(arrives=arrives)
    task["name"] = "other"
    other = session.create("Task", {"id": "o", "name": "paint"})
    session.commit()

    assert (server.row("Task", "n")["name"], server.row("Task", "o")["name"]) == ("other", "paint")
    assert (task["name"], other["name"], len(session.recorded_operations)) == ("other", "paint", 0)


@pytest.mark.parametrize("arrives", [True, False])
def test_what_is_deleted_then_is_gone(session, server, task, commit_in_doubt, arrives):
    commit_in_doubt(arrives=arrives)
    session.delete(task)
    session.commit()

    assert actions(server) == [["query"], *([["delete"]] if arrives else [])]
    assert server.row("Task", "n") is None
    assert session.get("Task", "n") is None


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("is_asked_at_once", [True, False])
def test_a_deletion_happens_once(session, server, commit_in_doubt, lost_once, arrives, is_asked_at_once):
    server.add("Task", id="t", name="old")
    session.delete(session.query("Task").one())
    if is_asked_at_once:
        lost_once(arrives=arrives)
    else:
        commit_in_doubt(arrives=arrives)
    session.commit()

    assert server.row("Task", "t") is None
    assert len(session.recorded_operations) == 0


@pytest.fixture
def lost_once(server, monkeypatch):
    def prepare(*, arrives):
        original, left = server.send, [1]

        def send(request):
            if request.read_only or not left:
                return original(request)
            left.clear()
            if arrives:
                original(request)
            raise exception.ConnectionError("reset by peer")

        monkeypatch.setattr(server, "send", send)

    return prepare


def test_nothing_is_sent_while_nobody_can_be_asked(session, server, task, commit_in_doubt, monkeypatch):
    commit_in_doubt(arrives=True)
    session.create("Task", {"id": "o", "name": "paint"})
    seen = []

    def send(request):
        seen.append(request.read_only)
        raise exception.ConnectionError("no route")

    with monkeypatch.context() as patch:
        patch.setattr(server, "send", send)
        with pytest.raises(exception.ConnectionError, match="no route"):
            session.commit()
    assert (seen, len(session.recorded_operations)) == ([True], 2)
    session.commit()
    assert actions(server) == [["query"], ["create"]]
    assert server.row("Task", "o")["name"] == "paint"


@pytest.mark.parametrize("forget", ["rollback", "reset"])
def test_nobody_is_asked_of_what_was_given_up(session, server, task, commit_in_doubt, forget):
    commit_in_doubt(arrives=False)
    getattr(session, forget)()
    session.create("Task", {"id": "o", "name": "paint"})
    session.commit()

    assert actions(server) == [["create"]]


def test_nobody_is_asked_of_another_log(session, server, task, commit_in_doubt):
    commit_in_doubt(arrives=False)
    session.recorded_operations = Operations()
    session.create("Task", {"id": "o", "name": "paint"})
    session.commit()

    assert actions(server) == [["create"]]
