"""Fetching attributes: exactly what is asked for, in few requests; and siblings, when reading in a loop."""

from __future__ import annotations

import pytest

from ftrack_api.symbol import NOT_SET


@pytest.fixture
def studio(server):
    """500 tasks of 40 shots in 5 statuses."""
    statuses = [server.add("Status", id=f"st{n}", name=f"status {n}") for n in range(5)]
    shots = [server.add("Shot", id=f"sh{n}", name=f"shot {n}", context_type="task") for n in range(40)]
    for number in range(500):
        people = [server.add("Appointment", id=f"ap{number}", type="assignment")] if number % 2 else []
        server.add(
            "Task",
            id=f"t{number:03}",
            name=f"task {number}",
            bid=number,
            status=statuses[number % 5],
            parent=shots[number % 40],
            assignments=people,
        )
    return server


@pytest.fixture
def tasks(session, studio):
    found = session.query("select id from Task").all()
    studio.forget()
    return found


def test_reading_one_attribute_of_a_page_costs_one_request(tasks, studio):
    assert [task["bid"] for task in tasks] == list(range(500))
    assert len(studio.batches) == 1


def test_reading_through_two_relations_of_a_page_costs_four_requests_at_most(tasks, studio):
    names = {(task["parent"]["name"], task["status"]["name"]) for task in tasks}

    assert len(names) == 40
    assert len(studio.batches) <= 4


def test_only_siblings_that_lack_the_attribute_are_asked_for(session, tasks, studio):
    session.populate(tasks[:498], "bid")
    studio.forget()

    assert tasks[499]["bid"] == 499
    assert studio.expressions == ['select bid from Task where id in ("t499", "t498")']


def test_prefetching_can_be_limited_and_turned_off(session, tasks, studio):
    session.prefetch_limit = 10
    assert tasks[100]["bid"] == 100
    assert studio.expressions[0].count('"t') == 10
    assert '"t109"' in studio.expressions[0]

    session.prefetch_limit = 1
    assert tasks[300]["bid"] == 300
    assert studio.expressions[1] == 'select bid from Task where id is "t300"'
    with pytest.raises(ValueError, match="at least 1"):
        session.prefetch_limit = 0


def test_a_second_collection_read_shows_a_loop(tasks, studio):
    assert list(tasks[0]["assignments"]) == []
    assert studio.expressions == ['select assignments from Task where id is "t000"']

    assert [len(task["assignments"]) for task in tasks] == [number % 2 for number in range(500)]
    assert len(studio.batches) == 2


def test_large_collections_are_fetched_for_one_at_a_time(session, studio):
    many = [{"__entity_type__": "Task", "id": f"t{n:03}"} for n in range(250)]
    for name in ("a", "b", "c"):
        studio.add("Shot", id=name, children=many)
    shots = session.query("select id from Shot where id in (a, b, c)").all()
    studio.forget()

    assert [len(shot["children"]) for shot in shots] == [250, 250, 250]
    assert studio.expressions == [f'select children from Shot where id is "{name}"' for name in "abc"]


def test_dictionaries_are_fetched_for_all_siblings(tasks, studio):
    assert all(dict(task["metadata"]) == {} for task in tasks)
    assert len(studio.batches) == 1


def test_nothing_is_fetched_for_new_entities(session, studio):
    task = session.create("Task", {"name": "new"})
    studio.forget()

    assert task["bid"] is NOT_SET
    assert list(task["assignments"]) == []
    assert studio.batches == []


def test_entities_created_together_are_read_together(session, studio):
    new = [session.create("Task", {"name": f"n{number}"}) for number in range(20)]
    session.commit()
    studio.forget()

    assert [task["bid"] for task in new] == [None] * 20
    assert len(studio.batches) == 1


def test_an_entity_that_is_gone_reads_as_not_set(session, tasks, studio):
    del studio.rows["Task", ("t007",)]

    assert tasks[7]["bid"] is NOT_SET
    assert tasks[8]["bid"] == 8


def test_what_the_server_does_not_tell_is_not_asked_for_all_siblings_again(tasks, studio):
    for row in studio.rows.values():
        row.pop("bid", None)
    encoded = studio._encoded
    studio._encoded = lambda *args: {name: value for name, value in encoded(*args).items() if name != "bid"}

    assert [task["bid"] for task in tasks[:3]] == [NOT_SET] * 3
    assert studio.expressions[1:] == [f'select bid from Task where id is "t00{number}"' for number in (1, 2)]


def test_populate_is_exact(session, tasks, studio):
    session.populate(tasks[3], "bid, status.name")
    with session.auto_populating(False):
        assert tasks[3]["status"]["name"] == "status 3"
        assert tasks[4]["bid"] is NOT_SET

    assert studio.expressions == ['select bid, status.name from Task where id is "t003"']


@pytest.mark.parametrize("kind", [list, tuple, set, iter, dict.fromkeys])
def test_populate_takes_any_iterable(session, tasks, studio, kind):
    session.populate(kind(tasks[:3]), ["bid", "name"])

    assert len(studio.batches) == 1
    assert studio.expressions[0].startswith("select bid, name from Task where id in (")


def test_populate_takes_a_result_and_a_collection(session, tasks, studio):
    session.populate(session.query("select id from Task limit 2"), "bid")
    session.populate(session.get("Shot", "sh0")["children"], "name")

    assert "select bid from Task where id in" in studio.expressions[1]


def test_populate_overwrites_stale_values_and_leaves_local_ones(session, tasks, studio):
    session.populate(tasks[:2], "name")
    tasks[0]["name"] = "mine"
    for row in studio.rows.values():
        row["name"] = "theirs"
    session.populate(tasks[:2], "name")

    assert (tasks[0]["name"], tasks[1]["name"]) == ("mine", "theirs")


def test_populate_groups_types_and_cuts_long_lists(session, studio):
    for number in range(500, 1100):
        studio.add("Task", id=f"t{number}", name="late")
    mixed = [*session.query("select id from Task").all(), *session.query("select id from Shot").all()]
    mixed.append(session.create("Task"))
    studio.forget()

    session.populate(set(mixed), "name")

    assert [text.count('"') // 2 for text in studio.expressions if "from Task" in text] == [500, 500, 100]
    assert [text.count('"') // 2 for text in studio.expressions if "from Shot" in text] == [40]


def test_populate_by_keys_of_several_parts(session, server):
    pairs = []
    for key in ('o"dd', "b"):
        server.add("Metadata", parent_id="p", parent_type="Task", key=key, value=key.upper())
        pairs.append(session.create("Metadata", {"parent_id": "p", "key": key}, reconstructing=True))
    session.populate(pairs, "value")
    session.populate(pairs[1], "value")

    assert [pair["value"] for pair in pairs] == ['O"DD', "B"]
    assert server.expressions == [
        'select value from Metadata where (parent_id is "p" and key is "o\\"dd") or (parent_id is "p" and key is "b")',
        'select value from Metadata where parent_id is "p" and key is "b"',
    ]


def test_populate_says_what_it_cannot_take(session, tasks):
    with pytest.raises(TypeError, match="populate takes entities, got 't1'"):
        session.populate(["t1"], "name")
    with pytest.raises(TypeError, match="got 7"):
        session.populate(7, "name")
    with pytest.raises(TypeError, match="names of attributes as text, not 5"):
        session.populate(tasks, 5)
    with pytest.raises(TypeError, match=r"as text, not \['name', None\]"):
        session.populate(tasks, ["name", None])
    with pytest.raises(ValueError, match="names of attributes"):
        session.populate(tasks, " ")


def test_populating_nothing_asks_nothing(session, server):
    session.populate([], "name")
    session.populate(session.create("Task"), "name")

    assert server.batches == []
