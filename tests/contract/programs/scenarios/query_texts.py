"""Query texts as scripts spell them: each is sent as it stands, most shapes of the published examples among them."""

import string

from studio import PROJECT_ID, SCHEMA_ID, TASK_ID, USER_ID, ids, new_project, new_task, raises, unique

import ftrack_api
import ftrack_api.exception

STRUCTURE = """
Project
Project where status is active and name like "%est%"
Project where id is "$project"
Project where id is $project
Project where (id is "$project")
select id, full_name, name, custom_attributes, project_schema._task_type_schema.types.name from Project where \
id is "$project"
select children, children.children, children.children.children.assignments.resource from Project where id is \
"$project"
select name, object_type.name, project.children, children, parent_id from TypedContext where project_id is "$project"
select id, name, parent_id, link, object_type_id from TypedContext where project_id is "$project"
select id, name from Context where parent.id is "$project"
Task where parent_id is_not none
select parent.name, parent.parent.name, status.name from Task where id is "$task"
Shot where parent[Sequence].name is "sq010"
Task where parent[TypedContext] has (name is "tasks" and parent[TypedContext] has (name is "python_api"))
ObjectType where name is "shot"
ObjectType where is_statusable is true
select status_id, status.name from Shot where children any (name is "comp")
Task where not status.name in ("Done", "Omitted") and project.status is "active"
Task where project_id is $project and not timelogs any ()
Task where not (status.name is "Done" or status.name is "Omitted")
Task where parent.id in (select id from Shot where name like "sh%")
Project where project_schema in (select id from ProjectSchema where name is "VFX Scheme")
select name, bid from Task where ((((bid >= 0) and (name like "%o%")) and (bid != 12)) or ((parent.parent.name \
= "x") or parent.children any (((name = "y") and (parent.name = "z"))))) order by name descending limit 10
Task where ancestors any (name is "sq010")
Task where id in ('$task')
Task where id in ('$task',)
Task where id in ("$task","x")
Task where id in ($task,x)
Task where project.id is "$project"and name is "t1"
select name from Task where parent[Folder].name is "tasks" order by name desc, id asc
select __permissions.status_id, name from Task limit 1
select name, name from Task Where name is t1
"""

PEOPLE = """
User where username is jenkins
User where username is "jenkins"
User where username is_not kim
User where is_active is True order by first_name, last_name
User where is_active = true
User where is_active is "True"
select link from Task where assignments any (resource.username = "jenkins")
select project, priority, assignments.resource.username, link, status.name from Task where assignments any \
(resource.username = "jenkins") and status.name not_in ("Omitted","Done") and project.status is "active" order \
by priority.sort limit 5
User where assignments any (context_id = "$task")
select resource_id, context_id from Appointment where context_id in ("$task","b") and type is 'assignment'
Timelog where context_id = "$task"
select context.link, start, duration from Timelog where user.username is "jenkins"
Timelog where user_id is "$user" and context_id is "$task" and duration is 3600
Task where timelogs.start >= "2001-02-01"
Timelog where start > "2001-02-01" and start < "2999-03-01"
UserSecurityRole where user.username is "jenkins"
select name from SecurityRole where type is "PROJECT"
select notes.content, notes.author.first_name from Task where id is "$task"
Note where parent_id is "$task" and in_reply_to_id is None order by date descending
Note where author has (username is "jenkins")
Task where notes any (author.first_name is Jenkins)
"""

VERSIONS = """
AssetVersion where is_latest_version is True
AssetVersion where task_id != none
select asset.parent from AssetVersion where asset is_not None limit 10
select version, asset.versions.version from AssetVersion where asset_id is_not None limit 1
AssetVersion where asset.parent.name is "sh010" and asset.name is "comp"order by version descending
select versions.custom_attributes from Asset where name is "comp"
select name, id, latest_version.version, versions.version, versions.user.username from Asset where \
(versions.version is 1 and type.short is_not none)
select asset.name, version, thumbnail_url, user.first_name, components.name from AssetVersion where \
asset.parent.children.name is "comp"
AssetVersion where version is "2"
AssetVersion where version in (1, 2) and asset.parent.project.id is "$project"
AssetVersion where task.status.state.short is_not "DONE"
select asset.parent.object_type.name, asset.parent.status_id from AssetVersion limit 3
AssetVersion where asset.parent.ancestors.id in (select id from Sequence)
select id from AssetVersion where date > "2001-01-01" order by date desc limit 2 offset 1
select task.name, task.parent.name from AssetVersion where user.id is_not none
"""

CONFIGURATION = """
select key, project_id, id, object_type_id, entity_type, is_hierarchical from CustomAttributeConfiguration
CustomAttributeConfiguration where key is fstart and type.name is number and entity_type is task and \
object_type.name is Shot
select id, key from CustomAttributeConfiguration where is_hierarchical is true
CustomAttributeValue where configuration.key is customNumber
select custom_attributes from Task where custom_attributes.configuration.key is customNumber and id is $task
Task where custom_attributes any (key is "customNumber" and value is "12")
Task where custom_attributes any (key is "customNumber" and value > 11.5)
select _task_workflow.statuses.name, _schemas.type_id, _schemas.statuses.task_status.name from ProjectSchema \
where id is $schema
Status where state.name is "Done" or state.short is NOT_STARTED
select status.state.short from Task where status.state.short is NOT_STARTED limit 2
Type where is_billable is True order by sort
Priority where name is "None"
NoteCategory
NoteLabel
Location where name is "ftrack.server"
Location where name in ("ftrack.server", 'ftrack.origin')
CustomAttributeType
Location limit 1 offset 0 where id is_not none
"""

NOTHING = """
User where username is "kim@example.invalid"
User where email like '%@example.org'
Task where parent is none
Timer where user_id = "$user"
Timer where user.username is "jenkins"
Group where memberships any (user.username is "kim")
Project where metadata any (key=colour and value=red)
Project where metadata.key is k1 and metadata.value is v1
select value from Metadata where key is "k" and parent_type is "User" and parent_id is "nobody"
Metadata where (parent_id is "$project" and key is "k")
select key from Metadata where (parent_id is "$project"and key is "k") or (parent_id is "x"and key is "k")
Task where scopes.name is "London"
Task where id in ()
Task where id in ("")
AssetVersion where thumbnail != none and version > 1000
Component where version_id is "v-1" and name is "main"
ComponentLocation where component_id is c-1 and location_id is l-1
Job where status in ("queued","running") and created_at < "2001-02-03"
Event where project_id is "nowhere" and action is "change.status.task" order by created_at desc limit 20
TypedContextLink where from_id is "t-9" or to_id is "t-9"
User where username is kim limit 2
Task where name is "offset 5 limit 10"
Task where name is 'it\\'s "quoted"'
User offset 100000
User where custom_attribute_links_from any (configuration.key is "supervisor" and context.bid > 1)
"""

WRONG = """
Task where name iss "x"
Task where nmae is "x"
Tusk
select from Task
Task where name is "unclosed
Task where (name is "x"
Task where bid > "many"
Task where start_date > "tomorrow"
Task where status.nmae is "x"
Task limit -1
Task limit 5 limit 6
Task order by
Job where user_id = \u2018abc\u2019
select name.x from Task
Task where name any (id is "x")
select count(id) from Timelog group by user_id
Task where id in (select name, id from Shot)
"""


IDS = {"project": PROJECT_ID, "schema": SCHEMA_ID, "task": TASK_ID, "user": USER_ID}


def filled(texts):
    """The lines of a block, with the ids of the acceptance data in place of their names."""
    return [string.Template(text).substitute(IDS) for text in texts.splitlines() if text]


def counted(session, text):
    """How many rows a text finds when it is sent untouched, and when a session adds paging to it."""
    raw = session.call([{"action": "query", "expression": text}])[0]["data"]
    return len(raw), len(session.query(text).all())


def texts_about_structure_find_rows(session):
    for text in filled(STRUCTURE):
        assert min(counted(session, text)) > 0, text


def texts_about_people_find_rows(session):
    for text in filled(PEOPLE):
        assert min(counted(session, text)) > 0, text


def texts_about_versions_find_rows(session):
    for text in filled(VERSIONS):
        assert min(counted(session, text)) > 0, text


def texts_about_configuration_find_rows(session):
    for text in filled(CONFIGURATION):
        assert min(counted(session, text)) > 0, text


def texts_that_fit_nothing_are_no_mistakes(session):
    for text in filled(NOTHING):
        assert session.call([{"action": "query", "expression": text}])[0]["data"] == [], text


def texts_that_make_no_sense_are_refused_with_a_reason(session):
    for text in filled(WRONG):
        message = raises(
            ftrack_api.exception.ServerError, lambda: session.call([{"action": "query", "expression": text}])
        )
        assert len(message) > 40, (text, message)
        assert "unexpectedly" not in message, text


def white_space_and_case_do_not_matter(session):
    expected = ids(session.query('select id from Task where name is "t1"'))
    for text in (
        'select id, name from Task\n  where name is "t1"\n  and status.name is_not "Done"\n  order by name',
        '\tselect id from Task  where\tname   is "t1"  ',
        'SELECT id FROM Task WHERE name IS "t1" AND NOT name IN ("x") ORDER BY name DESC LIMIT 5 OFFSET 0',
        "select id from Task where name='t1'",
        'select id , name from Task where (((name="t1")))',
    ):
        found = session.call([{"action": "query", "expression": text}])[0]["data"]
        assert [row["id"] for row in found] == expected, text


def thousands_of_ids_in_one_text(session):
    project = new_project(session)
    wanted = sorted(new_task(session, project)["id"] for _ in range(3))
    noise = [unique()[-32:] for _ in range(5000)]
    for template in ("{}", '"{}"'):
        listed = ",".join(template.format(key) for key in noise[:2500] + wanted + noise[2500:])
        assert sorted(ids(session.query(f"select name from Task where id in ({listed})"))) == wanted
    others = session.query('Task where project_id is "{}" and id not_in ({})'.format(project["id"], listed)).all()
    assert others == []


def paging_through_a_raw_reply(session):
    seen, offset = [], 0
    while offset is not None:
        text = f"select id from User order by username limit 20 offset {offset}"
        reply = session.call([{"action": "query", "expression": text}])[0]
        seen += [row["id"] for row in reply["data"]]
        offset = reply["metadata"]["next"]["offset"]
    assert len(seen) == len(set(seen)) == len(session.query("User").all())


def aggregates_of_every_kind(session):
    project = new_project(session)
    for number, bid in enumerate((1.0, 2.0, 6.0)):
        session.create("Task", {"name": str(number), "parent": project, "bid": bid})
    session.commit()
    strict = ftrack_api.Session(strict_api=True)
    where = 'project_id is "{}"'.format(project["id"])
    every = "count(id), sum(bid), avg(bid), min(bid), max(bid)"
    text = f"select {every}, status_id from Task where {where} group by status_id"
    [row] = strict.call([{"action": "query", "expression": text}])[0]["data"]
    assert row["status_id"]
    del row["status_id"]
    assert row == {"count_id": 3, "sum_bid": 9, "avg_bid": 3, "min_bid": 1, "max_bid": 6}
    text = f"select count(id), project.name from Task where {where} group by project.name"
    [row] = strict.call([{"action": "query", "expression": text}])[0]["data"]
    assert row == {"count_id": 3, "project_name": project["name"]}
    text = f"select count(id) from Task where {where}"
    assert strict.call([{"action": "query", "expression": text}])[0]["data"] == [{"count_id": 3}]


def casts_reach_attributes_of_subtypes(session):
    text = (
        f'select parent.name, parent[Folder].description, parent[Project].full_name from Task where id is "{TASK_ID}"'
    )
    row = session.query(text).one()
    with session.auto_populating(False):
        assert row["parent"]["name"] == "tasks"
        assert row["parent"]["description"] is not None
    project = new_project(session)
    task = new_task(session, project)
    text = 'select parent.name, parent[Shot].bid from Task where id is "{}"'.format(task["id"])
    row = ftrack_api.Session().query(text).one()
    assert row["parent"]["name"] == project["name"]


def rows_beyond_the_end(session):
    reply = session.call([{"action": "query", "expression": "select id from User limit 5 offset 100000"}])[0]
    assert reply == {"action": "query", "data": [], "metadata": {"next": {"offset": None}}}
    reply = session.call([{"action": "query", "expression": "select id from User limit 0"}])[0]
    assert reply["data"] == []
