"""JSON in and out is the same with and without the accelerator."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from datetime import date, datetime
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
    else:
        assert json._accelerator.get() is not None
    return str(request.param)


@given(value=VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert json.loads(json.dumps(value)) == value
    assert json.loads(json.dumps_bytes(value)) == value
    assert json.loads(json.dumps(value, sort_keys=True)) == value


@given(value=VALUES)
def test_both_engines_write_values_that_read_alike(value: Any) -> None:
    assert json._accelerator.get() is not None
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


@dataclasses.dataclass
class Thing:
    size: int


@pytest.mark.parametrize("value", [object(), {1}, datetime(2031, 2, 3), date(2031, 2, 3), Thing(1)])  # noqa: DTZ001
def test_what_json_has_no_form_for_is_a_type_error(engine: str, value: Any) -> None:
    with pytest.raises(TypeError):
        json.dumps({"a": value})
    with pytest.raises(TypeError):
        json.dumps_bytes({"a": value})


@pytest.mark.parametrize("padding", [0, json.LARGE])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1, "a": 2}', {"a": 2}),
        (r'"\ud800"', "\ud800"),
        (str(2**63), 2**63),
        (str(-(2**63)), -(2**63)),
        ("1.0", 1.0),
        ("1e999", float("inf")),
        ('"\u00e9\u2028"', "é\u2028"),
    ],
)
def test_odd_documents_read_alike_with_either_engine(engine: str, text: str, value: Any, padding: int) -> None:
    found = json.loads(text + " " * padding)

    assert (found, type(found)) == (value, type(value))
    assert json.loads((text + " " * padding).encode()) == value


@pytest.mark.parametrize("value", [2**70, {7: "number as key"}, [[[]]] * 3, (1, 2)])
def test_odd_values_are_written_alike_with_either_engine(engine: str, value: Any) -> None:
    assert json.dumps_bytes(value) == json.dumps(value).encode()


@pytest.mark.parametrize("depth", [5_000, 100_000])
def test_what_is_nested_too_deeply_is_refused(engine: str, depth: int) -> None:
    nested: Any = []
    for _ in range(depth):
        nested = [nested]

    with pytest.raises(ValueError, match="nested too deeply"):
        json.loads("[" * depth + "]" * depth)
    with pytest.raises(ValueError, match="nested too deeply"):
        json.dumps(nested)
    with pytest.raises(ValueError, match="nested too deeply"):
        json.dumps_bytes(nested)


def test_half_a_character_cannot_be_bytes(engine: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        json.dumps_bytes("\ud800")


@given(
    text=st.text(max_size=40) | st.text('0123456789-+.eE[]{}",: \\utrnfalse', max_size=40),
    padding=st.sampled_from([0, json.LARGE]),
)
def test_no_text_does_worse_than_a_value_error(text: str, padding: int) -> None:
    try:
        json.loads(text + " " * padding)
    except ValueError:
        return


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> json._Accelerator:
    """A process that has not loaded orjson yet."""
    accelerator = json._Accelerator()
    monkeypatch.setattr(json, "_accelerator", accelerator)
    return accelerator


def test_a_missing_accelerator_is_looked_for_once(fresh: json._Accelerator, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def missing(name: str) -> Any:
        calls.append(name)
        raise ImportError(name)

    monkeypatch.setattr(json.importlib, "import_module", missing)
    large = ["x" * json.WORTH_LOADING]

    assert json.dumps_bytes(large) == json.dumps_bytes(large) == json.dumps(large).encode()
    assert json.loads(json.dumps(large)) == large
    assert calls == ["orjson"]


def test_small_documents_do_not_load_the_accelerator(fresh: json._Accelerator) -> None:
    assert json.loads(json.dumps_bytes([1])) == [1]

    assert not fresh.looked


@pytest.mark.parametrize("work", [json.loads, json.dumps_bytes])
def test_the_accelerator_is_loaded_once_large_documents_add_up(fresh: json._Accelerator, work: Any) -> None:
    large = '"' + "x" * json.LARGE + '"'
    for _ in range(json.WORTH_LOADING // json.LARGE - 1):
        work(large)
    assert not fresh.looked

    work(large)

    assert fresh.module.__name__ == "orjson"


def test_importing_the_package_loads_nothing_foreign() -> None:
    program = (
        "import sys, ftrack_protocol;"
        "print(sorted(name for name in sys.modules if name.startswith('ftrack_protocol')));"
        "import ftrack_protocol.json, ftrack_protocol.actions, ftrack_protocol.query.parser;"
        "import ftrack_protocol.socketio.machine, ftrack_protocol.event.envelope, ftrack_protocol.schema;"
        "print('orjson' in sys.modules)"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.split("\n")[:2] == ["['ftrack_protocol']", "False"]
