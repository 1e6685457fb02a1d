"""JSON in and out is the same with and without the accelerator."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_protocol import json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdé", max_size=4), inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(params=["accelerated", "standard"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "standard":
        monkeypatch.setattr(json._accelerator, "looked", True)
        monkeypatch.setattr(json._accelerator, "module", None)
    return str(request.param)


@given(value=VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert json.loads(json.dumps(value)) == value
    assert json.loads(json.dumps_bytes(value)) == value
    assert json.loads(json.dumps(value, sort_keys=True)) == value


@given(value=VALUES)
def test_both_engines_write_values_that_read_alike(value: Any) -> None:
    assert json._standard_loads(json.dumps_bytes(value)) == json._standard_loads(json._compact(value).encode())


def test_large_documents_read_alike_with_either_engine(engine: str) -> None:
    value = {"rows": [{"id": str(number), "name": "Räksmörgås ❤"} for number in range(5000)]}
    text = json.dumps(value)

    assert len(text) > json.LARGE
    assert json.loads(text) == value
    assert json.loads(text.encode()) == value
    assert json.loads(json.dumps_bytes(value)) == value


@pytest.mark.parametrize("padding", [0, json.LARGE])
def test_what_is_no_json_is_refused_with_its_place(engine: str, padding: int) -> None:
    with pytest.raises(ValueError, match=r"line 1 column"):
        json.loads('{"a": ' + " " * padding)


@pytest.mark.parametrize("padding", [0, json.LARGE])
def test_numbers_that_are_none_are_refused(engine: str, padding: int) -> None:
    with pytest.raises(ValueError, match="NaN is no JSON value"):
        json.loads(" " * padding + '{"a": NaN}')
    with pytest.raises(ValueError, match="not JSON compliant"):
        json.dumps(float("inf"))


def test_what_json_has_no_form_for_is_a_type_error(engine: str) -> None:
    with pytest.raises(TypeError):
        json.dumps({"a": object()})
    with pytest.raises(TypeError):
        json.dumps_bytes({"a": object()})


def test_a_missing_accelerator_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def missing(name: str) -> Any:
        calls.append(name)
        raise ImportError(name)

    monkeypatch.setattr(json, "_accelerator", json._Accelerator())
    monkeypatch.setattr(json.importlib, "import_module", missing)

    assert json.dumps_bytes([1]) == json.dumps_bytes([1]) == b"[1]"
    assert calls == ["orjson"]


def test_importing_the_package_loads_nothing_foreign() -> None:
    program = (
        "import sys, ftrack_protocol.json, ftrack_protocol.actions, ftrack_protocol.query.parser;"
        "print('orjson' in sys.modules)"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "False"
