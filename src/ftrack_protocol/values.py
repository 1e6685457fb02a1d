"""Single values on the wire: dates in every spelling clients send, references to entities (protocol: 3.5, 3.6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from ftrack_protocol.excerpt import described
from ftrack_protocol.patterns import lazy_pattern

_DATE_TIME = lazy_pattern(
    r"""(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})
    (?:[T\s]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?
    \s*(?P<zone>Z|z|[+-]\d{2}(?::?\d{2})?)?""",
    re.VERBOSE | re.ASCII,
)
_DATE_ONLY = lazy_pattern(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)
ACCEPTED_DATES = '"2031-02-03", "2031-02-03T04:05:06" or "2031-02-03T04:05:06+02:00"'


def parse_datetime(text: str) -> datetime:
    """Return the instant a text names, as naive UTC with its microseconds.

    Accepts unpadded months and days, a blank or ``T`` before the time, minutes or seconds, up to nine decimals (cut to
    six), ``Z`` and offsets with or without colon. A date alone is its midnight, a time without offset is UTC.

    Raises:
        ValueError: Naming the text and the forms that are understood.
    """
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{described(text)} is no date or time; expected {ACCEPTED_DATES}.")
    part = match.groupdict()
    try:
        moment = datetime(  # noqa: DTZ001 - naive UTC is what is stored
            int(part["year"]),
            int(part["month"]),
            int(part["day"]),
            int(part["hour"] or 0),
            int(part["minute"] or 0),
            int(part["second"] or 0),
            int((part["fraction"] or "0")[:6].ljust(6, "0")),
        )
        return moment - _offset(part["zone"])
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{described(text)} is no date or time: {error}; expected {ACCEPTED_DATES}.") from error


def is_date_only(text: str) -> bool:
    """Return whether a text is a date without a time, which in criteria means the whole day (protocol: 5.7)."""
    return _DATE_ONLY.fullmatch(text.strip()) is not None


def _offset(zone: str | None) -> timedelta:
    if not zone or zone in "Zz":
        return timedelta()
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(f"offset {zone} is out of range")
    span = timedelta(hours=hours, minutes=minutes)
    return -span if zone[0] == "-" else span


def to_utc(moment: datetime) -> datetime:
    """Return a moment as naive UTC; one without zone is taken as UTC already.

    Raises:
        ValueError: If it is so near the year 1 or 9999 that its UTC lies outside.
    """
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(f"{moment.isoformat()} lies outside the years 1 to 9999 in UTC.") from error


def encode_datetime(moment: datetime) -> dict[str, str]:
    """Return the tagged form of a moment: naive UTC, without microseconds (protocol: 3.5)."""
    return {"__type__": "datetime", "value": to_utc(moment).isoformat(timespec="seconds")}


def encode_date(day: date) -> dict[str, str]:
    """Return the tagged form of a day."""
    return {"__type__": "date", "value": day.isoformat()}


def decode_tagged(value: Mapping[str, Any]) -> Any:
    """Return the moment or day of a tagged object, and any other object as it is.

    Raises:
        ValueError: If the tag is ``datetime`` or ``date`` and the value is neither.
    """
    tag = value.get("__type__")
    if tag not in ("datetime", "date"):
        return value
    text = value.get("value")
    if not isinstance(text, str):
        raise ValueError(f'A {tag} needs its text under "value", got {described(text)}; expected {ACCEPTED_DATES}.')  # noqa: TRY004 - one error for every bad date
    moment = parse_datetime(text)
    return moment.date() if tag == "date" else moment


def reference(entity_type: str, key: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reference: the type and the primary key, in key order."""
    return {"__entity_type__": entity_type, **key}


def is_reference(value: Any) -> bool:
    """Return whether a value names an entity."""
    return isinstance(value, Mapping) and isinstance(value.get("__entity_type__"), str)
