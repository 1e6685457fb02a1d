"""Whatever one thread is doing when another one comes in between, no change is lost and no entity is doubled."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from ftrack_api._state.session_state import SessionState

EVERYTHING = "select name, bid, description, status.name, notes.content, metadata.key, metadata.value from Task"


@dataclass
class Scene:
    """A session with one task, and the server it lives on."""

    server: Any
    session: Any
    task: Any

    def stored(self, name: str) -> Any:
        """Return what the server has of the task."""
        value = self.server.row("Task", "t")[name]
        return {item["id"] for item in value} if isinstance(value, list) else value

    def metadata(self) -> dict[str, str]:
        """Return what the server has of metadata."""
        rows = [row for (kind, _), row in self.server.rows.items() if kind == "Metadata"]
        return {row["key"]: row["value"] for row in rows}

    def created(self) -> list[str]:
        """Return the keys of the entities that were created, each as often as it was."""
        actions = [action for batch in self.server.batches for action in batch if action["action"] == "create"]
        return sorted("/".join(action["entity_key"]) for action in actions)


@pytest.fixture
def make(server, session):
    """Make a scene; all scenes of a test have the same session, which knows nothing of the one before."""

    def make():
        server.rows.clear()
        server.forget()
        status = server.add("Status", id="s", name="Ready")
        note = server.add("Note", id="n", content="hello")
        for number in range(3):
            server.add("Note", id=f"n{number}", content=str(number))
        entry = server.add("Metadata", parent_id="t", key="plate", value="v1", parent_type="Task")
        server.add("Task", id="t", name="comp", bid=1, description="x", status=status, notes=[note], metadata=[entry])
        session._state = SessionState()
        session.query("select content from Note").all()
        return Scene(server, session, session.query(EVERYTHING).one())

    return make


def append(number):
    return lambda scene: scene.task["notes"].append(scene.session.get("Note", f"n{number}"))


def set_metadata(key):
    return lambda scene: scene.task["metadata"].update({key: key})


# What threads do, and what is there in the end.
WRITES = {
    "set": (lambda s: s.task.update(name="new"), lambda s: s.stored("name") == "new"),
    "set another": (lambda s: s.task.update(bid=5), lambda s: s.stored("bid") == 5),
    "append": (append(0), lambda s: "n0" in s.stored("notes")),
    "append another": (append(1), lambda s: "n1" in s.stored("notes")),
    "remove": (lambda s: s.task["notes"].remove(s.session.get("Note", "n")), lambda s: "n" not in s.stored("notes")),
    "set metadata": (set_metadata("a"), lambda s: s.metadata().get("a") == "a"),
    "set other metadata": (set_metadata("b"), lambda s: s.metadata().get("b") == "b"),
    "create": (lambda s: s.session.create("User", {"id": "u"}), lambda s: s.server.row("User", "u")),
    "delete": (lambda s: s.session.delete(s.session.get("Note", "n2")), lambda s: s.server.row("Note", "n2") is None),
}
READS = {
    "commit": lambda s: s.session.commit(),
    "query": lambda s: s.session.query(EVERYTHING).all(),
    "look": lambda s: (list(s.session.recorded_operations), s.session.modified, s.session.created, s.session.deleted),
}


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(WRITES, 2)))
def test_two_changes_are_both_sent(interleave, make, first, second):
    def check(scene):
        scene.session.commit()
        assert WRITES[first][1](scene)
        assert WRITES[second][1](scene)
        assert len(scene.created()) == len(set(scene.created()))

    assert interleave(make, WRITES[first][0], WRITES[second][0], check) > 3


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("write", WRITES)
def test_a_change_is_sent_whatever_is_read_or_sent_meanwhile(interleave, make, write, read):
    def check(scene):
        scene.session.commit()
        assert WRITES[write][1](scene)
        assert len(scene.created()) == len(set(scene.created()))

    def read_it(scene):
        scene.task["description"] = "changed"
        READS[read](scene)

    assert interleave(make, read_it, WRITES[write][0], check) > 3
    assert interleave(make, WRITES[write][0], READS[read], check) > 3


def consistent(scene):
    """Assert that what is shown as changed is what will be sent."""
    state = scene.session._state
    pending = {operation.identity for operation in scene.session.recorded_operations}
    assert {entity._identity for entity in state.changed.values()} <= pending
    assert all(entity._local for entity in state.changed.values())
    for operation in scene.session.recorded_operations:
        entity = state.identities.get(operation.identity)
        assert entity is not None
        assert operation.attribute_name in entity._local


@pytest.mark.parametrize("name", ["set", "append"])
@pytest.mark.parametrize("undo", [lambda s: s.session.rollback(), lambda s: s.session.commit()])
def test_what_is_pending_after_all_is_what_is_shown(interleave, make, name, undo):
    def change_and_undo(scene):
        scene.task["bid"] = 7
        undo(scene)

    interleave(make, change_and_undo, WRITES[name][0], consistent)
    interleave(make, WRITES[name][0], undo, consistent)


@pytest.mark.parametrize("change", ["set", "append"])
def test_a_change_is_taken_back_whole(interleave, make, change):
    def withdraw(scene):
        del scene.task["name"]
        del scene.task["notes"]

    interleave(make, withdraw, WRITES[change][0], consistent)
    interleave(make, WRITES[change][0], withdraw, consistent)


def test_a_new_key_is_created_once(interleave, make):
    def check(scene):
        scene.session.commit()
        assert scene.created() == ["t/a"]
        assert scene.metadata() == {"plate": "v1", "a": "a"}

    assert interleave(make, set_metadata("a"), set_metadata("a"), check) > 30


def test_a_key_is_deleted_once(interleave, make):
    outcomes = []

    def delete(scene):
        try:
            del scene.task["metadata"]["plate"]
        except KeyError:
            outcomes.append("missing")

    def check(scene):
        scene.session.commit()
        assert scene.metadata() == {}
        assert outcomes == ["missing"]
        outcomes.clear()

    interleave(make, delete, delete, check)


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
        found.append(scene.session.query(EVERYTHING).one())

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


def test_what_is_deleted_elsewhere_does_not_take_an_addition_along(interleave, make):
    """A collection leaves out what was deleted when it is looked at, which an addition must survive."""

    def delete(scene):
        scene.session.delete(scene.session.get("Note", "n"))
        scene.session.commit()
        list(scene.task["notes"])

    def check(scene):
        scene.session.commit()
        assert "n0" in scene.stored("notes")
        assert [note["id"] for note in scene.task["notes"]] == ["n0"]

    interleave(make, delete, append(0), check)
    interleave(make, append(0), delete, check)


@pytest.mark.parametrize(
    "forget", [lambda s: s.session.cache.clear(), lambda s: s.session.cache.remove("('Note', ['n'])")]
)
def test_forgetting_does_not_break_a_merge(interleave, make, forget):
    def forget_it(scene):
        with contextlib.suppress(KeyError):  # known again by now, or not yet
            forget(scene)

    def query(scene):
        (task,) = scene.session.query(EVERYTHING).all()
        assert task["name"] == "comp"
        assert [note["content"] for note in task["notes"]] == ["hello"]

    interleave(make, query, forget_it, lambda _: None)
    interleave(make, forget_it, query, lambda _: None)


def test_an_operation_is_popped_once(interleave, make):
    popped = []

    def pop(scene):
        try:
            popped.append(scene.session.recorded_operations.pop())
        except IndexError:
            popped.append(None)

    def changed():
        scene = make()
        scene.task["bid"] = 9
        popped.clear()
        return scene

    def check(scene):
        assert sorted(operation is None for operation in popped) == [False, True]
        assert len(scene.session.recorded_operations) == 0

    interleave(changed, pop, pop, check)
