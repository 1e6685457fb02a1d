"""Decisions of the retry policy, without clock or network."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_api._transport.retry import PASSING_STATUSES, RetryPolicy, is_read_only, parse_retry_after

NOW = datetime(2024, 1, 1, 12, 0, 0, tzinfo=timezone.utc)
outcomes = st.one_of(st.integers(100, 599), st.sampled_from(["unreached", "lost", "timeout"]))


def decide(outcome, *, read_only=True, attempt=1, retry_after=None, chance=1.0):
    return RetryPolicy().next_delay(
        outcome, read_only=read_only, attempt=attempt, retry_after=retry_after, random=lambda: chance
    )


@given(outcomes, st.one_of(st.none(), st.floats(0, 60)))
def test_a_write_is_repeated_only_when_the_server_was_not_reached(outcome, retry_after):
    assert (decide(outcome, read_only=False, retry_after=retry_after) is not None) == (outcome == "unreached")


@given(outcomes)
def test_a_read_is_repeated_after_faults_that_pass(outcome):
    final = isinstance(outcome, int) and outcome not in PASSING_STATUSES
    assert (decide(outcome) is None) == final


@given(outcomes, st.booleans())
def test_the_number_of_attempts_is_limited(outcome, read_only):
    assert decide(outcome, read_only=read_only, attempt=RetryPolicy().attempts) is None


@given(st.integers(1, 3), st.floats(0, 1))
def test_a_delay_grows_within_its_limits(attempt, chance):
    ceiling = min(8.0, 0.5 * 2 ** (attempt - 1))
    assert ceiling / 2 <= decide("lost", attempt=attempt, chance=chance) <= ceiling


def test_the_servers_wish_is_followed_up_to_a_limit():
    assert decide(429, retry_after=7.0) == 7.0
    assert decide(429, retry_after=61.0) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("1", 1.0),
        (" 120 ", 120.0),
        ("Mon, 01 Jan 2024 12:00:30 GMT", 30.0),
        ("Mon, 01 Jan 2024 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\N{ARABIC-INDIC DIGIT ONE}", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text, seconds):
    assert parse_retry_after(text, NOW) == seconds


@given(st.text())
def test_no_header_text_raises(text):
    value = parse_retry_after(text, NOW)

    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("names", "reads"),
    [
        (["query", "query_server_information", "query_schemas", "search"], True),
        ([], True),
        (["query", "create"], False),
        (["get_upload_metadata"], False),
        (["something new"], False),
    ],
)
def test_a_batch_is_read_only_when_each_action_is(names, reads):
    assert is_read_only({"action": name} for name in names) is reads
