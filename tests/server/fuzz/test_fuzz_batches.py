"""Mutated batches: never an internal error, always the documented shape, all of a batch or nothing of it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftrack_server.model.definition import Computed, Field, ToOne

INFINITE = "@infinite"
DEEP: Any = []
for _ in range(300):
    DEEP = [DEEP]
VALUES = (
    *(None, True, False, 0, -1, 1, 7, 1.5, -0.0, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 10**400),
    *(1e300, 1e308, 5e-324, INFINITE, "", " ", "x" * 37, "x" * 300, "x" * 70_000, "\x00", "\ud800", "é😀\u202e", "\n"),
    *("None", "none", "true", "1", "-1", "1.5", '"', "'", "\\", "%", "_", "@", "a@b c", ";--", "name", "id", "task"),
    *("2031-02-03", "2031-02-03T04:05:06+02:00", "9999-12-31", "0001-01-01T00:00:00+14:00", "0000-00-00", "Task"),
    *([], [[]], {}, [None], [1], ["task", "shot"], DEEP, {"id": "task"}, {"id": None}, {"k": "v"}, {"k": 1}, {"": ""}),
    *({"__entity_type__": "Task", "id": "task"}, {"__entity_type__": "Nope", "id": "x"}, {"__entity_type__": 5}),
    *({"__type__": "datetime", "value": "2031-02-03T04:05:06"}, {"__type__": "datetime", "value": None}),
    *({"__type__": "date", "value": "9999-12-31"}, {"__type__": "datetime"}, {"__type__": {}, "value": []}),
    [{"__entity_type__": "Task", "id": "task"}, {"__entity_type__": "Task", "id": "task"}],
    [{"__entity_type__": "Shot", "id": "shot"}, {"__entity_type__": "User", "id": "kim"}],
    [{"parent_id": "task", "key": "k", "value": "v", "__entity_type__": "Metadata"}],
)  # fmt: skip
KINDS = ("replace", "replace", "replace", "drop", "add", "repeat", "swap", "rename", "wrap", "unwrap")

fuzz = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
)
steps = st.tuples(st.sampled_from(KINDS), st.integers(0, 999), st.integers(0, 999))


class Mutator:
    """Changes documents by small numbers, so that a failing example shrinks to few changes."""

    def __init__(self, site: Any, material: Any) -> None:
        self.ids = [operation["entity_data"]["id"] for operation in material["site"] if "entity_data" in operation]
        self.values = (*VALUES, *self.ids, *sorted(site.furniture.names.values()))
        self.types = [definition for definition in site.model.types.values() if not definition.abstract]
        self.names = sorted({name for definition in self.types for name in definition.attributes})
        self.names += [definition.id for definition in self.types]
        self.names += ["action", "entity_type", "entity_key", "entity_data", "__entity_type__", "", "\ud83d", "a.b"]
        self.batches = [site.resolved(batch) for batch in material["batches"]]

    def mutated(self, batch: Any, changes: list[tuple[str, int, int]]) -> Any:
        root = [copy.deepcopy(batch)]
        for kind, where, what in changes:
            places = list(_places(root))
            if not places:
                break
            holder, key = places[where % len(places)]
            getattr(self, f"_{kind}")(holder, key, what)
        return root[0] if root else []

    def _replace(self, holder: Any, key: Any, what: int) -> None:
        holder[key] = copy.deepcopy(self.values[what % len(self.values)])

    def _drop(self, holder: Any, key: Any, _what: int) -> None:
        del holder[key]

    def _add(self, holder: Any, key: Any, what: int) -> None:
        inner = holder[key]
        value = copy.deepcopy(self.values[what * 7 % len(self.values)])
        if isinstance(inner, dict):
            inner[self.names[what % len(self.names)]] = value
        elif isinstance(inner, list):
            inner.append(value)

    def _repeat(self, holder: Any, key: Any, what: int) -> None:
        if isinstance(holder, list):
            holder.insert(what % (len(holder) + 1), copy.deepcopy(holder[key]))

    def _swap(self, holder: Any, key: Any, what: int) -> None:
        other = list(_keys(holder))[what % len(holder)]
        holder[key], holder[other] = holder[other], holder[key]

    def _rename(self, holder: Any, key: Any, what: int) -> None:
        if isinstance(holder, dict):
            holder[self.names[what % len(self.names)]] = holder.pop(key)

    def _wrap(self, holder: Any, key: Any, what: int) -> None:
        holder[key] = [holder[key]] if what % 2 else {"id": holder[key]}

    def _unwrap(self, holder: Any, key: Any, _what: int) -> None:
        inner = holder[key]
        if isinstance(inner, list | dict) and inner:
            holder[key] = next(iter(inner.values() if isinstance(inner, dict) else inner))


def _keys(holder: Any) -> Any:
    return list(holder) if isinstance(holder, dict) else range(len(holder))


def _places(holder: Any, depth: int = 0) -> Any:
    """Yield every container and key of a document, the document itself included."""
    for key in _keys(holder):
        yield holder, key
        if isinstance(holder[key], dict | list) and depth < 8:
            yield from _places(holder[key], depth + 1)


def written(document: Any) -> bytes:
    """Return a document as bytes; lone surrogates and numbers beyond floats travel as they would from any client."""
    return json.dumps(document).replace(f'"{INFINITE}"', "1e999").encode()


@pytest.fixture(scope="module")
def mutator(site: Any, material: Any) -> Mutator:
    return Mutator(site, material)


def run(site: Any, count: int, body: Any, *strategies: Any) -> None:
    """Run a property with a number of examples."""
    settings(fuzz, max_examples=count)(given(*strategies)(body))()


def test_mutated_batches_of_clients(site: Any, mutator: Mutator, examples: Any) -> None:
    def batch(which: int, changes: Any) -> None:
        chosen = mutator.batches[which % len(mutator.batches)]
        site.check(written(mutator.mutated(chosen, changes)))

    run(site, examples(2500), batch, st.integers(0, 99), st.lists(steps, max_size=4))


def test_creates_of_every_type(site: Any, mutator: Mutator, examples: Any) -> None:
    def creates(chosen: list[tuple[int, list[tuple[int, int]]]]) -> None:
        site.check(written([_create(mutator, which, fields) for which, fields in chosen]))

    fields = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 999)), max_size=5)
    run(site, examples(2500), creates, st.lists(st.tuples(st.integers(0, 199), fields), min_size=1, max_size=3))


def _create(mutator: Mutator, which: int, fields: list[tuple[int, int]]) -> dict[str, Any]:
    definition = mutator.types[which % len(mutator.types)]
    data = {}
    for name in (item.name for item in definition.attributes.values() if item.required):
        data[name] = _fitting(definition.attributes[name], mutator, which)
    names = list(definition.attributes)
    for field, value in fields:
        name = names[field % len(names)]
        fits = _fitting(definition.attributes[name], mutator, value // 2)
        data[name] = mutator.values[value // 2 % len(mutator.values)] if value % 2 else fits
    return {"action": "create", "entity_type": definition.id, "entity_data": data}


def _fitting(attribute: Any, mutator: Mutator, number: int) -> Any:
    """Return a value of the type an attribute has; what it refers to need not be there."""
    ids = mutator.ids
    if isinstance(attribute, Computed):
        return None
    if not isinstance(attribute, Field):
        reference = {"__entity_type__": attribute.target, "id": ids[number % len(ids)]}
        return reference if isinstance(attribute, ToOne) else [reference]
    if attribute.enum:
        return attribute.enum[number % len(attribute.enum)]
    fitting = {
        "integer": number - 500,
        "number": number / 7,
        "boolean": bool(number % 2),
        "datetime": "2031-02-03T04:05:06",
        "table": ("Task", "Shot", "AssetVersion", "User")[number % 4],
        "fk": ids[number % len(ids)],
        "uid": f"new{number % 5}",
    }
    return fitting.get(attribute.kind, f"text {number % 9}")


def test_updates_and_deletes_of_what_is_there(site: Any, mutator: Mutator, examples: Any) -> None:
    rows = [
        (operation["entity_type"], operation["entity_data"]["id"])
        for operation in site.material["site"]
        if "entity_data" in operation
    ]

    def changes(chosen: list[tuple[int, int, int, int]]) -> None:
        batch = []
        for which, kind, field, value in chosen:
            type_, id_ = rows[which % len(rows)]
            operation = {"action": "delete" if kind == 0 else "update", "entity_type": type_, "entity_key": [id_]}
            if kind:
                attributes = list(site.model.type(type_).attributes.values())
                attribute = attributes[field % len(attributes)]
                fits = _fitting(attribute, mutator, value // 2)
                chosen_value = mutator.values[value // 2 % len(mutator.values)] if value % 2 else fits
                operation["entity_data"] = {attribute.name: chosen_value}
            batch.append(operation)
        site.check(written(batch))

    operation = st.tuples(st.integers(0, 99), st.integers(0, 5), st.integers(0, 99), st.integers(0, 999))
    run(site, examples(2500), changes, st.lists(operation, min_size=1, max_size=4))
