"""What errors tell clients: names, codes, places in a batch, near matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ftrack_server import errors
from ftrack_server.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator


def every_error() -> Iterator[type[errors.ServerError]]:
    waiting = [errors.ServerError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting.extend(kind.__subclasses__())


@pytest.mark.parametrize("kind", list(every_error()))
def test_every_error_has_a_name_for_clients_and_an_http_status_of_failure(kind: type[errors.ServerError]) -> None:
    assert kind.exception.endswith("Error")
    assert 400 <= kind.status < 600
    assert kind.__doc__


def test_a_fault_tells_name_text_and_code() -> None:
    fault = errors.InvalidCredentialsError("No.").to_fault()

    assert (fault.exception, fault.content, fault.error_code) == (
        "InvalidCredentialsError",
        "No.",
        "api_credentials_invalid",
    )


def test_a_fault_tells_the_operation_only_once_it_is_known() -> None:
    error = errors.ValidationError("No.")
    before = error.to_fault().error
    error.operation_index = 0

    assert before is None
    assert error.to_fault().error == {"operation_index": 0}


def test_texts_that_clients_look_for_are_there() -> None:
    assert str(errors.UnknownActionError("fly")) == "Invalid action u'fly'"
    assert "DuplicateEntryError" in str(errors.DuplicateEntryError("Twice."))
    assert errors.PermissionDeniedError.exception == "PermissionError"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("Shto", ' Did you mean "Shot"?'), ("SHOT", ' Did you mean "Shot"?'), ("Xyzzy", ""), ("", "")],
)
def test_a_name_is_met_with_the_nearest_choice(name: str, hint: str) -> None:
    assert errors.near_match(name, ["Task", "Shot"]) == hint
    assert errors.near_match(name, iter(["Task", "Shot"])) == hint


def test_the_clock_tells_whole_seconds_and_ids_that_never_repeat() -> None:
    clock = SystemClock()
    ids = {clock.new_id() for _ in range(100)}

    assert clock.now().microsecond == 0
    assert clock.now().tzinfo is None
    assert len(ids) == 100
    assert {len(id_) for id_ in ids} == {36}
