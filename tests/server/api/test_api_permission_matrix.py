"""Every role tries every write on every entity type: what its rights allow passes, all else names the missing right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server import errors
from ftrack_server.administration import create_key
from ftrack_server.api.options import CallOptions, Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RIGHTS = {
    "Administrator": {"site", "projects", "contribute"},
    "API": {"site", "projects", "contribute"},
    "Project Manager": {"projects", "contribute"},
    "User": {"contribute"},
    "nobody": set(),
}

SITE = ("site", "site", "site")
PLANNED = ("projects", "projects", "projects")
WORK = ("contribute", "contribute", "projects")
OWN = ("contribute", "contribute", "contribute")

# Type, attributes of a new one, attributes to change, and the rights that creating, changing and deleting take.
# "me" stands for the caller, other texts that are keys of a sample for that sample.
FAMILIES: tuple[tuple[str, dict[str, Any], dict[str, Any], tuple[str, str, str]], ...] = (
    ("Project", {"name": "*", "project_schema_id": "ProjectSchema"}, {"full_name": "x"}, PLANNED),
    *(
        (kind, {"name": "*", "parent_id": "Sequence"}, {"description": "x"}, WORK)
        for kind in ("Folder", "Shot", "Episode", "AssetBuild", "Scene", "Image", "Information", "Milestone", "Task")
    ),
    ("Sequence", {"name": "*", "parent_id": "Project"}, {"description": "x"}, WORK),
    ("Asset", {"name": "*", "context_id": "Shot"}, {"name": "*"}, WORK),
    ("AssetVersion", {"asset_id": "Asset"}, {"comment": "x"}, WORK),
    ("AssetVersionLink", {"from_id": "AssetVersion", "to_id": "SecondVersion"}, {}, WORK),
    *((kind, {"version_id": "AssetVersion"}, {"name": "x"}, WORK) for kind in ("FileComponent", "SequenceComponent",
      "ContainerComponent", "Component")),
    ("ComponentLocation", {"component_id": "FileComponent", "location_id": "Location"},
     {"resource_identifier": "x"}, WORK),
    ("Location", {"name": "*"}, {"label": "x"}, PLANNED),
    ("Note", {"content": "x", "parent_id": "Task", "parent_type": "Task"}, {"content": "y"}, OWN),
    ("NoteLabel", {"name": "*"}, {"name": "x"}, SITE),
    ("NoteCategory", {"name": "*"}, {"name": "x"}, SITE),
    ("NoteLabelLink", {"note_id": "Note", "label_id": "NoteLabel"}, {}, WORK),
    ("NoteComponent", {"note_id": "Note", "component_id": "FileComponent"}, {}, WORK),
    ("NoteAnnotationComponent", {"note_id": "Note", "component_id": "SequenceComponent"}, {}, WORK),
    ("Recipient", {"note_id": "Note", "resource_id": "Group"}, {"text_mentioned": "x"}, WORK),
    ("Metadata", {"parent_id": "Task", "parent_type": "Task", "key": "*", "value": "x"}, {"value": "y"}, WORK),
    ("Appointment", {"context_id": "Task", "resource_id": "Group", "type": "assignment"}, {"type": "allocation"}, WORK),
    ("Manager", {"context_id": "Project", "user_id": "me", "type_id": "ManagerType"}, {"type_id": "ManagerType"}, WORK),
    ("TypedContextLink", {"from_id": "Task", "to_id": "Shot"}, {"lag": 5}, WORK),
    ("SplitTaskPart", {"task_id": "Task", "start_date": "2031-02-03", "end_date": "2031-02-04"},
     {"end_date": "2031-02-05"}, WORK),
    ("Scope", {"name": "*"}, {"name": "*"}, WORK),
    ("Timelog", {"context_id": "Task", "duration": 5, "user_id": "me"}, {"duration": 6}, OWN),
    ("Timer", {"context_id": "Task", "user_id": "me"}, {"comment": "x"}, OWN),
    ("Job", {"user_id": "me"}, {"status": "done"}, OWN),
    ("JobComponent", {"job_id": "Job", "component_id": "FileComponent"}, {}, WORK),
    ("CalendarEvent", {"name": "*", "project_id": "Project", "start": "2031-02-03", "end": "2031-02-04"},
     {"name": "x"}, WORK),
    ("CalendarEventResource", {"calendar_event_id": "CalendarEvent", "resource_id": "Group"},
     {"resource_id": "User"}, WORK),
    *(
        (kind, {"name": "*", "project_id": "Project", "category_id": "ListCategory"}, {"name": "x"}, WORK)
        for kind in ("TypedContextList", "AssetVersionList")
    ),
    ("ListObject", {"list_id": "TypedContextList", "entity_id": "Task"}, {}, WORK),
    ("ReviewSession", {"name": "*", "project_id": "Project"}, {"name": "x"}, WORK),
    ("ReviewSessionFolder", {"name": "*", "project_id": "Project"}, {"name": "x"}, WORK),
    ("ReviewSessionObject", {"review_session_id": "ReviewSession", "version_id": "AssetVersion"}, {"name": "x"}, WORK),
    ("ReviewSessionInvitee", {"review_session_id": "ReviewSession", "name": "x", "email": "*@example.invalid"},
     {"name": "y"}, WORK),
    ("ReviewSessionObjectStatus", {"review_session_object_id": "ReviewSessionObject", "status": "approved"},
     {"status": "x"}, WORK),
    ("ReviewSessionObjectAnnotation", {"review_session_object_id": "ReviewSessionObject", "frame_number": 1},
     {"data": "x"}, WORK),
    ("ReviewSessionObjectAnnotationComponent",
     {"review_session_object_id": "ReviewSessionObject", "component_id": "FileComponent", "frame_number": "1"}, {},
     WORK),
    ("CustomAttributeValue", {"configuration_id": "CustomAttributeConfiguration", "entity_id": "Task", "value": "x"},
     {"value": "y"}, WORK),
    ("CustomAttributeLink", {"configuration_id": "CustomAttributeLinkConfiguration", "from_id": "Task",
     "to_id": "User"}, {}, WORK),
    ("EntitySetting", {"parent_id": "ReviewSession", "parent_type": "ReviewSession", "name": "*", "group": "x",
     "value": "x"}, {"value": "y"}, WORK),
    ("Dashboard", {"name": "*"}, {"name": "x"}, OWN),
    ("DashboardWidget", {"dashboard_id": "Dashboard"}, {"config": "{}"}, WORK),
    ("DashboardResource", {"dashboard_id": "Dashboard", "resource_id": "Group"}, {}, WORK),
    ("UserApplicationState", {"user_id": "me", "key": "*", "value": "x"}, {"value": "y"}, OWN),
    ("UserView", {"user_id": "me", "name": "*"}, {"name": "x"}, OWN),
    ("User", {"username": "*"}, {"first_name": "x"}, SITE),
    ("Collaborator", {"email": "*@example.invalid"}, {"first_name": "x"}, SITE),
    ("Group", {"name": "*"}, {"name": "x"}, SITE),
    ("Membership", {"user_id": "User", "group_id": "Group"}, {}, SITE),
    ("SecurityRole", {"name": "*", "type": "PROJECT"}, {"name": "x"}, SITE),
    *((kind, {"name": "*"}, {"name": "x"}, SITE) for kind in ("Status", "Type", "Priority", "ListCategory",
      "ManagerType", "WorkflowSchema", "TaskTypeSchema", "CustomAttributeGroup", "Disk")),
    ("State", {"name": "*", "short": "*"}, {"name": "x"}, SITE),
    ("UserType", {"name": "*"}, {}, SITE),
    ("AssetType", {"name": "*", "short": "*"}, {"name": "x"}, SITE),
    ("ObjectType", {"name": "Slate*"}, {"is_leaf": True}, SITE),
    ("ProjectSchema", {"name": "*"}, {"name": "x"}, SITE),
    ("Schema", {"project_schema_id": "ProjectSchema", "type_id": "ObjectType"}, {}, SITE),
    ("SchemaStatus", {"schema_id": "Schema", "status_id": "Status"}, {}, SITE),
    ("SchemaType", {"schema_id": "Schema", "type_id": "Type"}, {}, SITE),
    ("ProjectSchemaObjectType", {"project_schema_id": "ProjectSchema", "object_type_id": "ObjectType"}, {}, SITE),
    ("ProjectSchemaOverride", {"project_schema_id": "ProjectSchema", "type_id": "Type",
     "workflow_schema_id": "WorkflowSchema"}, {}, SITE),
    ("WorkflowSchemaStatus", {"workflow_schema_id": "WorkflowSchema", "status_id": "Status"}, {}, SITE),
    ("TaskTypeSchemaType", {"task_type_schema_id": "TaskTypeSchema", "type_id": "Type"}, {}, SITE),
    ("TaskTemplate", {"name": "*", "project_schema_id": "ProjectSchema"}, {"name": "x"}, SITE),
    ("TaskTemplateItem", {"template_id": "TaskTemplate", "task_type_id": "Type"}, {}, SITE),
    ("CustomAttributeConfiguration", {"key": "*", "entity_type": "task", "type_id": "CustomAttributeType",
     "object_type_id": "TaskKind"}, {"label": "x"}, SITE),
    ("CustomAttributeLinkConfiguration", {"key": "*", "entity_type": "task", "entity_type_to": "user",
     "object_type_id": "TaskKind"}, {"label": "x"}, SITE),
    ("TypedContextStatusRuleGroup", {"schema_id": "ProjectSchema", "status_id": "Status",
     "object_type_id": "ObjectType"}, {}, SITE),
    ("AssetVersionStatusRuleGroup", {"schema_id": "ProjectSchema", "status_id": "Status"}, {}, SITE),
    ("StatusRule", {"status_rule_group_id": "TypedContextStatusRuleGroup", "status_id": "Status"}, {}, SITE),
    ("Setting", {"name": "*", "group": "STUDIO"}, {"value": "x"}, SITE),
    ("SettingComponent", {"component_id": "FileComponent", "name": "storage_scenario", "group": "STORAGE"}, {}, SITE),
)  # fmt: skip

OF_THE_SERVER = {"StatusChange", "Event", "Feed", "UserSession", "CustomAttributeType", "ApiKey", "UserSecurityRole"}
OF_THE_SERVER |= {"UserSecurityRoleProject", "TypedContextStatusChange", "AssetVersionStatusChange"}
THROUGH_OTHERS = {
    "Resource",
    "BaseUser",
    "Context",
    "TypedContext",
    "List",
    "CustomConfigurationBase",
    "StatusRuleGroup",
}


class Production:
    """A site with two rows of each family, made by its administrator, and people with each role.

    Attributes:
        samples: Family to the key of the row that is changed and deleted.
        others: Family to the key of the row that new ones refer to, so that they clash with none there is.
        people: Role to the user and key of somebody who holds it.
    """

    def __init__(self, api: Any) -> None:
        self.api = api
        self.numbers = 0
        self.samples = self._grown(())
        self.others = self._grown(("Timer", "SettingComponent"))
        self.people = {role: self._person(role) for role in RIGHTS}

    def _grown(self, without: tuple[str, ...]) -> dict[str, list[str]]:
        api = self.api
        found = {
            "CustomAttributeType": [api.named("custom_attribute_type", "text")],
            "TaskKind": [api.named("object_type", "Task")],
        }
        waiting = [family for family in FAMILIES if family[0] not in without]
        while waiting:
            ready = [family for family in waiting if _references(family[1]) <= found.keys()]
            assert ready, [family[0] for family in waiting]
            if "Asset" in found and "SecondVersion" not in found:
                second = api.data(api.create("AssetVersion", asset_id=found["Asset"][0]))
                found["SecondVersion"] = [second["id"]]
            for kind, data, _, _ in ready:
                [reply] = api(api.create(kind, **self.filled(data, api.user_id, found)))
                key = api.editions.current.model.type(kind).key
                found[kind] = [reply["data"][name] for name in key]
            waiting = [family for family in waiting if family[0] not in found]
        return found

    def filled(self, data: dict[str, Any], caller: str, *sets: dict[str, list[str]]) -> dict[str, Any]:
        """Return attributes with names nobody has yet, and ids of rows: the first of one set, others of the last."""
        self.numbers += 1
        found = {}
        rows = sets[0]
        for name, value in data.items():
            found[name] = value
            if name.endswith("_id") and isinstance(value, str):
                found[name] = caller if value == "me" else rows.get(value, [value])[0]
                rows = sets[-1]
            elif isinstance(value, str):
                found[name] = value.replace("*", f"{self.numbers}")
        return found

    def _person(self, role: str) -> tuple[str, str, str]:
        api, name = self.api, role.lower().replace(" ", "")
        api(api.create("User", id=name, username=name, is_active=True))
        default = api.named("security_role", "User")
        if role == "nobody":
            api({"action": "remove_user_security_role", "user_id": name, "role_id": default})
        elif role != "User":
            target = api.named("security_role", role)
            change = {"action": "update_user_security_role", "user_id": name, "role_id": default}
            api({**change, "new_role_id": target})
        return name, name, create_key(api.database, name, "tests").secret

    def try_as(self, role: str, operation: dict[str, Any]) -> errors.ServerError | None:
        """Return why a write is refused, None when it would be done; nothing of it stays."""
        _, username, secret = self.people[role]
        body = json.dumps([operation, {"action": "query", "expression": "Nothing"}]).encode()
        with pytest.raises(errors.ServerError) as raised:
            self.api.dispatcher.run(body, Credentials(username, secret), CallOptions(), "http://server")
        return None if isinstance(raised.value, errors.UnknownEntityTypeError) else raised.value


def _references(data: dict[str, Any]) -> set[str]:
    known = {"SecondVersion", *(kind for kind, _, _, _ in FAMILIES)}
    return {value for name, value in data.items() if name.endswith("_id") and value in known}


@pytest.fixture(scope="module")
def production(new_api: Callable[..., Any]) -> Iterator[Production]:
    with new_api() as api:
        yield Production(api)


def test_every_entity_type_is_in_the_matrix(production: Production) -> None:
    known = {kind for kind, _, _, _ in FAMILIES} | OF_THE_SERVER | THROUGH_OTHERS
    model = production.api.editions.current.model

    same_rows = {
        name for name in model.types if name.endswith(("CustomAttributeValue", "CustomAttributeLink", "LinkFrom"))
    }
    assert {name for name in set(model.types) - known - same_rows if not name.startswith("Slate")} == set()


@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[0])
def test_a_role_does_what_its_rights_allow(production: Production, role: str, family: Any) -> None:
    kind, data, changes, rights = family
    api = production.api
    caller = production.people[role][0]
    key = production.samples[kind]
    attempts = [
        (
            "create",
            api.create(kind, **production.filled(data, caller, production.others, production.samples)),
            rights[0],
        )
    ]
    if changes:
        attempts.append(
            (
                "update",
                api.update(kind, key, **production.filled(changes, caller, production.others, production.samples)),
                rights[1],
            )
        )
    attempts.append(("delete", api.delete(kind, key), rights[2]))

    for verb, operation, right in attempts:
        # The samples are the administrator's: whoever else writes what people keep for themselves needs more.
        needed = "projects" if rights is OWN and verb != "create" and kind != "Note" else right
        needed = "projects" if kind == "Note" and verb == "delete" else needed
        refusal = production.try_as(role, operation)
        if needed in RIGHTS[role]:
            assert refusal is None or type(refusal) is errors.IntegrityError, (verb, refusal)
        else:
            assert isinstance(refusal, errors.PermissionDeniedError), (verb, refusal)
            assert f'"{needed}"' in refusal.message, (verb, refusal.message)
            assert refusal.operation_index == 0


@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize("kind", sorted(OF_THE_SERVER))
def test_nobody_makes_rows_of_the_server(production: Production, role: str, kind: str) -> None:
    refusal = production.try_as(role, production.api.create(kind, id="x"))

    assert isinstance(refusal, errors.PermissionDeniedError)
    assert "server" in refusal.message


@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize(
    ("action", "right"),
    [
        ("reset_remote", "site"),
        ("add_user_security_role", "site"),
        ("remove_user_security_role", "site"),
        ("update_user_security_role", "site"),
        ("grant_user_security_role_project", "site"),
        ("revoke_user_security_role_project", "site"),
        ("send_user_invite", "site"),
        ("delayed_job", "site"),
        ("send_review_session_invite", "contribute"),
    ],
)
def test_a_role_uses_the_actions_its_rights_allow(production: Production, role: str, action: str, right: str) -> None:
    samples = production.samples
    everything = {
        "action": action,
        "user_id": "nobody",
        "role_id": production.api.named("security_role", "User"),
        "new_role_id": production.api.named("security_role", "API"),
        "project_id": samples["Project"][0],
        "reset_type": "api_key",
        "entity_type": "User",
        "entity_key": "nobody-else",
        "job_type": "SYNC_USERS_LDAP",
        "review_session_invitee_id": samples["ReviewSessionInvitee"][0],
    }

    refusal = production.try_as(role, everything)

    if right in RIGHTS[role]:
        assert not isinstance(refusal, errors.PermissionDeniedError), refusal
    else:
        assert isinstance(refusal, errors.PermissionDeniedError)
        assert action in refusal.message
        assert f'"{right}"' in refusal.message


# Families whose rows belong to no project, so that everybody sees them.
SEEN_BY_ALL = {kind for kind, _, _, rights in FAMILIES if rights is SITE} | {"Location", "Scope"}
# What belongs to people, wherever they work.
OF_PEOPLE = {"Job", "JobComponent", "Dashboard", "DashboardWidget", "DashboardResource", "UserView"}


@pytest.fixture(scope="module")
def hidden(new_api: Callable[..., Any]) -> Iterator[Production]:
    """The same site with all its projects private."""
    with new_api() as api:
        production = Production(api)
        api(
            *(
                api.update("Project", rows["Project"], is_private=True)
                for rows in (production.samples, production.others)
            )
        )
        yield production


@pytest.mark.parametrize("role", ["Administrator", "Project Manager", "User", "nobody"])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[0])
def test_of_a_private_project_nobody_sees_more_than_the_site(hidden: Production, role: str, family: Any) -> None:
    kind = family[0]
    names = hidden.api.editions.current.model.type(kind).key
    wanted = " and ".join(f'{name} is "{part}"' for name, part in zip(names, hidden.samples[kind], strict=True))
    body = json.dumps([{"action": "query", "expression": f"{kind} where {wanted}"}]).encode()
    _, username, secret = hidden.people[role]

    [reply] = hidden.api.dispatcher.run(body, Credentials(username, secret), CallOptions(), "http://server")

    if role == "Administrator":
        assert len(reply["data"]) == 1
    elif kind == "UserApplicationState":
        assert reply["data"] == []
    else:
        assert len(reply["data"]) == (1 if kind in SEEN_BY_ALL | OF_PEOPLE else 0)
