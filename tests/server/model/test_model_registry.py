"""Names, subtypes and concrete types of the data model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server import errors
from ftrack_server.model.load import load_model

if TYPE_CHECKING:
    from ftrack_server.model.registry import Model

SHOT = "bad911de-3bd6-47b9-8b46-3476e237cb36"


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


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
        ("ContainerComponent", {"system_type": "sequence"}, "SequenceComponent"),
        ("ContainerComponent", {"system_type": "container"}, "ContainerComponent"),
        ("Resource", {"resource_type": "user"}, "User"),
        ("BaseUser", {"resource_type": "collaborator"}, "Collaborator"),
        ("List", {"system_type": "something else"}, "List"),
        ("NoteComponent", {"note_component_type": None}, "NoteComponent"),
        ("NoteComponent", {"note_component_type": "annotation"}, "NoteAnnotationComponent"),
        ("StatusRuleGroup", {"entity_type": "task"}, "TypedContextStatusRuleGroup"),
        ("CustomConfigurationBase", {"kind": "link"}, "CustomAttributeLinkConfiguration"),
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


def test_system_projections_become_client_names(model: Model) -> None:
    assert model.type("Task").system_attributes == ("project_id", "context_type", "object_type_id")
    assert model.type("AssetVersion").system_attributes == ("asset_id",)
    assert model.type("Asset").system_attributes == ("context_id",)
    assert model.type("ContextCustomAttributeValue").system_attributes == ("key", "value")
    assert model.type("NoteComponent").system_attributes == ()


def test_what_no_row_reports_is_abstract(model: Model) -> None:
    assert {definition.id for definition in model.types.values() if definition.abstract} == {
        "Context",
        "TypedContext",
        "Resource",
        "BaseUser",
        "CustomConfigurationBase",
        "StatusRuleGroup",
        "StatusChange",
    }


def test_bases_lead_from_a_type_to_its_root(model: Model) -> None:
    assert [definition.id for definition in model.bases("Shot")] == ["Shot", "TypedContext", "Context"]
    assert [definition.id for definition in model.bases("Status")] == ["Status"]


def test_columns_that_tell_types_apart_are_known_by_table(model: Model) -> None:
    assert model.discriminator_columns("context") == ("context_type", "object_type_id")
    assert model.discriminator_columns("custom_attribute_link") == ("to_entity_type", "from_entity_type")
    assert model.discriminator_columns("status") == ()


def test_every_described_type_has_a_sentence_that_says_what_it_is(model: Model) -> None:
    unclear = [name for name, definition in model.types.items() if not definition.meaning.endswith(".")]

    assert unclear == []
