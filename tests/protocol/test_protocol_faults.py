"""Faults keep what a server said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_protocol.faults import Fault


@pytest.mark.parametrize(
    "fault",
    [
        Fault("ValidationError", "no such colour"),
        Fault("InvalidCredentialsError", "unknown key", "api_credentials_invalid"),
        Fault("IntegrityError", "taken", None, {"operation_index": 3}),
    ],
)
def test_a_fault_travels_without_loss(fault: Fault) -> None:
    assert Fault.from_wire(fault.to_wire()) == fault
    assert str(fault) == f"{fault.exception}({fault.content})"


@pytest.mark.parametrize("payload", [None, [], "x", {}, {"content": "x"}, {"exception": ""}, [{"exception": "x"}]])
def test_what_is_no_fault_is_none(payload: Any) -> None:
    assert Fault.from_wire(payload) is None


def test_a_fault_of_another_server_may_lack_parts() -> None:
    assert Fault.from_wire({"exception": "X", "error_code": 7, "error": "text"}) == Fault("X", "", "7", None)
    assert Fault.from_wire({"exception": "X", "content": {"a": 1}}) == Fault("X", "{'a': 1}")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["exception", "content", "error_code", "error"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(payload=ANYTHING)
def test_any_reply_is_a_fault_or_none(payload: Any) -> None:
    fault = Fault.from_wire(payload)

    if fault is not None:
        assert str(Fault.from_wire(fault.to_wire())) == str(fault)
