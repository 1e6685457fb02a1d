"""Faults keep what a server said."""

from __future__ import annotations

from typing import Any

import pytest

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
