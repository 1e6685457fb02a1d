"""How many requests reading costs, whatever the number of rows."""

from __future__ import annotations

import pytest

PAGE = 500


@pytest.fixture
def page(session, shot):
    """A full page of new tasks below 40 shots, as another session would see them: nothing but ids is known."""
    shots = [session.create("Shot", {"name": f"n{n:02}", "parent": shot["parent"]}) for n in range(40)]
    statuses = session.query("ProjectSchema").first().get_statuses("Task")[:4]
    for number in range(PAGE):
        values = {"name": f"task {number}", "parent": shots[number % 40], "status": statuses[number % 4]}
        session.create("Task", values)
    session.commit()
    return shots


@pytest.fixture
def tasks(page, new_session):
    found = new_session().query('select id from Task where name like "task %"').all()
    assert len(found) == PAGE
    return found


def test_one_attribute_of_a_page_is_one_request(tasks, server):
    with server.counting() as traffic:
        names = {task["name"] for task in tasks}

    assert (traffic.requests, len(names)) == (1, PAGE)


def test_a_chain_of_references_of_a_page_is_four_requests_at_most(tasks, server):
    with server.counting() as traffic:
        names = {(task["parent"]["name"], task["status"]["name"]) for task in tasks}

    assert traffic.requests <= 4
    assert len(names) == 40


def test_a_longer_chain_costs_one_request_per_step(tasks, server):
    with server.counting() as traffic:
        projects = {task["parent"]["parent"]["project"]["full_name"] for task in tasks}

    assert len(projects) == 1
    assert traffic.requests <= 4


def test_a_collection_of_a_page_is_two_requests(tasks, server):
    with server.counting() as traffic:
        assignments = [assignment for task in tasks for assignment in task["assignments"]]

    assert assignments == []
    assert traffic.requests == 2


def test_dictionaries_of_a_page_are_one_request(tasks, server):
    with server.counting() as traffic:
        found = [dict(task["custom_attributes"]) for task in tasks]

    assert traffic.requests == 1
    assert len(found) == PAGE


def test_all_values_of_one_entity_are_one_request(tasks, server):
    with server.counting() as traffic:
        items = dict(tasks[0].items())

    assert traffic.requests == 1
    assert items["name"].startswith("task ")


def test_what_was_projected_costs_nothing_more(page, new_session, server):
    session = new_session()
    with server.counting() as traffic:
        tasks = session.query('select name, parent.name, status.name from Task where name like "task %"').all()
        assert len({(task["name"], task["parent"]["name"], task["status"]["name"]) for task in tasks}) == PAGE

    assert traffic.requests == 1


def test_populate_is_one_request_per_500(tasks, server):
    with server.counting() as traffic:
        tasks[0].session.populate(set(tasks), "name, status.name")

    assert traffic.requests == 1


def test_a_session_starts_with_one_request(new_session, server):
    for _ in range(2):
        with server.counting() as traffic:
            new_session()
        assert traffic.requests == 1


def test_get_of_a_base_type_finds_what_is_loaded(tasks, server):
    session = tasks[0].session
    with server.counting() as traffic:
        assert session.get("TypedContext", tasks[0]["id"]) is tasks[0]
        assert session.get("Context", tasks[0]["id"]) is tasks[0]

    assert traffic.requests == 0
