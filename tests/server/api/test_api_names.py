"""Which entities need a name, and which may be without one as the schema documents have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server import errors
from ftrack_server.model.definition import UNSET
from ftrack_server.model.load import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEEDED: dict[tuple[str, str], dict[str, Any]] = {
    ("Project", "name"): {"project_schema_id": "VFX"},
    ("Location", "name"): {},
    ("Scope", "name"): {},
    ("Disk", "name"): {},
    ("ObjectType", "name"): {},
    ("AssetType", "name"): {"short": "x"},
    ("AssetType", "short"): {"name": "x"},
    ("TaskTemplate", "name"): {"project_schema_id": "VFX"},
    ("User", "username"): {},
    ("ReviewSessionInvitee", "name"): {"review_session_id": "review", "email": "a@example.invalid"},
    ("ReviewSessionInvitee", "email"): {"review_session_id": "review", "name": "x"},
}
EMPTY: dict[str, dict[str, Any]] = {
    "Task": {"parent_id": "shot"},
    "Shot": {"parent_id": "sequence"},
    "Asset": {"context_id": "shot"},
    "Group": {},
    "TypedContextList": {"project_id": "project", "category_id": "category"},
    "CalendarEvent": {"project_id": "project"},
    "ReviewSession": {"project_id": "project"},
    "FileComponent": {},
    "Status": {},
    "Dashboard": {},
}


@pytest.fixture(scope="module")
def site(new_api: Callable[..., Any]) -> Iterator[Any]:
    """The tree with a review; every test names its rows apart."""
    with new_api() as api:
        api.grow()
        api(
            api.create("ReviewSession", id="review", name="r", project_id="project"),
            api.create("ListCategory", id="category", name="c"),
        )
        yield api


def given(site: Any, data: dict[str, Any]) -> dict[str, Any]:
    return {name: site.named("project_schema", "VFX") if value == "VFX" else value for name, value in data.items()}


@pytest.mark.parametrize(("place", "data"), NEEDED.items(), ids=lambda item: ".".join(item) if item else "")
@pytest.mark.parametrize("name", ["", "   ", None])
def test_a_name_that_is_needed_is_not_empty(site: Any, place: tuple[str, str], data: dict[str, Any], name: Any) -> None:
    kind, attribute = place
    if place == ("User", "username") and name is None:
        assert site.data(site.create(kind, username=None))["username"]
        return

    with pytest.raises(errors.IntegrityError, match=rf"{kind}\.{attribute} must have a value"):
        site(site.create(kind, **given(site, data), **{attribute: name}))


def test_a_name_cannot_be_taken_away(site: Any) -> None:
    for kind, key, attribute in (("Project", "project", "name"), ("User", site.user_id, "username")):
        with pytest.raises(errors.IntegrityError, match=rf"{kind}\.{attribute} must have a value"):
            site(site.update(kind, key, **{attribute: ""}))


@pytest.mark.parametrize(("kind", "data"), EMPTY.items())
def test_where_the_schema_has_an_empty_name_an_empty_one_will_do(site: Any, kind: str, data: dict[str, Any]) -> None:
    key = site.data(site.create(kind, **data, name=""))["id"]

    assert site.row(site.editions.current.model.type(kind).table, key)["name"] == ""


def test_every_name_without_a_default_is_looked_at(site: Any) -> None:
    names = ("email", "name", "short", "username")
    model = load_model()
    needed = {
        (kind, name)
        for kind, definition in model.types.items()
        for name in names
        if name not in definition.key
        if getattr(definition.attributes.get(name), "required", False)
        and getattr(definition.attributes[name], "default", None) is UNSET
    }

    assert needed - NEEDED.keys() == set()
