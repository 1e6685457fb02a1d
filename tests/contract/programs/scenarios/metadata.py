"""Metadata of anything: dictionaries to users, rows with two keys on the wire."""

from studio import PROJECT_ID, USER_ID, new_project, new_shot, new_version, unique

import ftrack_api


def composite_keys(session):
    project = new_project(session)
    project["metadata"] = {"a": "1", "b": "2"}
    session.commit()
    other = ftrack_api.Session()
    row = other.get("Metadata", [project["id"], "a"])
    assert row["value"] == "1"
    rows = other.query('Metadata where parent_id is "{}"'.format(project["id"])).all()
    other.populate(rows, "value")
    assert sorted(row["value"] for row in rows) == ["1", "2"]


def metadata_is_replaced_updated_and_deleted(session):
    project = new_project(session)
    project["metadata"]["one"] = "1"
    project["metadata"]["two"] = "2"
    session.commit()
    project["metadata"]["one"] = "uno"
    del project["metadata"]["two"]
    session.commit()
    other = ftrack_api.Session()
    assert dict(other.get("Project", project["id"])["metadata"]) == {"one": "uno"}
    project["metadata"] = {"three": "3"}
    session.commit()
    third = ftrack_api.Session()
    assert dict(third.get("Project", project["id"])["metadata"]) == {"three": "3"}


def metadata_on_create_and_its_type(session):
    project = session.get("Project", PROJECT_ID)
    task = session.create("Task", {"name": unique(), "parent": project, "metadata": {"x": "1", "y": "2", "z": "2"}})
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("Task", task["id"])
    assert dict(seen["metadata"]) == {"x": "1", "y": "2", "z": "2"}
    user = session.get("User", USER_ID)
    user["metadata"][unique()] = "v"
    session.commit()
    rows = ftrack_api.Session().query(f'select parent_type from Metadata where parent_id is "{USER_ID}"').all()
    assert {row["parent_type"] for row in rows} == {"User"}
    project_rows = new_project(session)
    project_rows["metadata"]["k"] = "v"
    session.commit()
    found = ftrack_api.Session().query(
        "Project where metadata.key is k and metadata.value is v and id is " + project_rows["id"]
    )
    assert len(found.all()) == 1


def anything_has_metadata(session):
    project = new_project(session)
    shot = new_shot(session, project)
    version = new_version(session)
    component = session.create("FileComponent", {"name": "main", "version": version})
    category = session.query("ListCategory").first()
    listing = session.create("TypedContextList", {"name": unique(), "project": project, "category": category})
    note = shot.create_note("x", session.get("User", USER_ID))
    session.commit()
    for entity in (project, shot, version, version["asset"], component, listing, note, session.get("User", USER_ID)):
        if "metadata" not in entity:
            continue
        key = unique()
        entity["metadata"][key] = 'väl"ue'
        session.commit()
        other = ftrack_api.Session()
        assert other.get(entity.entity_type, entity["id"])["metadata"][key] == 'väl"ue', entity.entity_type
        found = other.query(f'{entity.entity_type} where metadata any (key is "{key}" and value like "v%")').all()
        assert [row["id"] for row in found] == [entity["id"]], entity.entity_type


def metadata_on_two_levels_of_a_query(session):
    version = new_version(session)
    version["metadata"]["frames"] = "1-100"
    version["asset"]["metadata"]["kind"] = "plate"
    session.commit()
    wanted = 'select metadata.key, asset.metadata, asset.metadata.value from AssetVersion where id is "{}"'
    row = ftrack_api.Session().query(wanted.format(version["id"])).one()
    assert dict(row["metadata"]) == {"frames": "1-100"}
    assert dict(row["asset"]["metadata"]) == {"kind": "plate"}


def keys_with_every_character(session):
    project = new_project(session)
    keys = ["a b", "ö", "it's", 'say "x"', "back\\slash", "%like_", "a,b(c)"]
    for key in keys:
        project["metadata"][key] = key
    session.commit()
    other = ftrack_api.Session()
    assert dict(other.get("Project", project["id"])["metadata"]) == {key: key for key in keys}
