"""Plans are shared by texts of one shape: the answers are those of a plan of one's own, and so are the refusals."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftrack_server.errors import ParseError
from ftrack_server.model.load import load_model
from ftrack_server.query import plans
from ftrack_server.query.engine import QueryEngine
from ftrack_server.query.texts import take_apart, values_of

# Shapes with places for values of every kind that criteria know.
SHAPES = (
    "select name from Task where name is {}",
    "select name from Task where name like {} order by name descending",
    "Task where name in ({}, {})",
    "Task where id in ({}, {}) or id is {}",
    "Task where name not_in ({}, {}) and parent.name is_not {}",
    "Task where name in ({})",
    "Task where parent.name is {} and status.name is_not {}",
    "Task where start_date > {}",
    "Task where start_date in ({}, {})",
    "Task where bid is {} or bid in ({}, {})",
    "Note where is_todo is {}",
    "Note where parent_type is {}",
    "Task where custom_attributes any (key is {} and value is {})",
    "Task where custom_attributes any (key in ({}, {}) and value like {})",
    "Task where metadata any (key is {} and value in ({}, {}))",
    "Task where assignments any (resource.username is {})",
    "Task where parent_id in (select id from Shot where name in ({}, {}) limit 2)",
    "Metadata where value > {}",
    "select count(id), status.name from Task where name like {} group by status.name",
)
WORDS = (
    '"comp"', "comp", "'COMP'", '"sh010"', '"t-1"', "t-1", "none", '"none"', "null", '"%"', '"c%"', r'"\%"', '"a,b"',
    '"a)b"', '"(a"', "\"it's\"", "'say \"x\"'", '""', '"2031-02-01"', "2031-02-01", '"5"', "5", "1.5", "true",
    '"false"', '"fps"', '"task"', '"Task"', '"approved"', '"x limit 5"', "limit", '"\u201cx"', "\u201cx",
    '"select id from Task"', "kim", "comp!",
)  # fmt: skip
PAGES = (
    "", " limit 2", " limit 2 offset 1", " offset 1 limit 2", " OFFSET 2", " limit 0", " limit 1 limit 2", " limit -1",
    " limit 99999999999999999999", f" limit 1{' ' * 100}", f" limit{' ' * 100}1", " offset 1 order by name limit 2",
    " offset 1 order by name", " limit 1 order by id offset 1", " limit 2 order by id",
)  # fmt: skip


@pytest.fixture(scope="module")
def known(filled_database: Any) -> SimpleNamespace:
    """An engine that is asked one text after the other."""
    model = load_model()
    engine = QueryEngine(model, filled_database.metadata)
    return SimpleNamespace(model=model, database=filled_database, engine=engine)


def outcome(studio: Any, engine: QueryEngine, text: str) -> Any:
    with studio.database.read() as connection:
        try:
            page = engine.query(connection, text)
        except ParseError as error:
            return str(error)
        return page.rows, page.next_offset


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_comes_after_a_text_of_the_same_shape_is_answered_as_if_it_were_the_first(
    known: Any, shape: str, data: st.DataObject
) -> None:
    count = shape.count("{}")
    words = st.lists(st.sampled_from(WORDS), min_size=count, max_size=count)
    for _ in range(4):
        text = shape.format(*data.draw(words)) + data.draw(st.sampled_from(PAGES))
        alone = QueryEngine(known.model, known.database.metadata)
        assert outcome(known, known.engine, text) == outcome(known, alone, text), text


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_compiled_once_for_texts_that_differ_in_open_values(
    studio: Any, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    original = studio.engine._compiler.compile
    monkeypatch.setattr(
        studio.engine._compiler, "compile", lambda *args, **options: made.append(1) or original(*args, **options)
    )
    fixed = ("start_date", "bid", "is_todo", "parent_type", "custom_attributes")
    words = ['"2031-02-01"', '"5"', '"true"', '"task"', '"fps"'][[name in shape for name in fixed].index(True)] \
        if any(name in shape for name in fixed) else None  # fmt: skip
    for number in range(3):
        value = words or f'"some {number}"'
        assert outcome(studio, studio.engine, shape.format(*[value] * shape.count("{}")) + f" limit {number + 1}")

    assert len(made) == 1


@pytest.mark.parametrize("count", [5_000, 20_000])
@pytest.mark.parametrize("quote", ['"', "'", ""])
def test_thousands_of_identifiers_share_a_plan_and_find_their_rows(studio: Any, count: int, quote: str) -> None:
    def text(*more: str) -> str:
        ids = [*(str(uuid.UUID(int=number)) for number in range(count)), *more]
        return f"Task where id in ({', '.join(f'{quote}{id_}{quote}' for id_ in ids)}) and name is_not nothing"

    assert studio.ids(text()) == []
    assert studio.ids(text("t-1")) == ["t-1"]
    assert studio.ids(text("t-2", "t-1")) == ["t-1", "t-2"]
    assert len(studio.engine._plans._plans) == 1
    assert studio.ids(text("t-1")) == ["t-1"]


def test_long_texts_are_known_again_and_told_apart_within_bounds(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MAX_TEXT_CHARACTERS", 6_000)
    blank = " " * 1000
    texts = [f'Task where{blank}name is "{name}" and{blank}bid < 1000000' for name in ("comp", "roto", "none")]

    expected = [outcome(studio, QueryEngine(studio.model, studio.database.metadata), text) for text in texts]
    for _ in range(2):
        assert [outcome(studio, studio.engine, text) for text in texts] == expected
    kept = studio.engine._plans
    assert 0 < kept._characters == sum(key[0] for key in kept._texts) <= 6_000


def test_plans_are_kept_within_bounds(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MAX_PLANS", 5)
    monkeypatch.setattr(plans, "MAX_TEXTS", 6)
    for number in range(20):
        assert studio(f'Task where start_date > "2031-02-{number + 1:02}" and bid < {number + 1000}') is not None

    kept = studio.engine._plans
    assert (len(kept._plans), len(kept._fixed), len(kept._texts)) == (5, 5, 6)


LISTS = [
    ('("a", "b")', ["a", "b"]),
    ("( 'a' ,\n'b,c' )", ["a", "b,c"]),
    ("(a, b-1 ,c.d)", ["a", "b-1", "c.d"]),
    ("(\"a\", 'b', c)", ["a", "b", "c"]),
    ('("", "x")', ["", "x"]),
    ('("it\'s", "x")', ["it's", "x"]),
    ('("a, b", c)', ["a, b", "c"]),
]


@pytest.mark.parametrize(("written", "items"), LISTS)
def test_lists_are_read_as_they_are_written(written: str, items: list[str]) -> None:
    text = take_apart(f"Task where name in {written} limit 5")

    assert text.values == (written,)
    assert values_of(written) == items
    assert (text.limit, text.offset) == (5, None)


@pytest.mark.parametrize(
    "text",
    [
        r'Task where name is "a\"b"',
        "Task where name is a\x00b",
        "Task where name in (a, none)",
        'Task where name in ("none", Null)',
        "select id, name from Task",
        "Task where name in (select id, name from Task)",
    ],
)
def test_what_is_no_plain_value_stays_in_the_shape(text: str) -> None:
    assert take_apart(text).shape == text
