"""No way of asking leads to what is hidden: relations, conditions, sub-queries, sums, searches, parts of parts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.api.families import FAMILIES

from ftrack_server import errors
from ftrack_server.administration import create_key
from ftrack_server.api.options import CallOptions, Credentials
from ftrack_server.events.lineage import PARENTS as TOLD
from ftrack_server.events.lineage import POLYMORPHIC
from ftrack_server.model.bounds import OF_A_PROJECT, OF_ANYTHING, OWNERS, PARENTS
from ftrack_server.model.load import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL = load_model()
NOTES = {
    "Project": "project", "Task": "task", "Asset": "asset", "AssetVersion": "v1", "SequenceComponent": "frames",
    "FileComponent": "frame", "ReviewSession": "review", "ReviewSessionObject": "shown", "TypedContextList": "list",
    "CalendarEvent": "event", "TypedContextLink": "dependency", "AssetVersionLink": "use", "Note": "note",
}  # fmt: skip


class Secret:
    """A private project with something of everything, and somebody who was not granted it.

    Attributes:
        api: The administrator's API.
    """

    def __init__(self, api: Any) -> None:
        self.api = api
        place = api.named("location", "ftrack.unmanaged")
        number = api.named("custom_attribute_type", "number")
        api.grow()
        api(
            api.update("Project", "project", is_private=True),
            api.create("Asset", id="asset", name="a", context_id="shot"),
            *(api.create("AssetVersion", id=id_, asset_id="asset", task_id="task") for id_ in ("v1", "v2")),
            api.create("AssetVersionLink", id="use", from_id="v1", to_id="v2"),
            api.create("ContainerComponent", id="box", version_id="v1"),
            api.create("SequenceComponent", id="frames", container_id="box"),
            api.create("FileComponent", id="frame", container_id="frames", name="1", size=5),
            api.create("ComponentLocation", id="held", component_id="frame", location_id=place),
            api.create("ReviewSession", id="review", name="r", project_id="project"),
            api.create("ReviewSessionObject", id="shown", review_session_id="review", version_id="v1"),
            api.create("ListCategory", id="category", name="c"),
            api.create("TypedContextList", id="list", name="l", project_id="project", category_id="category",
                       items=[api.ref("Task", "task")]),
            api.create("CalendarEvent", id="event", name="e", project_id="project"),
            api.create("TypedContextLink", id="dependency", from_id="shot", to_id="task"),
            api.create("Appointment", context_id="task", resource_id=api.user_id, type="assignment"),
            api.create("Timelog", context_id="task", duration=5),
            api.create("Note", id="note", content="secret", parent_id="task", parent_type="Task"),
            api.create("CustomAttributeConfiguration", id="own", key="own", label="o", type_id=number,
                       entity_type="show", project_id="project"),
            api.create("CustomAttributeValue", configuration_id="own", entity_id="project", value=1),
            *(api.create("Note", id=f"on {id_}", content="secret", parent_id=id_, parent_type=kind)
              for kind, id_ in NOTES.items()),
            *(api.create("Metadata", parent_id=id_, parent_type=kind, key="k", value="secret")
              for kind, id_ in NOTES.items()),
            api.update("Task", "task", status_id=api.named("status", "Approved")),
            api.create("User", id="outsider", username="outsider", is_active=True),
        )  # fmt: skip
        self._secret = create_key(api.database, "outsider", "tests").secret

    def ask(self, *operations: dict[str, Any]) -> list[Any]:
        """Run a batch as somebody who does not see the project."""
        body = json.dumps(list(operations)).encode()
        return self.api.dispatcher.run(body, Credentials("outsider", self._secret), CallOptions(), "http://server")

    def found(self, expression: str) -> Any:
        return self.ask({"action": "query", "expression": expression})[0]["data"]


@pytest.fixture(scope="module")
def secret(new_api: Callable[..., Any]) -> Iterator[Secret]:
    with new_api() as api:
        yield Secret(api)


GROUPED = [kind for kind, *_ in FAMILIES if MODEL.types.get(kind) and MODEL.type(kind).is_groupable]


@pytest.mark.parametrize("kind", GROUPED)
def test_sums_count_what_is_seen_only(secret: Secret, kind: str) -> None:
    key = MODEL.type(kind).key[0]

    assert secret.found(f"select count({key}) from {kind}") == [{f"count_{key}": 0}]
    assert secret.found(f"select count({key}), {key} from {kind} group by {key}") == []


@pytest.mark.parametrize(
    "expression",
    [
        "Component", "FileComponent where size is 5", "ComponentLocation", "Metadata", "Note", "ListObject",
        "StatusChange",
        "TypedContextLink", "AssetVersionLink", "CalendarEvent", "CustomAttributeValue", "ContextCustomAttributeValue",
        "CustomAttributeConfiguration where project_id is_not none",
        "Context where id in (select context_id from Timelog)",
        "Status where id in (select status_id from Task)",
        "Status where id in (select status_id from AssetVersion where asset.parent.name is sh010)",
        "Status where tasks any ()",
        "Status where tasks.name is comp",
        "Type where tasks any (parent.name is sh010)",
        "User where timelogs any ()",
        "User where timelogs.context.name is comp",
        "User where assignments any ()",
        "User where assignments any (context_id is task)",
        'Location where location_components any () and name is "ftrack.unmanaged"',
        "Resource where appointments any (context.project.name is project)",
        "AssetType where assets any ()",
        "ListCategory where lists any (name is l)",
        "ProjectSchema where id in (select project_schema_id from Project)",
        "CustomAttributeConfiguration where values any (entity_id is project)",
    ],
)  # fmt: skip
def test_no_question_tells_of_what_is_hidden(secret: Secret, expression: str) -> None:
    assert secret.found(expression) == []
    assert secret.api.data({"action": "query", "expression": expression}) != []


@pytest.mark.parametrize(
    "path",
    ["timelogs", "appointments", "assignments.context", "timelogs.context.name"],
)
def test_relations_of_what_is_seen_lead_to_nothing_hidden(secret: Secret, path: str) -> None:
    first, *rest = path.split(".")
    person = secret.api.user_id

    (seen,) = secret.found(f"select {path} from User where id is {person}")
    (whole,) = secret.api.data({"action": "query", "expression": f"select {path} from User where id is {person}"})

    assert (seen[first], len(whole[first])) == ([], 1)
    assert not rest or whole[first][0][rest[0]]


@pytest.mark.parametrize("relation", ["tasks", "assets", "lists", "location_components"])
def test_collections_of_shared_rows_are_cut(secret: Secret, relation: str) -> None:
    kinds = {"tasks": "Status", "assets": "AssetType", "lists": "ListCategory", "location_components": "Location"}
    kind = kinds[relation]

    assert {tuple(row[relation]) for row in secret.found(f"select {relation} from {kind}")} == {()}
    everything = secret.api.data({"action": "query", "expression": f"select {relation} from {kind}"})
    assert any(row[relation] for row in everything)


@pytest.mark.parametrize("kind", ["Task", "TypedContext", "Asset", "AssetVersion", "Component", "Note", "Context"])
def test_a_search_finds_what_is_seen_only(secret: Secret, kind: str) -> None:
    assert secret.ask({"action": "search", "expression": f"select id from {kind}", "terms": []})[0]["data"] == []


@pytest.mark.parametrize(
    ("kind", "key", "change"),
    [
        ("FileComponent", ["frame"], {"name": "x"}),
        ("SequenceComponent", ["frames"], {"name": "x"}),
        ("ComponentLocation", ["held"], {"resource_identifier": "x"}),
        ("Metadata", ["frame", "k"], {"value": "x"}),
        ("Metadata", ["event", "k"], {"value": "x"}),
        ("Metadata", ["dependency", "k"], {"value": "x"}),
        ("Metadata", ["shown", "k"], {"value": "x"}),
        ("CustomAttributeValue", ["own", "project"], {"value": 2}),
        ("Note", ["on frame"], {"content": "x"}),
        ("Note", ["on shown"], {"content": "x"}),
    ],
)
def test_what_lies_in_something_hidden_is_not_written_either(
    secret: Secret, kind: str, key: list[str], change: dict[str, Any]
) -> None:
    for operation in (secret.api.update(kind, key, **change), secret.api.delete(kind, key)):
        with pytest.raises(errors.PermissionDeniedError, match=r"project project|\"projects\""):
            secret.ask(operation)


def test_nothing_is_added_to_what_is_hidden(secret: Secret) -> None:
    api = secret.api
    stray = api.create("FileComponent", id="stray")
    for batch in (
        [api.create("FileComponent", container_id="frames")],
        [api.update("ContextCustomAttributeValue", ["own", "project"], value=2)],
        [api.create("Note", content="x", parent_id="frame", parent_type="FileComponent")],
        [api.create("Metadata", parent_id="dependency", parent_type="TypedContextLink", key="new", value="x")],
        [stray, api.update("SequenceComponent", "frames", members=[api.ref("FileComponent", "stray")])],
    ):
        with pytest.raises(errors.PermissionDeniedError, match="project project"):
            secret.ask(*batch)


@pytest.mark.parametrize("id_", NOTES.values())
def test_a_note_belongs_to_the_project_of_what_it_is_on(secret: Secret, id_: str) -> None:
    assert secret.api.row("note", f"on {id_}")["project_id"] == "project"


def test_events_know_the_project_of_every_table_that_belongs_to_one() -> None:
    of_a_project = (OF_A_PROJECT | OWNERS.keys() | OF_ANYTHING.keys()) - {"note", "event"}
    told_otherwise = {"status_change", "custom_attribute_value", "custom_attribute_link"}

    assert of_a_project - TOLD.keys() - POLYMORPHIC - told_otherwise == set()


def test_everything_with_metadata_or_notes_may_be_hidden() -> None:
    owners = {
        definition.table for definition in MODEL.types.values() if {"metadata", "notes"} & definition.attributes.keys()
    }

    bound = {table for table in owners if table == "context" or table in OWNERS or table in OF_A_PROJECT}
    assert bound - set(PARENTS) == set()
