"""Schema documents are read without loss, and hash as recorded servers say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (5, "A schema is an object, got 5"),
        ({**TIMER, "properties": {"id": True}}, 'Property "id" is described by True, expected an object'),
        ({**TIMER, "required": "id"}, "Schema 'Timer' has no usable \"required\": expected a list of names, got 'id'"),
        ({**TIMER, "immutable": [1]}, 'no usable "immutable"'),
        ({**TIMER, "primary_key": {}}, 'no usable "primary_key"'),
    ],
)
def test_a_document_of_another_shape_is_refused_with_the_place(document: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        Schema.from_wire(document)


def test_lists_of_names_may_be_missing_or_null() -> None:
    schema = Schema.from_wire({"id": "A", "primary_key": ["id"], "properties": {}, "required": None})

    assert (schema.required, schema.immutable) == ((), ())
    assert schema.to_wire() == {"id": "A", "primary_key": ["id"], "properties": {}, "required": None}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(sorted(TIMER)), inner, max_size=4),
    max_leaves=10,
)


@given(document=ANYTHING | st.dictionaries(st.sampled_from(sorted(TIMER)), ANYTHING).map(lambda odd: {**TIMER, **odd}))
def test_nothing_does_worse_than_a_value_error_and_what_is_read_is_kept(document: Any) -> None:
    try:
        schema = Schema.from_wire(document)
    except ValueError:
        return

    assert schema.to_wire() == document


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
