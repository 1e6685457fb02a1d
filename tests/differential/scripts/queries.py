"""Queries: what they return, what they refuse, and how results are paged."""

TASKS = 'Task where parent.name is "tasks" and project.name is "tests" order by name'


def rows_in_order(see, stage):
    session = stage.session()
    tasks = session.query("select name, status.name, type.name, parent.name from " + TASKS).all()
    see("names", [task["name"] for task in tasks])
    see("nested", [(task["status"]["name"], task["type"]["name"], task["parent"]["name"]) for task in tasks])
    see("again", session.query("select name from " + TASKS).all() == tasks)
    see("same objects", session.query("select name from " + TASKS).first() is tasks[0])


def without_a_projection(see, stage):
    session = stage.session()
    with session.auto_populating(False):
        for entity_type in ("Task", "Status", "User", "Note", "AssetVersion", "Timelog"):
            entity = session.query(entity_type + " order by id").first()
            see(entity_type, {key: value for key, value in dict(entity).items() if key not in VOLATILE})


VOLATILE = {"date", "created_at", "updated_at", "thumbnail_url", "thread_activity", "resource_type"}


def first_one_and_all(see, stage):
    session = stage.session()
    see("first", session.query(TASKS).first())
    see("first of none", session.query('Task where name is "nowhere"').first())
    see("one", session.query('User where username is "jenkins"').one()["first_name"])
    see.refused("one of none", lambda: session.query('Task where name is "nowhere"').one())
    see.refused("one of many", lambda: session.query(TASKS).one())
    see("all of none", session.query('Task where name is "nowhere"').all())


def results_are_sequences(see, stage):
    session = stage.session()
    result = session.query("select name from " + TASKS)
    see("length", len(result))
    see("item", result[2]["name"])
    see("slice", [task["name"] for task in result[1:4]])
    see("contains", result[0] in result)
    see("index", result.index(result[3]))
    see("iteration", [task["name"] for task in result])
    see("reversed", [task["name"] for task in reversed(result)])
    see.refused("beyond the end", lambda: result[999])


def pages(see, stage):
    session = stage.session()
    result = session.query("select username from User order by username", page_size=25)
    see("first ones", [user["username"] for _, user in zip(range(3), result, strict=False)])
    see("length", len(result))
    see("all", [user["username"] for user in session.query("select username from User order by username", page_size=7)])


def limits_and_offsets(see, stage):
    session = stage.session()
    text = "select username from User order by username"
    see("limit", [user["username"] for user in session.query(text + " limit 3")])
    see("both", [user["username"] for user in session.query(text + " offset 2 limit 3")])
    see("offset", len(session.query(text + " offset 55").all()))
    see("limit above a page", len(session.query(text + " limit 30", page_size=20).all()))
    see.refused("first of a limit", lambda: session.query(text + " limit 5").first()["username"])
    see.refused("one of a limit", lambda: session.query(text + " limit 1").one())
    see.refused("first of an offset", lambda: session.query(text + " offset 3").first()["username"])


def criteria(see, stage):
    session = stage.session()
    for text in (
        'username in ("artist01", "artist02", "nobody")',
        'username like "artist0%" and not username is "artist03"',
        "username is artist04 or first_name is First05",
        'username is_not "jenkins" and username > "artist58"',
        "assignments any (context.name is t2)",
        "not assignments any ()",
        "is_active is True and email is none",
    ):
        found = session.query(f"select username from User where {text} order by username")
        see(text, [user["username"] for user in found])


def relations_in_criteria(see, stage):
    session = stage.session()
    for text in (
        'Shot where parent.name is "sq010" and children any (name is comp) order by name',
        'Task where status has (name is "In progress") and project has (name is tests) order by name, parent.name',
        'AssetVersion where asset.parent.name is "sh010" and version > 1',
        'Task where ancestors any (name is "python_api") and type.name is "Generic" order by name',
        'Folder where descendants any (name is "t1") order by name',
        "TypedContext where name like sh0 order by name desc limit 2",
    ):
        see(text, session.query(text).all())


def refused_texts(see, stage):
    session = stage.session()
    see.refused("unknown type", lambda: session.query("Nothing where name is x").all(), as_a=KeyError)
    see.refused("no text", lambda: session.query("").all(), as_a=KeyError)
    for text in (
        "Task where",
        "Task where name iss x",
        "Task where colour is red",
        "select colour from Task",
        "select from Task",
        'Task where name is "x',
        "Task where (name is x",
        "Task order name",
        "Task where name in ()",
    ):
        see.refused(text, lambda text=text: session.query(text).all())


def fetching_by_key(see, stage):
    session = stage.session()
    key = session.query('select id from Task where name is "t1"').first()["id"]
    see("known", session.get("Task", key))
    see("as a list", session.get("Task", [key]))
    see("base type", session.get("TypedContext", key))
    see("context", session.get("Context", key))
    other = stage.session()
    see("not loaded", other.get("Task", key)["name"])
    see("not loaded, by base type", stage.session().get("Context", key).entity_type)
    see("unknown key", session.get("Task", "00000000-0000-0000-0000-000000000000"))
    see.refused("unknown type", lambda: session.get("Nothing", key), as_a=KeyError)
    see.refused("wrong type", lambda: stage.session().get("User", key))


def several_queries_in_one_call(see, stage):
    session = stage.session()
    answers = session.call(
        [
            {"action": "query", "expression": "select username from User order by username limit 2"},
            {"action": "query", "expression": "select name from Shot order by name limit 1"},
        ]
    )
    see("users", [user["username"] for user in answers[0]["data"]])
    see("shots", [shot["name"] for shot in answers[1]["data"]])
    see("metadata", [answer["metadata"] for answer in answers])
    see.refused("unknown action", lambda: session.call([{"action": "nothing"}]))
    see.refused("no action", lambda: session.call([{}]))
