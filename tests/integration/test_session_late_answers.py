"""Answers that were asked for before a commit and arrive after it: what was committed stays what is read."""

from __future__ import annotations

import threading

import pytest


def committing_after(session, first_action):
    """Let another thread commit as soon as the answer to a first action is there, and before it is merged."""
    done = threading.Event()

    def commit(report):
        if report.actions[0] == first_action and not done.is_set():
            done.set()
            thread = threading.Thread(target=session.commit)
            thread.start()
            thread.join()

    session.on_request.append(commit)
    return done


@pytest.fixture
def task(session, shot):
    statuses = session.query("Status").all()
    task = session.create("Task", {"name": "late", "parent": shot, "bid": 1.0, "status": statuses[0]})
    session.commit()
    return task


def test_a_page_from_before_a_commit_does_not_undo_it(session, task):
    other = next(status for status in session.query("Status") if status["id"] != task["status_id"])
    task["bid"] = 2.0
    task["status"] = other
    done = committing_after(session, "query")

    session.query(f'select bid, status_id, status.name from Task where id is "{task["id"]}"').one()

    assert done.is_set()
    assert not session.recorded_operations
    assert task["bid"] == 2.0
    assert (task["status"], task["status_id"]) == (other, other["id"])


def test_a_search_from_before_a_commit_does_not_undo_it(session, task):
    task["bid"] = 2.0
    done = committing_after(session, "search")

    session.search("late", f'select bid from Task where id is "{task["id"]}"')

    assert done.is_set()
    assert task["bid"] == 2.0


def test_the_last_of_several_commits_counts(session, task):
    def commit_twice(report):
        if report.actions[0] == "query":
            session.on_request.clear()
            for bid in (2.0, 3.0):
                task["bid"] = bid
                session.commit()

    session.on_request.append(commit_twice)

    session.query(f'select bid from Task where id is "{task["id"]}"').one()

    assert task["bid"] == 3.0


def test_an_answer_asked_for_after_a_commit_counts_again(session, new_session, task):
    task["bid"] = 2.0
    done = committing_after(session, "query")
    session.query(f'select bid from Task where id is "{task["id"]}"').one()
    other = new_session()
    other.get("Task", task["id"])["bid"] = 4.0
    other.commit()

    session.query(f'select bid from Task where id is "{task["id"]}"').one()

    assert done.is_set()
    assert task["bid"] == 4.0
    assert session._state.readings._commits == []
