"""Whatever is sent: replies or a refusal in words, and a database that agrees with itself."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ftrack_server import errors
from ftrack_server.model.definition import Computed, Field, ManyToMany, Mapping, ToMany, ToOne

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

# The caller must stay able to call.
SPARED = {"is_active", "username", "resource_type"}


class Chance:
    """Makes operations on what a database holds, mostly sensible ones."""

    def __init__(self, api: Any, random: Random) -> None:
        self.random = random
        self.model = api.editions.current.model
        tables = api.database.metadata.tables
        self.keys = {
            name: [tuple(row[column.name] for column in table.primary_key) for row in api.rows(name)[:40]]
            for name, table in tables.items()
        }

    def operation(self) -> dict[str, Any]:
        kind = self.random.choice(list(self.model.types.values()))
        names = [
            name for name, item in kind.attributes.items() if not isinstance(item, Computed) and name not in SPARED
        ]
        chosen = set(self.random.sample(names, min(len(names), self.random.randint(0, 4))))
        action = self.random.choice(["create", "create", "create", "update", "update", "delete"])
        if action == "create":
            chosen |= {name for name in names if kind.attributes[name].required and self.random.random() < 0.9}
            data = {name: self.value(kind.attributes[name]) for name in chosen - {"id"}}
            return {"action": action, "entity_type": kind.id, "entity_data": data}
        key = [str(part) for part in self.key(kind.id)]
        data = {name: self.value(kind.attributes[name]) for name in chosen if not kind.attributes[name].immutable}
        if action == "delete" and kind.table not in {"resource", "api_key"}:
            return {"action": action, "entity_type": kind.id, "entity_key": key}
        return {"action": "update", "entity_type": kind.id, "entity_key": key, "entity_data": data}

    def key(self, entity_type: str) -> tuple[Any, ...]:
        known = self.keys[self.model.types[entity_type].table]
        return self.random.choice(known) if known else tuple("none" for _ in self.model.types[entity_type].key)

    def reference(self, target: str) -> dict[str, Any]:
        kind = self.random.choice(self.model.subtypes(target))
        return {"__entity_type__": kind.id, **dict(zip(kind.key, self.key(kind.id), strict=True))}

    def value(self, attribute: Any) -> Any:
        if self.random.random() < 0.1:
            return self.random.choice([None, 5, "x", [], {}, True, 10**30, {"__type__": "datetime"}])
        if isinstance(attribute, Field):
            return _SCALARS[attribute.kind](self, attribute)
        if isinstance(attribute, ToOne):
            return self.reference(attribute.target)
        if isinstance(attribute, ToMany | ManyToMany):
            return [self.reference(attribute.target) for _ in range(self.random.randint(0, 3))]
        assert isinstance(attribute, Mapping)
        return self.random.choice([{"a": "b"}, [{"key": "a", "value": "b"}], []])


_SCALARS: dict[str, Callable[[Chance, Any], Any]] = {
    "uid": lambda chance, _: f"n{chance.random.randint(1, 50)}",
    "fk": lambda chance, item: chance.key(item.target)[0],
    "string": lambda chance, item: chance.random.choice([*item.enum, "a", "task", "user", "assignment", "{}"]),
    "integer": lambda chance, _: chance.random.randint(-5, 5),
    "number": lambda chance, _: chance.random.choice([1, 2.5, 0]),
    "boolean": lambda chance, _: chance.random.random() < 0.5,
    "datetime": lambda chance, _: chance.random.choice(["2031-01-01", "2020-05-05T10:00:00+02:00"]),
    "table": lambda chance, _: chance.random.choice(["Task", "Project", "AssetVersion"]),
    "json": lambda _chance, _item: {"a": 1},
    "variable": lambda chance, _: chance.random.choice([1, "x", True, ["a"]]),
}


def contradictions(api: Any) -> list[Any]:
    """Return what in a database does not agree with the rest of it."""
    found: list[Any] = []
    if api.database.dialect == "sqlite":  # PostgreSQL has looked at the end of every transaction
        with api.database.read() as connection:
            found += connection.exec_driver_sql("PRAGMA foreign_key_check")
    contexts = {row["id"]: row for row in api.rows("context")}
    paths: dict[str, list[str]] = defaultdict(list)
    for row in sorted(api.rows("context_path"), key=lambda row: row["depth"]):
        paths[row["descendant_id"]].append(row["ancestor_id"])
    for id_, row in contexts.items():
        expected = [id_]
        while contexts[expected[-1]]["parent_id"] is not None:
            expected.append(contexts[expected[-1]]["parent_id"])
        found += [] if paths[id_] == expected and row["project_id"] == expected[-1] else [row]
    versions: dict[str, list[Any]] = defaultdict(list)
    for row in api.rows("asset_version"):
        versions[row["asset_id"]].append((row["is_published"] is not False, row["version"], row["id"]))
    for row in api.rows("asset"):
        found += [] if row["latest_version_id"] == max(versions[row["id"]], default=(0, 0, None))[2] else [row]
    return found


ROUNDS = 25


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_any_batch_is_answered_or_refused_and_leaves_the_database_in_agreement(
    new_api: Callable[[], AbstractContextManager[Any]], seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - repeatable is what it must be
    with new_api() as api:
        api.grow()
        chance = Chance(api, random)
        for number in range(ROUNDS):
            if number % 8 == 7:
                chance = Chance(api, random)  # what was made meanwhile can be referred to as well
            batch = [chance.operation() for _ in range(random.randint(1, 3))]
            try:
                replies = api(*batch)
            except errors.ServerError as error:
                refusal = error
            else:
                assert [reply["action"] for reply in replies] == [operation["action"] for operation in batch]
                continue
            assert refusal.message
            assert refusal.status < 500

        assert contradictions(api) == []
