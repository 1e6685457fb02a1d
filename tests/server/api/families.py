"""A row of every entity type that clients write, as data: what tests of rights, references and deletion share."""

from __future__ import annotations

from typing import Any

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


class Samples:
    """A site with two rows of each family, made by its administrator.

    Attributes:
        api: The API of the administrator.
        samples: Family to the key of the row that is changed and deleted.
        others: Family to the key of the row that new ones refer to, so that they clash with none there is.
    """

    def __init__(self, api: Any) -> None:
        self.api = api
        self.numbers = 0
        self.samples = self._grown(())
        self.others = self._grown(("Timer", "SettingComponent"))

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


def _references(data: dict[str, Any]) -> set[str]:
    known = {"SecondVersion", *(kind for kind, _, _, _ in FAMILIES)}
    return {value for name, value in data.items() if name.endswith("_id") and value in known}
