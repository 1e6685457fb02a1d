"""What the programs share: ids of the acceptance data, small builders, and how to expect a refusal."""

import uuid

USER_ID = "d07ae5d0-66e1-11e1-b5e9-f23c91df25eb"
PROJECT_ID = "5671dcb0-66de-11e1-8e6e-f23c91df25eb"
TASK_ID = "adb4ad6c-7679-11e2-8df2-f23c91df25eb"
SCHEMA_ID = "69cb7f92-4dbf-11e1-9902-f23c91df25eb"


def unique():
    """A name that nobody else uses, and no query mistakes for anything but a word."""
    return "test-" + uuid.uuid4().hex


def raises(kind, work):
    """Return the text of the exception that some work must raise."""
    try:
        work()
    except kind as error:
        return str(error)
    raise AssertionError("nothing was raised")


def new_project(session, **data):
    """A project of one's own, committed."""
    schema = session.get("ProjectSchema", SCHEMA_ID)
    project = session.create("Project", {"name": unique(), "full_name": unique(), "project_schema": schema, **data})
    session.commit()
    return project


def new_shot(session, project=None, **data):
    """A shot of one's own in a project of one's own, committed."""
    shot = session.create("Shot", {"name": unique(), "parent": project or new_project(session), **data})
    session.commit()
    return shot


def new_task(session, parent=None, **data):
    """A task of one's own, committed."""
    task = session.create("Task", {"name": unique(), "parent": parent or new_shot(session), **data})
    session.commit()
    return task


def new_user(session, **data):
    """A user of one's own, committed."""
    user = session.create("User", {"username": unique(), **data})
    session.commit()
    return user


def new_version(session, asset=None, **data):
    """A version of an asset, committed."""
    if asset is None:
        asset = session.create("Asset", {"name": unique(), "parent": new_shot(session)})
    version = session.create("AssetVersion", {"asset": asset, **data})
    session.commit()
    return version


def call(session, *operations):
    """Send raw operations and return the replies."""
    return session.call(list(operations))


def ids(rows):
    """The ids of some entities, in order."""
    return [row["id"] for row in rows]


def names(rows):
    """The names of some entities, sorted."""
    return sorted(row["name"] for row in rows)


def same(entity):
    """The reference to an entity as raw operations spell it."""
    return {"__entity_type__": entity.entity_type, "id": entity["id"]}
