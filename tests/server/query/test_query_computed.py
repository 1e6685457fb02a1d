"""Computed attributes: worked out for a whole page at once, and the same in criteria as in answers (data_model: 3)."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server.model.definition import Computed, Mapping
from ftrack_server.model.load import load_model

MODEL = load_model()
# What is shown of a page: the attribute, or something of the entities it leads to.
SHOWN = {"ancestors": "ancestors.name", "descendants": "descendants.name", "latest_version": "latest_version.version"}
# Types with rows enough, one at least for each rule and table.
KINDS = (
    "Task", "TypedContext", "Context", "Project", "Asset", "AssetVersion", "User", "BaseUser", "Group", "ReviewSession",
    "FileComponent", "ComponentLocation", "NoteComponent", "JobComponent", "SettingComponent", "Note", "List",
    "ReviewSessionObjectAnnotationComponent", "ListObject",
)  # fmt: skip
WITHOUT_ROWS = {"calendar_event", "typed_context_link", "asset_version_link"}  # their metadata are like everybody's


def computed(kind: str) -> dict[str, tuple[str, str]]:
    """Return the computed attributes and dictionaries of a type with the rule and the table they stand on."""
    definition = MODEL.type(kind)
    found = {}
    for name, attribute in definition.attributes.items():
        if isinstance(attribute, Computed) and attribute.rule.name != "configuration_key":
            found[name] = (attribute.rule.name, definition.table)
        elif isinstance(attribute, Mapping) and not attribute.restricted:
            found[name] = (name, definition.table)
    return found


def test_every_rule_is_looked_at() -> None:
    everything = {place for kind in MODEL.types for place in computed(kind).values()}

    missing = everything - {place for kind in KINDS for place in computed(kind).values()}
    assert {table for _, table in missing} <= WITHOUT_ROWS


@pytest.mark.cost
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_takes_as_many_statements_as_a_row(studio: Any, kind: str) -> None:
    assert len(studio(kind)) > 1
    for name in computed(kind):
        shown = SHOWN.get(name, name)
        one, page = (studio.statements(f"select {shown} from {kind} {clause}") for clause in ("limit 1", "limit 500"))

        assert len(page) == len(one) <= 3, (name, page)


@pytest.mark.cost
def test_all_of_them_together_take_one_statement_for_each_kind(studio: Any) -> None:
    shown = "link, _link, time_logged, bid_time_logged_difference, thumbnail_url, thumbnail_source_id"

    page = studio.statements(f"select {shown}, ancestors.link, custom_attributes, metadata from Task limit 500")

    # The page, what the six names stand for, ancestors and their link, the two dictionaries.
    assert len(page) == 1 + 6 + 2 + 2


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Task", "time_logged"),
        ("Shot", "time_logged"),
        ("Task", "bid_time_logged_difference"),
        ("Shot", "thumbnail_source_id"),
        ("Task", "thumbnail_source_id"),
        ("AssetVersion", "is_latest_version"),
        ("ReviewSession", "is_open"),
        ("ReviewSession", "thumbnail_id"),
    ],
)
def test_criteria_find_what_answers_tell(studio: Any, kind: str, name: str) -> None:
    told = {row["id"]: row[name] for row in studio(f"select {name} from {kind}")}

    assert len(set(told.values())) > 1
    for value in set(told.values()):
        wanted = "none" if value is None else f'"{value}"' if isinstance(value, str) else str(value).lower()
        expected = sorted(id_ for id_, found in told.items() if found == value)
        assert sorted(studio.ids(f"{kind} where {name} is {wanted}")) == expected, wanted
    up = [told[id_] for id_ in studio.ids(f"{kind} order by {name}")]
    assert up == sorted(told.values(), key=lambda value: (value is not None, value or 0 if value != "" else ""))


def test_a_review_shows_its_source_or_its_first_version(studio: Any) -> None:
    rows = {row["id"]: row for row in studio("select thumbnail_id, thumbnail_url from ReviewSession")}

    assert {id_: row["thumbnail_id"] for id_, row in rows.items()} == {"r-1": "c-file", "r-2": "c-file", "r-3": None}
    assert rows["r-3"]["thumbnail_url"] is None
    assert "c-file" in rows["r-2"]["thumbnail_url"]["url"]


def test_time_and_bid_count_everything_below(studio: Any) -> None:
    rows = {row["id"]: row for row in studio("select time_logged, bid_time_logged_difference, bid from TypedContext")}

    assert (rows["sh-1"]["time_logged"], rows["sq-1"]["time_logged"], rows["t-1"]["time_logged"]) == (
        175.5,
        185.5,
        150.5,
    )
    assert rows["sh-1"]["bid_time_logged_difference"] == rows["sh-1"]["bid"] - 175.5
    assert rows["t-7"]["time_logged"] == 0


def test_the_nearest_thumbnail_upwards_is_shown(studio: Any) -> None:
    rows = {row["id"]: row["thumbnail_source_id"] for row in studio("select thumbnail_source_id from TypedContext")}

    assert (rows["sh-2"], rows["t-4"], rows["t-1"]) == ("sh-2", "sh-2", None)


def test_ways_start_at_the_root_and_end_at_the_entity(studio: Any) -> None:
    assert [(item["type"], item["name"]) for item in studio.one("select link from Task where id is t-1")["link"]] == [
        ("Project", "Film"), ("TypedContext", "ep01"), ("TypedContext", "SQ010"), ("TypedContext", "sh010"),
        ("TypedContext", "comp"),
    ]  # fmt: skip
    version = studio.one("select link, _link from AssetVersion where id is v-1")
    assert version["link"] == version["_link"]
    assert [(item["type"], item["name"]) for item in version["link"]][-2:] == [
        ("TypedContext", "sh010"), ("AssetVersion", "Plate v001"),
    ]  # fmt: skip
    assert [item["name"] for item in studio.one("select link from Group where id is g-2")["link"]] == ["anim", "fx"]


def test_ancestors_leave_out_the_project_and_the_item(studio: Any) -> None:
    def names(text: str, name: str) -> list[str]:
        return [item["id"] for item in studio.one(text)[name]]

    assert names("select ancestors from Task where id is t-1", "ancestors") == ["ep-1", "sq-1", "sh-1"]
    assert names("select ancestors from Asset where id is a-1", "ancestors") == ["ep-1", "sq-1", "sh-1"]
    assert names("select ancestors from Task where id is t-6", "ancestors") == []
    assert set(names("select descendants from Sequence where id is sq-1", "descendants")) == {
        "sh-1", "sh-2", "t-1", "t-2", "t-3", "t-4",
    }  # fmt: skip
    assert "t-7" not in names("select descendants from Project where id is film", "descendants")


def test_only_what_the_server_holds_has_an_address(studio: Any) -> None:
    rows = {row["id"]: row["url"] for row in studio("select url from ComponentLocation")}

    assert (rows["cl-2"], rows["cl-3"]) == (None, None)
    assert rows["cl-1"]["url"] == rows["cl-1"]["value"]
    for kind in ("NoteComponent", "JobComponent", "SettingComponent", "ReviewSessionObjectAnnotationComponent"):
        found = {row["component_id"]: row["url"] for row in studio(f"select component_id, url from {kind}")}
        assert found["c-free"] is None
        assert "c-file" in found["c-file"]["url"]
