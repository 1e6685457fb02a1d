"""Names, subtypes, tables and concrete types of the data model, and how they agree with the recorded classification."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server import errors
from ftrack_server.model.definition import Field, ManyToMany, Mapping, ToMany, ToOne
from ftrack_server.model.description import Description, DescriptionError, read
from ftrack_server.model.load import build_model, load_model

if TYPE_CHECKING:
    from pathlib import Path

    from ftrack_server.model.registry import Model

SHOT = "bad911de-3bd6-47b9-8b46-3476e237cb36"


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


@pytest.fixture(scope="module")
def classification(reference_schemas: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((reference_schemas / "classification.json").read_text(encoding="utf-8"))
    return found


def test_an_unknown_type_is_named_with_the_nearest(model: Model) -> None:
    with pytest.raises(errors.UnknownEntityTypeError, match=r'"Shoot".*Did you mean "Shot"'):
        model.type("Shoot")


def test_an_unknown_attribute_is_named_with_the_nearest(model: Model) -> None:
    with pytest.raises(errors.UnknownAttributeError, match=r'Task has no attribute "nmae".*"name"'):
        model.attribute(model.type("Task"), "nmae")


def test_a_hidden_column_is_out_of_reach(model: Model) -> None:
    assert "secret_hash" in model.tables["api_key"].columns

    with pytest.raises(errors.UnknownAttributeError):
        model.attribute(model.type("ApiKey"), "secret_hash")


def test_subtypes_reach_every_depth(model: Model) -> None:
    names = [definition.id for definition in model.subtypes("Context")]

    assert names[0] == "Context"
    assert {"Project", "TypedContext", "Shot", "AssetBuild"} <= set(names)


@pytest.mark.parametrize(
    ("asked", "row", "reported"),
    [
        ("Context", {"context_type": "show", "object_type_id": None}, "Project"),
        ("Context", {"context_type": "task", "object_type_id": SHOT}, "Shot"),
        ("TypedContext", {"context_type": "task", "object_type_id": SHOT}, "Shot"),
        ("TypedContext", {"context_type": "task", "object_type_id": "gone"}, "TypedContext"),
        ("Component", {"system_type": "sequence"}, "SequenceComponent"),
        ("Component", {"system_type": "container"}, "ContainerComponent"),
        ("Resource", {"resource_type": "group"}, "Group"),
        ("BaseUser", {"resource_type": "user"}, "User"),
        ("List", {"system_type": "assetversion"}, "AssetVersionList"),
        ("StatusChange", {"parent_type": "task"}, "TypedContextStatusChange"),
        ("NoteCategory", {}, "NoteCategory"),
        ("NoteLabel", {}, "NoteLabel"),
        ("CustomAttributeLink", {"to_entity_type": "user", "from_entity_type": "task"}, "UserCustomAttributeLink"),
        (
            "CustomAttributeLinkFrom",
            {"to_entity_type": "user", "from_entity_type": "show"},
            "ContextCustomAttributeLinkFrom",
        ),
        ("Status", {}, "Status"),
    ],
)
def test_a_row_is_reported_under_its_most_specific_type(
    model: Model, asked: str, row: dict[str, Any], reported: str
) -> None:
    assert model.concrete(model.type(asked), row).id == reported


@pytest.mark.parametrize(
    ("name", "stored", "public"),
    [
        ("Shot", "task", "TypedContext"),
        ("Project", "show", "Project"),
        ("AssetVersion", "asset_version", "AssetVersion"),
        ("FileComponent", "component", "Component"),
        ("User", "user", "User"),
        ("Group", "group", "Group"),
        ("Note", "note", "Note"),
        ("ReviewSessionObject", "review_session_object", "ReviewSessionObject"),
    ],
)
def test_polymorphic_parents_are_stored_by_family(model: Model, name: str, stored: str, public: str) -> None:
    assert model.parent_table(name) == stored
    assert model.public_parent_type(stored) == public


def test_columns_and_deletions_agree_with_the_classification(model: Model, classification: dict[str, Any]) -> None:
    differences = []
    for name, described in classification.items():
        definition = model.type(name)
        if definition.table != described["table"]:
            differences.append(f"{name} is in {definition.table}, not {described['table']}")
        for attribute, wanted in described["properties"].items():
            found = definition.attributes[attribute]
            target = wanted.get("target")
            if wanted["kind"] == "fk" and isinstance(found, Field) and found.kind == "fk":
                if (found.on_delete, model.type(found.target).table) != (
                    wanted["on_delete"],
                    classification[target]["table"],
                ):
                    differences.append(f"{name}.{attribute}: {found.on_delete}, {found.target}")
            elif wanted["kind"] in {"one", "many", "m2m", "map"} and getattr(found, "target", None) is None:
                differences.append(f"{name}.{attribute} should be a relation")

    assert differences == []


def test_every_relation_stands_on_columns_that_exist(model: Model) -> None:
    missing = []
    for definition in model.types.values():
        own = model.tables[definition.table].columns
        for item in definition.attributes.values():
            if isinstance(item, ToOne):
                missing += [f"{definition.id}.{item.name}: {c}" for c in item.columns if c not in own]
            elif isinstance(item, ToMany | Mapping):
                columns = model.tables[model.type(item.target).table].columns
                missing += [f"{definition.id}.{item.name}: {item.column}"] if item.column not in columns else []
            elif isinstance(item, ManyToMany):
                through = model.tables[item.through].columns
                missing += [f"{definition.id}.{item.name}: {c}" for c in (item.here, item.there) if c not in through]

    assert missing == []


def test_system_projections_become_client_names(model: Model) -> None:
    assert model.type("Task").system_attributes == ("project_id", "context_type", "object_type_id")
    assert model.type("AssetVersion").system_attributes == ("asset_id",)
    assert model.type("Asset").system_attributes == ("context_id",)
    assert model.type("ContextCustomAttributeValue").system_attributes == ("key", "value")
    assert model.type("NoteComponent").system_attributes == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("type A -> a | Meaning.\n  name", 'line 2: "name" has no kind'),
        ("type A -> a | Meaning.\n  name text", 'line 2: "name" has the unknown or incomplete kind "text"'),
        ("type A -> a | Meaning.\n  name string loud", 'unknown flag "loud"'),
        ("type A < B -> a | Meaning.\n  id uid", 'unknown type "B"'),
        ("type A -> a | Meaning.\n  b_id fk B", 'unknown type "B"'),
        ("type A -> a | Meaning.\n  id uid\n  b one A by b_id", 'needs "a.b_id"'),
        ("type A -> a | Meaning.\n  id uid\n  id uid", 'already has "id"'),
        ("type A -> a | M.\n  id uid\ntype A -> a | M.", 'type "A" is already described'),
        ("  id uid", "outside any type"),
        ("tpye A", "line 1: expected"),
    ],
)
def test_a_faulty_description_is_refused_with_its_place(text: str, complaint: str) -> None:
    def build() -> None:
        description = Description()
        read(description, "test.schema", text)
        build_model(description, list(description.types))

    with pytest.raises(DescriptionError) as caught:
        build()

    assert complaint in str(caught.value)
