"""Attributes the server works out: links, ancestors, latest versions, pictures and sums, nested and in criteria."""

import requests
from studio import ids, names, new_project, new_shot, new_task, new_version, unique

import ftrack_api


def the_latest_version_follows_versions(session):
    version = new_version(session)
    asset = version["asset"]
    second = session.create("AssetVersion", {"asset": asset})
    hidden = session.create("AssetVersion", {"asset": asset, "is_published": False})
    session.commit()
    other = ftrack_api.Session()
    row = other.query('select latest_version.version, name from Asset where id is "{}"'.format(asset["id"])).one()
    assert row["latest_version"]["id"] == second["id"]
    where = 'asset_id is "{}" and is_latest_version is True'.format(asset["id"])
    assert ids(other.query("AssetVersion where " + where)) == [second["id"]]
    assert hidden["version"] == 3
    session.delete(second)
    session.commit()
    assert ftrack_api.Session().get("Asset", asset["id"])["latest_version"]["id"] == version["id"]
    again = session.create("AssetVersion", {"asset": asset})
    session.commit()
    assert again["version"] == 4


def ancestors_and_descendants_at_every_depth(session):
    project = new_project(session)
    folder = session.create("Folder", {"name": "f", "parent": project})
    sequence = session.create("Sequence", {"name": "s", "parent": folder})
    shot = session.create("Shot", {"name": "sh", "parent": sequence})
    task = session.create("Task", {"name": "t", "parent": shot})
    asset = session.create("Asset", {"name": "a", "parent": shot})
    session.commit()
    other = ftrack_api.Session()
    assert ids(other.get("Task", task["id"])["ancestors"]) == ids([folder, sequence, shot])
    assert ids(other.get("Asset", asset["id"])["ancestors"]) == ids([folder, sequence, shot])
    assert sorted(ids(other.get("Folder", folder["id"])["descendants"])) == sorted(ids([sequence, shot, task]))
    for text in ('ancestors any (id is "{}")', 'ancestors.id is "{}"', 'parent.ancestors.id in ("{}")'):
        found = other.query("Task where " + text.format(folder["id"])).all()
        assert ids(found) == [task["id"]], text
    found = other.query('Project where descendants any (id is "{}")'.format(task["id"])).all()
    assert ids(found) == [project["id"]]
    assert ids(other.query('Asset where ancestors.id is "{}"'.format(sequence["id"]))) == [asset["id"]]


def links_of_many_at_once(session):
    project = new_project(session)
    sequence = session.create("Sequence", {"name": "sq", "parent": project})
    shots = [session.create("Shot", {"name": f"sh{n}", "parent": sequence}) for n in range(20)]
    session.commit()
    rows = (
        ftrack_api.Session()
        .query('select link, _link from Shot where project_id is "{}" order by name'.format(project["id"]))
        .all()
    )
    assert len(rows) == len(shots)
    for row in rows:
        assert [item["name"] for item in row["link"]][1] == "sq"
        assert row["link"] == row["_link"]
        assert all(set(item) == {"id", "name", "type"} for item in row["link"])


def the_picture_of_an_item_is_that_of_the_nearest_above(session):
    shot = new_shot(session)
    task = new_task(session, shot)
    assert task["thumbnail_url"] is None or "url" in task["thumbnail_url"]
    other = ftrack_api.Session()
    seen = other.get("Task", task["id"])
    assert seen["thumbnail_id"] is None
    assert seen["thumbnail_source_id"] in (None, task["id"])
    picture = session.create("FileComponent", {"name": "thumb", "file_type": ".png"})
    session.commit()
    shot["thumbnail_id"] = picture["id"]
    session.commit()
    again = ftrack_api.Session()
    assert again.get("Task", task["id"])["thumbnail_source_id"] == shot["id"]
    url = again.get("Shot", shot["id"])["thumbnail_url"]
    assert picture["id"] in url["url"]
    assert url["url"] == url["value"]
    assert again.get("Shot", shot["id"])["thumbnail"]["id"] == picture["id"]


def sums_and_differences_in_order_and_criteria(session):
    project = new_project(session)
    user = session.create("User", {"username": unique()})
    tasks = [session.create("Task", {"name": f"t{n}", "parent": project, "bid": 100.0}) for n in range(3)]
    for number, task in enumerate(tasks):
        session.create("Timelog", {"user": user, "context": task, "duration": 10 * number})
    session.commit()
    other = ftrack_api.Session()
    where = 'project_id is "{}"'.format(project["id"])
    text = f"select time_logged, bid_time_logged_difference from Task where {where} order by time_logged descending"
    rows = other.query(text).all()
    assert [row["time_logged"] for row in rows] == [20, 10, 0]
    assert [row["bid_time_logged_difference"] for row in rows] == [80, 90, 100]
    found = other.query(f"Task where {where} and bid_time_logged_difference < 95").all()
    assert names(found) == ["t1", "t2"]
    assert other.get("Project", project["id"])["name"] == project["name"]


def places_of_components_have_addresses(session):
    component = session.create("FileComponent", {"name": "main", "file_type": ".txt"})
    sent = {"action": "get_upload_metadata", "component_id": component["id"], "file_name": "main.txt", "file_size": 0}
    target = session.call([sent])[0]
    requests.put(target["url"], data=b"", headers=target["headers"], timeout=60).raise_for_status()
    location = session.query('Location where name is "ftrack.server"').one()
    places = [location, session.ensure("Location", {"name": unique()})]
    here, elsewhere = (
        session.create("ComponentLocation", {"component": component, "location": place, "resource_identifier": "x"})
        for place in places
    )
    session.commit()
    other = ftrack_api.Session()
    assert component["id"] in other.get("ComponentLocation", here["id"])["url"]["value"]
    assert other.get("ComponentLocation", elsewhere["id"])["url"] is None
    assert len(other.get("FileComponent", component["id"])["component_locations"]) == 2


def versions_that_use_each_other(session):
    first, second = new_version(session), new_version(session)
    second["uses_versions"].append(first)
    session.commit()
    other = ftrack_api.Session()
    assert ids(other.get("AssetVersion", second["id"])["uses_versions"]) == [first["id"]]
    assert ids(other.get("AssetVersion", first["id"])["used_in_versions"]) == [second["id"]]
    links = other.query('AssetVersionLink where from_id is "{0}" or to_id is "{0}"'.format(first["id"])).all()
    assert len(links) == 1
    second["uses_versions"].remove(first)
    session.commit()
    assert not ftrack_api.Session().get("AssetVersion", second["id"])["uses_versions"]
