"""Threads on one session and one server: nothing recorded is lost, nothing is sent twice."""

from __future__ import annotations

import threading

THREADS = 16
EACH = 12


def run(threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_nothing_is_lost_when_sixteen_threads_record_while_others_commit(session, new_session, shot):
    tasks = [session.create("Task", {"name": f"base {n}", "parent": shot}) for n in range(THREADS)]
    session.commit()
    failures = []
    done = threading.Event()

    def record(number):
        for value in range(EACH):
            tasks[number]["description"] = f"{number}-{value}"
            tasks[number]["bid"] = float(value)
            session.create("Task", {"name": f"made {number} {value}", "parent": tasks[number]["parent"]})

    def commit():
        try:
            while not done.is_set():
                session.commit()
        except BaseException as error:  # noqa: BLE001 - any failure is the test's
            failures.append(error)

    committers = [threading.Thread(target=commit) for _ in range(2)]
    for thread in committers:
        thread.start()
    run([threading.Thread(target=record, args=(number,)) for number in range(THREADS)])
    done.set()
    for thread in committers:
        thread.join()
    session.commit()

    assert failures == []
    other = new_session()
    for number, task in enumerate(tasks):
        stored = other.get("Task", task["id"])
        assert (stored["description"], stored["bid"]) == (f"{number}-{EACH - 1}", float(EACH - 1))
    made = other.query('select name from Task where name like "made %"').all()
    assert len({task["name"] for task in made}) == THREADS * EACH
    assert not session.recorded_operations


def test_threads_that_query_share_their_objects(session):
    results = []
    run(
        [
            threading.Thread(target=lambda: results.append(session.query("select name, parent.name from Task").all()))
            for _ in range(6)
        ]
    )

    assert len(results) == 6
    assert all(one is other for result in results for one, other in zip(result, results[0], strict=True))


def test_threads_that_miss_the_same_attribute_get_the_same_value(session):
    tasks = session.query("select id from Task").all()
    found = []
    run([threading.Thread(target=lambda: found.append([task["name"] for task in tasks])) for _ in range(4)])

    assert len(found) == 4
    assert all(names == found[0] and None not in names for names in found)
