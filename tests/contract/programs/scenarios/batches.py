"""What one commit may hold, in which order, and what it leaves behind when it fails."""

import collections
import json

from studio import PROJECT_ID, TASK_ID, USER_ID, call, new_project, raises, same, unique

import ftrack_api
import ftrack_api.exception
import ftrack_api.operation
import ftrack_api.session
import ftrack_api.symbol


def delete_child_then_parent(session):
    project = new_project(session)
    sequence = session.create("Sequence", {"name": "s", "parent": project})
    session.commit()
    session.delete(sequence)
    session.delete(project)
    session.commit()
    project = new_project(session)
    sequence = session.create("Sequence", {"name": "s", "parent": project})
    session.commit()
    session.delete(project)
    session.delete(sequence)
    session.commit()


def required_attribute_may_come_last(session):
    scope = session.create("Scope")
    other = session.create("Scope", {"name": unique()})
    scope["name"] = unique()
    session.commit()
    assert scope["name"] and other["name"]


def deleting_what_is_in_use_is_refused(session):
    location = session.create("Location", {"name": unique()})
    component = session.create("FileComponent", {"name": "main"})
    session.create("ComponentLocation", {"component": component, "location": location, "resource_identifier": "x"})
    session.commit()
    session.delete(session.query("ProjectSchema").first())
    raises(ftrack_api.exception.ServerError, session.commit)
    session.rollback()


def a_plain_component_keeps_its_type_on_create(session):
    component = session.create("Component", {"name": "x"})
    session.commit()
    assert component["name"] == "x"
    assert session.query('Component where id is "{}"'.format(component["id"])).one()["name"] == "x"


def a_failed_batch_leaves_nothing(session):
    name = unique()
    session.create("Scope", {"name": name})
    session.create("Timelog", {"user_id": "nobody-there", "duration": 1})
    message = raises(ftrack_api.exception.ServerError, session.commit)
    assert "nobody-there" in message
    session.rollback()
    assert ftrack_api.Session().query(f'Scope where name is "{name}"').first() is None


def reads_see_what_the_batch_has_written(session):
    name = unique()
    replies = call(
        session,
        {"action": "query", "expression": f'select id from Scope where name is "{name}"'},
        {"action": "create", "entity_type": "Scope", "entity_data": {"__entity_type__": "Scope", "name": name}},
        {"action": "query", "expression": f'select name from Scope where name is "{name}"'},
        {"action": "query_server_information"},
    )
    assert [len(reply["data"]) for reply in replies[:3:2]] == [0, 1]
    assert replies[1]["action"] == "create"
    assert replies[3]["version"]


def rows_may_refer_to_later_ones(session):
    parent, child = (unique()[-32:] for _ in range(2))
    call(
        session,
        {
            "action": "create",
            "entity_type": "Shot",
            "entity_data": {"id": child, "name": child, "parent": {"__entity_type__": "Sequence", "id": parent}},
        },
        {
            "action": "create",
            "entity_type": "Sequence",
            "entity_data": {"id": parent, "name": parent, "parent_id": PROJECT_ID, "project_id": PROJECT_ID},
        },
        {"action": "update", "entity_type": "TypedContext", "entity_key": child, "entity_data": {"description": "x"}},
    )
    shot = session.get("Shot", child)
    assert (shot["parent"]["id"], shot["description"], shot["project_id"]) == (parent, "x", PROJECT_ID)


def a_hundred_shots_with_tasks_in_one_commit(session):
    project = new_project(session)
    shots = [session.create("Shot", {"name": f"sh{n:04d}", "parent": project}) for n in range(100)]
    for shot in shots:
        for name in ("anim", "comp"):
            session.create("Task", {"name": name, "parent": shot})
    session.commit()
    other = ftrack_api.Session()
    tasks = other.query('select parent.name from Task where project_id is "{}"'.format(project["id"])).all()
    assert len(tasks) == 200
    for task in tasks:
        task["description"] = task["parent"]["name"]
    other.commit()
    found = ftrack_api.Session().query(
        'Task where description is "sh0042" and project_id is "{}"'.format(project["id"])
    )
    assert len(found.all()) == 2


def operations_pushed_by_hand(session):
    task = session.get("Task", TASK_ID)
    scope = session.create("Scope", {"name": unique()})
    session.commit()
    key = collections.OrderedDict(id=scope["id"])
    session.recorded_operations.push(
        ftrack_api.operation.UpdateEntityOperation("Scope", key, "name", ftrack_api.symbol.NOT_SET, "renamed")
    )
    session.commit()
    assert ftrack_api.Session().get("Scope", scope["id"])["name"] == "renamed"
    session.recorded_operations.push(ftrack_api.operation.DeleteEntityOperation("Scope", key))
    session.commit()
    assert ftrack_api.Session().get("Scope", scope["id"]) is None
    configuration = session.query('CustomAttributeConfiguration where key is "customNumber"').one()
    key = collections.OrderedDict(configuration_id=configuration["id"], entity_id=task["id"])
    session.recorded_operations.push(
        ftrack_api.operation.UpdateEntityOperation(
            "ContextCustomAttributeValue", key, "value", ftrack_api.symbol.NOT_SET, 12
        )
    )
    session.commit()
    assert ftrack_api.Session().get("Task", TASK_ID)["custom_attributes"]["customNumber"] == 12


def deleting_what_is_not_there_is_an_error(session):
    message = raises(
        ftrack_api.exception.ServerError,
        lambda: call(session, {"action": "delete", "entity_type": "Task", "entity_key": ["no-such-task"]}),
    )
    assert "no-such-task" in message
    message = raises(
        ftrack_api.exception.ServerError,
        lambda: call(
            session,
            {"action": "update", "entity_type": "Task", "entity_key": ["no-such-task"], "entity_data": {"name": "x"}},
        ),
    )
    assert "no-such-task" in message


def unknown_attributes_of_a_create_do_no_harm(session):
    reply = call(
        session,
        {"action": "create", "entity_type": "Scope", "entity_data": {"name": unique(), "shortName": "x"}},
    )[0]
    assert "shortName" not in reply["data"]


def usage_is_accepted_and_unknown_actions_are_named(session):
    usage = {"action": "_track_usage", "data": {"type": "event", "name": "STARTED", "metadata": {"a": 1}}}
    assert len(call(session, usage, usage)) == 2
    message = raises(ftrack_api.exception.ServerError, lambda: call(session, {"action": "dance"}))
    assert "Invalid action u'dance'" in message


def immutable_and_computed_attributes_stay(session):
    project = session.get("Project", PROJECT_ID)
    for data in ({"context_type": "task"}, {"link": []}):
        operation = {"action": "update", "entity_type": "Project", "entity_key": [PROJECT_ID], "entity_data": data}
        raises(ftrack_api.exception.ServerError, lambda: call(session, operation))
    same_value = {"context_type": project["context_type"]}
    operation = {"action": "update", "entity_type": "Project", "entity_key": [PROJECT_ID], "entity_data": same_value}
    assert call(session, operation)[0]["action"] == "update"


def wrong_values_are_refused_with_what_was_sent(session):
    for kind, data in (
        ("Task", {"name": unique(), "parent_id": PROJECT_ID, "bid": "a lot"}),
        ("Task", {"name": 5, "parent_id": PROJECT_ID}),
        ("User", {"username": unique(), "is_active": "perhaps"}),
        ("Task", {"name": unique(), "parent_id": PROJECT_ID, "start_date": "tomorrow"}),
        ("Job", {"user_id": USER_ID, "status": "dancing"}),
    ):
        operation = {"action": "create", "entity_type": kind, "entity_data": data}
        message = raises(ftrack_api.exception.ServerError, lambda: call(session, operation))
        assert kind in message, message


def actions_built_by_hand_refer_to_entities(session):
    frames = session.create_component("/no/such/frames.%d.jpg [1]", location=None)
    (member,) = frames["members"]
    data = {"__entity_type__": "FileComponent", "id": member["id"], "container": frames}
    action = {"action": "create", "entity_type": "FileComponent", "entity_key": [member["id"]], "entity_data": data}
    encoded = session.encode([ftrack_api.session.OperationPayload(action)])
    session.rollback()
    assert json.loads(encoded) == [{**action, "entity_data": {**data, "container": same(frames)}}]
    assert encoded == json.dumps(json.loads(encoded), sort_keys=True)
