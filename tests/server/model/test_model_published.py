"""The published schema documents are the recorded ones, property by property and in their hash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_protocol.schema import schema_hash
from ftrack_server.model.load import load_model, reference_object_types
from ftrack_server.model.publish import publish

if TYPE_CHECKING:
    from pathlib import Path

RECORDED_HASH = "141db3371ef979546d91af50467d47a1"


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return publish(load_model())


@pytest.fixture(scope="module")
def recorded(reference_schemas: Path) -> dict[str, dict[str, Any]]:
    text = (reference_schemas / "schemas_newest.json").read_text(encoding="utf-8")
    return {document["id"]: document for document in json.loads(text)}


def test_the_list_has_the_recorded_hash(documents: list[dict[str, Any]]) -> None:
    assert len(documents) == 130
    assert schema_hash(documents) == RECORDED_HASH


def test_types_are_served_in_recorded_order(documents: list[dict[str, Any]], reference_schemas: Path) -> None:
    order = json.loads((reference_schemas / "schema_order.json").read_text(encoding="utf-8"))

    assert [document["id"] for document in documents] == order["newest"]["order"]


def test_every_property_is_the_recorded_one(
    documents: list[dict[str, Any]], recorded: dict[str, dict[str, Any]]
) -> None:
    differences = [
        f"{document['id']}.{name}: {document['properties'].get(name)} != {wanted}"
        for document in documents
        for name, wanted in recorded[document["id"]]["properties"].items()
        if document["properties"].get(name) != wanted
    ]
    invented = [
        f"{document['id']}.{name}"
        for document in documents
        for name in document["properties"]
        if name not in recorded[document["id"]]["properties"]
    ]

    assert differences == []
    assert invented == []


def test_every_other_key_is_the_recorded_one(
    documents: list[dict[str, Any]], recorded: dict[str, dict[str, Any]]
) -> None:
    differences = [
        f"{document['id']}.{key}: {document.get(key)} != {recorded[document['id']].get(key)}"
        for document in documents
        for key in sorted({*document, *recorded[document["id"]]} - {"properties"})
        if document.get(key) != recorded[document["id"]].get(key)
    ]

    assert differences == []


def test_a_new_object_type_changes_list_and_hash() -> None:
    slate = {"id": "s-1", "name": "Camera Slate", "is_statusable": True, "is_prioritizable": False}

    documents = publish(load_model([*reference_object_types(), slate]))

    by_id = {document["id"]: document for document in documents}
    assert len(documents) == 131
    assert schema_hash(documents) != RECORDED_HASH
    assert by_id["CameraSlate"]["alias_for"] == {"id": "Task", "classifiers": {"object_typeid": "s-1"}}
    assert by_id["CameraSlate"]["properties"]["object_type_id"]["default"] == "s-1"
    assert by_id["CameraSlate"]["properties"]["priority_id"]["default"] is None
    assert "status_id" not in by_id["CameraSlate"]["immutable"]
    assert "type_id" in by_id["CameraSlate"]["immutable"]


def test_publishing_twice_gives_independent_documents(documents: list[dict[str, Any]]) -> None:
    model = load_model()

    for document in publish(model):
        spoil(document)

    assert schema_hash(publish(model)) == schema_hash(documents)


def spoil(value: Any) -> None:
    """Change every list and dictionary, however deep."""
    if isinstance(value, dict):
        for item in value.values():
            spoil(item)
        value["spoiled"] = True
    elif isinstance(value, list):
        value.append("spoiled")
