"""The descriptions agree with the classification of every recorded property: columns, relations, inverses, deletion."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.model.definition import UNSET, Computed, Field, ManyToMany, Mapping, ToMany, ToOne
from ftrack_server.model.load import load_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ftrack_server.model.definition import AnyAttribute
    from ftrack_server.model.registry import Model

KINDS: dict[str, type | tuple[type, ...]] = {
    "pk": Field,
    "column": Field,
    "fk": Field,
    "one": ToOne,
    "many": ToMany,
    "m2m": ManyToMany,
    "map": Mapping,
    "computed": Computed,
}


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


@pytest.fixture(scope="module")
def classification(reference_schemas: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((reference_schemas / "classification.json").read_text(encoding="utf-8"))
    return found


def every_attribute(model: Model, classification: dict[str, Any]) -> Iterator[tuple[str, AnyAttribute, dict[str, Any]]]:
    """Yield ``Type.name``, what we say of it, and what was classified."""
    for name, described in classification.items():
        for attribute, wanted in described["properties"].items():
            yield f"{name}.{attribute}", model.type(name).attributes[attribute], wanted


def test_types_have_the_classified_table_base_and_key(model: Model, classification: dict[str, Any]) -> None:
    found = {
        name: (model.type(name).table, [model.type(name).base] if model.type(name).base else [], model.type(name).key)
        for name in classification
    }

    assert found == {
        name: (described["table"], described["bases"][:1], tuple(described["primary_key"]))
        for name, described in classification.items()
    }


def test_attributes_are_of_the_classified_kind(model: Model, classification: dict[str, Any]) -> None:
    differences = [
        f"{place}: {type(item).__name__}, not {wanted['kind']}"
        for place, item, wanted in every_attribute(model, classification)
        if not isinstance(item, KINDS[wanted["kind"]])
    ]

    # The key of a dense value is that of its configuration, not stored a second time.
    assert [text for text in differences if "CustomAttributeValue.key: Computed" not in text] == []
    assert len(differences) == 6


def test_relations_stand_on_the_classified_columns(model: Model, classification: dict[str, Any]) -> None:
    differences = [
        f"{place}: {columns_of(item)}, not {wanted['by']}"
        for place, item, wanted in every_attribute(model, classification)
        if "by" in wanted and columns_of(item) != written(wanted["by"])
    ]

    assert differences == []


def columns_of(item: AnyAttribute) -> str:
    if isinstance(item, ToOne):
        return ",".join(item.columns)
    if isinstance(item, ManyToMany):
        return f"{item.through_type or item.through}({item.here},{item.there})"
    assert isinstance(item, ToMany | Mapping)
    return item.column


def written(by: str | list[str]) -> str:
    text = by if isinstance(by, str) else ",".join(by)
    return text.replace("(hidden) ", "").replace(" hidden", "")


def test_collections_have_the_classified_conditions(model: Model, classification: dict[str, Any]) -> None:
    def condition(item: ToMany) -> str:
        if item.parent_types:
            return f"parent_type='{'|'.join(item.parent_types)}'"
        return "".join(f"{column}='{value}'" for column, value in item.where)

    differences = [
        f"{place}: {condition(item)}, not {wanted.get('where')}"
        for place, item, wanted in every_attribute(model, classification)
        if isinstance(item, ToMany) and condition(item) != wanted.get("where", "")
    ]

    assert differences == []


def test_opposite_relations_stand_on_the_same_columns(model: Model, classification: dict[str, Any]) -> None:
    differences = []
    pairs = 0
    for place, item, wanted in every_attribute(model, classification):
        inverse = wanted.get("inverse", [])
        for name in [inverse] if isinstance(inverse, str) else inverse:
            assert isinstance(item, ToOne | ToMany | ManyToMany)
            opposite = next(
                subtype.attributes[name] for subtype in model.subtypes(item.target) if name in subtype.attributes
            )
            pairs += 1
            if not are_opposite(item, opposite):
                differences.append(f"{place} and {item.target}.{name}")
            own_table = model.type(place.partition(".")[0]).table
            if model.type(getattr(opposite, "target", "")).table != own_table:
                differences.append(f"{item.target}.{name} does not lead back to {own_table}")

    assert differences == []
    assert pairs == 344


def are_opposite(item: AnyAttribute, other: AnyAttribute) -> bool:
    if isinstance(item, ManyToMany) and isinstance(other, ManyToMany):
        return (item.through, item.here, item.there) == (other.through, other.there, other.here)
    if isinstance(item, ToMany):
        return isinstance(other, ToOne) and other.columns == (item.column,)
    return isinstance(item, ToOne) and isinstance(other, ToMany) and item.columns == (other.column,)


def test_foreign_keys_lead_to_the_classified_table_and_survive_or_follow_it(
    model: Model, classification: dict[str, Any]
) -> None:
    differences = []
    for place, item, wanted in every_attribute(model, classification):
        if "on_delete" not in wanted:
            continue
        assert isinstance(item, Field)
        if item.on_delete != wanted["on_delete"]:
            differences.append(f"{place}: {item.on_delete}, not {wanted['on_delete']}")
        if item.kind == "fk" and model.type(item.target).table != model.type(wanted["target"]).table:
            differences.append(f"{place} leads to {item.target}, not {wanted['target']}")

    assert differences == []


def test_defaults_and_backend_names_are_the_classified_ones(model: Model, classification: dict[str, Any]) -> None:
    differences = [
        f"{place}: {getattr(item, 'default', UNSET)!r} @{item.alias}, not {wanted.get('default', UNSET)!r}"
        for place, item, wanted in every_attribute(model, classification)
        if (getattr(item, "default", UNSET), item.alias) != (wanted.get("default", UNSET), wanted.get("alias", ""))
    ]

    assert differences == []


def test_second_names_stand_for_the_same_column_or_relation(model: Model, classification: dict[str, Any]) -> None:
    checked = 0
    for place, item, wanted in every_attribute(model, classification):
        if wanted.get("synonym_of"):
            checked += 1
            if isinstance(item, Field):
                assert item.synonym_of == wanted["synonym_of"], place
                assert item.name not in model.tables[model.type(place.partition(".")[0]).table].columns
            else:
                first = model.type(place.partition(".")[0]).attributes[wanted["synonym_of"]]
                assert columns_of(item) == columns_of(first), place

    assert checked == 7
