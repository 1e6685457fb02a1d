"""Custom attributes: read, written, declared, inherited and refused."""

from studio import PROJECT_ID, TASK_ID, raises, unique

import ftrack_api


def custom_attributes_read_and_write(session):
    task = session.get("Task", TASK_ID)
    sparse = session.query(
        f'CustomAttributeValue where entity_id is "{TASK_ID}" and configuration.key is customNumber'
    ).first()
    assert sparse["value"] == task["custom_attributes"]["customNumber"]
    for kind, key in (("Task", "customNumber"), ("Shot", "fstart"), ("AssetVersion", "versiontest")):
        entity = session.query(kind).first()
        entity["custom_attributes"][key] = 42
        session.commit()
        seen = ftrack_api.Session().get(kind, entity["id"])["custom_attributes"][key]
        assert seen == 42 and isinstance(seen, (int, float)), seen
        raises(KeyError, lambda: entity["custom_attributes"]["nothing-like-this"])
    raises(KeyError, lambda: session.query("Task").first()["custom_attributes"].__setitem__("fstart", 1))


def custom_attributes_of_new_entities(session):
    project = session.get("Project", PROJECT_ID)
    shot = session.create("Shot", {"name": unique(), "parent": project})
    shot["custom_attributes"]["fstart"] = 1005
    asset = session.create("Asset", {"name": unique(), "parent": shot, "type": session.query("AssetType").first()})
    version = session.create("AssetVersion", {"asset": asset})
    session.commit()
    version["custom_attributes"]["versiontest"] = 7
    session.commit()
    other = ftrack_api.Session()
    assert other.get("Shot", shot["id"])["custom_attributes"]["fstart"] == 1005
    found = other.query("select versions.custom_attributes from Asset where id is " + asset["id"]).one()
    assert found["versions"][0]["custom_attributes"]["versiontest"] == 7
