"""The example programs of the events guide, each run as a user would, against a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ftrack_api
from ftrack_api.event.base import Event
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.testing import RunningServer

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "events"
SECONDS = 60


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with running_server(seed="demo") as server:
        yield server


@pytest.fixture
def session(server: RunningServer) -> Iterator[ftrack_api.Session]:
    with ftrack_api.Session(server.url, server.api_key, server.api_user, plugin_paths=[]) as session:
        session.event_hub.connect()
        yield session


@pytest.fixture
def example(start: Callable[..., Any], server: RunningServer) -> Callable[..., Any]:
    """Start an example."""
    environment = {
        "FTRACK_SERVER": server.url,
        "FTRACK_API_USER": server.api_user,
        "FTRACK_API_KEY": server.api_key,
    }
    return lambda name, *arguments: start(str(EXAMPLES / name), *arguments, environment=environment)


def ask(session: ftrack_api.Session, topic: str, data: dict[str, Any]) -> Any:
    """Publish an event and return the first reply."""
    replies: list[Any] = []
    session.event_hub.publish(Event(topic, data=data), on_reply=lambda reply: replies.append(reply["data"]))
    while not replies:
        session.event_hub.wait(0.05)
    return replies[0]


def test_the_action_offers_itself_asks_and_renames(session: ftrack_api.Session, example: Any) -> None:
    example("action.py").wait_for(lambda lines: "Ready." in lines)
    tasks = session.query("select name from Task limit 2").all()
    names = [task["name"] for task in tasks]
    selection = [{"entityId": task["id"], "entityType": "task"} for task in tasks]

    [item] = ask(session, "ftrack.action.discover", {"selection": selection})["items"]
    launch = {"selection": selection, "actionIdentifier": item["actionIdentifier"]}
    form = ask(session, "ftrack.action.launch", launch)
    empty = ask(session, "ftrack.action.launch", {**launch, "values": {"prefix": " "}})
    done = ask(session, "ftrack.action.launch", {**launch, "values": {"prefix": "old"}})

    assert [field["name"] for field in form["items"]] == ["prefix"]
    assert empty == {"success": False, "message": "Type a prefix."}
    assert done == {"success": True, "message": "2 renamed."}
    session.reset()
    renamed = [session.get("Task", item["entityId"])["name"] for item in selection]
    assert renamed == [f"old_{name}" for name in names]


def test_of_two_desktops_with_the_action_one_renames(session: ftrack_api.Session, example: Any) -> None:
    for desktop in (example("action.py"), example("action.py")):
        desktop.wait_for(lambda lines: "Ready." in lines)
    task = session.query("select name from Task").first()
    name, selection = task["name"], [{"entityId": task["id"], "entityType": "task"}]
    launch = {"selection": selection, "actionIdentifier": "studio.add-prefix", "values": {"prefix": "old"}}

    replies = [ask(session, "ftrack.action.launch", launch) for _ in range(3)]
    offers: list[Any] = []
    session.event_hub.publish(
        Event("ftrack.action.discover", data={"selection": selection}),
        on_reply=lambda reply: offers.append(reply["data"]),
    )
    while len(offers) < 2:  # each desktop offers the action, after it has dealt with what came before
        session.event_hub.wait(0.05)

    assert replies == [{"success": True, "message": "1 renamed."}] * 3
    session.reset()
    assert session.get("Task", selection[0]["entityId"])["name"] == f"old_old_old_{name}"


def test_the_listener_completes_a_shot_with_its_last_task(session: ftrack_api.Session, example: Any) -> None:
    listener = example("status_propagation.py")
    listener.wait_for(lambda lines: "Ready." in lines)
    done = session.query('Status where name is "Completed"').one()
    shot = session.query(
        'select name from Shot where status.name is_not "Completed" and children any (name like "%")'
    ).first()
    tasks = session.query(f'Task where parent_id is "{shot["id"]}"').all()

    for task in tasks:
        task["status"] = done
        session.commit()

    listener.wait_for(lambda lines: f"{shot['name']} is completed." in lines)
    session.reset()
    assert session.get("Shot", shot["id"])["status"]["name"] == "Completed"


def test_the_service_writes_what_happened_while_it_was_away(
    session: ftrack_api.Session, example: Any, tmp_path: Path, until: Callable[..., None]
) -> None:
    path = tmp_path / "statuses.jsonl"
    task = session.query("select status_id from Task").first()
    statuses = session.query("select id from Status").all()
    wanted = []

    def change(number: int) -> None:
        task["status"] = statuses[number]
        session.commit()
        wanted.append(statuses[number]["id"])

    def written() -> list[str]:
        return [json.loads(line)["new"] for line in path.read_text().splitlines()] if path.exists() else []

    service = example("journalled_service.py", str(path))
    service.wait_for(lambda lines: "Event server: connected" in lines)
    others = [number for number, status in enumerate(statuses) if status["id"] != task["status_id"]]
    change(others[0])
    until(lambda: written() == wanted)
    service.kill()
    change(others[1])
    change(others[2])
    example("journalled_service.py", str(path))

    until(lambda: written()[-1:] == wanted[-1:])
    assert list(dict.fromkeys(written())) == wanted
