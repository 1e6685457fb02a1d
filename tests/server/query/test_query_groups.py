"""Grouped queries: one plain row for each group, alike on both engines (protocol: 5.9)."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from ftrack_server.errors import ParseError
from ftrack_server.model.definition import Computed, Field
from ftrack_server.model.load import load_model


def test_sums_and_means_are_numbers_that_json_has(studio: Any) -> None:
    (row,) = studio("select count(id), sum(version), avg(version), min(version), max(date) from AssetVersion")

    assert row == {
        "count_id": 4,
        "sum_version": 16,
        "avg_version": 4.0,
        "min_version": 1,
        "max_date": {"__type__": "datetime", "value": "2031-01-02T00:00:00"},
    }
    assert isinstance(row["sum_version"], int)
    assert isinstance(row["avg_version"], float)
    assert json.dumps(row)


def test_functions_of_an_empty_group_are_none(studio: Any) -> None:
    assert studio("select count(id), sum(bid), min(name) from Task where id is nothing") == [
        {"count_id": 0, "sum_bid": None, "min_name": None}
    ]


def test_groups_by_several_paths_have_a_column_for_each(studio: Any) -> None:
    found = studio('select count(id), status.name, parent.name from Task where parent.name is "sh010" '
                   "group by status.name, parent.name order by status.name descending")  # fmt: skip

    assert found == [
        {"count_id": 1, "status_name": "In progress", "parent_name": "sh010"},
        {"count_id": 2, "status_name": "Approved", "parent_name": "sh010"},
        {"count_id": 1, "status_name": None, "parent_name": "sh010"},
    ]


def test_groups_come_in_pages(studio: Any) -> None:
    page = studio.page("select count(id), name from Task group by name limit 2")
    rest = studio.page("select count(id), name from Task group by name offset 2 limit 100")

    assert (len(page.rows), page.next_offset, rest.next_offset) == (2, 2, None)
    assert page.rows + rest.rows == studio("select count(id), name from Task group by name")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select sum(name) from Task", '"name" is a text; "sum" works on a number (column 12)'),
        ("select avg(start_date) from Task", '"start_date" is a date; "avg" works on a number'),
        ("select sum(is_published) from AssetVersion", '"is_published" is a truth value; "sum" works on a number'),
        ("select max(is_published) from AssetVersion", '"max" works on a number or a date or a text'),
        ("select name, count(id) from Task", '"name" is neither aggregated nor in "group by"'),
        ("select count(id) from Task group by name order by bid", 'not by "bid"'),
        ("select count(id), children.name from Shot group by children.name", '"children" is a collection'),
        ("select count(id) from Job", "Job cannot be grouped"),
        ("select count(nmae) from Task", 'has no attribute "nmae". Did you mean "name"?'),
        ("select count(link) from Task", '"link" is worked out for answers'),
    ],
)
def test_what_cannot_be_grouped_is_refused_with_its_place(studio: Any, text: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        studio(text)

    assert message in str(caught.value)
    assert "^" in str(caught.value)


GROUPED = [
    (kind, definition)
    for kind, definition in load_model().types.items()
    if definition.is_groupable and kind not in {"Episode", "Scene", "Image", "Information", "Milestone", "Event"}
]


@pytest.mark.parametrize(("kind", "definition"), GROUPED, ids=[kind for kind, _ in GROUPED])
def test_groups_by_an_attribute_are_the_values_that_rows_have(studio: Any, kind: str, definition: Any) -> None:
    key = definition.key[0]
    for name, attribute in definition.attributes.items():
        single = isinstance(attribute, Field) or (isinstance(attribute, Computed) and attribute.json_type)
        if not single or attribute.hidden or getattr(attribute, "kind", "") in {"json", "variable", "table"}:
            continue
        if isinstance(attribute, Computed) and attribute.rule.name in {"path", "url", "thumbnail_url"}:
            continue
        rows = studio(f"select {name} from {kind}")
        counted = Counter(json.dumps(row[name]) for row in rows)

        groups = studio(f"select count({key}), {name} from {kind} group by {name}")

        assert {json.dumps(group[name]): group[f"count_{key}"] for group in groups} == counted, name
