"""``ftrack events``: programs that watch and publish, on a real server."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_api.cli.main import main
from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ftrack_server.testing import RunningServer


# What is started in the background of a shell ignores Ctrl-C, and so do its children.
PROGRAM = """
import signal, sys
from ftrack_api.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main())
"""


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture(autouse=True)
def environment(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTRACK_SERVER", server.url)
    monkeypatch.setenv("FTRACK_API_USER", server.api_user)
    monkeypatch.setenv("FTRACK_API_KEY", server.api_key)


@pytest.fixture
def hub(server: RunningServer) -> Iterator[EventHub]:
    hub = EventHub(server.url, server.api_user, server.api_key)
    hub.connect()
    yield hub
    hub.disconnect()


@pytest.fixture
def watch(start: Callable[..., Any], hub: EventHub) -> Callable[..., Any]:
    """Start a watch and return it once it is told of events."""

    def run(*options: str) -> Any:
        program = start("-c", PROGRAM, "events", "watch", *options, "--topic", "is.there")
        while not program.lines:
            hub.publish(Event("is.there", data=1))
            hub.wait(0.05)
        return program

    return run


def shown(program: Any) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in program.lines]
    return [event for event in events if event["topic"] != "is.there"]


def test_events_are_shown_as_they_come_and_as_they_are(watch: Callable[..., Any], hub: EventHub) -> None:
    program = watch("--topic", "studio.*", "--where", "data >= 1")

    for topic, data in (("studio.a", 1), ("studio.a", 0), ("other", 1), ("studio.end", 2)):
        hub.publish(Event(topic, data=data, id=f"{topic}-{data}"))
    program.wait_for(lambda lines: any("studio.end" in line for line in lines))

    assert [event["id"] for event in shown(program)] == ["studio.a-1", "studio.end-2"]
    assert set(shown(program)[0]) == {"id", "data", "topic", "sent", "source", "target", "in_reply_to_event"}


def test_a_watch_ends_after_a_number_of_events_or_when_it_is_interrupted(
    watch: Callable[..., Any], hub: EventHub
) -> None:
    counted, endless = watch("--count", "1"), watch()

    assert counted.end() == 0
    endless.interrupt()
    assert endless.end() == 130


def test_a_watch_with_a_journal_goes_on_where_the_last_one_ended(
    server: RunningServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    create_user: Callable[[RunningServer], str],
) -> None:
    journal = ["events", "watch", "--topic", "ftrack.update", "--journal", str(tmp_path / "journal")]
    assert main([*journal, "--seconds", "0.2"]) == 0
    names = [create_user(server) for _ in range(3)]

    assert main([*journal, "--count", "2", "--seconds", "60"]) == 0
    assert main([*journal, "--count", "1", "--seconds", "60"]) == 0

    told = [json.loads(line)["data"]["entities"] for line in capsys.readouterr().out.splitlines()]
    changes = [entity["changes"] for entities in told for entity in entities]
    assert [change["username"]["new"] for change in changes if "username" in change] == names


def test_an_event_is_published_and_its_replies_are_shown(
    watch: Callable[..., Any], capsys: pytest.CaptureFixture[str], hub: EventHub
) -> None:
    program = watch("--topic", "studio.ask")
    hub.subscribe("topic=studio.ask", lambda event: {"doubled": event["data"]["number"] * 2})
    answering = threading.Thread(target=hub.wait, args=(30,), daemon=True)
    answering.start()

    assert main(["events", "publish", "studio.ask", "--data", '{"number": 21}', "--replies", "1"]) == 0

    [reply] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert reply["data"] == {"doubled": 42}
    program.wait_for(lambda lines: any("studio.ask" in line for line in lines))
    assert shown(program)[0]["data"] == {"number": 21}


def test_missing_replies_are_told_by_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["events", "publish", "nobody.there", "--replies", "1", "--seconds", "0.2"]) == 1
    assert main(["events", "publish", "nobody.there"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["watch", "--journal", "."], "The journal . is a folder; name a file in it."),
        (["watch", "--where", "a=b nor c=d"], "Failed to parse expression 'a=b nor c=d'"),
        (["publish", "a", "--target", "((("], "Failed to parse expression"),
        (["publish", ""], "refused"),
        (["watch", "--server", "http://127.0.0.1:9"], "could not be reached"),
        (["watch", "--user", "nobody.at.all"], "Check API user and key"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    words: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["events", *words]) == 2

    said = capsys.readouterr().err
    assert said.startswith("ftrack events: ")
    assert reason in said
    assert "Traceback" not in said
    assert "Errno" not in said


@pytest.mark.parametrize(
    "words",
    [
        ["watch", "--count", "0"],
        ["watch", "--topic", ""],
        ["watch", "--seconds", "x"],
        ["publish", "a", "--data", "{"],
        ["publish"],
        [],
    ],
)
def test_options_that_make_no_sense_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["events", *words])

    assert "ftrack events" in capsys.readouterr().err
