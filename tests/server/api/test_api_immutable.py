"""What the schema calls immutable or computed is refused in updates, unless it says what is so already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.server.api.families import FAMILIES, Samples

from ftrack_server import errors
from ftrack_server.model.definition import Computed, Field, ToOne
from ftrack_server.model.load import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL = load_model()
REFUSED = r"\w+\.\w+ (cannot change|is worked out by the server|must|tells what kind of entity it is)"
OTHER: dict[str, Any] = {
    "boolean": True, "datetime": "2000-01-01", "integer": 12345, "number": 12345.0, "string": "something else",
    "uid": "something else", "fk": "something else", "variable": "something else", "json": {"a": 1},
}  # fmt: skip


@pytest.fixture(scope="module")
def site(new_api: Callable[..., Any]) -> Iterator[Samples]:
    """A site with two rows of each family; refused updates leave it as it is."""
    with new_api() as api:
        yield Samples(api)


@pytest.mark.parametrize("kind", [kind for kind, *_ in FAMILIES])
def test_what_cannot_change_is_refused_by_name(site: Samples, kind: str) -> None:
    api, definition = site.api, MODEL.type(kind)
    key = site.samples[kind]
    (row,) = api.rows(definition.table, **dict(zip(definition.key, key, strict=True)))
    for name, attribute in definition.attributes.items():
        if isinstance(attribute, Computed):
            refused, same = {name: 5}, None
        elif not attribute.immutable or attribute.hidden:
            continue
        elif isinstance(attribute, Field):
            same = row[attribute.synonym_of or name]
            other = False if same is True else OTHER.get(attribute.kind, "Task")
            refused = {name: other}
        elif isinstance(attribute, ToOne) and len(attribute.columns) == 1:
            same = None
            refused = {name: {"__entity_type__": attribute.target, MODEL.type(attribute.target).key[0]: "nowhere"}}
            if len(MODEL.type(attribute.target).key) > 1:
                continue
        else:
            continue
        with pytest.raises(errors.ValidationError, match=REFUSED):
            api(api.update(kind, key, **refused))
        if same is not None and not hasattr(same, "isoformat"):
            api(api.update(kind, key, **{name: same}))
    assert api.rows(definition.table, **dict(zip(definition.key, key, strict=True))) == [row]
