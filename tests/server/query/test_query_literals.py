"""Whatever literal meets whatever attribute, the answer is rows or a refusal that points at the literal."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.errors import ParseError
from ftrack_server.model.definition import Computed, Field
from ftrack_server.model.load import load_model

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = "x" * 100_000
LITERALS = (
    *('""', '"\\""', "none", "true", '"False"', "0", "-1", "+3", "1.5", ".5", "5.", "1e5", "1E-400", "-0.0", "00012"),
    *("1_000", "1e300", "1e999", "-1e999", "nan", "inf", "-Infinity", "0x10", "\u0661", "½", "--1", "+-1", "1e", "."),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "-" + "9" * 400, "1" + "0" * 5000),
    *("9999-12-31", '"9999-12-31"', '"9999-12-31T23:59:59"', '"9999-12-31T23:59:59-14:00"', "0001-01-01"),
    *("0000-01-01", '"0001-01-01T00:00:00+14:00"', "2031-02-30", '"2031-02-03 04:05"', '"20310203"'),
    *('"%"', '"\\\\"', '"%\\\\"', '"_"', "'it''", '"😀ÄÖ"', '"\u202e"', f'"{LONG}"', "Shot", "Task", "show"),
)
OPERATORS = ("is", ">", "like", "in")


def representatives() -> Iterator[tuple[str, str]]:
    """Yield one attribute of every sort, by how it is stored and compared."""
    model = load_model()
    seen: set[Any] = set()
    for definition in model.types.values():
        for name, item in definition.attributes.items():
            if item.hidden:
                continue
            sort: tuple[Any, ...] = (type(item),)
            if isinstance(item, Field):
                target = model.types[item.target] if item.kind == "fk" else None
                key = target.attributes[target.key[0]].kind if target else ""
                sort += (item.kind, bool(item.enum), item.name in definition.key, key, bool(item.synonym_of))
            elif isinstance(item, Computed):
                sort += (item.rule.name,)
            elif len(getattr(item, "columns", "")) > 1:
                sort += (definition.id, name)
            if sort not in seen:
                seen.add(sort)
                yield definition.id, name


@pytest.mark.parametrize(("entity_type", "name"), list(representatives()), ids=".".join)
def test_any_literal_gives_rows_or_a_refusal(studio: Any, entity_type: str, name: str) -> None:
    start = f"select {studio.model.type(entity_type).key[0]} from {entity_type} where {name}"
    for operator, literal in product(OPERATORS, LITERALS):
        try:
            studio(f"{start} {operator} ({literal}, none, {literal}) limit 1" if operator == "in" else
                   f"{start} {operator} {literal} limit 1")  # fmt: skip
        except ParseError as error:  # noqa: PERF203 - each of them is a case
            assert "column" in str(error), (operator, literal[:50])  # noqa: PT017 - most have an answer instead


TASKS = {"t-1", "t-2", "t-3", "t-4", "t-5", "t-6", "t-7"}
WITH_BID = {"t-1", "t-2", "t-4", "t-6", "t-7"}
VERSIONS = ["v-1", "v-2", "v-3", "v-4"]


@pytest.mark.parametrize("number", ["99999999999999999999999", "9223372036854775808", "9" * 400, "1e999"])
def test_numbers_beyond_a_column_lie_above_or_below_everything_stored(studio: Any, number: str) -> None:
    for type_, name, everything in (("Task", "bid", sorted(WITH_BID)), ("AssetVersion", "version", VERSIONS)):
        assert studio.ids(f"{type_} where {name} < {number}") == everything
        assert studio.ids(f"{type_} where {name} > -{number}") == everything
        assert studio.ids(f"{type_} where {name} is_not {number}") == everything
        for criterion in (f"> {number}", f"is {number}", f"< -{number}", f"in ({number}, -{number})"):
            assert studio.ids(f"{type_} where {name} {criterion}") == []
        assert studio.ids(f"{type_} where {name} not_in ({number})") == everything


def test_lists_may_hold_numbers_of_every_size(studio: Any) -> None:
    numbers = f"1e300, 2.5, 2, {'9' * 30}, -1e999, 9223372036854775807"
    assert studio.ids(f"AssetVersion where version in ({numbers})") == ["v-2"]
    assert studio.ids(f"Task where bid in ({numbers}, 7.5)") == ["t-4"]


def test_a_value_of_a_custom_attribute_compares_with_numbers_of_every_size(studio: Any) -> None:
    for number in ("9" * 30, "1e999"):
        found = studio(
            f"select entity_id from CustomAttributeValue where value < {number} and configuration.key is fps"
        )
        assert {row["entity_id"] for row in found} >= {"t-1", "t-2", "t-7"}


@pytest.mark.parametrize("text", ["1_000", "nan", "inf", "-Infinity", "0x10", "\u0661", "1e", "--1", "٣"])
def test_what_only_python_takes_for_a_number_is_refused(studio: Any, text: str) -> None:
    for path in ("bid", "time_logged", "sort"):
        with pytest.raises(ParseError, match=rf'"{path}" is a number, and "{text}" is none \(column'):
            studio(f"Task where {path} is {text}")


def test_the_last_day_of_the_calendar_is_a_day(studio: Any) -> None:
    assert studio.ids('Milestone where end_date is "9999-12-31"') == ["mi-1"]
    assert studio.ids('Milestone where end_date in ("9999-12-31")') == ["mi-1"]
    assert studio.ids('Milestone where end_date > "9999-12-31"') == ["mi-1"]
    assert studio.ids('Milestone where end_date is_not "9999-12-31"') == []
    assert studio.ids('Task where start_date > "9999-12-31"') == []


def test_a_pattern_has_a_limit_that_the_error_names(studio: Any) -> None:
    with pytest.raises(ParseError, match=r"A pattern may be 50,000 bytes long \(column 22"):
        studio(f'Task where name like "{"ä" * 25_001}"')


def test_equality_has_no_limit(studio: Any) -> None:
    for path in ("name", "custom_attributes.value"):
        assert studio.ids(f'Task where {path} is "{LONG}"') == []


@pytest.mark.parametrize(
    ("path", "inner", "message"),
    [
        ("bid", "select name from Task", '"bid" is a number, and the query in parentheses selects a text'),
        ("name", "select bid from Task", '"name" is a text, and the query in parentheses selects a number'),
        ("start_date", "select id from Task", '"start_date" is a date, and the query'),
        ("id", "select is_active from User", '"id" is a text, and the query in parentheses selects a truth value'),
        ("status", "select sort from Status", '"status" is a text, and the query in parentheses selects a number'),
    ],
)
def test_a_query_in_parentheses_selects_what_can_be_compared(studio: Any, path: str, inner: str, message: str) -> None:
    with pytest.raises(ParseError, match=re.escape(message)):
        studio(f"Task where {path} in ({inner})")


def test_numbers_of_either_kind_compare_with_what_a_query_finds(studio: Any) -> None:
    assert studio.ids("Task where bid in (select version from AssetVersion)") == []
    assert studio.ids("AssetVersion where version in (select sort from Task)") == ["v-1", "v-3"]
