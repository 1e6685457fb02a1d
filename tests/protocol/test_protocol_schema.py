"""Schema documents are read without loss, and hash as recorded servers say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_protocol.schema import Schema, schema_hash

if TYPE_CHECKING:
    from pathlib import Path

TIMER: dict[str, Any] = {
    "id": "Timer",
    "type": "object",
    "$mixin": {"$ref": "Clock"},
    "primary_key": ["id"],
    "required": ["start", "id"],
    "immutable": ["id"],
    "default_projections": ["id"],
    "future": {"unknown": True},
    "properties": {
        "id": {"type": "string", "default": "{uid}"},
        "user": {"$ref": "User", "alias_for": "person"},
        "notes": {"type": "array", "items": {"$ref": "Note"}},
        "links": {"type": "mapped_array", "items": {"$ref": "Link"}, "restricted_projection": True},
        "start": {"type": "string", "format": "date-time"},
    },
}


def test_a_schema_tells_what_its_document_says() -> None:
    schema = Schema.from_wire(TIMER)

    assert (schema.id, schema.base, schema.primary_key) == ("Timer", "Clock", ("id",))
    assert (schema.required, schema.immutable, schema.computed) == (("start", "id"), ("id",), ())
    assert schema.properties["id"].has_default
    assert schema.properties["id"].default == "{uid}"
    assert not schema.properties["start"].has_default
    assert schema.properties["start"].format == "date-time"
    assert schema.properties["user"].ref == "User"
    assert schema.properties["user"].backend_name == "person"
    assert schema.properties["start"].backend_name == "start"
    assert (schema.properties["notes"].type, schema.properties["notes"].ref) == ("array", "Note")
    assert schema.properties["links"].is_restricted
    assert schema.to_wire() == TIMER
    assert Schema.from_wire({**TIMER, "$mixin": None}).base == ""


@pytest.mark.parametrize("missing", ["id", "primary_key", "properties"])
def test_a_document_of_no_use_is_refused(missing: str) -> None:
    with pytest.raises(ValueError, match=f'no usable "{missing}"'):
        Schema.from_wire({key: value for key, value in TIMER.items() if key != missing})


@pytest.mark.parametrize("name", ["newest", "older"])
def test_recorded_lists_survive_and_hash_as_recorded(reference_schemas: Path, name: str) -> None:
    documents = json.loads((reference_schemas / f"schemas_{name}.json").read_text(encoding="utf-8"))
    recorded = json.loads((reference_schemas / "schema_order.json").read_text(encoding="utf-8"))[name]
    by_id = {document["id"]: document for document in documents}
    ordered = [by_id[identifier] for identifier in recorded["order"]]

    assert [Schema.from_wire(document).to_wire() for document in ordered] == ordered
    assert schema_hash(ordered) == recorded["md5_in_server_order"]


def test_the_hash_depends_on_the_order_of_lists_and_not_of_objects() -> None:
    first, second = {"id": "A", "x": 1}, {"id": "B"}

    assert schema_hash([first, second]) == schema_hash([dict(reversed(first.items())), second])
    assert schema_hash([first, second]) != schema_hash([second, first])
