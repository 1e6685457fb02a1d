"""What queries answer: types, projections, order, pages, groups, texts of every script."""

from studio import PROJECT_ID, TASK_ID, unique

import ftrack_api
import ftrack_api.symbol


def nested_selection_and_types(session):
    project = session.query(
        "select children, children.children, children.children.children, "
        f'children.children.children.assignments.resource from Project where id is "{PROJECT_ID}"'
    ).one()
    with session.auto_populating(False):
        kinds = {child.entity_type for child in project["children"]}
        assert {"Folder", "Sequence"} <= kinds
        deep = [
            grandchild
            for child in project["children"]
            for middle in child["children"]
            for grandchild in middle["children"]
        ]
        assert any(item.entity_type == "Task" for item in deep)
        resources = {assignment["resource"].entity_type for item in deep for assignment in item["assignments"]}
        assert resources == {"User"}


def only_what_was_asked_for(session):
    rows = session.call(
        [{"action": "query", "expression": f'select status from Task where project_id is "{PROJECT_ID}" limit 10'}]
    )[0]["data"]
    with session.auto_populating(False):
        for row in rows:
            known = {name for name in row if row[name] is not ftrack_api.symbol.NOT_SET}
            collections = (ftrack_api.collection.Collection, ftrack_api.collection.MappedCollectionProxy)
            plain = {name for name in known if not isinstance(row[name], collections)}
            assert plain <= {"id", "context_type", "project_id", "object_type_id", "status"}, plain


def every_attribute_of_a_task_can_be_read_alone(session):
    task = session.get("Task", TASK_ID)
    for name in task:
        assert task[name] is not ftrack_api.symbol.NOT_SET, name


def paging_asks_for_exactly_as_many_pages_as_there_are(session):
    total = len(session.query("User").all())
    calls = []
    original = session.call

    def counted(data):
        calls.append(data)
        return original(data)

    session.call = counted
    assert total % 13 or total
    for size in (total, total // 2 if total % 2 == 0 else total):
        del calls[:]
        assert len(session.query("User", page_size=size).all()) == total
        assert len(calls) == total // size, (total, size, len(calls))


def paging_keeps_offset_limit_and_order(session):
    everyone = session.query("User").all()
    results = session.query("User offset 2 limit 8", page_size=6).all()
    assert results == everyone[2:10]
    assert session.query("User").first() == everyone[0]
    assert session.query("User offset 3").first() == everyone[3]


def groups_in_strict_mode(session):
    strict = ftrack_api.Session(strict_api=True)
    text = f'select count(id), project_id from Task where project_id is "{PROJECT_ID}" group by project_id'
    rows = strict.call([{"action": "query", "expression": text}])[0]["data"]
    assert rows and rows[0]["count_id"] > 5 and "__entity_type__" not in rows[0]


def unicode_everywhere(session):
    project = session.get("Project", PROJECT_ID)
    name = "bjørn " + "\u2764 " + unique()
    folder = session.create("Folder", {"name": name, "parent": project})
    session.commit()
    assert ftrack_api.Session().query(f'Folder where name is "{name}"').one()["id"] == folder["id"]


def rows_that_first_must_find(session):
    for kind in (
        "AssetType",
        "NoteCategory",
        "ListCategory",
        "Status",
        "Sequence",
        "Shot",
        "Asset",
        "AssetVersion",
        "Task",
        "Project",
        "Timelog",
        "ObjectType",
        "Location",
    ):
        assert session.query(kind).first() is not None, kind
    assert len(session.query("User")) >= 50
    assert session.query("select asset.parent from AssetVersion where asset is_not None limit 10").all()
    assert session.query("select timelogs.user from User where timelogs any ()").first()["timelogs"]
