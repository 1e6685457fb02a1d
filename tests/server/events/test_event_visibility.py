"""Who is shown which part of an ``ftrack.update``."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_protocol.event.envelope import Envelope
from ftrack_protocol.event.names import UPDATE
from ftrack_server.access import Access
from ftrack_server.events.visibility import Narrowing


def entity(identifier: str, project: str | None) -> dict[str, Any]:
    own = {"entityId": identifier, "entityType": "task" if project else "user"}
    parents = [own, {"entityId": project, "entityType": "show"}] if project else [own]
    return {**own, "changes": {"name": {"old": "a", "new": "b"}}, "keys": ["name"], "parents": parents}


EVENT = Envelope(
    "e",
    UPDATE,
    {
        "entities": [entity("t-1", "open"), entity("t-2", "private"), entity("u-1", None)],
        "parents": ["t-1", "open", "t-2", "private", "u-1"],
    },
)


@pytest.mark.parametrize(
    ("access", "seen"),
    [
        (Access("u", rights=frozenset({"site"})), ["t-1", "t-2", "u-1"]),
        (Access("u", all_open_projects=True), ["t-1", "u-1"]),
        (Access("u", all_open_projects=True, projects=frozenset({"private"})), ["t-1", "t-2", "u-1"]),
        (Access("u", projects=frozenset({"private"})), ["t-2", "u-1"]),
        (Access("u"), ["u-1"]),
    ],
)
def test_projects_that_are_hidden_from_somebody_are_left_out(access: Access, seen: list[str]) -> None:
    shown = Narrowing(EVENT, ["private"]).for_access(access)

    assert shown is not None
    assert [item["entityId"] for item in shown.data["entities"]] == seen
    assert {item for item in shown.data["parents"] if item in {"open", "private"}} == {
        project for name, project in (("t-1", "open"), ("t-2", "private")) if name in seen
    }


def test_nothing_is_sent_to_whom_nothing_is_shown() -> None:
    event = Envelope("e", UPDATE, {"entities": [entity("t-2", "private")], "parents": []})

    assert Narrowing(event, ["private"]).for_access(Access("u", all_open_projects=True)) is None


def test_restricted_users_get_no_values() -> None:
    shown = Narrowing(EVENT, ["private"]).for_access(Access("u", all_open_projects=True, assigned_only=True))

    assert shown is not None
    assert [(item["keys"], item["changes"]) for item in shown.data["entities"]] == [(["name"], {})] * 2
    assert EVENT.data["entities"][0]["changes"]


def test_those_who_see_the_same_get_the_same_object() -> None:
    narrowing = Narrowing(EVENT, ["private"])
    one, other = (narrowing.for_access(Access(user, all_open_projects=True)) for user in ("a", "b"))

    assert one is other
    assert narrowing.for_access(Access("c", rights=frozenset({"site"}))) is EVENT
