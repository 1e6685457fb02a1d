"""Custom attributes of each type and owner: declared, written, read dense and sparse, found by value, refused."""

import datetime as dt
import json

import arrow
from studio import ids, new_project, new_shot, new_task, new_user, new_version, raises, unique

import ftrack_api
import ftrack_api.exception


def declare(session, kind, entity_type="task", object_type="Task", config=None, **data):
    """A declaration of one's own, committed; returns it."""
    type_ = session.query(f'CustomAttributeType where name is "{kind}"').one()
    if object_type:
        data["object_type"] = session.query(f'ObjectType where name is "{object_type}"').one()
    key = unique().replace("-", "_")
    values = {"key": key, "label": key, "type": type_, "entity_type": entity_type, "config": json.dumps(config or {})}
    configuration = session.create("CustomAttributeConfiguration", {**values, **data})
    session.commit()
    return configuration


def written(session, owner, key, value):
    """What another session reads after a value was written."""
    session.reset()
    session = ftrack_api.Session()
    owner = session.get(owner.entity_type, owner["id"])
    owner["custom_attributes"][key] = value
    session.commit()
    return ftrack_api.Session().get(owner.entity_type, owner["id"])["custom_attributes"][key]


def texts(session):
    task = new_task(session)
    key = declare(session, "text", default="nothing")["key"]
    assert ftrack_api.Session().get("Task", task["id"])["custom_attributes"][key] == "nothing"
    assert written(session, task, key, 'Größe "5" \\ ünï') == 'Größe "5" \\ ünï'
    found = ftrack_api.Session().query(f'Task where custom_attributes any (key is "{key}" and value like "Gr%")')
    assert ids(found.all()) == [task["id"]]


def numbers(session):
    task = new_task(session)
    key = declare(session, "number", config={"isdecimal": True}, default=0)["key"]
    assert written(session, task, key, 12.5) == 12.5
    assert written(session, task, key, 42) == 42
    for criterion in ("value > 41", "value is 42", 'value is "42"', "value < 43", "value in (41, 42)"):
        found = ftrack_api.Session().query(
            f'Task where custom_attributes any (key is "{key}" and {criterion}) and id is "{task["id"]}"'
        )
        assert ids(found.all()) == [task["id"]], criterion


def truth_values(session):
    task = new_task(session)
    key = declare(session, "boolean", default=False)["key"]
    assert ftrack_api.Session().get("Task", task["id"])["custom_attributes"][key] is False
    assert written(session, task, key, True) is True
    found = ftrack_api.Session().query(f'Task where custom_attributes any (key is "{key}" and value is "true")')
    assert ids(found.all()) == [task["id"]]


def dates(session):
    task = new_task(session)
    key = declare(session, "date")["key"]
    assert ftrack_api.Session().get("Task", task["id"])["custom_attributes"][key] is None
    assert written(session, task, key, dt.datetime(2031, 2, 3, 4, 5, 6)) == arrow.get("2031-02-03T04:05:06+00:00")
    found = ftrack_api.Session().query(f'Task where custom_attributes any (key is "{key}" and value > "2031-02-01")')
    assert ids(found.all()) == [task["id"]]


def enumerators(session):
    task = new_task(session)
    choices = json.dumps([{"menu": "Low", "value": "low"}, {"menu": "High", "value": "high"}])
    single = declare(session, "enumerator", config={"data": choices, "multiSelect": False})["key"]
    several = declare(session, "enumerator", config={"data": choices, "multiSelect": True})["key"]
    assert written(session, task, single, "low") in ("low", ["low"])
    assert written(session, task, several, ["low", "high"]) == ["low", "high"]
    found = ftrack_api.Session().query(f'Task where custom_attributes any (key is "{several}" and value is "high")')
    assert ids(found.all()) == [task["id"]]
    found = ftrack_api.Session().query(f'Task where custom_attributes any (key is "{single}" and value like "%lo%")')
    assert ids(found.all()) == [task["id"]]
    task = ftrack_api.Session().get("Task", task["id"])
    task["custom_attributes"][several] = ["lowest"]
    message = raises(ftrack_api.exception.ServerError, task.session.commit)
    assert "lowest" in message
    task.session.rollback()


def expressions_and_addresses(session):
    task = new_task(session)
    key = declare(session, "expression", config={"expression": "{name}"}, default="{name}")["key"]
    assert "name" in ftrack_api.Session().get("Task", task["id"])["custom_attributes"][key]
    key = declare(session, "url")["key"]
    value = written(session, task, key, "https://example.invalid/a?b=c")
    assert "https://example.invalid/a?b=c" in str(value)


def dynamic_enumerators(session):
    task = new_task(session)
    key = declare(session, "dynamic enumerator", config={"event": "studio.list", "multiSelect": True})["key"]
    assert written(session, task, key, ["a", "b"]) == ["a", "b"]


def owners_of_every_kind(session):
    project = new_project(session)
    shot = new_shot(session, project)
    version = new_version(session)
    category = session.query("ListCategory").first()
    listing = session.create("AssetVersionList", {"name": unique(), "project": project, "category": category})
    listing["items"].append(version)
    session.commit()
    owners = {
        "show": (project, None),
        "task": (shot, "Shot"),
        "asset": (version["asset"], None),
        "assetversion": (version, None),
        "user": (new_user(session), None),
        "list": (listing, None),
    }
    for entity_type, (owner, object_type) in owners.items():
        key = declare(session, "text", entity_type, object_type, default="d")["key"]
        seen = ftrack_api.Session().get(owner.entity_type, owner["id"])
        assert seen["custom_attributes"][key] == "d", entity_type
        assert written(session, owner, key, "v") == "v", entity_type
        sparse = ftrack_api.Session().query(f'CustomAttributeValue where configuration.key is "{key}"').one()
        assert (sparse["value"], sparse["entity_id"]) == ("v", owner["id"]), entity_type


def only_the_declared_kind_has_an_attribute(session):
    project = new_project(session)
    shot, task = new_shot(session, project), new_task(session, project)
    key = declare(session, "number", object_type="Shot")["key"]
    assert key in ftrack_api.Session().get("Shot", shot["id"])["custom_attributes"]
    assert key not in ftrack_api.Session().get("Task", task["id"])["custom_attributes"]
    fresh = ftrack_api.Session().get("Task", task["id"])
    raises(KeyError, lambda: fresh["custom_attributes"].__setitem__(key, 1))


def hierarchical_ones_answer_their_own_value(session):
    project = new_project(session)
    shot = new_shot(session, project)
    key = declare(session, "number", "show", None, is_hierarchical=True, default=1)["key"]
    assert written(session, project, key, 25) == 25
    assert ftrack_api.Session().get("Shot", shot["id"])["custom_attributes"][key] is None
    assert written(session, shot, key, 30) == 30
    stored = f'select value, entity_id from CustomAttributeValue where configuration.key is "{key}"'
    sparse = ftrack_api.Session().query(stored)
    assert {row["entity_id"]: row["value"] for row in sparse} == {project["id"]: 25, shot["id"]: 30}
    version = new_version(session)
    assert key in ftrack_api.Session().get("AssetVersion", version["id"])["custom_attributes"]
    assert key in ftrack_api.Session().get("Asset", version["asset_id"])["custom_attributes"]


def those_of_a_project_come_before_those_of_the_site(session):
    here, elsewhere = new_project(session), new_project(session)
    tasks = new_task(session, here), new_task(session, elsewhere)
    general = declare(session, "text", default="general")
    special = declare(session, "text", default="special", project_id=here["id"])
    special["key"] = general["key"]
    session.commit()
    assert [ftrack_api.Session().get("Task", task["id"])["custom_attributes"][general["key"]] for task in tasks] == [
        "special",
        "general",
    ]


def a_new_default_leaves_older_entities_alone(session):
    old = new_task(session)
    configuration = declare(session, "text", default="before")
    configuration["default"] = "after"
    session.commit()
    new = new_task(session)
    values = [
        ftrack_api.Session().get("Task", task["id"])["custom_attributes"][configuration["key"]] for task in (old, new)
    ]
    assert values == ["before", "after"]


def wrong_values_are_refused(session):
    task = new_task(session)
    key = declare(session, "number")["key"]
    task = ftrack_api.Session().get("Task", task["id"])
    task["custom_attributes"][key] = "many"
    message = raises(ftrack_api.exception.ServerError, task.session.commit)
    assert f'Custom attribute value for "{key}" must be of type number' in message
    task.session.rollback()


def keys_are_unique_for_an_owner(session):
    configuration = declare(session, "text")
    other = declare(session, "text")
    other["key"] = configuration["key"]
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()


def values_are_rows_to_create_query_and_delete(session):
    tasks = [new_task(session) for _ in range(2)]
    configuration = declare(session, "text", default="d")
    for task in tasks:
        session.create(
            "CustomAttributeValue",
            {"configuration_id": configuration["id"], "entity_id": task["id"], "value": "v"},
        )
    session.commit()
    other = ftrack_api.Session()
    listed = ", ".join('"{}"'.format(task["id"]) for task in tasks)
    where = 'configuration_id in ("{}") and entity_id in ({})'.format(configuration["id"], listed)
    rows = other.query("select value, entity_id from CustomAttributeValue where " + where).all()
    assert [row["value"] for row in rows] == ["v", "v"]
    other.delete(rows[0])
    other.commit()
    again = ftrack_api.Session()
    assert again.get("Task", rows[0]["entity_id"])["custom_attributes"][configuration["key"]] == "d"
    one = again.get("CustomAttributeValue", [configuration["id"], rows[1]["entity_id"]])
    one["value"] = "w"
    again.commit()
    assert ftrack_api.Session().get("Task", one["entity_id"])["custom_attributes"][configuration["key"]] == "w"


def a_deleted_declaration_takes_its_values(session):
    task = new_task(session)
    configuration = declare(session, "text")
    assert written(session, task, configuration["key"], "v") == "v"
    other = ftrack_api.Session()
    other.delete(other.get("CustomAttributeConfiguration", configuration["id"]))
    other.commit()
    assert configuration["key"] not in ftrack_api.Session().get("Task", task["id"])["custom_attributes"]


def values_in_the_batch_that_makes_their_owner(session):
    for owner, kind, object_type in (("task", "Shot", "Shot"), ("task", "Task", "Task"), ("user", "User", None)):
        key = declare(session, "number", owner, object_type)["key"]
        fresh = ftrack_api.Session()
        parent = fresh.query("Project").first()
        data = {"username": unique()} if kind == "User" else {"name": unique(), "parent": parent}
        entity = fresh.create(kind, data)
        entity["custom_attributes"][key] = 1005
        fresh.commit()
        assert ftrack_api.Session().get(kind, entity["id"])["custom_attributes"][key] == 1005, kind


def links_to_people_and_work(session):
    project = new_project(session)
    task, user = new_task(session, project), new_user(session)
    configuration = session.create(
        "CustomAttributeLinkConfiguration",
        {
            "key": unique(),
            "label": "Supervisor",
            "entity_type": "task",
            "object_type": session.query('ObjectType where name is "Task"').one(),
            "entity_type_to": "user",
        },
    )
    session.commit()
    session.create(
        "CustomAttributeLink", {"configuration_id": configuration["id"], "from_id": task["id"], "to_id": user["id"]}
    )
    session.commit()
    other = ftrack_api.Session()
    key, name = configuration["key"], user["username"]
    found = f'custom_attribute_links any (configuration.key is "{key}" and user.username is "{name}")'
    assert ids(other.query("Task where " + found).all()) == [task["id"]]
    back = f'custom_attribute_links_from any (configuration.key is "{key}" and context.name is "{task["name"]}")'
    assert ids(other.query("User where " + back).all()) == [user["id"]]
    row = other.query(
        f'select user from CustomAttributeLink where configuration.key = "{key}" and from_id = "{task["id"]}"'
    ).one()
    assert row["user"]["id"] == user["id"]
