"""Identifiers that are unique and sort as they were made."""

from __future__ import annotations

import sys
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from ftrack_protocol.identifiers import Identifiers, is_uuid, spread_identifier

MOMENT = 1_750_000_000_123_456_789


def test_an_identifier_is_a_uuid_of_version_7_that_names_its_millisecond():
    made = uuid.UUID(Identifiers(clock=lambda: MOMENT).new())

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == MOMENT // 1_000_000
    assert len(str(made)) == 36


@pytest.mark.parametrize(
    "clock", [[MOMENT] * 100, [MOMENT - second for second in range(100)], [MOMENT + n * 50 for n in range(100)]]
)
def test_identifiers_sort_as_they_were_made_whatever_the_clock_does(clock):
    identifiers = Identifiers(clock=iter(clock).__next__)
    made = [identifiers.new() for _ in clock]

    assert made == sorted(set(made))


def test_those_of_later_milliseconds_come_later_whoever_makes_them():
    made = [Identifiers(clock=lambda: MOMENT, random=lambda count: b"\xff" * count).new()]
    made.append(Identifiers(clock=lambda: MOMENT + 1_000_000, random=lambda count: b"\0" * count).new())

    assert made == sorted(made)


def test_two_makers_with_one_clock_make_different_ones():
    first, second = (Identifiers(clock=lambda: MOMENT) for _ in range(2))

    assert len({maker.new() for maker in (first, second) for _ in range(1000)}) == 2000


def test_threads_make_different_ones():
    identifiers = Identifiers()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: identifiers.new(), range(4000)))

    assert len(set(made)) == 4000


def test_uuids_are_recognised_without_loading_what_nobody_uses(monkeypatch):
    assert is_uuid(uuid.UUID(int=7))
    assert not is_uuid(str(uuid.UUID(int=7)))

    monkeypatch.delitem(sys.modules, "uuid")

    assert not is_uuid("text")
    assert "uuid" not in sys.modules


def test_a_spread_identifier_is_a_uuid_of_version_4_that_is_random_from_its_first_digit_on():
    for noise in (b"\0" * 16, b"\xff" * 16, bytes(range(16))):
        made = uuid.UUID(spread_identifier(lambda _count, noise=noise: noise))
        assert (made.version, made.variant) == (4, uuid.RFC_4122)
        assert str(made)[:8] == noise.hex()[:8]
    assert len({spread_identifier()[:4] for _ in range(64)}) > 32
