"""Notes, replies, recipients, labels and the collections that carry them."""

import arrow
from studio import TASK_ID, USER_ID, new_project, new_shot, new_task, new_version, unique

import ftrack_api


def notes_recipients_replies_and_category(session):
    task = session.get("Task", TASK_ID)
    author = session.get("User", USER_ID)
    other = session.create("User", {"username": unique()})
    category = session.query("NoteCategory").first()
    session.commit()
    note = task.create_note("hello", author, recipients=[other], category=category)
    session.commit()
    fresh = ftrack_api.Session()
    seen = fresh.get("Note", note["id"])
    assert seen["content"] == "hello"
    assert seen["parent_id"] == TASK_ID
    assert len(seen["recipients"]) == 2
    assert seen["category"]["id"] == category["id"]
    reply = note.create_reply("yes", author)
    session.commit()
    fresh = ftrack_api.Session()
    assert fresh.get("Note", reply["id"])["in_reply_to"]["id"] == note["id"]
    assert [r["content"] for r in fresh.get("Note", note["id"])["replies"]] == ["yes"]
    assert note["id"] in [n["id"] for n in fresh.get("Task", TASK_ID)["notes"]]


def notes_on_everything_that_takes_them(session):
    project = new_project(session)
    shot = new_shot(session, project)
    version = new_version(session)
    category = session.query("ListCategory").first()
    listing = session.create("TypedContextList", {"name": unique(), "project": project, "category": category})
    session.commit()
    author = session.get("User", USER_ID)
    for entity in (project, shot, version, listing):
        if "notes" not in entity:
            continue
        note = entity.create_note("about " + entity.entity_type, author)
        session.commit()
        other = ftrack_api.Session()
        seen = other.get("Note", note["id"])
        assert seen["parent_id"] == entity["id"], entity.entity_type
        assert [n["id"] for n in other.get(entity.entity_type, entity["id"])["notes"]] == [note["id"]]


def threads_are_found_by_their_replies(session):
    task = new_task(session)
    author = session.get("User", USER_ID)
    note = task.create_note("question", author)
    reply = note.create_reply("answer 42", author)
    session.commit()
    other = ftrack_api.Session()
    with_reply = 'Note where replies any (content like "%42%") and id is "{}"'.format(note["id"])
    assert [row["id"] for row in other.query(with_reply)] == [note["id"]]
    tops = 'Note where parent_id is "{}" and in_reply_to_id is None order by date descending'.format(task["id"])
    assert [row["id"] for row in other.query(tops)] == [note["id"]]
    seen = other.get("Note", reply["id"])
    assert seen["parent_id"] == task["id"]
    assert other.get("Note", note["id"])["thread_activity"] >= seen["date"]
    session.delete(note)
    session.commit()
    assert ftrack_api.Session().get("Note", reply["id"]) is None


def notes_are_completed_and_carry_todo_lists(session):
    task = new_task(session)
    user = session.get("User", USER_ID)
    note = task.create_note("do it", user)
    note["is_todo"] = True
    session.commit()
    note["completed_by"] = user
    note["completed_at"] = arrow.get("2031-02-03T04:05:06")
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("Note", note["id"])
    assert seen["is_todo"] is True
    assert seen["completed_by"]["id"] == USER_ID
    assert seen["completed_at"] == arrow.get("2031-02-03T04:05:06")
    found = other.query("select content, completed_by from Note where is_todo is true and completed_at is_not none")
    assert note["id"] in [row["id"] for row in found]


def labels_are_links_and_the_category_is_the_first(session):
    task = new_task(session)
    labels = [session.create("NoteLabel", {"name": unique(), "color": "#ff0000", "sort": n}) for n in range(2)]
    note = session.create("Note", {"content": "x", "author": session.get("User", USER_ID)})
    task["notes"].append(note)
    for label in labels:
        session.create("NoteLabelLink", {"note_id": note["id"], "label_id": label["id"]})
    session.commit()
    other = ftrack_api.Session()
    seen = other.get("Note", note["id"])
    assert sorted(link["label"]["name"] for link in seen["note_label_links"]) == sorted(
        label["name"] for label in labels
    )
    assert seen["category"]["name"] == labels[0]["name"]
    assert other.get("NoteCategory", labels[0]["id"])["name"] == labels[0]["name"]


def files_are_attached_to_notes(session):
    task = new_task(session)
    note = task.create_note("see file", session.get("User", USER_ID))
    component = session.create("FileComponent", {"name": "picture", "file_type": ".png"})
    session.commit()
    session.create("NoteComponent", {"note_id": note["id"], "component_id": component["id"]})
    session.commit()
    other = ftrack_api.Session()
    attached = other.get("Note", note["id"])["note_components"]
    assert [item["component"]["id"] for item in attached] == [component["id"]]
    session.delete(note)
    session.commit()
    assert ftrack_api.Session().get("FileComponent", component["id"]) is not None


def recipients_are_people_and_groups(session):
    task = new_task(session)
    group = session.create("Group", {"name": unique()})
    user = session.create("User", {"username": unique()})
    session.commit()
    note = task.create_note("to all", session.get("User", USER_ID), recipients=[user, group])
    session.commit()
    other = ftrack_api.Session()
    wanted = 'select recipient.id, text_mentioned from Recipient where note_id is "{}"'
    rows = other.query(wanted.format(note["id"])).all()
    assert sorted(row["recipient"]["id"] for row in rows) == sorted([user["id"], group["id"], USER_ID])
    assert {row["recipient"].entity_type for row in rows} == {"User", "Group"}
    assert other.get("Recipient", [note["id"], user["id"]])["user"]["id"] == user["id"]
