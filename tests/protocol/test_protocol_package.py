"""The package gives the names both sides meet in; shapes are as named; excerpts are short."""

from __future__ import annotations

import importlib
from typing import Any, get_type_hints

import pytest

import ftrack_protocol
from ftrack_protocol import typing as shapes
from ftrack_protocol.excerpt import LIMIT, described
from ftrack_protocol.faults import Fault


@pytest.mark.parametrize("name", ftrack_protocol.__all__)
def test_a_name_of_the_package_is_the_one_of_its_module(name: str) -> None:
    value = getattr(ftrack_protocol, name)

    assert value is getattr(importlib.import_module(value.__module__), name)
    assert name in dir(ftrack_protocol)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'ftrack_protocol' has no attribute 'Falut'"):
        _ = ftrack_protocol.Falut


def test_a_fault_has_the_shape_of_its_name() -> None:
    wire = Fault("ValidationError", "no such colour", error={"operation_index": 1}).to_wire()

    assert set(wire) == set(get_type_hints(shapes.FaultReply))


def test_the_answer_to_a_query_has_the_parts_that_clients_index() -> None:
    assert set(get_type_hints(shapes.QueryReply)) == {"action", "data", "metadata"}


@pytest.mark.parametrize("value", ["x" * 10_000, list(range(10_000)), {"k": {"k": "v" * 500}}, 10**4000, b"x" * 500])
def test_an_excerpt_is_short_whatever_it_is_of(value: Any) -> None:
    assert len(described(value)) <= LIMIT


def test_an_excerpt_of_something_short_is_all_of_it() -> None:
    assert described({"a": [1, "b"]}) == "{'a': [1, 'b']}"
