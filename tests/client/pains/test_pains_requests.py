"""What users suffer from in queries, failures, secrets and threads, each reproduced."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import traceback

import pytest

from ftrack_api import exception
from ftrack_api._session.config import SessionConfig
from ftrack_api._transport.base import Request, Response
from ftrack_api._transport.client import HttpTransport
from ftrack_api._transport.failure import Failure

KEY = "s3cr3t-key"


class Scripted:
    """A carrier that gives answers and failures in order, and counts what it is asked."""

    def __init__(self, *results):
        self.results = list(results)
        self.asked = 0

    def exchange(self, _url, _request):
        self.asked += 1
        return self.results.pop(0)

    def close(self):
        pass


@pytest.fixture
def transport(monkeypatch):
    """Make a transport over a scripted carrier; it writes down its waits instead of waiting."""

    def make(*results):
        waits = []
        config = SessionConfig.resolve("http://studio.test", KEY, "kim", schema_cache_path=False, environ={})
        made = HttpTransport(config, sleep=waits.append)
        carrier = Scripted(*results)
        monkeypatch.setattr(made, "_carrier", lambda _url: carrier)
        return made, carrier, waits

    return make


def read(**more):
    return Request("POST", "http://studio.test/api?apiKey=" + KEY, read_only=True, **more)


def write():
    return Request("POST", "http://studio.test/api", read_only=False)


class TestP03:
    def test_p03_reads_are_repeated_and_wait_as_long_as_the_server_asks(self, transport):
        sender, carrier, waits = transport(Response(503, {"retry-after": "1"}), Response(429, {}), Response(200))

        assert sender.send(read()).status == 200
        assert carrier.asked == 3
        assert waits[0] == 1.0
        assert 0 < waits[1] <= 1.0

    @pytest.mark.parametrize("result", [Response(503), Response(502), Failure("lost", OSError("reset"))])
    def test_p03_writes_that_may_have_arrived_are_never_repeated(self, transport, result):
        sender, carrier, waits = transport(result, Response(200))
        if isinstance(result, Failure):
            with pytest.raises(exception.ConnectionError):
                sender.send(write())
        else:
            assert sender.send(write()).status == result.status

        assert (carrier.asked, waits) == (1, [])

    def test_p03_writes_that_never_left_are_repeated(self, transport):
        sender, carrier, _ = transport(Failure("unreached", OSError("refused")), Response(200))

        assert sender.send(write()).status == 200
        assert carrier.asked == 2


def test_p04_a_refusal_tells_code_content_place_and_request(session, server, monkeypatch):
    body = (
        b'{"exception": "IntegrityError", "content": "Duplicate entry kim", "error_code": "taken",'
        b' "error": {"operation_index": 0}}'
    )
    monkeypatch.setattr(server, "send", lambda _request: Response(409, {"x-request-id": "r-9"}, body))
    session.create("User", {"username": "kim"})
    with pytest.raises(exception.DuplicateEntry) as caught:
        session.commit()

    error = caught.value
    assert (error.status, error.code, error.content) == (409, "taken", "Duplicate entry kim")
    assert (error.operation_index, error.request_id) == (0, "r-9")
    assert isinstance(error, exception.ServerError)


@pytest.mark.parametrize("name", ['O"Brien \\ 50%', "' or 1=1", "{name}", "æøåßđŋħ…😀❤️", ""])
def test_p05_a_value_never_changes_the_query(session, server, name):
    server.add("Project", id="p", name=name)
    server.add("Project", id="q", name="other")

    assert session.query("select id, name from Project where name is {name}", name=name).one()["id"] == "p"


def test_p06_whoever_loses_the_race_gets_the_winner(session, server):
    def somebody_else(batch):
        if batch[0]["action"] == "create":
            server.before_reply = None
            server.add("User", id="winner", username="ada")
            server.refuse = {"exception": "IntegrityError", "content": "DuplicateEntryError: ada", "error_code": None}

    server.before_reply = somebody_else

    assert session.ensure("User", {"username": "ada"})["id"] == "winner"
    assert len(session.recorded_operations) == 0


def test_p12_sixteen_threads_lose_nothing(session, server):
    tasks = []
    for number in range(16):
        server.add("Task", id=f"t{number}", name="old", bid=0.0)
    tasks = session.query("select name, bid from Task").all()
    start = threading.Barrier(16)
    failures = []
    recorded = threading.Event()

    def meanwhile(_batch):
        """Answer when another thread has recorded something, or has nothing more to record."""
        recorded.clear()
        while not recorded.is_set() and any(thread.is_alive() and thread not in waiting for thread in threads):
            recorded.wait(0.001)

    waiting = set()
    server.before_reply = meanwhile

    def work(number):
        start.wait()
        try:
            for step in range(20):
                tasks[number]["bid"] = step
                recorded.set()
                session.create("Note", {"id": f"n{number}-{step}", "content": str(step)})
                if step % 4 == 0:
                    waiting.add(threading.current_thread())
                    session.commit()
                    waiting.discard(threading.current_thread())
            tasks[number]["name"] = "done"
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session.commit()

    assert failures == []
    assert len([key for key in server.rows if key[0] == "Note"]) == 320
    assert {(row["name"], row["bid"]) for key, row in server.rows.items() if key[0] == "Task"} == {("done", 19)}


class TestP20:
    def test_p20_the_key_is_in_no_text_of_a_failure(self, transport, caplog):
        caplog.set_level(logging.DEBUG)
        sender, _, _ = transport(*[Failure("lost", OSError(f"cannot send apiKey={KEY}"))] * 4)
        with pytest.raises(exception.ConnectionError) as caught:
            sender.send(read())

        assert KEY not in "".join(traceback.format_exception(caught.value))
        assert KEY not in repr(caught.value) + str(caught.value.details) + caplog.text

    def test_p20_the_key_is_in_no_repr(self, session):
        config = SessionConfig.resolve("http://studio.test", KEY, "kim", schema_cache_path=False, environ={})

        assert KEY not in repr(config) + str(read()) + repr(session)


def test_p27_three_lookups_by_a_base_type_take_one_request(session, server):
    server.add("Task", id="t", name="comp")
    found = [session.get("TypedContext", "t") for _ in range(3)]

    assert len(set(map(id, found))) == 1
    assert len(server.batches) == 1


class TestP46:
    @pytest.fixture(autouse=True)
    def many(self, server):
        for number in range(1200):
            server.add("User", id=f"u{number:04}", username=str(number))

    def test_p46_truth_takes_one_row(self, session, server):
        assert session.query("select id from User")
        assert server.expressions == ["select id from User offset 0 limit 1"]

    def test_p46_a_slice_takes_its_rows_and_an_iteration_its_pages(self, session, server):
        assert len(session.query("select id from User")[:10]) == 10
        assert server.expressions == ["select id from User offset 0 limit 10"]
        server.forget()
        rows = iter(session.query("select id from User"))
        next(rows)
        assert len(server.batches) == 1

    def test_p46_negative_places_count_from_the_end(self, session):
        assert session.query("select username from User")[-1]["username"] == "1199"


class TestP44:
    """A commit whose answer is lost: the ids that the client made tell whether it arrived."""

    @pytest.fixture
    def lose(self, server, monkeypatch):
        """Lose the answers of some writes, or the requests themselves."""
        original = server.send

        def prepare(*, arrives, times=1):
            left = [times]

            def send(request):
                if request.read_only or not left[0]:
                    return original(request)
                left[0] -= 1
                if arrives:
                    original(request)
                raise exception.ConnectionError("reset by peer")

            monkeypatch.setattr(server, "send", send)

        return prepare

    @pytest.mark.parametrize("arrives", [True, False])
    def test_p44_a_creation_happens_once_whatever_was_lost(self, session, server, lose, arrives):
        lose(arrives=arrives)
        task = session.create("Task", {"id": "n", "name": "comp"})
        session.commit()

        creations = [a for batch in server.batches for a in batch if a["action"] == "create"]
        assert len(creations) == 1
        assert server.row("Task", "n")["name"] == "comp"
        assert (len(session.recorded_operations), task["name"]) == (0, "comp")

    def test_p44_a_change_alone_is_not_repeated_and_stays_pending(self, session, server, lose):
        server.add("Task", id="t", name="old")
        task = session.query("select name from Task").one()
        task["name"] = "new"
        lose(arrives=False)
        with pytest.raises(exception.ConnectionError, match="reset by peer"):
            session.commit()

        assert (len(session.recorded_operations), task["name"]) == (1, "new")
        session.commit()
        assert server.row("Task", "t")["name"] == "new"

    def test_p44_a_request_still_on_its_way_counts_when_the_second_is_refused(self, session, server, monkeypatch):
        original, seen = server.send, []

        def send(request):
            seen.append(request.read_only)
            if seen == [False]:
                raise exception.Timeout("no answer")
            if not request.read_only:  # the first one took effect meanwhile
                original(request)
                server.refuse = {"exception": "IntegrityError", "content": "DuplicateEntryError", "error_code": None}
            return original(request)

        monkeypatch.setattr(server, "send", send)
        session.create("Task", {"id": "n", "name": "comp"})
        session.commit()

        assert seen == [False, True, False, True]
        assert len(session.recorded_operations) == 0

    def test_p44_a_server_that_stays_away_is_the_first_failure(self, session, server, monkeypatch):
        failures = iter(["reset by peer", "no route"])

        def send(_request):
            raise exception.ConnectionError(next(failures))

        monkeypatch.setattr(server, "send", send)
        session.create("Task", {"id": "n", "name": "comp"})
        with pytest.raises(exception.ConnectionError, match="reset by peer"):
            session.commit()

        assert len(session.recorded_operations) == 1


@pytest.mark.parametrize("text", ["no {braces} here", "{0}", "{"])
def test_p52_what_a_server_says_can_be_printed(session, server, text):
    server.refuse = {"exception": "ServerError", "content": text, "error_code": None}
    with pytest.raises(exception.ServerError) as caught:
        session.query("select id from Task").all()

    assert text in str(caught.value)
    assert "b'" not in str(caught.value)


def test_p55_a_post_follows_no_redirect_to_another_host(transport):
    sender, carrier, _ = transport(Response(302, {"location": "http://elsewhere.test/api"}))
    with pytest.raises(exception.ServerError, match="elsewhere"):
        sender.send(write())

    assert carrier.asked == 1


def test_p69_the_import_is_silent():
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import ftrack_api; ftrack_api.Session"], capture_output=True, check=False
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
