"""The short way to a batch, for changes of as many entities, sends what the long way does, to the letter."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ftrack_api._unit_of_work.changes import change_of, changes_of, to_action
from ftrack_api._unit_of_work.optimise import optimise, vanished
from ftrack_api.operation import CreateEntityOperation, UpdateEntityOperation
from ftrack_api.symbol import NOT_SET

KEYS = "abcdefghij"
VALUES = {
    "name": st.sampled_from(["x", "y", "é"]),
    "bid": st.sampled_from([1, 2.5, None]),
    "parent": st.sampled_from(KEYS),
    "start_date": st.none(),
    "status_id": st.sampled_from([None, "p"]),
}
VALUE = st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))
VALUE_LISTS = st.lists(VALUE, min_size=1, max_size=4)
STEP = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(KEYS), VALUE_LISTS),
    st.tuples(st.just("create and set"), st.sampled_from(KEYS), VALUE_LISTS),
    st.tuples(st.just("set"), st.sampled_from(KEYS), VALUE_LISTS),
    st.tuples(st.just("delete"), st.sampled_from(KEYS), st.none()),
    st.tuples(st.just("push"), st.sampled_from(KEYS), VALUE),
    st.tuples(st.just("push creation"), st.sampled_from(KEYS), VALUE),
    st.tuples(st.just("unset"), st.sampled_from(KEYS), st.sampled_from(["name", "bid"])),
    st.tuples(st.just("look"), st.none(), st.none()),
)


def record(session, steps):
    """Do what the steps say, with entities that are made where they are missing."""
    entities = {}

    def entity(key):
        if key not in entities:
            entities[key] = session.create("Task", {"id": key}, reconstructing=True)
        return entities[key]

    def value_of(name, value):
        return entity(value) if name == "parent" else value

    for verb, key, detail in steps:
        log = session.recorded_operations
        if verb == "create":
            data = {name: value_of(name, value) for name, value in detail}
            entities[key] = session.create("Task", {**data, "id": key})
        elif verb in {"set", "create and set"}:
            if verb != "set":
                entities[key] = session.create("Task", {"id": key})
            for name, value in detail:
                entity(key)[name] = value_of(name, value)
        elif verb == "delete":
            session.delete(entity(key))
        elif verb == "push":
            log.push(UpdateEntityOperation("Task", {"id": key}, detail[0], NOT_SET, value_of(*detail)))
        elif verb == "push creation":
            log.push(CreateEntityOperation("Task", {"id": key}, {detail[0]: value_of(*detail)}))
        elif verb == "unset":
            log.push(UpdateEntityOperation("Task", {"id": key}, detail, NOT_SET, NOT_SET))
        else:
            list(log)


def texts(changes, gone):
    return [json.dumps(to_action(change, gone)) for change in changes]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([("create", "a", [("name", "x")]), ("set", "b", [("bid", 1)])])
@example([("set", "a", [("bid", 1), ("name", "x"), ("bid", 2.5)])])
@example([("create and set", "a", [("bid", 1), ("parent", "b"), ("bid", 2.5)])])
@example([("create", "a", [("bid", 1)]), ("set", "b", [("bid", 2.5)]), ("set", "a", [("bid", None)])])
@given(st.lists(STEP, min_size=2, max_size=6))
def test_both_ways_lead_to_the_same_text(session, steps):
    try:
        record(session, steps)
        entries = session.recorded_operations.entries().values()
        every = list(map(change_of, entries))
        gone = vanished(every)

        changes, is_plain = changes_of(entries)
        short = texts(optimise(changes, vanished(changes), is_plain=is_plain), gone)

        assert short == texts(optimise(every, gone, is_plain=False), gone)
    finally:
        session.rollback()
        session.reset()


def test_a_creation_and_what_is_set_at_once_are_one_change(session):
    session.create("Task", {"id": "t", "name": "n", "parent": session.create("Task", {"id": "s"})})
    session.create("Task", {"id": "u"})["bid"] = 1.5

    changes, is_plain = changes_of(session.recorded_operations.entries().values())

    assert is_plain
    assert [(change.identity[1], change.action) for change in changes] == [
        ("s", "create"),
        ("t", "create"),
        ("u", "create"),
    ]
    assert [list(change.uncertain) for change in changes] == [["tags"], ["tags", "parent"], ["tags", "bid"]]
