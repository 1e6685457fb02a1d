"""A session subclass of `ftrack-query`, which writes queries, makes, changes and deletes in statements of its own."""

import json

from ftrack_query import FTrackQuery, and_, attr, create, delete, event, not_, or_, select, update

seen = {}
with FTrackQuery(plugin_paths=[]) as session:
    project = session.select("Project").first()
    shot = session.select("Shot").where(project=project).order_by("name").first()
    statement = (
        select("Task")
        .where(
            ~attr("status.name").in_(["Omitted"]),
            or_(attr("type.name").contains("Anim"), attr("type.name") == "Compositing"),
            attr("notes").any(attr("content") != "zzz") | not_(attr("notes").any()),
        )
        .order_by(attr("type.name").desc())
        .populate("name", "notes", "status.name", "type.name")
        .limit(5)
    )
    seen["built"] = [task["name"] for task in session.execute(statement).all()]
    seen["below"] = sorted(task["name"] for task in session.execute(select("Task").where(parent_id=shot["id"])))
    inner = select("Shot").where(attr("name").like("sh%")).subquery()
    seen["inner"] = len(session.select("Task").where(attr("parent_id").in_(inner)).all())
    seen["either"] = len(session.select("Shot").where(and_(project=project) & (attr("name") > "sh010")).all())
    seen["pages"] = len(list(session.select("Task").options(page_size=7)))
    seen["related"] = [task["parent"] is shot for task in session.select("Task").where(parent=shot)]

    task = session.execute(create("Task").values(name="made", parent=project, project=project))
    session.commit()
    seen["made"] = [task["name"], task.session is session]
    seen["updated"] = session.execute(update("Task").where(name="made").values(name="changed"))
    session.commit()
    seen["deleted"] = session.execute(delete("Task").where(name="changed"))
    session.commit()
    seen["left"] = len(session.select("Task").where(name="changed").all())
    seen["event"] = str(event.and_(event.attr("topic") == "ftrack.update", event.attr("data.user.name") != "x"))
print(json.dumps(seen))
