"""Notes, replies, recipients, labels and the collections that carry them."""

from studio import TASK_ID, USER_ID, unique

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
