"""Defects of the old client in queries, lookups and populating, one test for each number."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ftrack_api import exception


@pytest.fixture
def users(session, server):
    for number in range(5):
        server.add("User", id=f"u{number}", username=f"user{number}", first_name=f"Name {number}")
    return session


@pytest.mark.parametrize(
    "text", [" User", "User\n", "User\nwhere username is user1", "SELECT id from User", "\tSelect id from User  "]
)
def test_d20_white_space_and_case_do_not_matter(users, server, text):
    users.query(text).first()

    assert server.expressions[-1].startswith("select ")


def test_d20_an_unknown_type_is_one_error_however_it_is_met(session):
    for attempt in (lambda: session.query("Tsak"), lambda: session.create("Tsak"), lambda: session.get("Tsak", "x")):
        with pytest.raises(exception.UnrecognisedEntityTypeError, match='Did you mean "Task"') as caught:
            attempt()
        assert isinstance(caught.value, KeyError)


def test_d20_a_type_without_default_projections_is_asked_for_by_its_key(session, server, small_schemas):
    for document in session.schemas:
        if document["id"] == "Scope":
            session.types["Scope"].default_projections = []
    session.query("Scope").all()

    assert server.expressions == ["select id from Scope offset 0 limit 500"]


@pytest.mark.parametrize("name", ['O"Brien', "back\\slash", 'x" or id is_not "', "percent % and 'single'"])
def test_d21_no_value_can_change_the_query_of_ensure(session, server, name):
    first = session.ensure("User", {"username": name})
    second = session.ensure("User", {"username": name})

    assert first is second
    assert len([key for key in server.rows if key[0] == "User"]) == 1


def test_d21_ensure_asks_for_moments_in_utc(session, server):
    moment = datetime(2024, 5, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    session.ensure("Timelog", {"start": moment, "comment": None}, ["start", "comment"])

    assert '"2024-05-01T10:30:00"' in server.expressions[0]
    assert "comment is none" in server.expressions[0]


def test_d21_ensure_compares_entities_by_their_key_and_flags_as_flags(session, server):
    server.add("User", id="u", username="kim")
    user = session.query("User").one()
    server.forget()
    session.ensure("Job", {"user": user, "status": "running"})
    session.ensure("User", {"is_active": True, "username": "ada"})

    assert 'user.id is "u"' in server.expressions[0]
    assert "is_active is true" in server.expressions[1]


def test_d22_criteria_of_keys_are_well_formed_and_quoted(session, server):
    for number in range(2):
        server.add("Metadata", parent_id=f"p{number}", key='k"ey', value="v", parent_type="Task")
    rows = session.query("select parent_id, key from Metadata").all()
    server.forget()
    session.populate(rows, "value")
    session.get("Metadata", ["p9", "x"])

    populated, got = server.expressions
    assert '(parent_id is "p0" and key is "k\\"ey") or (parent_id is "p1" and key is "k\\"ey")' in populated
    assert 'parent_id is "p9" and key is "x"' in got


def test_d22_long_lists_are_cut(session, server):
    for number in range(1200):
        server.add("User", id=f"u{number:04}", username=str(number))
    users = session.query("select id from User", page_size=2000).all()
    server.forget()
    session.populate(users, "username")

    assert [text.count('"u') for text in server.expressions] == [500, 500, 200]


@pytest.mark.parametrize("literal", ['"offset 5 limit 10"', '"%limit 3%"', "'limit 7'"])
def test_d24_words_in_literals_are_no_clauses(session, server, literal):
    session.query(f"Note where content like {literal}").all()

    assert literal in server.expressions[0]
    assert server.expressions[0].endswith(" offset 0 limit 500")


@pytest.mark.parametrize("clause", ["LIMIT 2", "Limit 2", "limit\n2"])
def test_d24_clauses_count_in_any_case(users, clause):
    assert len(users.query(f"User {clause}").all()) == 2


def test_d24_names_that_end_like_a_clause_are_names(session, server):
    assert "where speed_limit 5" in repr(session.query("Note where speed_limit 5"))


def test_d25_results_can_be_read_from_the_end_and_cut(users):
    def names(part):
        return [user["username"] for user in users.query("select username from User", page_size=2)[part]]

    assert users.query("select username from User", page_size=2)[-1]["username"] == "user4"
    assert names(slice(1, 3)) == ["user1", "user2"]
    assert names(slice(None, None, -2)) == ["user4", "user2", "user0"]
    assert names(slice(-2, None)) == ["user3", "user4"]
    assert names(slice(3, None)) == ["user3", "user4"]
    with pytest.raises(IndexError, match="5 results"):
        users.query("select username from User", page_size=2)[5]


def test_d30_an_entity_is_found_by_its_base_types_without_a_request(session, server):
    server.add("Task", id="t", name="comp")
    task = session.query("select name from Task").one()
    server.forget()

    assert session.get("TypedContext", "t") is session.get("Context", "t") is task
    assert server.batches == []


@pytest.mark.parametrize("kind", [set, iter, tuple, lambda items: {item["id"]: item for item in items}.values()])
def test_d51_any_iterable_of_entities_can_be_populated(users, server, kind):
    found = users.query("select id from User").all()
    server.forget()
    users.populate(kind(found), "first_name")

    assert len(server.batches) == 1
    assert found[3]["first_name"] == "Name 3"


def test_d51_entities_of_several_types_are_asked_for_by_type(users, server):
    server.add("Task", id="t", name="comp")
    mixed = [users.query("select id from User").first(), users.query("select id from Task").one()]
    server.forget()
    users.populate(mixed, "id")

    assert [text.split(" from ")[1].split()[0] for text in server.expressions] == ["User", "Task"]


def test_d75_groups_of_a_query_are_plain_dictionaries(session, server, monkeypatch):
    groups = [{"count_id": 3, "status_id": "s"}, {"count_id": 1, "status_id": None}]
    monkeypatch.setattr(server, "_query", lambda _action: {"action": "query", "data": groups, "metadata": {}})

    assert session.query("select count(id) from Task group by status_id").all() == groups
