"""The tables that follow from the descriptions: families united, hidden tables and columns, and what is indexed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ftrack_server.model.bounds import OF_A_PROJECT, OF_ANYTHING, OWNERS, PARENTS
from ftrack_server.model.definition import Field, ManyToMany, Mapping, ToMany, ToOne
from ftrack_server.model.load import load_model

if TYPE_CHECKING:
    from ftrack_server.model.registry import Model


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


def test_every_type_has_one_of_eighty_tables_and_six_are_hidden(model: Model) -> None:
    hidden = {
        "configuration_read_role",
        "configuration_write_role",
        "context_path",
        "context_scope",
        "role_permission",
        "user_view_share",
    }

    assert {table.name for table in model.hidden_tables} == hidden
    assert len({definition.table for definition in model.types.values()}) == 80
    assert set(model.tables) == {definition.table for definition in model.types.values()} | hidden


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("status", "state_id"),
        ("asset", "latest_version_id"),
        ("api_key", "secret_hash"),
        ("user_session", "token_hash"),
        ("resource", "password_hash"),
        ("custom_attribute_configuration", "kind"),
        ("note_component", "note_component_type"),
        ("custom_attribute_value", "number"),
        ("custom_attribute_value", "text"),
        ("custom_attribute_value", "date"),
    ],
)
def test_hidden_columns_are_stored_and_on_no_type_visible(model: Model, table: str, column: str) -> None:
    assert model.tables[table].columns[column].hidden
    assert all(
        definition.attributes[column].hidden
        for definition in model.types.values()
        if definition.table == table and column in definition.attributes
    )


def test_a_family_shares_the_columns_of_its_types(model: Model) -> None:
    columns = model.tables["context"].columns

    assert {"full_name", "object_type_id", "status", "status_id", "parent_id"} <= set(columns)
    assert model.tables["context"].key == ("id",)
    assert model.tables["metadata"].key == ("parent_id", "key")


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("context", ("object_type_id", "id")),
        ("context", ("project_id", "object_type_id", "id")),
        ("context", ("parent_id", "name")),
        ("context_path", ("ancestor_id", "depth", "descendant_id")),
        ("appointment", ("context_id", "type")),
        ("appointment", ("resource_id", "type")),
        ("asset", ("context_id", "name")),
        ("asset", ("project_id",)),
        ("asset_version", ("task_id",)),
        ("asset_version", ("project_id", "date")),
        ("asset_version", ("status_id",)),
        ("asset_version", ("user_id",)),
        ("component", ("version_id",)),
        ("component", ("container_id",)),
        ("component_location", ("location_id",)),
        ("note", ("parent_id", "parent_type", "date")),
        ("note", ("in_reply_to_id",)),
        ("note", ("project_id", "thread_activity")),
        ("custom_attribute_value", ("entity_id",)),
        ("custom_attribute_value", ("configuration_id", "number")),
        ("custom_attribute_value", ("configuration_id", "text")),
        ("custom_attribute_link", ("from_id",)),
        ("custom_attribute_link", ("to_id",)),
        ("custom_attribute_link", ("configuration_id",)),
        ("timelog", ("context_id",)),
        ("timelog", ("user_id", "start")),
        ("list_object", ("entity_id",)),
        ("status_change", ("parent_id", "date")),
        ("event", ("project_id", "id")),
        ("event", ("parent_id",)),
        ("membership", ("user_id",)),
        ("typed_context_link", ("from_id",)),
        ("typed_context_link", ("to_id",)),
        ("asset_version_link", ("from_id",)),
        ("asset_version_link", ("to_id",)),
        ("review_session_object", ("review_session_id",)),
        ("review_session_object", ("version_id",)),
    ],
)
def test_what_queries_look_up_is_indexed(model: Model, table: str, columns: tuple[str, ...]) -> None:
    assert columns in model.tables[table].indexes


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("asset_version", ("asset_id", "version")),
        ("component_location", ("component_id", "location_id")),
        ("timer", ("user_id",)),
        ("list_object", ("list_id", "entity_id")),
        ("membership", ("group_id", "user_id")),
        ("asset_type", ("short",)),
        ("resource", ("username",)),
    ],
)
def test_what_there_is_once_is_unique(model: Model, table: str, columns: tuple[str, ...]) -> None:
    assert columns in model.tables[table].unique


def test_text_that_compares_without_case_is_indexed_so(model: Model) -> None:
    folded = {
        f"{table.name}.{column.name}"
        for table in model.tables.values()
        for column in table.columns.values()
        if column.lower_index
    }

    assert folded == {
        "context.name",
        "context.full_name",
        "resource.username",
        "resource.email",
        "asset.name",
        "status.name",
        "type.name",
        "object_type.name",
        "location.name",
        "metadata.key",
        "custom_attribute_configuration.key",
    }


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
            elif isinstance(item, Field):
                assert item.kind != "fk" or model.type(item.target)

    assert missing == []


def test_references_to_a_table_name_every_foreign_key_that_points_there(model: Model) -> None:
    found = {(table, column.name) for table, column in model.references_to["asset_version"]}

    assert found == {
        ("asset", "latest_version_id"),
        ("asset_version_link", "from_id"),
        ("asset_version_link", "to_id"),
        ("component", "version_id"),
        ("review_session", "thumbnail_source_id"),
        ("review_session_object", "version_id"),
    }


def test_the_bounds_of_projects_name_columns_that_exist(model: Model) -> None:
    for table, (column, owner) in OWNERS.items():
        assert model.type(model.tables[table].columns[column].target).table == owner
    assert all("project_id" in model.tables[table].columns for table in OF_A_PROJECT)
    assert all(column in model.tables[table].columns for table, column in OF_ANYTHING.items())
    assert set(PARENTS) <= set(model.tables)
