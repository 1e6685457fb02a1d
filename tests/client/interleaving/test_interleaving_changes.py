"""Whatever one thread is changing when another one comes in between, no change is lost or sent twice."""

from __future__ import annotations

import itertools

import pytest


def append(number):
    return lambda scene: scene.task["notes"].append(scene.session.get("Note", f"n{number}"))


def set_metadata(key):
    return lambda scene: scene.task["metadata"].update({key: key})


# What threads do, and what is there in the end.
WRITES = {
    "set": (lambda s: s.task.update(name="new"), lambda s: s.stored("name") == "new"),
    "refer": (
        lambda s: s.task.update(status=s.session.get("Status", "s2")),
        lambda s: s.stored("status")["id"] == "s2",
    ),
    "append": (append(0), lambda s: "n0" in s.stored("notes")),
    "insert": (lambda s: s.task["notes"].insert(0, s.session.get("Note", "n1")), lambda s: "n1" in s.stored("notes")),
    "remove": (lambda s: s.task["notes"].remove(s.session.get("Note", "n")), lambda s: "n" not in s.stored("notes")),
    "set metadata": (set_metadata("a"), lambda s: s.metadata().get("a") == "a"),
    "set other metadata": (set_metadata("b"), lambda s: s.metadata().get("b") == "b"),
    "create": (lambda s: s.session.create("User", {"id": "u"}), lambda s: s.server.row("User", "u")),
    "delete": (lambda s: s.session.delete(s.session.get("Note", "n2")), lambda s: s.server.row("Note", "n2") is None),
}
READS = {
    "commit": lambda s: s.session.commit(),
    "query": lambda s: s.query(),
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


@pytest.mark.parametrize("name", ["set", "refer", "append"])
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


def test_what_is_added_while_somebody_looks_for_it_is_found(interleave, make):
    def check(scene):
        assert scene.session.get("Note", "n0") in scene.task["notes"]

    interleave(make, lambda s: s.session.get("Note", "n0") in s.task["notes"], append(0), check, visits=3)


def test_what_is_popped_is_what_is_gone(interleave, make):
    popped = []

    def pop(scene):
        popped.append(scene.task["notes"].pop(0)["id"])

    def check(scene):
        scene.session.commit()
        assert scene.stored("notes") == {"n", "n1"} - {popped.pop()}

    interleave(make, pop, WRITES["insert"][0], check)


@pytest.mark.parametrize(
    ("replace", "left"),
    [
        (lambda notes: notes.reverse(), {"n", "n0"}),
        (lambda notes: notes.__setitem__(0, notes[0]), {"n", "n0"}),
        (lambda notes: notes.__delitem__(0), {"n0"}),
        (lambda notes: notes.__delitem__(slice(0, 1)), {"n0"}),
    ],
)
def test_what_is_added_while_a_list_is_put_in_order_stays(interleave, make, replace, left):
    def check(scene):
        scene.session.commit()
        assert scene.stored("notes") == left

    interleave(make, lambda scene: replace(scene.task["notes"]), append(0), check)


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


def test_what_is_deleted_elsewhere_does_not_take_an_addition_along(interleave, make):
    """A collection leaves out what was deleted when it is looked at, which an addition must survive."""

    def delete(scene):
        scene.session.delete(scene.session.get("Note", "n"))
        scene.session.commit()
        list(scene.task["notes"])

    def check(scene):
        assert [note["id"] for note in scene.task["notes"]] == ["n0"]
        scene.session.commit()
        assert "n0" in scene.stored("notes")
        assert [note["id"] for note in scene.task["notes"]] == ["n0"]

    interleave(make, delete, append(0), check)
    interleave(make, append(0), delete, check)


@pytest.mark.parametrize("other", ["commit", "rollback"])
def test_a_batch_is_sent_once_and_whole(interleave, make, other):
    def changed():
        scene = make()
        scene.task["bid"] = 9
        scene.task["notes"].append(scene.session.get("Note", "n0"))
        scene.session.create("User", {"id": "u"})
        return scene

    def check(scene):
        sent = [len(batch) for batch in scene.server.batches if batch[0]["action"] != "query"]
        assert sent == [2] or (sent == [] and other == "rollback")
        assert not scene.session._state.changed
        assert not scene.session.recorded_operations
        assert scene.task["bid"] == scene.stored("bid")

    interleave(changed, lambda s: s.session.commit(), lambda s: getattr(s.session, other)(), check)
    interleave(changed, lambda s: getattr(s.session, other)(), lambda s: s.session.commit(), check)


def test_what_is_created_is_on_the_server_or_rolled_back(interleave, make):
    """A rollback that comes while a batch is on its way waits for the answer, and undoes nothing of it."""

    def creating():
        scene = make()
        scene.user = scene.session.create("User", {"id": "u"})
        return scene

    def check(scene):
        is_there = scene.server.row("User", "u") is not None
        assert (scene.session.get("User", "u") is scene.user) == is_there

    interleave(creating, lambda s: s.session.commit(), lambda s: s.session.rollback(), check)


@pytest.mark.parametrize("change", ["set", "append"])
def test_setting_what_counts_as_the_servers_value_takes_no_change_along(interleave, make, change):
    """Plugins set it; what a collection shows is then the server's, unless somebody changed it meanwhile."""

    def set_remote(scene):
        attributes = scene.task.attributes
        attributes.get("notes").set_remote_value(scene.task, [scene.session.get("Note", "n2")])
        attributes.get("name").set_remote_value(scene.task, "theirs")

    def check(scene):
        consistent(scene)
        scene.session.commit()
        assert WRITES[change][1](scene)

    interleave(make, set_remote, WRITES[change][0], check)
    interleave(make, WRITES[change][0], set_remote, check)


def test_a_dictionary_and_a_list_may_be_assigned_while_others_are_changed(interleave, make):
    def assign(scene):
        scene.task["notes"] = [scene.session.get("Note", "n2")]

    def check(scene):
        consistent(scene)
        scene.session.commit()
        assert {"n2"} <= scene.stored("notes")
        assert next(note["id"] for note in scene.task["notes"]) == "n2"

    interleave(make, assign, append(0), check)


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


@pytest.fixture
def make_old(make, server):
    """Make scenes with a context that has the sparse custom attributes of old servers, of which ``set`` has a value."""

    def make_old():
        scene = make()
        for key in ("new", "set"):
            server.add("CustomAttributeConfiguration", id=key, key=key, entity_type="task", is_hierarchical=False)
        value = server.add("CustomAttributeValue", configuration_id="set", entity_id="o", value=1)
        server.add("OldContext", id="o", custom_attributes=[value])
        attributes = "custom_attributes.configuration_id, custom_attributes.value"
        scene.old = scene.session.query(f"select project_id, object_type_id, {attributes} from OldContext").one()
        scene.session.query("select custom_attributes from OldContext").one()["custom_attributes"].keys()
        return scene

    return make_old


def sparse(server):
    """Return what a server has of sparse custom attributes."""
    return {key[0]: row["value"] for (kind, key), row in server.rows.items() if kind == "CustomAttributeValue"}


def test_a_custom_attribute_of_an_old_server_is_created_once(interleave, make_old):
    def set_new(scene):
        scene.old["custom_attributes"]["new"] = 2

    def check(scene):
        scene.session.commit()
        assert scene.created() == ["new/o"]
        assert sparse(scene.server) == {"set": 1, "new": 2}

    assert interleave(make_old, set_new, set_new, check) > 30


def test_a_custom_attribute_of_an_old_server_is_deleted_once(interleave, make_old, caplog):
    def delete(scene):
        del scene.old["custom_attributes"]["set"]

    def check(scene):
        scene.session.commit()
        assert sparse(scene.server) == {}
        assert caplog.text.count("it was never set") == 1
        caplog.clear()

    interleave(make_old, delete, delete, check)


def test_a_transaction_is_sent_once_and_whole(interleave, make):
    def transact(scene):
        with scene.session.transaction():
            scene.task["bid"] = 9
            scene.session.commit()
            scene.task["name"] = "new"

    def check(scene):
        assert (scene.stored("bid"), scene.stored("name")) == (9, "new")
        assert len([batch for batch in scene.server.batches if batch[0]["action"] != "query"]) == 1

    interleave(make, transact, lambda scene: scene.session.commit(), check)
    interleave(make, transact, lambda scene: scene.session.rollback(), check)


def test_a_commit_is_done_when_it_returns_whatever_transaction_is_open(interleave, make):
    def transact(scene):
        with scene.session.transaction():
            scene.task["bid"] = 9

    def commit(scene):
        scene.session.create("User", {"id": "u"})
        scene.session.commit()
        assert scene.server.row("User", "u")

    def check(scene):
        assert scene.created() == ["u"]
        assert scene.stored("bid") == 9

    interleave(make, transact, commit, check)
    interleave(make, commit, transact, check)


def test_a_thread_that_does_not_record_stays_so_whoever_changes_that_meanwhile(interleave, make):
    def change_unrecorded(scene):
        with scene.session.operation_recording(False):
            scene.task["name"] = "unrecorded"
        scene.task["bid"] = 7

    def turn_off(scene):
        scene.session.record_operations = False

    def check(scene):
        assert [operation.attribute_name for operation in scene.session.recorded_operations] == ["bid"]
        assert not scene.session._state.flags.all_record

    interleave(make, change_unrecorded, turn_off, check, fine=True)
