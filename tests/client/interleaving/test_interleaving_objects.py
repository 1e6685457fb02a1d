"""Whatever one thread is loading when another one comes in between, an entity is one object, known as a whole."""

from __future__ import annotations

import contextlib

import pytest

from ftrack_api._state.storage import EntityState
from ftrack_api.cache import MemoryCache


@pytest.mark.parametrize("known", [True, False])
def test_rows_of_two_answers_become_one_object(interleave, make, known):
    found = []

    def forgetful():
        scene = make()
        if not known:
            scene.session.cache.clear()
        found.clear()
        return scene

    def query(scene):
        found.append(scene.query())

    def check(scene):
        assert found[0] is found[1] is scene.session.get("Task", "t")
        assert found[0]["notes"] is found[1]["notes"]
        assert found[0]["notes"][0] is scene.session.get("Note", "n")

    interleave(forgetful, query, query, check)


def test_what_a_cache_below_remembers_becomes_one_object(interleave, make):
    """Rows of a relation are used up by what reads them, and read when somebody asks."""
    found = []

    def remembering():
        scene = make()
        scene.task._remote["notes"] = [{"__entity_type__": "Note", "id": "n9", "content": "nine"}]
        scene.task._remote["status"] = {"__entity_type__": "Status", "id": "s9", "name": "Nine"}
        found.clear()
        return scene

    def read(scene):
        found.append((scene.task["notes"][0], scene.task["status"]))

    def check(scene):
        assert found[0] == found[1] == (scene.session.get("Note", "n9"), scene.session.get("Status", "s9"))
        assert found[0][0]["content"] == "nine"

    interleave(remembering, read, read, check)


@pytest.mark.parametrize("fine", [True, False])
def test_a_collection_is_one_object_for_all(interleave, make, fine):
    found = []

    def read(scene):
        found.append((scene.task["notes"], scene.task["metadata"]))

    def read_other(scene):
        found.append((scene.task["notes"], scene.task["metadata"], scene.task["children"]))

    def check(scene):
        assert found[0][0] is found[1][0] is scene.task["notes"]
        assert found[0][1] is found[1][1] is scene.task["metadata"]
        found.clear()

    interleave(make, read, read_other, check, fine=fine)


@pytest.mark.parametrize(
    "forget",
    [
        lambda s: s.session.cache.clear(),
        lambda s: s.session.cache.remove("('Task', ['t'])"),
        lambda s: s.session.reset(),
    ],
)
def test_forgetting_does_not_break_a_merge(interleave, make, forget):
    def forget_it(scene):
        with contextlib.suppress(KeyError):  # known again by now, or not yet
            forget(scene)

    def query(scene):
        task = scene.query()
        assert task["name"] == "comp"
        assert [note["content"] for note in task["notes"]] == ["hello"]

    interleave(make, query, forget_it, related)
    interleave(make, forget_it, query, related, visits=4)


def related(scene):
    """Assert that what was forgotten was forgotten as a whole: nothing known refers to what is not."""
    identities = scene.session._state.identities
    for entity in identities:
        for value in entity._remote.values():
            referred = value if isinstance(value, tuple) else [value]
            assert all(identities.holds(item) for item in referred if isinstance(item, EntityState))


def test_forgetting_does_not_break_what_refers_back(interleave, make, server):
    """Types of a row that are met again when all is forgotten meanwhile are the ones from before."""

    def circular():
        scene = make()
        server.rows["Status", ("s",)]["tasks"] = [{"__entity_type__": "Task", "id": "t"}]
        scene.session.cache.clear()
        return scene

    def query(scene):
        scene.session.query("select name, tasks.status.name from Status where id is s").one()

    interleave(circular, query, lambda scene: scene.session.cache.clear(), related, visits=4)
    interleave(circular, lambda scene: scene.session.cache.clear(), query, related, visits=4)


@pytest.mark.parametrize("stays", [True, False])
def test_questions_under_way_are_counted(interleave, make, stays):
    """What is counted too low would let an old answer undo a commit; too high, and commits would be kept for ever."""

    def ask_and_hear(scene):
        with scene.session._state.readings.one():
            pass

    def ask(scene):
        scene.kept = scene.session._state.readings.one()
        scene.kept.__enter__()

    def check(scene):
        assert sum(scene.session._state.readings.under_way.values()) == stays

    interleave(make, ask_and_hear, ask if stays else ask_and_hear, check, fine=True)


@pytest.mark.parametrize("layers", [[], [MemoryCache()]])
def test_two_creations_of_one_entity_are_one_object(interleave, make, session, layers):
    session.cache.caches.extend(layers)
    made = []

    def create(name):
        return lambda scene: made.append(scene.session.create("User", {"id": "u", name: "x"}))

    def check(scene):
        assert made[0] is made[1] is scene.session.get("User", "u")
        assert (made[0]["username"], made[0]["email"]) == ("x", "x")
        made.clear()

    interleave(make, create("username"), create("email"), check)


@pytest.mark.parametrize("reconstructing", [True, False])
def test_a_creation_and_a_row_become_one_object(interleave, make, server, reconstructing):
    made = []

    def unknown():
        made.clear()
        scene = make()
        server.add("User", id="u", username="kim")
        return scene

    def query(scene):
        made.append(scene.session.query("select username from User").one())

    def create(scene):
        made.append(scene.session.create("User", {"id": "u", "email": "x"}, reconstructing=reconstructing))

    def check(scene):
        assert made[0] is made[1] is scene.session.get("User", "u")
        assert (made[0]["username"], made[0]["email"]) == ("kim", "x")

    interleave(unknown, query, create, check)
    interleave(unknown, create, query, check)


def test_an_entity_of_another_session_becomes_one_object(interleave, make, new_session, server):
    made = []
    other = new_session()
    theirs = other.create("User", {"id": "u", "username": "kim"}, reconstructing=True)

    def merge(scene):
        made.append(scene.session.merge(theirs))

    def check(scene):
        assert made[0] is made[1] is scene.session.get("User", "u")
        assert made[0]["username"] == "kim"
        made.clear()

    interleave(make, merge, merge, check)


def test_what_a_cache_below_remembers_is_no_newer_than_an_answer(interleave, make):
    remembered = {}

    class Remembering(MemoryCache):
        def get(self, key):
            return remembered[key]

    def forgetful():
        scene = make()
        scene.session.cache.clear()
        old = scene.session.types["Task"](scene.session, {"id": "t", "description": "old"}, reconstructing=True)
        remembered["('Task', ['t'])"] = old
        return scene

    def ask(names):
        return lambda scene: scene.session.query(f"select {names} from Task").one()

    def check(scene):
        task = scene.session._state.identities.get(("Task", "t"))
        assert (task["name"], task["description"]) == ("comp", "x")

    scene = make()
    scene.session.cache.caches.append(Remembering())
    interleave(forgetful, ask("name"), ask("description"), check)
