"""Values in query texts: no value changes the query around it."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta, timezone

import arrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api._query.parameters import fill, literal
from ftrack_protocol.query.parser import parse


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (-2.5, "-2.5"),
        ("comp", '"comp"'),
        ('O"Brien \\ 50%', '"O\\"Brien \\\\ 50%"'),
        ("", '""'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (date(2024, 2, 29), '"2024-02-29"'),
        (datetime.fromisoformat("2024-01-02T03:04:05.678000"), '"2024-01-02T03:04:05"'),
        (datetime(2024, 1, 2, 1, tzinfo=timezone(timedelta(hours=2))), '"2024-01-01T23:00:00"'),
        (arrow.get("2024-01-02T01:00:00+02:00"), '"2024-01-01T23:00:00"'),
        (["a", "b"], '("a", "b")'),
        ((), "()"),
        ({1}, "(1)"),
    ],
)
def test_a_value_is_written_as_the_language_writes_it(value, text):
    assert literal(value) == text


def test_an_entity_is_written_as_its_id(session):
    task = session.create("Task", {"id": "t"}, reconstructing=True)
    pair = session.create("Metadata", {"parent_id": "p", "key": "k"}, reconstructing=True)

    assert literal(task) == '"t"'
    assert literal([task]) == '("t")'
    with pytest.raises(ValueError, match="A Metadata has a key of 2 parts"):
        literal(pair)


@pytest.mark.parametrize(("value", "error"), [(float("nan"), ValueError), (object(), TypeError), ({}, TypeError)])
def test_what_has_no_literal_is_refused(value, error):
    with pytest.raises(error):
        literal(value)


def test_placeholders_are_filled_in(session):
    result = session.query(
        "Task where name is {name} and bid > {bid} and id in {ids}", name='a" or "1', bid=2, ids=["x", "y"]
    )

    assert result._plan.text.endswith('where name is "a\\" or \\"1" and bid > 2 and id in ("x", "y")')


def test_text_without_parameters_keeps_its_braces():
    assert fill("Task where name is {name}", {}) == "Task where name is {name}"
    assert fill("Task where name is {name} and {{x}}", {"name": 1}) == "Task where name is 1 and {x}"


@pytest.mark.parametrize(
    ("expression", "parameters", "message"),
    [
        ("Task where name is {nmae}", {"name": 1}, "Nothing is given for the placeholder {nmae}. Did you mean 'name'"),
        ("Task where name is {name}", {"name": 1, "x": 2}, "no placeholder {x}"),
        ('Task where name is "{name}"', {"name": 1}, "stands in quotes"),
        ("Task where name is '{name}'", {"name": 1}, "stands in quotes"),
        ("Task where name is {", {"name": 1}, "Cannot fill in"),
        ("Task where name is {0}", {"name": 1}, "placeholder {0}"),
    ],
)
def test_placeholders_and_parameters_must_match(expression, parameters, message):
    with pytest.raises(ValueError) as caught:
        fill(expression, parameters)

    assert message in str(caught.value)


def test_a_closed_literal_before_a_placeholder_is_no_hindrance():
    assert fill('Task where name is "it\'s \\" {{" and bid is {bid}', {"bid": 1}).endswith("and bid is 1")


@given(st.text())
def test_no_text_can_leave_its_literal(value):
    text = fill("Task where name is {value} and bid is 1", {"value": value})

    first, second = parse(text).where.operands
    assert (first.value.text, second.value.text) == (value, "1")
