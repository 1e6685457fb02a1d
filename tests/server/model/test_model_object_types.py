"""Object types are data: their flags decide what may change, their ids the order, and some cannot be."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_protocol.schema import schema_hash
from ftrack_server import errors
from ftrack_server.model.load import load_model, reference_object_types
from ftrack_server.model.object_type import MILESTONE_ID, immutable_attributes, schema_id
from ftrack_server.model.publish import publish

if TYPE_CHECKING:
    from pathlib import Path

DECIDED_BY = {
    "is_prioritizable": {"priority_id", "priority"},
    "is_typeable": {"type_id", "type"},
    "is_statusable": {"status_id", "status"},
    "is_schedulable": {"bid", "start_date", "end_date", "split_parts"},
}


def test_the_packaged_rows_are_the_recorded_ones(reference_schemas: Path) -> None:
    recorded = json.loads((reference_schemas / "object_types.json").read_text(encoding="utf-8"))["rows"]
    packaged = {row["id"]: row for row in reference_object_types()}

    differences = [
        f"{row['name']}.{name}: {packaged[row['id']].get(name)} != {value}"
        for row in recorded
        for name, value in row.items()
        if name != "__entity_type__" and packaged[row["id"]].get(name) != value
    ]

    assert len(packaged) == 10
    assert differences == []


def test_immutable_lists_of_the_ten_recorded_types_follow_from_their_flags(reference_schemas: Path) -> None:
    text = (reference_schemas / "schemas_newest.json").read_text(encoding="utf-8")
    recorded = {document["id"]: document["immutable"] for document in json.loads(text) if document.get("immutable")}

    made = {schema_id(row["name"]): list(immutable_attributes(row)) for row in reference_object_types()}

    assert made == {name: recorded[name] for name in made}


@given(st.fixed_dictionaries({flag: st.booleans() for flag in DECIDED_BY}))
def test_for_every_set_of_flags_exactly_what_they_forbid_cannot_change(flags: dict[str, bool]) -> None:
    row = {"id": "slate", "name": "Slate", **flags}

    immutable = set(immutable_attributes(row))

    for flag, attributes in DECIDED_BY.items():
        assert immutable.isdisjoint(attributes) if flags[flag] else attributes <= immutable
    definition = load_model([*reference_object_types(), row]).type("Slate")
    assert {name for name, item in definition.attributes.items() if item.immutable} == immutable
    assert definition.published["immutable"] == list(immutable_attributes(row))


def test_a_milestone_has_an_end_but_neither_start_nor_parts() -> None:
    immutable = immutable_attributes({"id": MILESTONE_ID, "name": "Milestone", "is_schedulable": True})

    assert {"start_date", "split_parts"} <= set(immutable)
    assert {"bid", "end_date"}.isdisjoint(immutable)


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_no_part_of_the_hash(shuffler: random.Random) -> None:
    rows = list(reference_object_types())
    shuffler.shuffle(rows)

    assert schema_hash(publish(load_model(rows))) == schema_hash(publish(load_model()))


def test_a_new_object_type_stands_among_the_others_and_moves_nothing_else() -> None:
    before = list(load_model().types)
    after = list(load_model([{"id": "2f-late", "name": "Slate"}, *reference_object_types()]).types)

    assert after.index("Episode") < after.index("Slate") < after.index("Scene")
    assert [name for name in after if name != "Slate"] == before


def test_an_object_type_is_a_copy_of_typed_context_that_its_rows_are_told_by() -> None:
    model = load_model([*reference_object_types(), {"id": "slate", "name": "Camera Slate"}])

    made = model.type("CameraSlate")

    assert set(made.attributes) == set(model.type("TypedContext").attributes)
    assert made.discriminator == (("context_type", ("task",)), ("object_type_id", ("slate",)))
    assert made in model.subtypes("Context")
    assert model.concrete(model.type("Context"), {"context_type": "task", "object_type_id": "slate"}) is made


@pytest.mark.parametrize("name", ["Asset", "Note", "Typed Context", "Shot", " As set "])
def test_an_object_type_cannot_take_the_name_of_another_type(name: str) -> None:
    with pytest.raises(errors.DuplicateEntryError, match=f'entity type "{schema_id(name)}" already'):
        load_model([*reference_object_types(), {"id": "new", "name": name}])


def test_task_cannot_go_since_relations_lead_to_it() -> None:
    rows = [row for row in reference_object_types() if row["name"] != "Task"]

    with pytest.raises(errors.IntegrityError, match='"Task" must stay'):
        load_model(rows)


def test_making_a_model_leaves_the_one_it_comes_from_alone() -> None:
    model = load_model()
    before = dict(model.types)

    model.with_object_types([*reference_object_types(), {"id": "slate", "name": "Slate"}])

    assert dict(model.types) == before


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Asset Build", "AssetBuild"), ("Shot", "Shot"), (" a\tb  c\n", "abc"), ("Prise Éclair", "PriseÉclair")],
)
def test_the_name_of_an_entity_type_is_that_of_its_row_without_white_space(name: str, expected: Any) -> None:
    assert schema_id(name) == expected
