"""What one commit may hold, in which order, and what it leaves behind when it fails."""

from studio import new_project, raises, unique

import ftrack_api
import ftrack_api.exception


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
