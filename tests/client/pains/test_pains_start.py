"""What users suffer from when a session starts: slow, fixed, and with files that trip each other; each reproduced."""

from __future__ import annotations

import ast
import stat
import traceback
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import ftrack_api
from ftrack_api import exception
from ftrack_api.event.hub import EventHub

PACKAGE = Path(ftrack_api.__file__).parent


def test_p34_the_parts_of_a_session_can_be_replaced_by_hooks(new_session, server):
    class OwnHub(EventHub):
        pass

    class Own(type(new_session())):
        def _create_event_hub(self, config):
            return OwnHub(config.server_url, config.api_user, config.api_key)

        def _load_schemas(self, schema_cache_path):
            return [*super()._load_schemas(schema_cache_path), {**server.schemas[0], "id": "Extra"}]

    session = new_session(Own)

    assert type(session.event_hub) is OwnHub
    assert session.create("Extra", {"name": "x"})["name"] == "x"


@pytest.mark.parametrize("warm", [False, True])
def test_p35_a_session_starts_with_one_request(new_session, server, tmp_path, warm):
    if warm:
        new_session(schema_cache_path=str(tmp_path))
        server.forget()
    new_session(schema_cache_path=str(tmp_path))

    assert [[action["action"] for action in batch] for batch in server.batches] == [
        ["query_server_information"] if warm else ["query_server_information", "query_schemas"]
    ]


def test_p36_the_schema_file_is_the_users_own(new_session, tmp_path):
    new_session(schema_cache_path=str(tmp_path / "new"))
    (file,) = (tmp_path / "new").iterdir()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_p39_nothing_of_the_client_unpickles_a_file_or_an_answer():
    calls = {
        f"{file.name}:{node.lineno}"
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in {("pickle", "load"), ("pickle", "loads"), ("pickle", "Unpickler")}
    }

    assert calls == set()


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2023, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))), "2023-01-01T00:00:00"),
        (datetime(2023, 1, 1, 1), "2023-01-01T01:00:00"),  # noqa: DTZ001 - one without a zone counts as UTC
    ],
)
def test_p48_moments_are_looked_for_in_utc(session, server, moment, text):
    session.query("select id from Task where start_date is {moment}", moment=moment).first()

    assert text in server.expressions[0]


class TestP67:
    def test_p67_every_request_is_reported(self, session, server):
        seen = []
        session.on_request.append(seen.append)
        server.add("Task", id="t", name="comp")
        task = session.query("select id from Task").one()
        assert task["name"] == "comp"
        task["name"] = "light"
        session.commit()

        assert [report.actions for report in seen] == [("query",), ("query",), ("update",)]
        assert [report.batch for report in seen] == server.batches
        assert all((report.status, report.error) == (200, None) for report in seen)
        assert all(report.sent > 10 and report.received > 10 and report.seconds >= 0 for report in seen)
        assert "light" not in repr(seen)

    def test_p67_a_failure_is_reported_too_and_raised(self, session, server):
        seen = []
        session.on_request.append(seen.append)
        server.refuse = {"exception": "ValidationError", "content": "no"}
        with pytest.raises(exception.ValidationError) as caught:
            session.query("Task").first()

        assert [report.error for report in seen] == [caught.value]

    def test_p67_a_watcher_that_fails_spoils_nothing(self, session, server, caplog):
        session.on_request.append(lambda report: report.nothing)
        session.create("Task", {"id": "t", "name": "comp"})
        session.commit()

        assert server.row("Task", "t") is not None
        assert len(session.recorded_operations) == 0
        assert "session.on_request failed" in caplog.text

    def test_p67_the_line_that_asked_can_be_told(self, session, server):
        lines = []
        session.on_request.append(lambda _report: lines.extend(frame.name for frame in traceback.extract_stack()))
        server.add("Task", id="t", name="comp")
        session.query("Task").first()

        assert "test_p67_the_line_that_asked_can_be_told" in lines
