"""What a hub asks a server beside the socket, and what it makes of servers without a log or of odd answers."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ftrack_api import exception
from ftrack_api.event._catch_up import CatchUp
from ftrack_api.event._handshake import EventServer

ROWS = [
    {
        "id": number,
        "parent_id": f"t-{number}",
        "parent_type": "task",
        "user_id": "u-1",
        "created_at": {"__type__": "datetime", "value": "2024-01-02T03:04:05"},
    }
    for number in (6, 7, 8)
]


class OldServer:
    """A server that answers queries on its Event table, and ``answers`` by path; anything else is not there."""

    def __init__(self):
        self.answers = {}
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(outer.answers.get(self.path.partition("?")[0]))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path in outer.answers:
                    self.answer(outer.answers[self.path])
                elif self.path == "/api":
                    self.answer((200, [{"data": outer.rows(json.loads(body)[0]["expression"])}]))
                else:
                    self.answer(None)

            def answer(self, found):
                status, value = found or (404, {})
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def rows(self, expression):
        self.asked.append(expression)
        after = re.search(r"where id > (\d+)", expression)
        return [row for row in ROWS if row["id"] > int(after[1])] if after else ROWS[-1:]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def old_server():
    server = OldServer()
    yield server
    server.close()


@pytest.fixture
def questions(old_server):
    asked = CatchUp(EventServer(old_server.url, "kim", "key", {}, {}))
    yield asked
    asked.close()


def test_a_server_without_a_log_is_asked_for_its_event_table(old_server, questions, caplog):
    start = questions.after(None)
    page = questions.after(6, "some-event")

    assert (start.events, start.position) == ((), 8)
    assert [position for position, _ in page.events] == [7, 8]
    assert (page.position, page.newest, page.has_event) == (8, 8, None)
    event = page.events[0][1]
    assert (event["topic"], event["id"], event["sent"]) == ("ftrack.update", "event-7", "2024-01-02T03:04:05")
    assert event["data"]["entities"][0]["entityId"] == "t-7"
    assert questions.after(8).events == ()
    assert caplog.text.count("no event log") == 1


def test_a_server_without_leases_lets_everybody_run_and_says_so_once(questions, caplog):
    assert [questions.claim("name", "e", "one"), questions.claim("name", "e", "two")] == [True, True]
    assert caplog.text.count("no leases") == 1


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"nonsense"),
        (200, []),
        (200, {}),
        (200, {"events": [{}], "position": 1, "oldest": 1, "newest": 1}),
        (200, {"events": [{"position": 1, "event": 5}], "position": 1, "oldest": 1, "newest": 1}),
        (200, {"events": [], "position": "x", "oldest": 1, "newest": 1}),
        (401, {"content": "Who are you?"}),
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error_in_words(old_server, questions, answer):
    old_server.answers["/events/log"] = answer

    with pytest.raises(exception.EventHubConnectionError, match=r"event log|HTTP status"):
        questions.after(1)


def test_a_server_that_is_not_there_is_an_error(old_server, questions):
    old_server.close()

    with pytest.raises(exception.EventHubConnectionError, match="could not be read"):
        questions.after(1)
