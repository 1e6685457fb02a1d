"""What two threads do at the same time comes out as if one had done it after the other, in either order.

Steps are the operations of the log and of the collections of an entity, which are one step each to whoever uses them.
"""

from __future__ import annotations

import itertools

import pytest

from ftrack_api.operation import (
    CreateEntityOperation,
    Operations,
    UpdateEntityOperation,
)
from ftrack_api.symbol import CREATED, MODIFIED, NOT_SET


@pytest.fixture
def in_either_order(interleave):
    """Return a function that compares what two acts do at once with what they do one after the other."""

    def perform(scene, name, act):
        try:
            scene.returned[name] = act(scene)
        except Exception as error:  # noqa: BLE001 - compared
            scene.returned[name] = type(error)

    def run(make, first, second, look, **options):
        def fresh():
            scene = make()
            scene.returned = {}
            return scene

        def outcome(scene):
            return {**scene.returned, "in the end": look(scene)}

        acts = {"first": first, "second": second}
        expected = []
        for order in (acts, reversed(acts)):
            scene = fresh()
            for name in order:
                perform(scene, name, acts[name])
            expected.append(outcome(scene))

        def check(scene):
            found = outcome(scene)
            assert found in expected, f"{found} is neither of {expected}"

        steps = [lambda scene, name=name, act=act: perform(scene, name, act) for name, act in acts.items()]
        interleave(fresh, *steps, check, **options)

    return run


IDENTITY = ("User", "u")


class Log:
    """A log with some operations, two of them looked at before."""

    def __init__(self):
        self.log = Operations()
        self.guarded = [self.log]
        self.log.push(CreateEntityOperation("User", {"id": "u"}, {"email": "e"}))
        self.log.push(UpdateEntityOperation("User", {"id": "v"}, "name", 1, 2))
        self.log.numbers_of(IDENTITY)
        self.log.push(UpdateEntityOperation("User", {"id": "u"}, "name", 1, 2))

    def texts(self):
        return [_text(operation) for operation in self.log]

    def look(self):
        """Return all the log tells; what it says of entities has to fit the operations."""
        numbered = self.log.numbered()
        by_entity = {}
        for number, operation in numbered.items():
            by_entity.setdefault(operation.identity, []).append(number)
        return (
            self.texts(),
            len(self.log),
            self.log.state(IDENTITY),
            self.log.in_state(CREATED),
            self.log.in_state(MODIFIED),
            sorted(self.log.pending_attributes(IDENTITY)),
            all(self.log.numbers_of(identity) == numbers for identity, numbers in by_entity.items()),
        )


def _text(operation):
    return (
        type(operation).__name__,
        operation.identity,
        getattr(operation, "attribute_name", None),
        dict(getattr(operation, "entity_data", {})),
    )


LOG_STEPS = {
    "push": lambda s: s.log.push(UpdateEntityOperation("User", {"id": "u"}, "more", 1, 2)),
    "pop": lambda s: _text(s.log.pop()),
    "clear": lambda s: s.log.clear(),
    "read": lambda s: s.texts(),
    "copy": lambda s: list(s.log.entries()),
    "numbers": lambda s: s.log.numbers_of(IDENTITY),
    "count": lambda s: len(s.log),
    "discard one": lambda s: s.log.discard([0]),
    "state": lambda s: s.log.state(IDENTITY),
    "in state": lambda s: s.log.in_state(CREATED),
    "pending": lambda s: sorted(s.log.pending_attributes(IDENTITY)),
    "withdraw": lambda s: s.log.withdraw(IDENTITY, "name"),
    "withdraw of a creation": lambda s: s.log.withdraw(IDENTITY, "email"),
}


@pytest.mark.parametrize(("first", "second"), list(itertools.product(LOG_STEPS, repeat=2)))
def test_operations_of_the_log(in_either_order, first, second):
    in_either_order(Log, LOG_STEPS[first], LOG_STEPS[second], Log.look, visits=3)


def note(scene, number):
    return scene.session.get("Note", f"n{number}")


def look_at_notes(scene):
    """Return the items, as they are and as they will be sent, and what the collection says of what it holds."""
    operations = [operation for operation in scene.session.recorded_operations if operation.attribute_name == "notes"]
    return (
        [item["id"] for item in scene.task["notes"]],
        [(_ids(operation.old_value), _ids(operation.new_value)) for operation in operations],
        [note(scene, number) in scene.task["notes"] for number in range(3)],
        scene.task["notes"].is_changed,
    )


def _ids(value):
    return value if value is NOT_SET else [item["id"] for item in value]


LIST_STEPS = {
    "append": lambda s: s.notes.append(note(s, 2)),
    "insert": lambda s: s.notes.insert(0, note(s, 1)),
    "remove": lambda s: s.notes.remove(note(s, 0)),
    "pop": lambda s: s.notes.pop()["id"],
    "reverse": lambda s: s.notes.reverse(),
    "replace one": lambda s: s.notes.__setitem__(0, note(s, 1)),
    "delete one": lambda s: s.notes.__delitem__(0),
    "look": lambda s: note(s, 0) in s.notes,
    "withdraw": lambda s: s.task.__delitem__("notes"),
    "assign": lambda s: s.task.update(notes=[note(s, 1)]),
    "end": lambda s: s.session.rollback(),
}


@pytest.fixture
def make_list(make, server):
    """Make scenes whose task has two notes and knows them by identity."""

    def make_list():
        scene = make()
        server.rows["Task", ("t",)]["notes"].append({"__entity_type__": "Note", "id": "n0"})
        scene.query()
        scene.notes = scene.task["notes"]
        assert note(scene, 0) in scene.notes
        return scene

    return make_list


@pytest.mark.parametrize(("first", "second"), list(itertools.product(LIST_STEPS, repeat=2)))
def test_changes_of_a_collection(in_either_order, make_list, first, second):
    in_either_order(make_list, LIST_STEPS[first], LIST_STEPS[second], look_at_notes)
