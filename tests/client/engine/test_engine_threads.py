"""Threads that share a session: settings of their own, and no change lost."""

from __future__ import annotations

import threading

import pytest

from ftrack_api import inspection
from ftrack_api.symbol import MODIFIED, NOT_SET


def in_thread(function):
    """Run a function in a new thread and return what it returns."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.parametrize("name", ["auto_populate", "record_operations"])
def test_each_thread_has_settings_of_its_own(session, name):
    setattr(session, name, False)

    assert getattr(session, name) is False
    assert in_thread(lambda: getattr(session, name)) is True
    assert in_thread(lambda: getattr(session, name)) is True


def test_new_threads_start_with_what_the_session_was_made_with(new_session):
    session = new_session(auto_populate=False)
    session.auto_populate = True

    assert in_thread(lambda: session.auto_populate) is False


@pytest.mark.parametrize(("value", "recorded"), [("plain", 1), (["kept", "as", "it", "is"], 1)])
def test_a_thread_that_does_not_record_leaves_the_others_recording(session, server, value, recorded):
    server.add("Task", id="t", name="a")
    task = session.query("select name from Task").one()

    def change_unrecorded():
        session.record_operations = False
        task["name"] = value
        return len(session.recorded_operations)

    assert in_thread(change_unrecorded) == 0
    task["description"] = value
    assert len(session.recorded_operations) == recorded
    with session.operation_recording(False):
        task["description"] = "unrecorded"
    assert len(session.recorded_operations) == recorded
    task["description"] = "recorded again"
    assert len(session.recorded_operations) == recorded + 1


def test_a_session_that_starts_without_recording_records_where_a_thread_wants_it(session, server):
    server.add("Task", id="t", name="a")
    task = session.query("select name from Task").one()
    session._record_operations = False

    task["name"] = "unrecorded"
    assert in_thread(lambda: session.record_operations) is False
    with session.operation_recording(True):
        task["name"] = "recorded"
        assert in_thread(lambda: session.record_operations) is False

    assert [operation.new_value for operation in session.recorded_operations] == ["recorded"]


def test_contexts_restore_the_setting_even_after_an_error(session):
    with pytest.raises(ZeroDivisionError), session.auto_populating(False):
        1 / session.auto_populate
    context = session.operation_recording(False)
    with context, context:
        assert session.record_operations is False
    assert (session.auto_populate, session.record_operations) == (True, True)


def test_what_another_thread_records_during_a_commit_is_part_of_the_next(session, server):
    server.add("Task", id="t", name="a", bid=1, description="x")
    task = session.query("select name, bid, description from Task").one()
    task["name"] = "first"
    task["bid"] = 2

    def meanwhile(batch):
        server.before_reply = None
        in_thread(lambda: task.__setitem__("name", "second"))
        in_thread(lambda: task.__setitem__("description", "other"))

    server.before_reply = meanwhile
    session.commit()

    assert (task["name"], task["bid"], task["description"]) == ("second", 2, "other")
    assert inspection.state(task) is MODIFIED
    session.commit()
    assert server.writes[0]["entity_data"] == {"name": "second", "description": "other"}
    assert inspection.state(task) is NOT_SET


def test_a_collection_changed_during_a_commit_stays_changed(session, server):
    server.add("Shot", id="s", children=[])
    shot = session.query("select children from Shot").one()
    first, second = (session.create("Task", {"id": key}) for key in ("a", "b"))
    shot["children"].append(first)

    def meanwhile(batch):
        server.before_reply = None
        in_thread(lambda: shot["children"].append(second))

    server.before_reply = meanwhile
    session.commit()
    assert [child["id"] for child in shot["children"]] == ["a", "b"]

    session.commit()
    assert [ref["id"] for ref in server.writes[0]["entity_data"]["children"]] == ["a", "b"]


def test_nothing_is_lost_when_sixteen_threads_record_while_others_commit(session, server):
    threads, each = 16, 60
    tasks = [session.create("Task", {"id": f"t{n}"}, reconstructing=True) for n in range(threads)]
    written = []
    server.before_reply = written.extend
    recording = threading.Event()

    def record(number):
        for value in range(each):
            tasks[number][("name", "description")[value % 2]] = f"{number}-{value}"
            if value % 10 == 0:
                session.create("User", {"id": f"u{number}-{value}"})

    def commit():
        while not recording.is_set():
            session.commit()

    committers = [threading.Thread(target=commit) for _ in range(2)]
    recorders = [threading.Thread(target=record, args=(number,)) for number in range(threads)]
    for thread in (*committers, *recorders):
        thread.start()
    for thread in recorders:
        thread.join()
    recording.set()
    for thread in committers:
        thread.join()
    session.commit()

    for number in range(threads):
        row = server.row("Task", f"t{number}")
        assert (row["name"], row["description"]) == (f"{number}-{each - 2}", f"{number}-{each - 1}")
    created = [action["entity_key"][0] for action in written if action["action"] == "create"]
    assert sorted(created) == sorted({f"u{n}-{v}" for n in range(threads) for v in range(0, each, 10)})
    assert not session.recorded_operations


def test_the_lock_is_free_while_a_batch_travels(session, server):
    task = session.create("Task", {"id": "t"}, reconstructing=True)
    task["name"] = "x"

    def meanwhile(batch):
        def try_lock():
            taken = session._state.lock.acquire(timeout=5)
            if taken:
                session._state.lock.release()
            return taken

        assert in_thread(try_lock)

    server.before_reply = meanwhile
    session.commit()
    session.populate(task, "bid")


def test_threads_that_load_the_same_rows_share_the_objects(session, server):
    for number in range(200):
        server.add("Task", id=f"t{number}", name="n", status=server.add("Status", id=f"s{number % 3}", name="Ready"))
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(session.query("select name, status.name from Task").all()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(same is results[0][n] for result in results for n, same in enumerate(result))
    assert len({id(task["status"]) for result in results for task in result}) == 3
