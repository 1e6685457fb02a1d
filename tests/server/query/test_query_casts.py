"""Casts in projections narrow what is read of a subtype; they never hide what the attribute itself answers."""

from __future__ import annotations

import pytest

OPTIONS = ({}, {"strict": True}, {"strict": True, "denormalize": True})


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("projections", ["parent.name, parent[Shot].bid", "parent[Shot].bid, parent.name"])
def test_a_cast_that_does_not_fit_leaves_the_reference(studio, projections, options):
    rows = {row["id"]: row for row in studio(f'select {projections} from Task where id in ("t-1", "t-5")', **options)}

    assert {key: row["parent"]["name"] for key, row in rows.items()} == {"t-1": "sh010", "t-5": "Hero"}
    assert rows["t-1"]["parent"]["bid"] == 100.0
    assert "bid" not in rows["t-5"]["parent"]


@pytest.mark.parametrize("options", OPTIONS)
def test_a_lone_cast_that_does_not_fit_is_null(studio, options):
    assert studio.one('select parent[Shot].bid from Task where id is "t-5"', **options)["parent"] is None


@pytest.mark.parametrize("options", OPTIONS)
def test_two_casts_of_a_reference_are_read_side_by_side(studio, options):
    rows = studio(
        'select parent[Shot].bid, parent[AssetBuild].type.name from Task where id in ("t-1", "t-5") order by id',
        **options,
    )

    assert [row["parent"]["id"] for row in rows] == ["sh-1", "ab-1"]
    assert (rows[0]["parent"]["bid"], rows[1]["parent"]["type"]["name"]) == (100.0, "Character")


@pytest.mark.parametrize("options", OPTIONS)
def test_what_lies_below_a_cast_joins_what_the_attribute_answers(studio, options):
    row = studio.one(
        'select parent.children.name, parent[Shot].link, parent[Shot].project.name from Task where id is "t-4"',
        **options,
    )

    parent = row["parent"]
    assert parent["link"][-1]["id"] == parent["id"] == "sh-2"
    assert parent["project"]["name"] == "Film"
    assert len(parent["children"]) == 1


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize(
    "projections", ["children.name, children[Milestone].end_date", "children[Milestone].end_date, children.name"]
)
def test_a_cast_collection_does_not_shorten_the_whole_one(studio, projections, options):
    whole = studio.one('select children.name from Project where id is "film"', **options)["children"]

    children = studio.one(f'select {projections} from Project where id is "film"', **options)["children"]

    assert [child["name"] for child in children] == [child["name"] for child in whole]
    assert [child["name"] for child in children if "end_date" in child] == ["delivery"]


@pytest.mark.parametrize("options", OPTIONS)
def test_two_casts_of_a_collection_answer_both_kinds_once(studio, options):
    children = studio.one(
        'select children[Milestone].name, children[Folder].name from Project where id is "film"', **options
    )["children"]

    assert sorted(child["name"] for child in children) == ["assets", "delivery"]
