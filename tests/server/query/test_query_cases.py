"""Inputs with right answers that the specification lists for queries; the numbers are its own."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server.errors import ParseError


def test_q01_q02_words_of_clauses_inside_texts_are_text(studio: Any) -> None:
    studio_rows = studio('Task where name is "offset 5 limit 10"')
    assert studio_rows == []
    assert studio('Note where content like "%limit 3%" limit 500 offset 0') == []
    assert studio.ids('Task where name is "comp" and name is_not "limit 0" limit 1') == ["t-1"]


def test_q03_an_inner_limit_is_kept(studio: Any) -> None:
    inner = "select id from Task where name is comp order by id limit 2"
    assert studio.ids(f"Task where id in ({inner}) limit 500 offset 0") == ["t-1", "t-2"]
    assert studio.ids(f"Task where id in ({inner}) limit 1 offset 1") == ["t-2"]


@pytest.mark.parametrize(
    "text",
    ["Task\nwhere name is COMP", " Task where name is COMP", "SELECT id from Task where name is COMP",
     "Task where name is COMP  ", "select id\n\tfrom Task\r\n  where name is COMP\n", "Task Where name IS comp"],
)  # fmt: skip
def test_q05_white_space_and_case_of_keywords_mean_nothing(studio: Any, text: str) -> None:
    assert studio.ids(text) == ["t-1", "t-2", "t-4", "t-7"]


def test_q06_limit_and_offset_in_either_order(studio: Any) -> None:
    everything = studio.ids("TypedContext")
    for text in ("TypedContext limit 7 offset 2", "TypedContext offset 2 limit 7"):
        page = studio.page(text)
        assert [row["id"] for row in page.rows] == everything[2:9]
        assert page.next_offset == 9


def test_q07_edges_of_pages(studio: Any) -> None:
    users = studio.ids("User")
    for text, rows, following in (
        ("User limit 0", [], None),
        (f"User limit {len(users)}", users, None),
        (f"User limit {len(users) - 1}", users[:-1], len(users) - 1),
        ("User offset 2", users[2:], None),
        ("User offset 99 limit 5", [], None),
    ):
        page = studio.page(text)
        assert ([row["id"] for row in page.rows], page.next_offset) == (rows, following)


@pytest.mark.parametrize("count", ["-1", "1.5", "x", "99999999999999999999", '"5"'])
def test_counts_of_rows_are_whole_numbers(studio: Any, count: str) -> None:
    for clause in ("limit", "offset"):
        with pytest.raises(ParseError, match=r"\^"):
            studio(f"Task {clause} {count}")


def test_q09_none_and_true_as_the_client_writes_them(studio: Any) -> None:
    assert studio.ids("User where email is none") == studio.ids("User where email is None")
    assert studio.ids("User where is_active is true") == studio.ids('User where is_active = "True"')
    assert {"ada", "kim"} <= set(studio.ids("User where is_active is TRUE"))


def test_q10_signs_and_unquoted_words(studio: Any) -> None:
    found = studio.ids("AssetVersion where asset_id != None and (asset.name=plate or asset.name=cache) limit 3")
    assert found == ["v-1", "v-2", "v-3"]


def test_q11_single_quotes_and_signs(studio: Any) -> None:
    assert studio.ids("User where is_active = True and (id = 'kim')") == ["kim"]
    assert "kim" not in studio.ids("User where id != 'kim'")


def test_q13_any_not_in_and_an_order_together(studio: Any) -> None:
    text = ('select link from Task where assignments any (resource.username = "kim@example.com") and '
            'status.name not_in ("Omitted", "On Hold") and project.status is "active" order by name')  # fmt: skip
    for row in studio(text):
        assert row["link"][0]["type"] == "Project"


def test_q15_a_date_alone_compares_as_midnight(studio: Any) -> None:
    assert studio.ids('Task where start_date < "2031-02-04"') == ["t-1", "t-2", "t-4"]
    assert studio.ids('Task where start_date >= "2031-02-04"') == ["t-5"]
    assert studio.ids('Job where status is running and created_at < "2024-05-01"') == []


def test_q16_typographic_quotes_are_pointed_at(studio: Any) -> None:
    with pytest.raises(ParseError) as caught:
        studio("Job where user_id = \u2018abc\u2019")
    assert "Typographic quote" in str(caught.value)
    line, caret = str(caught.value).splitlines()[-2:]
    assert line[caret.index("^")] == "\u2018"


def test_q17_empty_any_and_unquoted_words_inside(studio: Any) -> None:
    assert studio.ids('Timer where user_id = "..."') == []
    assert studio.ids("User where not timelogs any ()") != []
    assert studio.ids("Task where metadata any (key=size and value=red)") == ["t-2"]
    assert studio.ids("Task where metadata any (key=size and value=blue)") == []
    assert studio.ids("Task where notes any (author.first_name is John)") == []


def test_q23_custom_attributes_with_defaults(studio: Any) -> None:
    row = studio.one('select custom_attributes from Task where id is "t-3"')
    assert {item["key"]: item["value"] for item in row["custom_attributes"]}["ready"] is True
    assert "t-3" in studio.ids('Task where custom_attributes any (key is "ready" and value is "true")')
    assert "t-1" not in studio.ids('Task where custom_attributes any (key is "ready" and value is "true")')


def test_q24_one_row_for_every_group(studio: Any) -> None:
    rows = studio("select count(id), sum(bid), name from Task group by name")
    assert {row["name"]: (row["count_id"], row["sum_bid"]) for row in rows}["comp"] == (3, 3619.5)
    assert sum(row["count_id"] for row in rows) == 7
    assert studio("select min(bid), max(bid), avg(bid) from Task where name in (comp, COMP)") == [
        {"min_bid": 0.0, "max_bid": 3600.0, "avg_bid": 904.875}
    ]


def test_an_order_is_complete_whatever_it_sorts_by(studio: Any) -> None:
    for order in (
        "order by name",
        "order by status.sort desc, name",
        "order by bid",
        "order by parent.name descending",
    ):
        everything = studio.ids(f"Task {order}")
        pages = [studio.ids(f"Task {order} limit 2 offset {start}") for start in range(0, 8, 2)]
        assert [id_ for page in pages for id_ in page] == everything
        assert sorted(everything) == studio.ids("Task")
