"""Project schemas, workflows, object types and what they allow."""

import json

from studio import SCHEMA_ID, TASK_ID, ids, names, new_project, raises, unique

import ftrack_api


def schema_statuses_and_types(session):
    schema = session.get("ProjectSchema", SCHEMA_ID)

    def names(items):
        return sorted(item["name"] for item in items)

    assert names(schema.get_statuses("Task")) == ["Approved", "Awaiting approval", "In progress", "Not started"]
    assert names(schema.get_statuses("Shot")) == ["Normal", "Omitted", "On Hold"]
    assert names(schema.get_statuses("AssetVersion")) == ["Approved", "Pending"]
    assert names(schema.get_statuses("AssetBuild")) == ["Normal", "Omitted", "On Hold"]
    assert names(schema.get_types("AssetBuild")) == ["Character", "Environment", "Matte Painting", "Prop"]
    assert len(schema.get_types("Task")) == 14
    raises(ValueError, lambda: schema.get_statuses("Sequence"))
    first = session.query("ProjectSchema").first()
    assert first.get_statuses("Shot") and first.get_types("Task") and first.get_statuses("Task")


def scopes_are_replaced(session):
    task = session.get("Task", TASK_ID)
    scope = session.create("Scope", {"name": unique()})
    session.commit()
    task["scopes"].append(scope)
    session.commit()
    found = ftrack_api.Session().query("Task where scopes.name is {}".format(scope["name"])).all()
    assert [t["id"] for t in found] == [TASK_ID]
    task["scopes"].remove(scope)
    session.commit()
    assert not ftrack_api.Session().query("Task where scopes.name is {}".format(scope["name"])).all()


def a_workflow_made_from_nothing(session):
    """What a studio's set-up script does: statuses, types, workflows and a project schema that uses them."""
    state = session.query('State where short is "NOT_STARTED"').one()
    statuses = [
        session.create("Status", {"name": unique(), "sort": n, "color": "#00ff00", "state": state}) for n in range(3)
    ]
    types = [session.create("Type", {"name": unique(), "sort": n, "color": "#0000ff"}) for n in range(2)]
    workflow = session.create("WorkflowSchema", {"name": unique()})
    override_flow = session.create("WorkflowSchema", {"name": unique()})
    task_types = session.create("TaskTypeSchema", {"name": unique()})
    session.commit()
    for status in statuses[:2]:
        session.create("WorkflowSchemaStatus", {"workflow_schema_id": workflow["id"], "status_id": status["id"]})
    session.create("WorkflowSchemaStatus", {"workflow_schema_id": override_flow["id"], "status_id": statuses[2]["id"]})
    for kind in types:
        session.create("TaskTypeSchemaType", {"task_type_schema_id": task_types["id"], "type_id": kind["id"]})
    schema = session.create(
        "ProjectSchema",
        {
            "name": unique(),
            "task_workflow_schema": workflow,
            "asset_version_workflow_schema": workflow,
            "task_type_schema": task_types,
        },
    )
    shot_type = session.query('ObjectType where name is "Shot"').one()
    task_type = session.query('ObjectType where name is "Task"').one()
    session.commit()
    for object_type in (shot_type, task_type):
        session.create(
            "ProjectSchemaObjectType", {"project_schema_id": schema["id"], "object_type_id": object_type["id"]}
        )
    of_shots = session.create("Schema", {"project_schema_id": schema["id"], "type_id": shot_type["id"]})
    session.create(
        "ProjectSchemaOverride",
        {"project_schema_id": schema["id"], "type_id": types[1]["id"], "workflow_schema_id": override_flow["id"]},
    )
    session.commit()
    session.create("SchemaStatus", {"schema_id": of_shots["id"], "status_id": statuses[0]["id"]})
    session.commit()

    other = ftrack_api.Session()
    seen = other.get("ProjectSchema", schema["id"])
    assert sorted(ids(seen.get_statuses("Task"))) == sorted(ids(statuses[:2]))
    assert ids(seen.get_statuses("Task", types[1]["id"])) == [statuses[2]["id"]]
    assert ids(seen.get_statuses("Shot")) == [statuses[0]["id"]]
    assert sorted(ids(seen.get_types("Task"))) == sorted(ids(types))
    project = other.create("Project", {"name": unique(), "full_name": unique(), "project_schema": seen})
    first = other.create("Task", {"name": "a", "parent": project})
    second = other.create("Task", {"name": "b", "parent": project, "type": other.get("Type", types[1]["id"])})
    shot = other.create("Shot", {"name": "sh", "parent": project})
    other.commit()
    assert first["status"]["id"] in ids(statuses[:2])
    assert second["status"]["id"] == statuses[2]["id"]
    assert shot["status"]["id"] == statuses[0]["id"]
    other.delete(seen)
    raises(ftrack_api.exception.ServerError, other.commit)
    other.rollback()


def everything_about_a_schema_in_one_query(session):
    row = session.query(
        "select _task_workflow.statuses.name, _version_workflow.statuses.name, "
        "_overrides.workflow_schema.statuses.name, _schemas.type_id, _schemas.statuses.task_status.name, "
        "_task_type_schema.types.name, object_types.name, object_type_schemas.statuses.task_status.name "
        f'from ProjectSchema where id is "{SCHEMA_ID}"'
    ).one()
    assert names(row["_task_workflow"]["statuses"])[0] == "Approved"
    assert len(row["_task_type_schema"]["types"]) == 14
    assert {item["name"] for item in row["object_types"]} >= {"Task", "Shot"}


def an_object_type_becomes_a_type_of_its_own(session):
    name = "Slate " + unique()[-8:]
    kind = session.create("ObjectType", {"name": name, "is_statusable": True, "is_taskable": True, "sort": 99})
    session.commit()
    other = ftrack_api.Session()
    class_name = name.replace(" ", "")
    assert class_name in other.types
    slate = other.create(class_name, {"name": "s1", "parent": new_project(other)})
    other.commit()
    again = ftrack_api.Session()
    assert again.get("TypedContext", slate["id"]).entity_type == class_name
    assert again.get(class_name, slate["id"])["object_type"]["id"] == kind["id"]
    session.delete(kind)
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()
    again.delete(again.get(class_name, slate["id"]))
    again.commit()
    session.delete(kind)
    session.commit()
    assert class_name not in ftrack_api.Session().types


def an_object_type_needs_a_name_that_queries_can_say(session):
    for name in ("3D", "a.b", "Task", "task", "Project", "a-b", "select"):
        session.create("ObjectType", {"name": name})
        message = raises(ftrack_api.exception.ServerError, session.commit)
        assert name in message, message
        session.rollback()


def reference_rows_are_unique_and_kept_while_used(session):
    kind = session.create("AssetType", {"name": unique(), "short": unique()})
    session.commit()
    session.create("AssetType", {"name": unique(), "short": kind["short"]})
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()
    session.create("Asset", {"name": "plate", "parent": session.query("Shot").first(), "type": kind})
    session.commit()
    for entity in (
        kind,
        session.query("Task where status_id is_not none").first()["status"],
        session.query("Task where type_id is_not none").first()["type"],
        session.query("List where category_id is_not none").first()["category"],
    ):
        session.delete(entity)
        message = raises(ftrack_api.exception.ServerError, session.commit)
        assert "IntegrityError" in message, message
        session.rollback()


def templates_of_tasks(session):
    schema = session.get("ProjectSchema", SCHEMA_ID)
    template = session.create("TaskTemplate", {"name": unique(), "project_schema": schema})
    kind = schema.get_types("Task")[0]
    session.create("TaskTemplateItem", {"template": template, "task_type": kind})
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("TaskTemplate", template["id"])
    assert [item["task_type"]["id"] for item in seen["items"]] == [kind["id"]]
    assert template["id"] in ids(other.get("ProjectSchema", SCHEMA_ID)["task_templates"])


def settings_are_kept_by_group_and_name(session):
    name = unique()
    session.create("Setting", {"group": "STUDIO", "name": name, "value": "1"})
    session.commit()
    other = ftrack_api.Session()
    row = other.query(f'Setting where name is "{name}" and group is "STUDIO"').one()
    row["value"] = json.dumps({"a": [1, 2]})
    other.commit()
    again = ftrack_api.Session()
    assert json.loads(again.get("Setting", [name, "STUDIO"])["value"]) == {"a": [1, 2]}
    assert again.query(f'select id from Setting where name is "{name}" and group is "STUDIO"').one()


def status_rules_decide_who_may_set_a_status(session):
    schema = session.get("ProjectSchema", SCHEMA_ID)
    first, second = schema.get_statuses("Task")[:2]
    assert session.query("StatusRuleGroup").all() == []
    assert first["id"] != second["id"]
