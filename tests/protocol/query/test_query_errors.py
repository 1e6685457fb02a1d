"""What is said about texts that are no query: the place, what was expected, and how to go on."""

from __future__ import annotations

import copy
import pickle

import pytest

from ftrack_protocol.query.errors import EXCERPT_WIDTH, QuerySyntaxError, excerpt
from ftrack_protocol.query.parser import parse
from ftrack_protocol.query.tokens import MAX_TEXT_LENGTH


def error_of(text):
    with pytest.raises(QuerySyntaxError) as caught:
        parse(text)
    return caught.value


def test_message_has_position_expectation_hint_and_caret():
    error = error_of('Task where status.name iss "Ready"')

    first, line, caret = str(error).split("\n")

    assert first.startswith('Unexpected "iss" at column 24, expected one of: is, is_not, in, not_in, like')
    assert first.endswith('. Did you mean "is"?')
    assert line == '  Task where status.name iss "Ready"'
    assert caret == "                         ^"


def test_facts_of_an_error_are_attributes():
    text = 'Task\nwhere name iss "x"'

    error = error_of(text)

    assert isinstance(error, ValueError)
    assert (error.text, error.offset, error.line, error.column, error.found) == (text, 16, 2, 12, "iss")
    assert error.hint == 'Did you mean "is"?'
    assert error.expected[:3] == ("is", "is_not", "in")


def test_an_error_of_several_lines_shows_the_right_one():
    message = str(error_of('Task where\n  name is "a"\n  and status iss "b"\n  order by name'))

    assert "at line 3, column 14" in message
    assert message.split("\n")[1:] == ['    and status iss "b"', "               ^"]


def test_carriage_returns_and_tabs_do_not_move_the_caret():
    message = str(error_of("Task\r\n\twhere name iss b\r\norder by c"))

    assert message.split("\n")[1:] == ["  \twhere name iss b", "  \t           ^"]


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("Task oder by name", "oder", 'Did you mean "order by"?'),
        ("Task where name is a oder by name", "oder", 'Did you mean "order by"?'),
        ("Task whre name is a", "whre", 'Did you mean "where"?'),
        ("Task limt 5", "limt", 'Did you mean "limit"?'),
        ("Task order by name ascendng", "ascendng", 'Did you mean "ascending"?'),
        ("select id form Task", "form", 'Did you mean "from"?'),
        ("selct id from Task", "id", 'Did you mean "select" at the start?'),
        ("select cout(id) from Task", "cout", 'Did you mean "count"?'),
        ("Task where bid greather_than 5", "greather_than", 'Did you mean "greater_than"?'),
        ("Task where name isnot a", "isnot", 'Did you mean "is_not"?'),
        ("Task where name is a adn b is c", "adn", 'Did you mean "and"?'),
        ("Task where notes hass (a is b)", "hass", 'Did you mean "has"?'),
        ("Task where a == b", "==", "Write = instead."),
        ("Task where a <> b", "<>", "Write != instead."),
        ("Task where a => b", "=>", "Write >= instead."),
        ("Task where a=<b", "=<", "Write <= instead."),
        ("Task where a is b && c is d", "&&", "Write and instead."),
        ("Task where a is b || c is d", "||", "Write or instead."),
        ("Task where !a is b", "!", "Write not instead."),
        ('Task where name contains "a"', "contains", 'Write like "%text%" instead.'),
        ('Task name is "a"', "name", 'Criteria follow the word "where".'),
        ('Task where "name" is a', '"name"', "Attributes stand without quotes"),
        ("select * from Task", "*", "There is no wildcard"),
        ("select count(*) from Task", "*", "There is no wildcard"),
        ("Task where name is John Smith", "Smith", 'in quotes: "John Smith".'),
        ('Task where name is John "F."', '"F."', 'in quotes: "John F.".'),
        ('Task where id is ("a", "b")', "(", 'A list follows "in"'),
        ("Task where id is not in (a)", "(", 'A list follows "in"'),
        ('Task where id in "a"', '"a"', "stand in parentheses"),
        ("Task where a is !b", "!", "a text that holds signs stands in quotes"),
    ],
)
def test_hint_for_a_slip(text, place, hint):
    error = error_of(text)

    assert error.offset == text.index(place)
    assert error.found == place
    assert hint in str(error).split("\n")[0]


@pytest.mark.parametrize(
    ("text", "offset", "problem"),
    [
        ("", 0, "The query is empty"),
        (" \n\t", 0, "The query is empty"),
        ("select id from", 14, "The entity type is missing"),
        ("select id from  where a is b", 16, "The entity type is missing"),
        ("where a is b", 0, "The entity type is missing"),
        ("order by a", 0, "The entity type is missing"),
        ("select from Task", 7, 'Nothing is selected before "from"'),
        ("select id, from Task", 11, 'Nothing is selected before "from"'),
        ('Task where a is "b', 16, 'The text that starts with " is never closed'),
        ("Task where a is 'b", 16, "The text that starts with ' is never closed"),
        (r'Task where a is "b\"', 16, 'The text that starts with " is never closed'),
        ('Task where a is "b\\', 16, 'The text that starts with " is never closed'),
        ('Task where a is "b" "', 20, 'The text that starts with " is never closed'),
        ("Task where (a is b", 11, 'The parenthesis "(" is never closed'),
        ("Task where (a is b or (c is d)", 11, 'The parenthesis "(" is never closed'),
        ("Task where a any (b is c", 17, 'The parenthesis "(" is never closed'),
        ("Task where a in (b", 16, 'The parenthesis "(" is never closed'),
        ("Task where a in (select id from Shot", 16, 'The parenthesis "(" is never closed'),
        ("Task where a is b)", 17, 'The parenthesis ")" was never opened'),
        ("Task)", 4, 'The parenthesis ")" was never opened'),
        ("Task where a is \u2018b\u2019", 16, "Typographic quote \u2018"),
        ("Task where a is \u201cb\u201d", 16, "Typographic quote \u201c"),
        ("Task limit -5", 11, "The limit -5 is negative"),
        ("Task offset -1", 12, "The offset -1 is negative"),
        ("Task limit 9223372036854775808", 11, "The limit is too large"),
        (f"Task limit {'9' * 5000}", 11, "The limit is too large"),
        ("Task where a is b where c is d", 18, 'A second "where"'),
        ("Task limit 1 limit 2", 13, 'A second "limit"'),
        ("Task order by a order by b", 16, 'A second "order by"'),
        ("Task where a in (Shot limit 1 limit 2)", 30, 'A second "limit"'),
    ],
)
def test_problem_with_a_message_of_its_own(text, offset, problem):
    error = error_of(text)

    assert error.offset == offset
    assert str(error).startswith(problem)
    assert error.hint or error.expected


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Task where a is b c", "c", ("and", "or", "order by", "group by", "limit", "offset")),
        ('Task where a is "b" c', "c", ("and", "or", "order by", "group by", "limit", "offset")),
        ("Task where (a is b c is d)", "c", ("and", "or", ")")),
        ("Task where a any (b is c limit 5)", "limit", ("and", "or", ")")),
        ('Task where a in ("b" "c")', '"c"', (",", ")")),
        ("Task where a in (,)", ",", ("a value",)),
        ("Task where a in (Shot order by b c)", "c", (",", "ascending", "descending", "where", "group by", "limit")),
        ("Task order by a desc b", "b", (",", "where", "group by", "limit", "offset")),
        ("Task group by a b", "b", (",", "where", "order by", "limit", "offset")),
        ("Task limit 5 a", "a", ("where", "order by", "group by", "offset")),
        ("Task, Shot", ",", ("where", "order by", "group by", "limit", "offset")),
        ("select a b from Task", "b", (",", "from")),
        ("select a", "", (",", "from")),
        ("select", "", ("an attribute",)),
        ("select count(a from Task", "from", (")",)),
        ("Task order name", "name", ("by",)),
        ("Task order by", "", ("an attribute",)),
        ("Task where", "", ("an attribute", "not", "(")),
        ("Task where not", "", ("an attribute", "not", "(")),
        ("Task where a is b and", "", ("an attribute", "not", "(")),
        ("Task where a has", "", ("(",)),
        ("Task where a is", "", ("a value",)),
        ("Task where a is_not )", ")", ("a value",)),
        ("Task where a..b is c", "a..b", ("an attribute",)),
        ("Task where a. is c", "a.", ("an attribute",)),
        ("Task where .a is c", ".a", ("an attribute",)),
        ("Task where 5 > a", "5", ("an attribute",)),
        ("Task where a[Shot]. is c", ".", ("an attribute",)),
        ("Task where a[] is c", "]", ("an entity type",)),
        ("Task where a[Shot is c", "is", ("]",)),
        ("Task limit", "", ("a whole number from 0 to 9223372036854775807",)),
        ("Task limit five", "five", ("a whole number from 0 to 9223372036854775807",)),
        ("Task limit ٣", "٣", ("a whole number from 0 to 9223372036854775807",)),
        ("Task; drop", "Task;", ("an entity type",)),
        ('"Task"', '"Task"', ("an entity type",)),
    ],
)
def test_expected_names_what_could_have_followed(text, found, expected):
    error = error_of(text)

    assert error.found == found
    assert error.expected[: len(expected)] == expected


def test_an_early_end_points_behind_the_last_word():
    error = error_of("Task where name is   \n ")

    assert str(error).startswith("The query ends too early at line 1, column 19, expected a value")
    assert error.offset == len("Task where name is")


def test_an_apostrophe_in_a_bare_word_asks_for_double_quotes():
    assert "apostrophe" in error_of("Task where name is O'Brien").hint
    assert "apostrophe" not in error_of("Task where name is 'Brien").hint


def test_punctuation_is_quoted_among_the_expected():
    assert 'expected one of: ",", from' in str(error_of("select a b from Task"))


def test_a_long_text_is_cut_around_the_caret():
    text = f'Task where a is "{"x" * 400}" and b iss "{"y" * 400}"'

    first, line, caret = str(error_of(text)).split("\n")

    assert "at column 426" in first
    assert line[caret.index("^") :].startswith("iss ")
    assert line.strip().startswith("…")
    assert line.endswith("…")
    assert len(line) <= EXCERPT_WIDTH + 4


def test_a_long_word_is_cut_in_the_message():
    message = str(error_of(f"Task where a is b {'c' * 1000}"))

    assert all(len(line) < 250 for line in message.split("\n"))


def test_a_text_beyond_the_limit_is_refused():
    message = str(error_of("x" * (MAX_TEXT_LENGTH + 1)))

    assert message.startswith("The query has 4,000,001 characters, 4,000,000 are allowed")
    assert len(message) < 400
    assert parse("x" * MAX_TEXT_LENGTH).entity_type == "x" * MAX_TEXT_LENGTH


@pytest.mark.parametrize("remake", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301 # our own bytes
def test_an_error_survives_copy_and_pickle(remake):
    error = error_of('Task where status.name iss "Ready"')

    again = remake(error)

    assert type(again) is QuerySyntaxError
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_an_error_made_by_others_finds_the_word_and_the_near_match():
    error = QuerySyntaxError("Task where nme is x", 11, ("name", "status"))

    assert (error.found, error.hint) == ("nme", 'Did you mean "name"?')
    assert str(error).startswith('Unexpected "nme" at column 12, expected one of: name, status. Did you mean')
    assert QuerySyntaxError("Task", 4).found == ""
    assert str(QuerySyntaxError("Task", 4)) == "The query ends too early at column 5\n  Task\n      ^"


@pytest.mark.parametrize("offset", [0, 100, 500, 900, 999, 1000])
def test_an_excerpt_points_at_the_character_wherever_it_stands(offset):
    text = "".join(chr(0x4E00 + index) for index in range(1000))

    line, caret = excerpt(text, offset).split("\n")

    assert line[caret.index("^") :][:1] == text[offset : offset + 1]
    assert len(line) <= EXCERPT_WIDTH + 4
