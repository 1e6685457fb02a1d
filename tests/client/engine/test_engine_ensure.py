"""Finding an entity by its values, or creating it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ftrack_api import exception

DUPLICATE = {"exception": "DuplicateEntryError", "content": "Such a user exists.", "error_code": None}


def created(server):
    return [write for batch in server.batches for write in batch if write["action"] == "create"]


def test_what_is_missing_is_created_and_committed(session, server):
    user = session.ensure("User", {"username": "kim", "email": "k@x"})

    assert server.row("User", user["id"])["email"] == "k@x"
    assert not session.recorded_operations
    assert server.expressions == [
        'select id, username, email from User where username is "kim" and email is "k@x" limit 2'
    ]


def test_what_is_there_is_returned_without_a_commit(session, server):
    server.add("User", id="u", username="kim", email="k@x")
    user = session.ensure("User", {"username": "kim", "email": "k@x"})

    assert user["id"] == "u"
    assert len(server.batches) == 1


def test_what_is_there_is_brought_up_to_date(session, server):
    server.add("User", id="u", username="kim", email="old")
    user = session.ensure("User", {"username": "kim", "email": "new"}, identifying_keys=["username"])

    assert (user["id"], user["email"], server.row("User", "u")["email"]) == ("u", "new", "new")
    assert created(server) == []
    assert len(server.batches) == 2


@pytest.mark.parametrize("name", ['O"Brien', "a\\b", "it's", ""])
def test_any_text_is_found_again(session, server, name):
    first = session.ensure("User", {"username": name})
    second = session.ensure("User", {"username": name})

    assert second is first
    assert len(created(server)) == 1


@pytest.mark.parametrize(
    ("data", "criterion"),
    [
        ({"username": None}, "username is none"),
        ({"is_active": True}, "is_active is true"),
        ({"is_active": False}, "is_active is false"),
    ],
)
def test_none_and_flags_are_written_as_the_language_has_them(session, server, data, criterion):
    session.ensure("User", data)

    assert criterion in server.expressions[0]


def test_moments_are_compared_in_utc_to_the_second(session, server):
    moment = datetime(2024, 1, 2, 1, 0, 5, 123, tzinfo=timezone(timedelta(hours=2)))
    stored = {"__type__": "datetime", "value": "2024-01-01T23:00:05"}
    server.add("Timelog", id="l", start=stored, comment="x")
    session.query("Timelog").one()
    log = session.ensure("Timelog", {"start": moment, "comment": "x"}, identifying_keys=["comment"])

    assert log["id"] == "l"
    assert not [write for write in server.batches[-1] if write["action"] == "update"]
    session.ensure("Timelog", {"start": moment})
    assert 'start is "2024-01-01T23:00:05"' in server.expressions[-1]


def test_a_reference_is_compared_by_its_key(session, server):
    parent = session.create("Shot", {"id": "s"}, reconstructing=True)
    server.add("Shot", id="s")
    task = session.ensure("Task", {"name": "comp", "parent": parent})
    again = session.ensure("Task", {"name": "comp", "parent": parent})

    assert again is task
    assert 'name is "comp" and parent.id is "s"' in server.expressions[0]


def test_dictionaries_and_collections_are_compared_as_a_whole(session, server):
    task = session.ensure("Task", {"name": "comp", "metadata": {"a": "1"}}, identifying_keys=["name"])
    server.forget()
    session.ensure("Task", {"name": "comp", "metadata": {"a": "1"}, "notes": []}, identifying_keys=["name"])
    assert [action["action"] for batch in server.batches for action in batch if action["action"] != "query"] == []

    session.ensure("Task", {"name": "comp", "metadata": {"a": "2"}}, identifying_keys=["name"])
    assert server.row("Metadata", task["id"], "a")["value"] == "2"


def test_several_matches_are_an_error(session, server):
    for key in "ab":
        server.add("User", id=key, username="kim")

    with pytest.raises(exception.MultipleResultsFoundError):
        session.ensure("User", {"username": "kim"})


def test_no_keys_are_all_of_them(session, server):
    server.add("User", id="u", username="kim", email="mine")
    server.add("User", id="v", username="kim", email="yours")

    assert session.ensure("User", {"username": "kim", "email": "yours"}, [])["id"] == "v"


@pytest.mark.parametrize(
    ("data", "keys", "error", "message"),
    [
        ({}, None, ValueError, "Nothing identifies the User"),
        ({}, [], ValueError, "Nothing identifies the User"),
        ({"username": "x"}, ["usrname"], KeyError, "Did you mean 'username'"),
        ({"usrname": "x"}, None, KeyError, 'User has no attribute "usrname"'),
        ({"timelogs": []}, None, ValueError, "User.timelogs is a collection"),
    ],
)
def test_what_identifies_nothing_is_refused(session, data, keys, error, message):
    with pytest.raises(error, match=message):
        session.ensure("User", data, keys)


def test_whoever_was_faster_is_returned(session, server):
    def meanwhile(batch):
        if batch[0]["action"] == "create":
            server.before_reply = None
            server.refuse = DUPLICATE
            server.add("User", id="winner", username="kim", email="theirs")

    server.before_reply = meanwhile
    user = session.ensure("User", {"username": "kim", "email": "mine"}, identifying_keys=["username"])

    assert (user["id"], user["email"]) == ("winner", "mine")
    assert server.row("User", "winner")["email"] == "mine"
    assert not session.recorded_operations


def test_a_duplicate_of_something_else_is_an_error(session, server):
    server.before_reply = lambda batch: setattr(server, "refuse", DUPLICATE if batch[0]["action"] == "create" else None)

    with pytest.raises(exception.DuplicateEntry):
        session.ensure("User", {"username": "kim"})
