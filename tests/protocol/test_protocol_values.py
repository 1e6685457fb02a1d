"""Dates in every spelling that clients send, and references."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftrack_protocol import values

MOMENT = datetime(2031, 2, 3, 4, 5, 6)  # noqa: DTZ001 - naive UTC is what travels


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2031-02-03", datetime(2031, 2, 3)),  # noqa: DTZ001
        ("2018-1-5", datetime(2018, 1, 5)),  # noqa: DTZ001
        ("2031-02-03T04:05", datetime(2031, 2, 3, 4, 5)),  # noqa: DTZ001
        ("2031-02-03 04:05:06", MOMENT),
        (" 2031-02-03T04:05:06Z ", MOMENT),
        ("2031-02-03T04:05:06z", MOMENT),
        ("2031-02-03T06:05:06+02:00", MOMENT),
        ("2031-02-03T06:05:06+0200", MOMENT),
        ("2031-02-03T06:05:06+02", MOMENT),
        ("2031-02-02T23:35:06-04:30", MOMENT),
        ("2031-02-03T04:05:06.000Z", MOMENT),
        ("2031-02-03T04:05:06.789012+00:00", MOMENT.replace(microsecond=789012)),
        ("2031-02-03T04:05:06,5", MOMENT.replace(microsecond=500000)),
        ("2031-02-03T04:05:06.123456789", MOMENT.replace(microsecond=123456)),
        ("2023-01-01T01:00:00+01:00", datetime(2023, 1, 1)),  # noqa: DTZ001
    ],
)
def test_a_spelling_means_a_moment(text: str, moment: datetime) -> None:
    assert values.parse_datetime(text) == moment


@pytest.mark.parametrize(
    "text",
    ["", "12-01-2025", "2031-13-01", "2031-02-30", "2031-02-03T25:00", "2031-02-03T04:05:06+99:00", "yesterday",
     "2031-02-03T04:05:06+02:00x", "0001-01-01T00:00:00+23:00", "\uff12\uff10\uff13\uff11-02-03"],
)  # fmt: skip
def test_what_is_no_date_is_named_with_what_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date or time.*expected"):
        values.parse_datetime(text)


@given(
    moment=st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_every_offset_leads_to_the_same_moment(moment: datetime, minutes: int) -> None:
    there = moment.replace(tzinfo=timezone.utc).astimezone(timezone(timedelta(minutes=minutes)))

    assert values.parse_datetime(there.isoformat()) == moment
    assert values.to_utc(there) == moment


@given(text=st.text(max_size=40))
def test_no_text_does_worse_than_a_value_error(text: str) -> None:
    try:
        values.parse_datetime(text)
    except ValueError:
        return


@pytest.mark.parametrize("text", ["2031-02-03" + " " * 200_000 + "x", " " * 200_000 + "x", "2031" * 100_000])
def test_refusing_a_long_text_takes_no_longer_than_reading_it(text: str) -> None:
    """Backtracking would take minutes; and the message is short."""
    with pytest.raises(ValueError, match="no date or time") as caught:
        values.parse_datetime(text)

    assert len(str(caught.value)) < 300
    assert not values.is_date_only(text)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-1))),
    ],
)
def test_a_moment_without_utc_is_a_value_error(moment: datetime) -> None:
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        values.to_utc(moment)


@pytest.mark.parametrize(("text", "answer"), [("2031-02-03", True), (" 2018-1-5 ", True), ("2031-02-03T00:00", False)])
def test_a_date_alone_is_recognised(text: str, answer: bool) -> None:
    assert values.is_date_only(text) is answer


def test_moments_and_days_travel_tagged() -> None:
    wire = values.encode_datetime(MOMENT.replace(microsecond=9))

    assert wire == {"__type__": "datetime", "value": "2031-02-03T04:05:06"}
    assert values.decode_tagged(wire) == MOMENT
    assert values.decode_tagged(values.encode_date(date(2031, 2, 3))) == date(2031, 2, 3)
    assert values.decode_tagged({"__type__": "url", "value": "x"}) == {"__type__": "url", "value": "x"}
    assert values.decode_tagged({"__type__": []}) == {"__type__": []}


@pytest.mark.parametrize("value", [None, 5, [], "then"])
def test_a_tag_without_a_date_is_a_value_error(value: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        values.decode_tagged({"__type__": "datetime", "value": value})


def test_a_reference_is_type_and_key_in_key_order() -> None:
    found = values.reference("Metadata", {"parent_id": "p", "key": "k"})

    assert list(found.items()) == [("__entity_type__", "Metadata"), ("parent_id", "p"), ("key", "k")]
    assert values.is_reference(found)
    assert not values.is_reference({"id": "x"})
    assert not values.is_reference("Metadata")
