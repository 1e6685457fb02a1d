"""Query texts and results: what is sent, how it is paged, and how little is fetched."""

from __future__ import annotations

import re

import pytest

from ftrack_api import exception
from ftrack_api.query import QueryResult
from ftrack_api.symbol import NOT_SET


@pytest.fixture
def users(server):
    for number in range(13):
        server.add("User", id=f"u{number:02}", username=f"user {number}")
    return server


def ids(entities):
    return [entity["id"] for entity in entities]


def test_nothing_is_sent_before_the_result_is_looked_at(session, users):
    session.query("User")

    assert users.batches == []


@pytest.mark.parametrize(
    ("expression", "sent"),
    [
        ("User", "select id from User"),
        ("Task", "select context_type, id, name from Task"),
        ("  User  ", "select id from User"),
        ("User\nwhere username is a", "select id from User\nwhere username is a"),
        ("User\twhere username is a", "select id from User\twhere username is a"),
        ("SELECT id from User", "select id from User"),
        ("\n select id,\n username from User", "select id,\n username from User"),
        (
            'Task where name is "offset 5 limit 10"',
            'select context_type, id, name from Task where name is "offset 5 limit 10"',
        ),
        ('Note where content like "%limit 3%"', 'select id from Note where content like "%limit 3%"'),
        (
            "select id from Task where id in (select context_id from Timelog limit 10)",
            "select id from Task where id in (select context_id from Timelog limit 10)",
        ),
        ("select speed_limit from Task where speed_limit is 5", "select speed_limit from Task where speed_limit is 5"),
        ("Task where name is \u2018x\u2019", "select context_type, id, name from Task where name is \u2018x\u2019"),
    ],
)
def test_only_projections_and_paging_of_a_text_are_touched(session, server, expression, sent):
    seen = []
    session._query = lambda text: seen.append(text) or ([], {})

    session.query(expression).all()

    assert seen == [f"{sent} offset 0 limit 500"]


def test_types_without_default_projections_are_asked_for_by_key(session):
    session.types["User"].default_projections = []

    assert session.query("User")._plan.text == "select id from User"


def test_an_unknown_type_is_a_key_error_with_a_hint(session):
    with pytest.raises(KeyError) as caught:
        session.query("Taks where name is x")

    assert isinstance(caught.value, exception.UnrecognisedEntityTypeError)
    assert str(caught.value) == 'Entity type "Taks" not recognised. Did you mean "Task"?'


def test_an_empty_text_and_a_bad_page_size_are_refused(session):
    with pytest.raises(ValueError, match="query is empty"):
        session.query("  ")
    with pytest.raises(ValueError, match="page_size must be at least 1"):
        session.query("User", page_size=0)


@pytest.mark.parametrize(("page_size", "requests"), [(13, 1), (14, 1), (7, 2), (5, 3), (1, 13)])
def test_everything_is_fetched_in_as_few_pages_as_the_size_allows(session, users, page_size, requests):
    assert len(session.query("User", page_size=page_size).all()) == 13
    assert len(users.batches) == requests


def test_limit_and_offset_of_the_user_hold_across_pages(session, users):
    result = session.query("User limit 7 offset 2", page_size=5)

    assert ids(result) == [f"u{number:02}" for number in range(2, 9)]
    assert users.expressions == ["select id from User offset 2 limit 5", "select id from User offset 7 limit 2"]


def test_a_limit_below_the_page_size_is_the_page_size(session, users):
    session.query("select id from User limit 10").all()

    assert users.expressions == ["select id from User offset 0 limit 10"]


def test_limit_zero_asks_for_nothing(session, users):
    assert session.query("User limit 0").all() == []
    assert users.batches == []


def test_iterating_fetches_page_by_page_and_only_once(session, users):
    result = session.query("User", page_size=5)
    iterator = iter(result)
    for _ in range(5):
        next(iterator)
    assert len(users.batches) == 1

    assert len(list(result)) == 13
    assert len(list(result)) == 13
    assert len(users.batches) == 3


def test_an_index_fetches_the_pages_up_to_it(session, users):
    result = session.query("User", page_size=5)

    assert result[6]["id"] == "u06"
    assert len(users.batches) == 2
    assert result[-1]["id"] == "u12"
    assert result[-13]["id"] == "u00"
    with pytest.raises(IndexError, match="13 results, there is none at 13"):
        result[13]


def test_a_slice_fetches_no_more_rows_than_it_needs(session, users):
    result = session.query("User")

    assert ids(result[:3]) == ["u00", "u01", "u02"]
    assert users.expressions == ["select id from User offset 0 limit 3"]
    assert ids(result[2:5]) == ["u02", "u03", "u04"]
    assert users.expressions[1:] == ["select id from User offset 3 limit 2"]
    assert ids(result[-2:]) == ["u11", "u12"]
    assert ids(result[::-1])[0] == "u12"
    assert ids(result[20:30]) == []


def test_truth_costs_one_row(session, users):
    result = session.query("User")

    assert result
    assert users.expressions == ["select id from User offset 0 limit 1"]
    assert len(result) == 13
    assert not session.query("User where id is none")


def test_one_and_first_ask_the_server_each_time(session, users):
    result = session.query('User where id is "u03"')
    list(result)
    users.forget()

    assert result.one()["id"] == result.first()["id"] == "u03"
    assert users.expressions == [
        'select id from User where id is "u03" limit 2',
        'select id from User where id is "u03" limit 1',
    ]


def test_one_is_exactly_one(session, users):
    with pytest.raises(exception.NoResultFoundError, match="found none for: select id from User where id is x"):
        session.query("User where id is x").one()
    with pytest.raises(exception.MultipleResultsFoundError):
        session.query("User").one()
    assert session.query("User where id is x").first() is None


def test_one_and_first_refuse_limits_and_first_keeps_the_offset(session, users):
    for attempt in (
        session.query("User limit 0").one,
        session.query("User limit 0").first,
        session.query("User offset 2").one,
    ):
        with pytest.raises(ValueError, match="leave"):
            attempt()
    assert session.query("User offset 2").first()["id"] == "u02"


def test_results_are_sequences_compared_by_identity(session, users):
    result = session.query("User")

    assert isinstance(result, QueryResult)
    assert result != session.query("User")
    assert result.index(result[3]) == 3
    assert repr(result) == "<QueryResult of 'select id from User'>"
    assert result._session is session


def test_a_server_that_promises_more_and_gives_nothing_ends_the_result(session):
    session._query = lambda _: ([], {"next": {"offset": 500}})

    assert session.query("User").all() == []


def test_plain_rows_of_grouped_queries_come_through(session, users):
    session.call = lambda _: [{"action": "query", "data": [{"count_id": 3}], "metadata": {}}]

    assert session.query("select count(id) from Task group by status_id").all() == [{"count_id": 3}]


def test_getting_costs_nothing_for_what_is_known(session, users):
    user = session.query("User").first()
    users.forget()

    assert session.get("User", user["id"]) is user
    assert session.get("User", [user["id"]]) is user
    assert users.batches == []


def test_getting_what_is_unknown_asks_once(session, users):
    assert session.get("User", "u03")["id"] == "u03"
    assert session.get("User", 'o"dd \\ one') is None
    assert users.expressions == [
        'select id from User where id is "u03" limit 1',
        'select id from User where id is "o\\"dd \\\\ one" limit 1',
    ]


def test_getting_by_a_base_type_finds_the_derived_entity(session, server):
    server.add("Task", id="t", name="comp", context_type="task")
    task = session.query("Task").one()
    server.forget()

    assert session.get("TypedContext", "t") is session.get("Context", "t") is task
    assert server.batches == []


@pytest.mark.parametrize("key", [None, NOT_SET])
def test_getting_without_a_key_says_so(session, server, key):
    with pytest.raises(TypeError, match=f"not {re.escape(repr(key))}"):
        session.get("Task", key)

    assert server.batches == []


def test_getting_needs_a_whole_key_and_a_known_type(session):
    with pytest.raises(ValueError, match="A Metadata has the key parent_id, key; 1 values were given"):
        session.get("Metadata", "p")
    with pytest.raises(KeyError, match=r'Entity type "Shoot" not recognised\. Did you mean "Shot"'):
        session.get("Shoot", "1")


@pytest.mark.parametrize("expression", [None, 5, b"User", ["User"]])
def test_a_query_that_is_no_text_is_told_what_one_is(session, server, expression):
    with pytest.raises(TypeError, match=r"A query is text such as 'Task where name is comp', not"):
        session.query(expression)
