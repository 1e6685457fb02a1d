"""What becomes of every row that refers to a deleted one, and which values can be held by one row only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.server.api.families import FAMILIES, Samples

from ftrack_server import errors
from ftrack_server.model.load import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.model.definition import Field, TableDefinition

MODEL = load_model()
TEMPLATES = {kind: data for kind, data, _, _ in FAMILIES}
# What is made where a reference accepts several types.
MADE = {
    "Context": "Shot", "TypedContext": "Shot", "BaseUser": "User", "Resource": "User", "Component": "FileComponent",
    "ContainerComponent": "SequenceComponent", "List": "TypedContextList",
    "StatusRuleGroup": "TypedContextStatusRuleGroup", "CustomConfigurationBase": "CustomAttributeConfiguration",
}  # fmt: skip
# The project follows from the parent; the server writes these; they decide the entity type; keys of several parts; a
# location that holds something is refused in its own words. All have tests of their own.
ELSEWHERE = {
    ("context", "project_id"), ("asset", "project_id"), ("asset_version", "project_id"), ("note", "project_id"),
    ("asset", "latest_version_id"), ("context", "object_type_id"), ("custom_attribute_configuration", "type_id"),
    ("setting_component", "name"), ("setting_component", "group"), ("status", "state_id"),
    ("component_location", "location_id"),
}  # fmt: skip
BY_THE_SERVER = {"api_key", "event", "feed", "status_change", "user_security_role", "user_security_role_project"}
BY_THE_SERVER |= {"user_session"}


def edges() -> list[tuple[str, str, str, str]]:
    """Return every foreign key that clients write: type, column, what it refers to, what deletion does."""
    hidden = {table.name for table in MODEL.hidden_tables}
    found = []
    for name, table in MODEL.tables.items():
        if name not in hidden | BY_THE_SERVER:
            found += [(_kind(table, item), item.name, item.target, item.on_delete) for item in _foreign(table)]
    return found


def _foreign(table: TableDefinition) -> list[Field]:
    return [item for item in table.columns.values() if item.kind == "fk" and (table.name, item.name) not in ELSEWHERE]


def _kind(table: TableDefinition, item: Field) -> str:
    return next(
        kind
        for kind in reversed(TEMPLATES)
        if MODEL.types[kind].table == table.name and item.name in MODEL.types[kind].attributes
    )


@pytest.fixture(scope="module")
def site(new_api: Callable[..., Any]) -> Iterator[Samples]:
    """A site with two rows of each family; every test makes its own beside them."""
    with new_api() as api:
        yield Samples(api)


def made(site: Samples, kind: str, **more: Any) -> list[str]:
    """Make a row and return its key."""
    data = site.filled(TEMPLATES[kind], site.api.user_id, site.others, site.samples)
    if kind == "Timer":
        data["user_id"] = made(site, "User")[0]
    reply = site.api.data(site.api.create(kind, **{**data, **more}))
    return [reply[name] for name in MODEL.type(kind).key]


@pytest.mark.parametrize(("kind", "column", "target", "rule"), edges())
def test_a_row_follows_stays_or_holds_back_what_it_refers_to(
    site: Samples, kind: str, column: str, target: str, rule: str
) -> None:
    api = site.api
    target = MADE.get(target, target)
    (referred,) = made(site, target)
    key = made(site, kind, **{column: referred})
    names = MODEL.type(kind).key
    table = MODEL.type(kind).table

    if rule == "restrict":
        with pytest.raises(errors.IntegrityError, match=f'"{referred}" is still in use: 1 rows of {table}'):
            api(api.delete(target, referred))
        api(api.delete(kind, key), api.delete(target, referred))
        return
    api(api.delete(target, referred))

    left = api.rows(table, **dict(zip(names, key, strict=True)))
    assert [row[column] for row in left] == ([] if rule == "cascade" else [None])


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("AssetType", ["name"]),
        ("AssetType", ["short"]),
        ("AssetVersion", ["asset_id", "version"]),
        ("ComponentLocation", ["component_id", "location_id"]),
        ("ListObject", ["list_id", "entity_id"]),
        ("Membership", ["group_id", "user_id"]),
        ("User", ["username"]),
        ("Timer", ["user_id"]),
        ("Appointment", ["context_id", "resource_id", "type"]),
        ("Shot", ["parent_id", "name"]),
        ("Project", ["name"]),
        ("CustomAttributeConfiguration", ["key", "entity_type", "object_type_id"]),
    ],
)
def test_what_there_is_once_is_refused_a_second_time(site: Samples, kind: str, columns: list[str]) -> None:
    api, table = site.api, MODEL.type(kind).table
    (first,) = made(site, kind, **different(site, kind))
    held = {name: api.row(table, first)[name] for name in columns}
    before = len(api.rows(table))

    with pytest.raises(errors.IntegrityError, match="DuplicateEntryError"):
        made(site, kind, **held)
    apart = different(site, kind)
    twice = {**site.filled(TEMPLATES[kind], api.user_id, site.others, site.samples), **apart}
    with pytest.raises(errors.IntegrityError, match="DuplicateEntryError"):
        api(api.create(kind, **twice), api.create(kind, **twice))
    (second,) = made(site, kind, **apart)
    with pytest.raises(errors.IntegrityError, match="DuplicateEntryError") as raised:
        api(api.create("Scope", name="x"), api.update(kind, second, **held))
    assert raised.value.operation_index == 1
    assert len(api.rows(table)) == before + 1

    api(api.delete(kind, first), api.update(kind, second, **held))
    assert {name: api.row(table, second)[name] for name in columns} == held


def different(site: Samples, kind: str) -> dict[str, Any]:
    """Return values with which a new row of a type clashes with none."""
    pairs = {
        "Appointment": ("context_id", "Task"),
        "ComponentLocation": ("component_id", "FileComponent"),
        "ListObject": ("entity_id", "Task"),
        "Membership": ("user_id", "User"),
        "Timer": ("user_id", "User"),
    }
    if kind == "AssetVersion":
        site.numbers += 1
        return {"version": 1000 + site.numbers}
    return {pairs[kind][0]: made(site, pairs[kind][1])[0]} if kind in pairs else {}


def test_every_unique_group_is_looked_at() -> None:
    groups = {(table.name, group) for table in MODEL.tables.values() for group in table.unique}

    assert groups == {
        ("api_key", ("secret_hash",)),
        ("asset_type", ("short",)),
        ("asset_version", ("asset_id", "version")),
        ("component_location", ("component_id", "location_id")),
        ("list_object", ("list_id", "entity_id")),
        ("membership", ("group_id", "user_id")),
        ("resource", ("username",)),
        ("timer", ("user_id",)),
        ("user_session", ("token_hash",)),
    }


def test_the_history_outlives_whoever_made_it(site: Samples) -> None:
    api = site.api
    (task,), (user,) = made(site, "Task"), made(site, "User")
    api(api.update("Task", task, status_id=api.named("status", "Approved")))
    (change,) = api.rows("status_change", parent_id=task)
    with api.database.write() as connection:
        table = api.database.metadata.tables["status_change"]
        connection.execute(table.update().where(table.c.id == change["id"]).values(user_id=user))

    api(api.delete("User", user))
    assert api.row("status_change", change["id"])["user_id"] is None
    api(api.delete("Task", task))
    assert api.rows("status_change", parent_id=task) == []


def test_a_setting_takes_its_files_along(site: Samples) -> None:
    api = site.api
    name, group = made(site, "Setting")
    made(site, "SettingComponent", name=name, group=group)

    api(api.delete("Setting", [name, group]))

    assert api.rows("setting_component", name=name, group=group) == []


def test_every_reference_is_looked_at() -> None:
    referring = {(table.name, item.name) for table in MODEL.tables.values() for item in _foreign(table)}
    hidden = {table.name for table in MODEL.hidden_tables}
    tested = {(MODEL.type(kind).table, column) for kind, column, _, _ in edges()}

    assert {place for place in referring - tested if place[0] not in hidden | BY_THE_SERVER} == set()
