"""What the server gives a new row of each type that was not sent (data_model: 8.2, 8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.server.api.families import Samples

from ftrack_server import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = "2031-02-03T04:05:06"
# Type, what is sent ("Shot" and the like stand for a sample), and columns of the row that comes of it.
DEFAULTS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("Project", {"name": "p", "project_schema_id": "ProjectSchema"},
     {"full_name": "p", "status": "active", "is_global": False, "is_private": False, "context_type": "show",
      "parent_id": None, "created_at": NOW, "created_by_id": "me"}),
    ("Shot", {"name": "s", "parent_id": "Sequence"},
     {"bid": 0.0, "sort": 0.0, "description": "", "context_type": "task", "start_date": None, "created_by_id": "me",
      "priority_id": "9661b320-3a0c-11e2-81c1-0800200c9a66", "project_id": "Project", "created_at": NOW}),
    ("Scene", {"name": "sc", "parent_id": "Sequence"}, {"priority_id": None, "status_id": None, "type_id": None}),
    ("Asset", {"context_id": "Shot"}, {"project_id": "Project", "name": None}),
    ("AssetVersion", {"asset_id": "Asset"},
     {"comment": "", "is_published": True, "user_id": "me", "date": NOW, "project_id": "Project"}),
    ("Component", {}, {"system_type": "file", "name": "main", "size": 0}),
    ("SequenceComponent", {}, {"system_type": "sequence", "name": "main", "size": 0, "padding": 0}),
    ("ContainerComponent", {}, {"system_type": "container"}),
    ("Note", {"content": "x", "parent_id": "Task", "parent_type": "Task"},
     {"user_id": "me", "date": NOW, "thread_activity": NOW, "project_id": "Project", "is_todo": False}),
    ("Timelog", {}, {"user_id": "me", "start": NOW, "duration": 0.0, "comment": "", "context_id": None}),
    ("Job", {}, {"user_id": "me", "status": "queued", "type": "api_job", "created_at": NOW, "finished_at": None}),
    ("TypedContextList", {"project_id": "Project", "category_id": "ListCategory"},
     {"user_id": "me", "is_open": True, "system_type": "task", "date": NOW, "name": ""}),
    ("AssetVersionList", {"project_id": "Project", "category_id": "ListCategory"}, {"system_type": "assetversion"}),
    ("ReviewSession", {"project_id": "Project"},
     {"start_date": NOW, "created_by_id": "me", "created_at": NOW, "name": "New review session", "description": ""}),
    ("ReviewSessionFolder", {"project_id": "Project"}, {"name": "New review session"}),
    ("ReviewSessionInvitee", {"review_session_id": "ReviewSession", "name": "Kim Ito", "email": "k@example.invalid"},
     {"created_by_id": "me", "created_at": NOW}),
    ("ReviewSessionObject", {"review_session_id": "ReviewSession", "version_id": "AssetVersion"},
     {"name": "", "description": "", "version": "", "created_at": NOW}),
    ("CalendarEvent", {"project_id": "Project"}, {"start": NOW, "created_by_id": "me", "created_at": NOW, "name": ""}),
    ("Dashboard", {}, {"created_by_id": "me", "is_shared_with_everyone": False}),
    ("Group", {}, {"resource_type": "group", "name": "", "local": True}),
    ("Type", {}, {"color": "#510100", "sort": 0, "is_billable": True}),
    ("Status", {}, {"sort": 0, "is_active": True}),
    ("Priority", {}, {"value": 0.0, "sort": 0}),
    ("ObjectType", {"name": "Slate of defaults"},
     {"sort": 0, "icon": "default", "is_time_reportable": False, "is_taskable": True, "is_typeable": True,
      "is_statusable": True, "is_schedulable": False, "is_leaf": False, "is_prioritizable": True}),
    ("TypedContextLink", {"from_id": "Task", "to_id": "Sequence"}, {"type": "end_to_start"}),
    ("TaskTypeSchema", {}, {"name": "TaskType Schema Name"}),
    ("WorkflowSchema", {}, {"name": "Workflow Name"}),
    ("AssetType", {"name": "x", "short": "x"}, {"component": "main"}),
    ("Setting", {}, {"name": "default", "group": "default", "value": "default"}),
    ("CustomAttributeConfiguration", {"key": "k", "entity_type": "asset", "type_id": "CustomAttributeType"},
     {"is_hierarchical": False, "core": False, "sort": 0, "config": "{}", "default": ""}),
    ("Schema", {"project_schema_id": "ProjectSchema", "object_type_id": "ObjectType"}, {}),
)  # fmt: skip


@pytest.fixture(scope="module")
def site(new_api: Callable[..., Any]) -> Iterator[Samples]:
    """A site with two rows of each family."""
    with new_api() as api:
        found = Samples(api)
        found.samples["CustomAttributeType"] = [api.named("custom_attribute_type", "text")]
        yield found


def shown(site: Samples, name: str, value: Any) -> Any:
    if value == "me":
        return site.api.user_id
    return site.samples[value][0] if name.endswith("_id") and value in site.samples else value


@pytest.mark.parametrize(("kind", "sent", "stored"), DEFAULTS, ids=[kind for kind, _, _ in DEFAULTS])
def test_what_was_not_sent_is_filled_in(site: Samples, kind: str, sent: dict[str, Any], stored: dict[str, Any]) -> None:
    api, definition = site.api, site.api.editions.current.model.type(kind)

    answer = api.data(api.create(kind, **{name: shown(site, name, value) for name, value in sent.items()}))

    (row,) = api.rows(definition.table, **{name: answer[name] for name in definition.key})
    told = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
    expected = {name: shown(site, name, value) for name, value in stored.items()}
    assert {name: told[name] for name in expected} == expected
    for name, value in expected.items():  # every value that is there is told, and no null
        told_value = answer.get(name)
        assert (told_value["value"] if isinstance(told_value, dict) else told_value) == value, name
        assert value is not None or name not in answer


def test_both_names_of_an_object_type_in_a_schema_mean_it(site: Samples) -> None:
    api, kind = site.api, site.samples["ObjectType"][0]

    for sent in ("type_id", "object_type_id"):
        key = api.data(api.create("Schema", project_schema_id=site.samples["ProjectSchema"][0], **{sent: kind}))["id"]
        (row,) = api.data(
            {"action": "query", "expression": f"select type_id, object_type_id from Schema where id is {key}"}
        )
        assert (row["type_id"], row["object_type_id"]) == (kind, kind)


def test_versions_in_a_review_come_one_after_the_other(site: Samples) -> None:
    api = site.api
    review = api.data(api.create("ReviewSession", project_id=site.samples["Project"][0]))["id"]
    shown_version = {"review_session_id": review, "version_id": site.samples["AssetVersion"][0]}

    replies = api(
        api.create("ReviewSessionObject", **shown_version, sort_order=7),
        *(api.create("ReviewSessionObject", **shown_version) for _ in range(2)),
    )

    assert [reply["data"]["sort_order"] for reply in replies] == [7, 8, 9]
    assert api.data(api.create("ReviewSessionObject", **shown_version))["sort_order"] == 10


def test_an_invited_person_is_one_that_is_known_or_a_new_collaborator(site: Samples) -> None:
    api = site.api
    review = {"review_session_id": site.samples["ReviewSession"][0]}
    api(api.create("User", id="known", username="known", email="known@example.invalid"))

    known, new, again = (
        api.data(api.create("ReviewSessionInvitee", **review, name="Ada Byron King", email=address))["resource_id"]
        for address in ("known@example.invalid", "new@example.invalid", "new@example.invalid")
    )

    assert (known, again) == ("known", new)
    person = api.row("resource", new)
    assert (person["resource_type"], person["first_name"], person["last_name"]) == ("collaborator", "Ada", "Byron King")


def test_a_second_link_of_one_to_one_is_refused(site: Samples) -> None:
    api = site.api
    api(api.create("CustomAttributeLinkConfiguration", id="single", key="single", entity_type="task", one_to_one=True,
                   object_type_id=site.samples["TaskKind"][0], entity_type_to="user"))  # fmt: skip
    link = {"configuration_id": "single", "from_id": site.samples["Task"][0]}
    api(api.create("CustomAttributeLink", **link, to_id=api.user_id))

    with pytest.raises(errors.IntegrityError, match="DuplicateEntryError"):
        api(api.create("CustomAttributeLink", **link, to_id=site.samples["User"][0]))
    api(api.create("CustomAttributeLink", **{**link, "from_id": site.others["Task"][0]}, to_id=api.user_id))


def test_a_new_schema_of_a_project_leaves_its_items_as_they_are(site: Samples) -> None:
    api, task = site.api, site.samples["Task"][0]
    before = api.row("context", task)

    api(api.update("Project", site.samples["Project"][0], project_schema_id=site.others["ProjectSchema"][0]))

    assert api.row("context", task) == before


def test_an_attachment_that_is_taken_off_stays_a_component(site: Samples) -> None:
    api = site.api
    key = site.samples["NoteComponent"]

    api(api.delete("NoteComponent", key))

    assert api.rows("component", id=site.samples["FileComponent"][0]) != []


def test_a_user_takes_keys_sessions_and_roles_along(site: Samples) -> None:
    api = site.api
    api(api.create("User", id="leaving", username="leaving", is_active=True))
    api({"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": "leaving"})
    assert api.rows("api_key", resource_id="leaving") != []
    assert api.rows("user_security_role", user_id="leaving") != []

    api(api.delete("User", "leaving"))

    assert api.rows("api_key", resource_id="leaving") == api.rows("user_security_role", user_id="leaving") == []


@pytest.mark.parametrize("face", ["ContextCustomAttributeValue", "AssetVersionCustomAttributeValue"])
def test_a_value_is_deleted_through_its_stored_row_only(site: Samples, face: str) -> None:
    configuration, task = site.samples["CustomAttributeValue"]

    with pytest.raises(errors.ServerError, match=f"{face} shows values and has no rows to delete"):
        site.api(site.api.delete(face, [configuration, task]))
    assert site.api.rows("custom_attribute_value", configuration_id=configuration, entity_id=task) != []


def test_jobs_have_a_status_of_the_list(site: Samples) -> None:
    with pytest.raises(errors.ValidationError, match=r'one of queued, running, done, failed.*Got "runing".*"running"'):
        site.api(site.api.create("Job", status="runing"))


@pytest.mark.parametrize(
    ("kind", "column", "value", "choices"),
    [
        ("List", "system_type", "tasks", "task, assetversion"),
        ("Component", "system_type", "folder", "file, container, sequence"),
        ("Context", "context_type", "shot", "show, task"),
        ("Resource", "resource_type", "person", "user, collaborator, group"),
    ],
)
def test_a_row_is_of_a_kind_that_there_is(site: Samples, kind: str, column: str, value: str, choices: str) -> None:
    with pytest.raises(errors.ValidationError) as raised:
        site.api(site.api.create(kind, **{column: value, "name": "x", "parent_id": site.samples["Sequence"][0]}))

    told = raised.value.message
    assert f"{kind}.{column} must be one of " in told
    assert set(told.partition("one of ")[2].partition(". Got")[0].split(", ")) == set(choices.split(", "))
    assert f'Got "{value}"' in told
