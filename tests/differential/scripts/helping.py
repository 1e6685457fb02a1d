"""What entities of a type can do: notes, timers, jobs, schemas."""


def _task(session, name):
    return session.query(f"select name from Task where name is {name}").one()


def notes(see, stage):
    session = stage.session()
    task, user = _task(session, "t11"), session.query('User where username is "jenkins"').one()
    note = task.create_note("First", author=user)
    see("before", (note["content"], note["author"]["username"], note["recipients"]))
    session.commit()
    see("task", [item["content"] for item in task["notes"]])
    reply = note.create_reply("Answer", author=user)
    session.commit()
    see("replies", [item["content"] for item in stage.session().get("Note", note["id"])["replies"]])
    see("in reply to", reply.get("in_reply_to"))
    found = stage.session().query("select content from Note where parent_id is " + task["id"] + " order by content")
    see("there", [item["content"] for item in found])


def notes_to_someone(see, stage):
    session = stage.session()
    task, user = _task(session, "t12"), session.query('User where username is "jenkins"').one()
    label = session.query("NoteLabel order by name").first()
    reader = session.query('User where username is "artist05"').one()
    note = task.create_note("To you", author=user, recipients=[reader], labels=[label] if label else None)
    session.commit()
    seen = stage.session().get("Note", note["id"])
    see("recipients", [item["resource_id"] == reader["id"] for item in seen["recipients"]])
    see("labels", [item["label"]["name"] for item in seen["note_label_links"]])
    see("parent", seen["parent_id"] == task["id"])


def timers(see, stage):
    session = stage.session()
    user, task = session.query('User where username is "jenkins"').one(), _task(session, "t1")
    timer = user.start_timer(task)
    see("timer", (timer.entity_type, timer["context"], timer["user"]))
    timelog = user.stop_timer()
    see("timelog", (timelog.entity_type, timelog["context"], timelog["duration"] < 60))
    see.refused("none runs", user.stop_timer)
    first = user.start_timer(task, comment="first")
    second = user.start_timer(task, comment="second", force=True)
    see("forced", (first["comment"], second["comment"]))
    user.stop_timer()
    see("timelogs", len(session.query("Timelog where user.username is jenkins").all()))


def two_timers(see, stage):
    session = stage.session()
    user, task = session.query('User where username is "jenkins"').one(), _task(session, "t2")
    user.start_timer(task)
    see.refused("second", lambda: user.start_timer(task))
    see("left to be sent", len(list(session.recorded_operations)))
    session.rollback()
    see("stopped", user.stop_timer()["context"])


def jobs(see, stage):
    session = stage.session()
    user = session.query('User where username is "jenkins"').one()
    job = session.create("Job", {"user": user, "status": "running", "data": '{"description": "Work"}'})
    session.commit()
    job["status"] = "done"
    session.commit()
    see("there", stage.session().get("Job", job["id"])["status"])
    see.refused("typed", lambda: session.create("Job", {"user": user, "type": "other", "status": "running"})["type"])
    session.rollback()


def project_schemas(see, stage):
    session = stage.session()
    schema = session.query("ProjectSchema").first()
    for entity_type in ("Task", "Shot", "AssetBuild", "AssetVersion"):
        see(entity_type + " statuses", [status["name"] for status in schema.get_statuses(entity_type)])
    see("task types", [kind["name"] for kind in schema.get_types("Task")])
    see("build types", [kind["name"] for kind in schema.get_types("AssetBuild")])
    see.refused("no type", lambda: schema.get_types("Nothing"))
    see.refused("no status", lambda: schema.get_statuses("Nothing"))
    kind = schema.get_types("Task")[0]
    see("statuses of a type", [status["name"] for status in schema.get_statuses("Task", kind["id"])])


def versions(see, stage):
    session = stage.session()
    shot = session.query('Shot where name is "sh030"').one()
    kind = session.query('AssetType where short is "upload"').first()
    asset = session.create("Asset", {"name": "new", "parent": shot, "type": kind})
    first = session.create("AssetVersion", {"asset": asset, "comment": "one"})
    second = session.create("AssetVersion", {"asset": asset, "comment": "two"})
    session.commit()
    see("numbers", sorted([first["version"], second["version"]]))
    see("asset", [asset["parent"]["name"], asset["type"]["short"]])
    seen = stage.session().get("Asset", asset["id"])
    see("versions", sorted(item["version"] for item in seen["versions"]))


def linked(see, stage):
    session = stage.session()
    first = session.query('AssetVersion where asset.parent.name is "sh010" and version is 1').one()
    second = session.query('AssetVersion where asset.parent.name is "sh020" and version is 1').one()
    first["uses_versions"].append(second)
    session.commit()
    other = stage.session()
    see("uses", other.get("AssetVersion", first["id"])["uses_versions"] == [second])
    see("uses, as list", list(other.get("AssetVersion", first["id"])["uses_versions"]))
    see("used in", list(other.get("AssetVersion", second["id"])["used_in_versions"]))


def addresses(see, stage):
    session = stage.session()
    task = _task(session, "t2")
    see("url", session.get_widget_url("tasks", entity=task).split("?")[0].rsplit("/", 1)[-1] != "")
    see.refused("unknown user", lambda: session.send_user_invite(session.create("User", {"username": "invited"})))
    session.rollback()
