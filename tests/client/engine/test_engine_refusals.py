"""What a program is told of a batch that the server refuses, beside what is raised."""

from __future__ import annotations

import logging

import pytest

from ftrack_api import exception


def test_what_the_server_refuses_is_logged_where_it_was_asked(session, server, caplog):
    server.refuse = {"exception": "ValidationError", "content": "no {name}"}
    with pytest.raises(exception.ValidationError):
        session.query("Task").all()

    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", "Server reported error: ValidationError(no {name})")
    assert record.exc_info[0] is exception.ValidationError


def test_what_the_server_refuses_is_not_written_twice_by_a_program_without_a_log(session, server, monkeypatch, capsys):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    server.refuse = {"exception": "ValidationError", "content": "no {name}"}
    with pytest.raises(exception.ValidationError):
        session.query("Task").all()

    assert capsys.readouterr() == ("", "")
