"""Project schemas, workflows, object types and what they allow."""

from studio import SCHEMA_ID, TASK_ID, raises, unique

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
