"""Assets, versions and components."""

from studio import PROJECT_ID, raises, unique

import ftrack_api
import ftrack_api.exception


def versions_count_up_and_move_components(session):
    project = session.get("Project", PROJECT_ID)
    shot = session.create("Shot", {"name": unique(), "parent": project})
    kind = session.query("AssetType").first()
    assets = [session.create("Asset", {"name": "same", "context_id": shot["id"], "type": kind}) for _ in range(2)]
    versions = [session.create("AssetVersion", {"asset_id": assets[0]["id"]}) for _ in range(3)]
    session.commit()
    assert [v["version"] for v in versions] == [1, 2, 3]
    assert [v["is_latest_version"] for v in versions] == [False, False, True]
    component = session.create("FileComponent", {"name": "main", "version": versions[0]})
    session.commit()
    versions[1]["components"].append(component)
    session.commit()
    fresh = ftrack_api.Session()
    assert fresh.get("FileComponent", component["id"])["version_id"] == versions[1]["id"]
    names = [item["name"] for item in fresh.get("AssetVersion", versions[0]["id"])["link"]]
    assert names[-1] == "same v001" and names[-2] == shot["name"], names


def sequence_components(session):
    sequence = session.create("SequenceComponent", {"name": "seq", "padding": 4})
    members = [session.create("FileComponent", {"name": str(n), "container": sequence, "size": 10}) for n in range(3)]
    session.commit()
    fresh = ftrack_api.Session()
    seen = fresh.get("SequenceComponent", sequence["id"])
    assert len(seen["members"]) == 3
    assert {m.entity_type for m in seen["members"]} == {"FileComponent"}
    location = session.ensure("Location", {"name": "test.location"})
    row = session.create(
        "ComponentLocation",
        {"component": members[0], "location": location, "resource_identifier": "a\nb"},
    )
    session.commit()
    assert ftrack_api.Session().get("ComponentLocation", row["id"])["resource_identifier"] == "a\nb"
    session.delete(sequence)
    session.commit()
    assert ftrack_api.Session().get("FileComponent", members[0]["id"]) is None


def without_an_asset_there_is_no_version(session):
    session.create("AssetVersion", {"comment": "lost"})
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()
