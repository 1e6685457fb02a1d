"""What goes wrong, what is said, and that the session can go on."""

from __future__ import annotations

import logging

import pytest
import requests

import ftrack_api
from ftrack_api import exception
from ftrack_api._transport.client import HttpTransport
from ftrack_api._transport.retry import RetryPolicy


def test_a_batch_that_fails_in_the_middle_leaves_no_trace(session, new_session, shot):
    first = session.create("Task", {"name": "first", "parent": shot})
    session.create("Task", {"name": "wrong", "parent": shot, "bid": "much"})
    session.create("Task", {"name": "last", "parent": shot})

    with pytest.raises(exception.ValidationError, match="bid") as caught:
        session.commit()

    assert caught.value.operation_index == 1
    assert new_session().get("Task", first["id"]) is None
    assert len(session.created) == 3


def test_a_mended_batch_is_committed(session, new_session, shot):
    session.create("Task", {"name": "first", "parent": shot})
    wrong = session.create("Task", {"name": "wrong", "parent": shot, "bid": "much"})
    with pytest.raises(exception.ServerError):
        session.commit()

    wrong["bid"] = 2
    session.commit()

    assert not session.recorded_operations
    assert new_session().get("Task", wrong["id"])["bid"] == 2


def test_a_rolled_back_batch_is_gone_and_the_session_goes_on(session, new_session, shot):
    name = shot["name"]
    shot["name"] = "renamed"
    task = session.create("Task", {"name": "wrong", "parent": shot, "bid": "much"})
    with pytest.raises(exception.ServerError):
        session.commit()
    session.rollback()

    assert shot["name"] == name
    assert session.get("Task", task["id"]) is None
    shot["description"] = "after"
    session.commit()
    assert new_session().get("Shot", shot["id"])["description"] == "after"


def test_names_that_exist_already_are_refused(session, shot):
    session.create("Shot", {"name": shot["name"], "parent": shot["parent"]})

    with pytest.raises(exception.ServerError, match="DuplicateEntryError"):
        session.commit()


def test_read_only_attributes_are_refused_before_anything_is_sent(server, shot):
    with server.counting() as traffic, pytest.raises(exception.ImmutableAttributeError, match='"id"'):
        shot["id"] = "other"

    assert traffic.requests == 0


def test_a_query_that_makes_no_sense_shows_the_place(session):
    with pytest.raises(exception.ServerError) as caught:
        session.query('Task where name iss "x"').all()

    lines = str(caught.value).splitlines()
    assert 'Did you mean "is"?' in lines[0]
    assert lines[1].index("iss") == lines[2].index("^")


@pytest.mark.parametrize("strict", [True, False])
def test_unknown_attributes_are_named_with_a_hint(new_session, strict):
    with pytest.raises(exception.ServerError, match='Task has no attribute "nmae"') as caught:
        new_session(strict_api=strict).query("select nmae from Task").all()

    assert 'Did you mean "name"' in str(caught.value)
    assert caught.value.exception == "UnknownAttributeError"


def test_unknown_types_are_named_with_a_hint_before_and_by_the_server(session):
    with pytest.raises(KeyError, match="Did you mean"):
        session.query("Taks")
    with pytest.raises(exception.ServerError, match="Did you mean"):
        session.query("select id from Taks").all()


def test_a_wrong_key_is_no_session(server, tmp_path):
    with pytest.raises(exception.Unauthorized) as caught:
        ftrack_api.Session(server.url, "s3cr3t", server.api_user, schema_cache_path=str(tmp_path), plugin_paths=[])

    assert isinstance(caught.value, exception.ServerError)
    assert caught.value.code == "api_credentials_invalid"
    assert "s3cr3t" not in str(caught.value)


@pytest.fixture
def impatient(monkeypatch):
    """Sessions whose requests are not repeated."""

    def transport(self, config):
        del self
        return HttpTransport(config, policy=RetryPolicy(attempts=1))

    monkeypatch.setattr(ftrack_api.Session, "_create_transport", transport)


@pytest.mark.usefixtures("impatient")
def test_a_server_that_is_gone_is_an_error_of_ours_and_of_requests(server, new_session, shot):
    session = new_session()
    task = session.create("Task", {"name": "kept", "parent": shot})
    server.stop()

    with pytest.raises(exception.ConnectionError):
        session.query("Task").all()
    with pytest.raises(requests.exceptions.ConnectionError):
        session.commit()
    assert session.created == [task]

    server.restart()
    session.commit()
    assert not session.recorded_operations


@pytest.mark.usefixtures("impatient")
def test_nothing_listens_at_the_address(server, tmp_path):
    server.stop()

    with pytest.raises(exception.ConnectionError, match=r"127\.0\.0\.1"):
        ftrack_api.Session(server.url, "k", "u", schema_cache_path=str(tmp_path), plugin_paths=[])


def test_a_damaged_schema_file_is_replaced(server, new_session, tmp_path, caplog):
    new_session()
    (file,) = (tmp_path / "schemas").iterdir()
    file.write_bytes(file.read_bytes()[:5000])
    with caplog.at_level(logging.WARNING), server.counting() as traffic:
        session = new_session()

    assert "is damaged" in caplog.text
    assert traffic.requests == 1
    assert session.query("Task").first()
    with server.counting() as traffic:
        new_session()
    assert traffic.requests == 1


def test_a_closed_session_says_so(session):
    session.close()

    with pytest.raises(exception.ConnectionClosedError, match="session is closed"):
        session.query("Task").all()


def test_an_unknown_action_is_a_plain_server_error(session):
    with pytest.raises(exception.ServerError, match="Invalid action u'dance'"):
        session.call([{"action": "dance"}])


def test_deleting_what_is_gone_is_refused_and_can_be_dropped(session, new_session, shot):
    task = session.create("Task", {"name": "gone", "parent": shot})
    session.commit()
    other = new_session()
    other.delete(other.get("Task", task["id"]))
    other.commit()

    session.delete(task)
    with pytest.raises(exception.NotFound):
        session.commit()
    session.recorded_operations.clear()
    session.commit()
