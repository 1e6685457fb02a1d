"""Taking the paging clauses off a text, and reading its leading type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_protocol.query.paging import PagedText, leading_type, split_page
from ftrack_protocol.query.parser import parse
from ftrack_protocol.query.tokens import quote


@pytest.mark.parametrize(
    ("text", "kept", "limit", "offset"),
    [
        ("User", "User", None, None),
        ("User limit 8", "User", 8, None),
        ("User offset 2", "User", None, 2),
        ("User offset 2 limit 8", "User", 8, 2),
        ("User limit 8 offset 2", "User", 8, 2),
        ("User LIMIT 8\n\tOffset 2", "User", 8, 2),
        ("User limit 0", "User", 0, None),
        ("User where name is a limit 7 offset 2 order by name", "User where name is a order by name", 7, 2),
        ("User limit 7 order by name  desc offset 2", "User order by name  desc", 7, 2),
        ('User where  name is "a"limit 7', 'User where  name is "a"', 7, None),
        ("User where (name is a)limit 7 ", "User where (name is a) ", 7, None),
        ("User where username is limit limit 5", "User where username is limit", 5, None),
        ("User where username is like limit 5", "User where username is like", 5, None),
        ("User where bid>5 limit 5", "User where bid>5", 5, None),
        ("User order by limit limit 5", "User order by limit", 5, None),
        ("User order by limit, offset limit 5", "User order by limit, offset", 5, None),
        ("select limit, offset from User limit 5", "select limit, offset from User", 5, None),
        (
            "Task where id in (select context_id from Timelog limit 10 offset 3) limit 5",
            "Task where id in (select context_id from Timelog limit 10 offset 3)",
            5,
            None,
        ),
        ("it does not parse limit 5", "it does not parse", 5, None),
    ],
)
def test_clauses_of_the_outer_query_are_taken_off(text, kept, limit, offset):
    assert split_page(text) == PagedText(kept, limit, offset)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        'Task where name is "offset 5 limit 10"',
        "Note where content like '%limit 3%'",
        r'Note where content is "a \" limit 3"',
        "Task where speed_limit is 5",
        "Task where limit > 5",
        "Task where limit 5",
        "Task where name is limit",
        "Task where name = limit 5",
        "Task where id in (select context_id from Timelog limit 10)",
        "Task where id in (limit 10",
        "Task limit",
        "Task limit -5",
        "Task limit x",
        'Task limit "5"',
        "Task limit 2.5",
        "Task limit \u0663",
        "Task limit 1234567890123456789",
        f"Task limit {'9' * 5000}",
        "Task limit 1 limit 2",
        "Task offset 1 limit 5 offset 2",
        'Task where name is "unclosed limit 5',
        "Task where name is \u2018curly\u2019 limit 5",
        "limit 5",
        "limit limit",
        "Task where a = b) limit 5",
    ],
)
def test_text_without_a_clause_to_take_is_returned_whole(text):
    assert split_page(text) == PagedText(text)


@given(
    st.text(),
    st.none() | st.integers(0, 10**18 - 1),
    st.none() | st.integers(0, 10**18 - 1),
    st.booleans(),
    st.sampled_from([" ", "\n", "\t  "]),
)
def test_every_clause_comes_back_and_the_rest_is_untouched(value, limit, offset, limit_first, blank):
    text = f"select id from Task  where name is {quote(value)}"
    clauses = [f"{blank}limit{blank}{limit}"] * (limit is not None)
    clauses += [f"{blank}offset{blank}{offset}"] * (offset is not None)
    paged = text + "".join(clauses if limit_first else reversed(clauses))

    assert split_page(paged) == PagedText(text, limit, offset)
    assert (parse(paged).limit, parse(paged).offset) == (limit, offset)


@pytest.mark.parametrize(
    ("text", "entity_type"),
    [
        ("Task", "Task"),
        (" Task ", "Task"),
        ("Task\nwhere name is a", "Task"),
        ("Task\twhere name is a", "Task"),
        ("selection where name is a", "selection"),
        ("", ""),
        (" \n", ""),
        ("select id from Task", None),
        ("SELECT id from Task", None),
        ("\n Select\n id from Task", None),
        ("select", None),
    ],
)
def test_leading_type(text, entity_type):
    assert leading_type(text) == entity_type
