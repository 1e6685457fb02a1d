"""Every reference of every type leads to a row that exists and is of its kind; the refusal names all three."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.api.families import FAMILIES, Samples

from ftrack_server import errors
from ftrack_server.model.definition import Field
from ftrack_server.model.load import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL = load_model()
TEMPLATES = {kind: data for kind, data, _, _ in FAMILIES}
# Columns that follow from another one or cannot change, so that another refusal comes first.
ELSEWHERE = {("Project", "parent_id"), ("Timer", "context_id"), ("CustomAttributeConfiguration", "type_id")}
DERIVED = {"Asset", "AssetVersion", "Note", "Project", "Task"}


def references() -> list[tuple[str, str, str]]:
    """Return type, column and target of every foreign key that a client can write."""
    found = []
    for kind in TEMPLATES:
        for name, item in MODEL.type(kind).attributes.items():
            if not isinstance(item, Field) or item.kind != "fk" or item.hidden or item.synonym_of or item.immutable:
                continue
            derived = name == "project_id" and (kind in DERIVED or MODEL.type("TypedContext") in MODEL.bases(kind))
            if len(MODEL.type(item.target).key) == 1 and not derived and (kind, name) not in ELSEWHERE:
                found.append((kind, name, item.target))
    return found


@pytest.fixture(scope="module")
def site(new_api: Callable[..., Any]) -> Iterator[Samples]:
    """A site with two rows of each family, which refused writes leave as it is."""
    with new_api() as api:
        yield Samples(api)


def refusal(site: Samples, operation: dict[str, Any]) -> errors.ServerError:
    with pytest.raises(errors.ServerError) as raised:
        site.api(operation)
    assert raised.value.operation_index == 0
    assert isinstance(raised.value, errors.IntegrityError | errors.ValidationError)
    return raised.value


@pytest.mark.parametrize(("kind", "column", "target"), references())
def test_a_reference_to_nothing_names_attribute_type_and_id(site: Samples, kind: str, column: str, target: str) -> None:
    api = site.api
    told = rf'{kind}\.{column} refers to {target} "nowhere", which does not exist'

    data = {**site.filled(TEMPLATES[kind], api.user_id, site.others, site.samples), column: "nowhere"}
    assert re.search(told, refusal(site, api.create(kind, **data)).message)
    assert re.search(told, refusal(site, api.update(kind, site.samples[kind], **{column: "nowhere"})).message)


@pytest.mark.parametrize("kind", sorted(DERIVED))
def test_a_project_that_follows_is_not_another_one(site: Samples, kind: str) -> None:
    api = site.api
    data = site.filled(TEMPLATES[kind], api.user_id, site.others, site.samples)

    for project, another in (("nowhere", "nowhere"), (site.samples["Project"][0], site.others["Project"][0])):
        found = refusal(site, api.create(kind, **data, project_id=project))
        assert f'{kind}.project_id is "{project}" but its' in found.message
        change = refusal(site, api.update(kind, site.samples[kind], project_id=another))
        assert re.search(rf"{kind}\.project_id|Project is the root", change.message)


POLYMORPHIC = [
    ("Note", {"content": "x"}),
    ("Metadata", {"key": "k", "value": "v"}),
    ("EntitySetting", {"group": "g", "name": "n", "value": "v"}),
]


@pytest.mark.parametrize(("kind", "data"), POLYMORPHIC)
@pytest.mark.parametrize(
    ("parent_type", "told"),
    [
        ("Project", "Project"),
        ("Shot", "TypedContext"),
        ("Asset", "Asset"),
        ("AssetVersion", "AssetVersion"),
        ("User", "User"),
        ("Group", "Group"),
        ("FileComponent", "Component"),
        ("TypedContextList", "List"),
        ("Note", "Note"),
        ("ReviewSession", "ReviewSession"),
        ("CalendarEvent", "CalendarEvent"),
    ],
)
def test_a_parent_that_is_none_is_named_by_its_type(
    site: Samples, kind: str, data: dict[str, Any], parent_type: str, told: str
) -> None:
    found = refusal(site, site.api.create(kind, **data, parent_id="nowhere", parent_type=parent_type))

    assert f'{kind}.parent_id refers to {told} "nowhere", which does not exist' in found.message


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("user", "User"),
        ("group", "Group"),
        ("show", "Project"),
        ("task", "TypedContext"),
        ("asset_version", "AssetVersion"),
        ("asset", "Asset"),
        ("list", "List"),
        ("component", "Component"),
    ],
)
def test_an_end_of_a_custom_link_is_named_by_its_type(site: Samples, end: str, told: str) -> None:
    api = site.api
    link = {"configuration_id": "link", "from_id": site.samples["Task"][0], "to_id": "nowhere"}
    declaration = site.filled(TEMPLATES["CustomAttributeLinkConfiguration"], api.user_id, site.samples)

    with pytest.raises(errors.IntegrityError) as raised:
        api(
            api.create(
                "CustomAttributeLinkConfiguration", **{**declaration, "id": "link", "entity_type_to": end, "key": end}
            ),
            api.create("CustomAttributeLink", **link),
        )

    assert raised.value.operation_index == 1
    assert f'CustomAttributeLink.to_id refers to {told} "nowhere", which does not exist' in raised.value.message


def test_a_custom_link_stays_where_it_leads(site: Samples) -> None:
    link = site.samples["CustomAttributeLink"]

    for change in ({"from_id": site.others["Task"][0]}, {"to_id": site.others["User"][0]}):
        (column,) = change
        assert (
            f"{column} cannot change" in refusal(site, site.api.update("CustomAttributeLink", link, **change)).message
        )


@pytest.mark.parametrize("list_type", ["TypedContextList", "AssetVersionList"])
@pytest.mark.parametrize("entry", ["nowhere", "Project", "User"])
def test_an_entry_of_a_list_is_what_the_list_takes(site: Samples, list_type: str, entry: str) -> None:
    entity = site.samples.get(entry, [entry])[0]
    expected = {"TypedContextList": "TypedContext", "AssetVersionList": "AssetVersion"}[list_type]

    found = refusal(site, site.api.create("ListObject", list_id=site.samples[list_type][0], entity_id=entity))

    assert re.search(rf'ListObject\.entity_id (must refer|refers) to (a )?{expected}\W+.*"{entity}"|"{entity}" is none',
                     found.message)  # fmt: skip


def hierarchical(site: Samples) -> dict[str, Any]:
    number = site.api.named("custom_attribute_type", "number")
    return site.api.create("CustomAttributeConfiguration", id="h", key="h", label="h", type_id=number,
                           entity_type="show", is_hierarchical=True)  # fmt: skip


@pytest.mark.parametrize("entity", ["nowhere", "User", "Group", "TypedContextList", "FileComponent"])
@pytest.mark.parametrize("value", [5, None])
@pytest.mark.parametrize("verb", ["create", "update"])
def test_a_hierarchical_value_is_for_what_has_the_attribute(site: Samples, entity: str, value: Any, verb: str) -> None:
    api, id_ = site.api, site.samples.get(entity, [entity])[0]
    key = {"configuration_id": "h", "entity_id": id_}
    write = {
        "create": api.create("CustomAttributeValue", **key, value=value),
        "update": api.update("CustomAttributeValue", ["h", id_], value=value),
    }[verb]

    with pytest.raises(errors.IntegrityError) as raised:
        api(hierarchical(site), write)

    assert raised.value.operation_index == 1
    assert f'entity_id refers to Context or Asset or AssetVersion "{id_}", which does not exist' in raised.value.message


@pytest.mark.parametrize("entity", ["Project", "Shot", "Task", "Asset", "AssetVersion"])
def test_what_has_a_hierarchical_attribute_takes_its_value(tree: Any, entity: str) -> None:
    site = Samples(tree)

    tree(
        hierarchical(site),
        tree.create("CustomAttributeValue", configuration_id="h", entity_id=site.samples[entity][0], value=5),
        tree.create("CustomAttributeValue", configuration_id="h", entity_id="late", value=6),
        {"action": "query", "expression": "Task"},
        tree.create("Asset", id="late", name="made last", context_id="shot"),
    )

    values = {row["entity_id"]: row["value"] for row in tree.rows("custom_attribute_value", configuration_id="h")}
    assert values == {site.samples[entity][0]: 5, "late": 6}


def test_an_attribute_of_users_is_not_for_groups(site: Samples) -> None:
    api = site.api
    number = api.named("custom_attribute_type", "number")

    with pytest.raises(errors.ValidationError, match='"desk" is not for the entity'):
        api(
            api.create(
                "CustomAttributeConfiguration", id="d", key="desk", label="d", type_id=number, entity_type="user"
            ),
            api.create("CustomAttributeValue", configuration_id="d", entity_id=site.samples["Group"][0], value=5),
        )


@pytest.mark.parametrize(
    ("kind", "column", "value", "told"),
    [
        ("CustomAttributeConfiguration", "object_type_id", "nowhere", 'refers to ObjectType "nowhere", which does not'),
        ("CustomAttributeConfiguration", "project_id", "nowhere", 'refers to Project "nowhere", which does not exist'),
        ("CustomAttributeConfiguration", "project_id", "Shot", "must refer to a Project"),
        ("CustomAttributeLinkConfiguration", "object_type_id", "nowhere", 'refers to ObjectType "nowhere"'),
        ("CustomAttributeLinkConfiguration", "project_id", "nowhere", 'refers to Project "nowhere"'),
    ],
)
def test_a_declaration_is_for_what_exists(site: Samples, kind: str, column: str, value: str, told: str) -> None:
    data = site.filled(TEMPLATES[kind], site.api.user_id, site.others, site.samples)
    data[column] = site.samples.get(value, [value])[0]

    assert f"{kind}.{column} {told}" in refusal(site, site.api.create(kind, **data)).message
