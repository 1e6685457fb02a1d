"""Every published attribute of every type can be selected, compared and sorted by, or is refused in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from ftrack_server.errors import ParseError
from ftrack_server.model.load import load_model
from ftrack_server.model.publish import publish

DOCUMENTS = {document["id"]: document for document in publish(load_model())}

# What is worked out for answers only, as its message says.
NOT_COMPARED = {"link", "_link", "url", "thumbnail_url"}


def criteria(name: str, described: dict[str, Any]) -> list[str]:
    if described.get("type") in {"array", "mapped_array"}:
        return [f"{name} any ()", f"not {name} any ()"]
    if "$ref" in described:
        return [f"{name} is none", f"{name} has ()", f"not {name} has ()"]
    if described.get("type") == "number" or described.get("type") == "integer":
        return [f"{name} is none", f"{name} > 1", f"{name} in (1, 2)"]
    if described.get("format") == "date-time":
        return [f"{name} is none", f'{name} > "2031-02-03"', f'{name} in ("2031-02-03")']
    if described.get("type") == "boolean":
        return [f"{name} is none", f"{name} is true"]
    if described.get("type") != "string" or described.get("format") == "json":
        return [f"{name} is none", f"{name} is_not none"]
    return [f"{name} is none", f'{name} is "x"', f'{name} like "%x%"', f'{name} not_in ("x", "y")']


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_all_attributes_of_a_type_are_answered(studio: Any, kind: str) -> None:
    names = [name for name, item in DOCUMENTS[kind]["properties"].items() if not item.get("restricted_projection")]

    together = studio(f"select {', '.join(names)} from {kind} limit 5", strict=True, denormalize=True)
    for row in together:
        concrete = DOCUMENTS[row["__entity_type__"]]["properties"]
        assert set(names) & set(concrete) <= set(row)
    for name in names:
        assert all(name in row for row in studio(f"select {name} from {kind} limit 2", strict=True, denormalize=True))
        assert len(studio(f"select {name} from {kind} limit 2")) <= 2


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_all_attributes_of_a_type_are_compared(studio: Any, kind: str) -> None:
    for name, described in DOCUMENTS[kind]["properties"].items():
        for criterion in criteria(name, described):
            text = f"{kind} where {criterion}"
            if name in NOT_COMPARED:
                with pytest.raises(ParseError, match="cannot be compared or sorted"):
                    studio(f"{text} limit 2")
            else:
                studio(f"{text} limit 2")


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_all_values_of_a_type_are_sorted_by(studio: Any, kind: str) -> None:
    for name, described in DOCUMENTS[kind]["properties"].items():
        if described.get("type") in {"string", "number", "integer", "boolean"} and name not in NOT_COMPARED:
            up = studio(f"{kind} order by {name} limit 500")
            down = studio(f"{kind} order by {name} descending limit 500")
            assert len(up) == len(down), name
