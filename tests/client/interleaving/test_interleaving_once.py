"""What is worked out once and kept, for a class, an entity or a session, is whole for whoever looks meanwhile."""

from __future__ import annotations

import operator

import pytest

from ftrack_api import inspection
from ftrack_api._session.config import SessionConfig
from ftrack_api._session.types import EntityTypes
from ftrack_api.entity.factory import StandardFactory
from ftrack_api.symbol import CREATED, NOT_SET


class NewClasses:
    """A session whose entity classes nobody has used, or whose defaults somebody has just changed."""

    def __init__(self, session, schemas):
        session.types = EntityTypes(schemas, StandardFactory().create)
        session.recorded_operations.clear()
        self.session = session
        self.made = []

    @property
    def guarded(self):
        state = self.session._state
        return [state, state.operations, state.flags, self.session.types]

    def create(self, entity_type, **values):
        self.made.append(self.session.create(entity_type, values))


@pytest.mark.parametrize("known", [True, False])
def test_the_first_entities_of_a_class_have_their_defaults(interleave, session, small_schemas, known):
    def make():
        scene = NewClasses(session, small_schemas)
        if known:
            scene.session.types["Task"].attributes.get("description").default_value = "new"
        return scene

    def check(scene):
        first, second = scene.made
        assert first["id"] != second["id"]
        for task in scene.made:
            assert type(task) is scene.session.types["Task"]
            assert (task["object_type_id"], task["tags"]) == ("ot-task", [])
            assert inspection.state(task) is CREATED

    interleave(make, lambda s: s.create("Task", name="a"), lambda s: s.create("Task", name="b"), check)


def test_an_entity_is_found_by_a_type_it_is_derived_from(interleave, session, small_schemas, server):
    found = []

    def make():
        scene = NewClasses(session, small_schemas)
        scene.create("Task", id="t")
        found.clear()
        server.forget()
        return scene

    def get(scene):
        found.append(scene.session.get("Context", "t"))

    def check(scene):
        assert found == [scene.session.get("Task", "t")] * 2
        assert server.batches == []

    interleave(make, get, get, check)


def test_a_moment_that_is_read_takes_no_newer_one_back(interleave, make, server):
    """The first reading makes a date of what travels, and keeps it in the place of that."""

    def moment(year):
        return {"__type__": "datetime", "value": f"{year}-01-01T00:00:00"}

    def dated():
        scene = make()
        server.rows["Task", ("t",)]["start_date"] = moment(2020)
        scene.session.query("select start_date from Task").one()
        server.rows["Task", ("t",)]["start_date"] = moment(2021)
        return scene

    def read(scene):
        assert scene.task["start_date"].year in {2020, 2021}

    def query(scene):
        scene.session.query("select start_date from Task").one()

    def check(scene):
        assert scene.task["start_date"].year == 2021

    interleave(dated, read, query, check)
    interleave(dated, query, read, check)


def test_a_relation_may_become_unknown_while_it_is_read(interleave, make):
    """As a commit makes it, when the server does not tell what became of it."""
    found = []

    def remembering():
        scene = make()
        scene.task._remote["notes"] = [{"__entity_type__": "Note", "id": "n9", "content": "nine"}]
        scene.task._remote["status"] = {"__entity_type__": "Status", "id": "s9", "name": "Nine"}
        found.clear()
        return scene

    def read(scene):
        found.append((scene.task["status"]["id"], {note["id"] for note in scene.task["notes"]}))

    def forget(scene):
        for name in ("status", "notes"):
            scene.task.attributes.get(name).set_remote_value(scene.task, NOT_SET)

    def check(scene):
        assert found[0][0] in {"s", "s9"}
        assert found[0][1] in ({"n"}, {"n9"}, set())

    interleave(remembering, read, forget, check)


class Unmade:
    """A session whose constructor was replaced: all it has is made when it is first asked for."""

    guarded = ()

    def __init__(self, session_class):
        self.session = session_class.__new__(session_class)
        self.session._config = SessionConfig("http://studio.test", "key", "kim")
        self.found = []

    def use(self):
        session = self.session
        session.on_request.append(len(session.on_request))
        self.found.append((session._state, session.cache, session._transport, session.event_hub, session.on_request))


def test_what_a_session_is_made_of_is_made_once(interleave, session):
    def check(scene):
        first, second = scene.found
        assert all(map(operator.is_, first, second))
        assert len(scene.session.on_request) == 2

    interleave(lambda: Unmade(type(session)), Unmade.use, Unmade.use, check)


@pytest.mark.parametrize("first", ["reset", "set"])
def test_a_change_is_kept_or_told_of_when_the_session_is_reset(interleave, make, caplog, first):
    def check(scene):
        state = scene.session._state
        lost = "with 1 changes that were never committed" in caplog.text
        assert len(state.operations) == (not lost)
        assert len(state.changed) == (not lost)
        caplog.clear()

    acts = [lambda scene: scene.session.reset(), lambda scene: scene.task.update(name="new")]
    interleave(make, *(acts if first == "reset" else acts[::-1]), check)


def test_an_operation_is_counted_once(interleave, make):
    counted = []

    def changed():
        scene = make()
        scene.task["name"] = "new"
        counted.clear()
        return scene

    def check(scene):
        assert counted == [1]

    interleave(
        changed,
        lambda scene: scene.session.recorded_operations.numbered(),
        lambda scene: counted.append(len(scene.session.recorded_operations)),
        check,
    )
