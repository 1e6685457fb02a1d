"""The entities an event names, loaded by one request for each type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_api.event.base import Event

if TYPE_CHECKING:
    import ftrack_api
    from ftrack_server.testing import RunningServer


def test_a_mixed_selection_takes_one_request_for_each_type(session: ftrack_api.Session, server: RunningServer) -> None:
    tasks = session.query("select id from Task limit 40").all()
    shots = session.query("select id from Shot limit 20").all()
    versions = session.query("select id from AssetVersion limit 2").all()
    project = session.query("select id from Project").first()
    users = session.query("select id from User limit 3").all()
    names = [("task", tasks + shots), ("assetversion", versions), ("show", [project]), ("user", users)]
    selection = [{"entityId": entity["id"], "entityType": name} for name, entities in names for entity in entities]
    event = Event("ftrack.action.launch", data={"selection": selection})

    with server.counting() as traffic:
        found = event.entities(session)

    assert found == [*tasks, *shots, *versions, project, *users]
    assert traffic.requests == 4


def test_an_update_names_what_is_still_there(session: ftrack_api.Session) -> None:
    task = session.query("select id from Task").first()
    named: list[dict[str, Any]] = [
        {"entityId": task["id"], "entityType": "task", "entity_type": "Task", "action": "update"},
        {"entityId": "gone", "entityType": "task", "entity_type": "Task", "action": "remove"},
        {"entityId": 'missing" or id', "entityType": "task", "entity_type": "Task", "action": "update"},
        {"entityId": "x", "entityType": "unheard", "entity_type": "Unheard", "action": "update"},
        {"entityId": task["id"], "entityType": "meta", "entity_type": "Metadata", "action": "add"},
    ]

    assert Event("ftrack.update", data={"entities": named}).entities(session) == [task]


def test_an_event_that_names_nothing_asks_for_nothing(session: ftrack_api.Session, server: RunningServer) -> None:
    with server.counting() as traffic:
        assert [Event("t", data=data).entities(session) for data in (None, "text", {"selection": []})] == [[], [], []]

    assert traffic.requests == 0
