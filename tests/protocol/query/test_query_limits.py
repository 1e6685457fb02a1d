"""Cost and limits: linear in the text, independent of Python's stack, and one kind of error for any text."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from time import process_time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_protocol.query import ast
from ftrack_protocol.query.errors import QuerySyntaxError
from ftrack_protocol.query.paging import leading_type, split_page
from ftrack_protocol.query.parser import MAX_DEPTH, parse
from ftrack_protocol.query.render import render
from ftrack_protocol.query.tokens import tokenise

WORDS = ["select", "from", "Task", "where", "and", "or", "not", "in", "is", "is_not", "has", "any", "like", "none"]
WORDS += ["order", "group", "by", "desc", "asc", "limit", "offset", "count", "a", "a.b", "%x", "5", "-1"]
SIGNS = [*"()[],.=><!\"'\\\n ", "!=", "==", '\\"', "\u2018"]
pieces = st.lists(st.sampled_from(WORDS + SIGNS), max_size=30)
query_like_texts = pieces.map(" ".join) | pieces.map("".join)
LEVELS = {
    "parentheses": ("(", "a=b", ")"),
    "negations": ("not ", "a=b", ""),
    "quantifiers": ("a any (", "a=b", ")"),
    "sub-queries": ("a in (select b from C where ", "a=b", ")"),
    "bare sub-queries": ("a in (C where ", "a=b", ")"),
    "branches": ("a=b or c=d and (", "a=b", ")"),
}


def nested(kind, levels):
    before, core, after = LEVELS[kind]
    return f"Task where {before * levels}{core}{after * levels}"


def python_calls(function, *arguments):
    """Return how many functions and methods, built-in ones included, a call enters."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in {"call", "c_call"}

    gc.disable()  # a collection calls `gc.callbacks`, and Hypothesis installs one
    sys.setprofile(count)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
        gc.enable()
    return calls


def id_list(length):
    quoted = ", ".join(f'"{UUID(int=number)}"' for number in range(length))
    return f"Task where id in ({quoted})"


@given(st.text() | query_like_texts)
def test_any_text_parses_or_is_a_syntax_error(text):
    for candidate in (text, f"Task where {text}", f"Task where a in ({text}"):
        with suppress(QuerySyntaxError):
            parse(candidate)


@given(query_like_texts)
def test_a_text_that_parses_means_the_same_when_written_out(text):
    try:
        select = parse(text)
    except QuerySyntaxError:
        return

    canonical = render(select)

    assert render(parse(canonical)) == canonical


@given(st.text() | query_like_texts)
def test_tokens_are_the_text_without_its_white_space(text):
    try:
        tokens = tokenise(text)
    except QuerySyntaxError:
        return

    assert all(text.startswith(token, offset) for token, offset in zip(*tokens, strict=True))
    assert tokens.texts[-3:] == ["", "", ""]
    assert "".join("".join(tokens.texts).split()) == "".join(text.split())


@given(st.text() | query_like_texts)
def test_paging_never_fails(text):
    split_page(text)
    leading_type(text)


@pytest.mark.parametrize("kind", LEVELS)
def test_a_hundred_levels_are_read_and_one_more_is_an_error(kind):
    assert parse(render(parse(nested(kind, MAX_DEPTH)))) == parse(nested(kind, MAX_DEPTH))

    with pytest.raises(QuerySyntaxError, match="more than 100 levels") as caught:
        parse(nested(kind, MAX_DEPTH + 1))

    assert caught.value.offset > MAX_DEPTH


def test_levels_of_all_kinds_count_together():
    mixed = "not (" * 50

    assert parse(f"Task where {mixed}a=b{')' * 50}").where is not None
    with pytest.raises(QuerySyntaxError, match="more than 100 levels"):
        parse(f"Task where {mixed}not a=b{')' * 50}")


def test_levels_count_where_they_are_open_only():
    criteria = " and ".join(["not (a=b)"] * 500)

    assert len(parse(f"Task where {criteria}").where.operands) == 500


@pytest.mark.parametrize("kind", LEVELS)
@pytest.mark.parametrize("levels", [MAX_DEPTH, 50_000])
def test_nesting_takes_no_room_on_the_stack(kind, levels):
    """A caller deep down in its own recursion has few frames left, and is owed an answer all the same."""
    frames_left = 60
    text = nested(kind, levels)

    def descend(remaining):
        if remaining:
            return descend(remaining - 1)
        with suppress(QuerySyntaxError):
            parse(text)
        return True

    frame, used = sys._getframe(), 0
    while frame is not None:
        frame, used = frame.f_back, used + 1

    assert descend(sys.getrecursionlimit() - used - frames_left)


@pytest.mark.parametrize(
    "make",
    [
        id_list,
        lambda n: "Task where " + " and ".join(['name is "x"'] * n),
        lambda n: f"Task where {' or '.join(['not (a.b[Shot].c >= 5)'] * n)}",
        lambda n: f"select {', '.join(['status.name'] * n)} from Task",
        lambda n: f"Task order by {', '.join(['status.name desc'] * n)}",
        lambda n: f"Task where {'a.' * n}a is b",
        lambda n: f"Task where a is {'b ' * n}",
        lambda n: f"Task where a is b {'(' * n}",
    ],
)
def test_calls_grow_no_faster_than_the_text(make):
    few, many = 500, 1000

    def read(text):
        with suppress(QuerySyntaxError):
            parse(text)

    assert python_calls(read, make(many)) <= 2.1 * python_calls(read, make(few)) + 50


def test_calls_for_an_id_of_a_list_are_few():
    assert python_calls(parse, id_list(5000)) < 5000 * 12


def test_fifty_parentheses_cost_little():
    assert python_calls(parse, nested("parentheses", 50)) < 1500


@pytest.mark.parametrize(
    "piece",
    ['\\"', "\"'", "'\\\\", "!", "a!", "a!=", "\\", "\u2018", " ", "\n", "=", "(", '"a\\b"', "a" * 50, ".", "a.", "- "],
)
@pytest.mark.parametrize("start", ["", '"', "'", "Task where a in ("])
def test_no_text_makes_the_lexer_try_again(start, piece):
    def seconds(length):
        text = start + piece * (length // len(piece))
        best = float("inf")
        for _ in range(3):
            begin = process_time()
            with suppress(QuerySyntaxError):
                tokenise(text)
            best = min(best, process_time() - begin)
        return best

    # Sixteen times the text: a quadratic lexer would take 256 times as long.
    assert seconds(160_000) < 64 * seconds(10_000) + 0.02


def test_many_ids_are_read():
    where = parse(id_list(5000)).where

    assert isinstance(where, ast.In)
    assert len(where.values) == 5000
    assert where.values[4999].text == str(UUID(int=4999))
