"""Events on their way to and from the server: plain JSON values, one key spelt differently, dates as text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ftrack_api.event.base import Event
from ftrack_protocol.event.envelope import WIRE_KEYS, Envelope

# Event data is any JSON value: the Any below.

LOCAL_KEY = "in_reply_to_event"
WIRE_KEY = "inReplyToEvent"


def plain(value: Any, place: str = "event") -> Any:
    """Return a value as plain JSON values, with the key as the server spells it; dates and times become ISO text.

    Args:
        value: An event, or what it holds.
        place: Where the value stands, for the message.

    Raises:
        TypeError: If something in it cannot be sent, with its place.
    """
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise TypeError(f"{place} is {value}, which JSON has no form for.")
        return value
    if isinstance(value, dict | Event | MappingProxyType):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{place} has the key {key!r}; only text can be a key of what is sent.")
        return {WIRE_KEY if key == LOCAL_KEY else key: plain(item, f"{place}[{key!r}]") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{place}[{position}]") for position, item in enumerate(value)]
    isoformat = getattr(value, "isoformat", None)
    if callable(isoformat):
        return str(isoformat())
    raise TypeError(
        f"{place} is a {type(value).__name__}, which cannot be sent; make it text, a number, a list or a dictionary."
    )


def encode(data: Any) -> str:
    """Return data, events among it, as JSON text; characters beyond ASCII stay as they are.

    Raises:
        TypeError: If something in it cannot be sent.
    """
    return json.dumps(plain(data, "data"), ensure_ascii=False, allow_nan=False)


def decode(text: str) -> Any:
    """Return the value of JSON text, with the key as events spell it here.

    Raises:
        ValueError: If it is no JSON.
    """
    return json.loads(text, object_hook=_local_keys)


def event_from_wire(payload: Any) -> Event:
    """Return the event that arrived as a JSON object; keys events do not have are kept.

    Raises:
        ValueError: If it is no event.
    """
    envelope = Envelope.from_wire(payload)
    event = Event(
        topic=envelope.topic,
        id=envelope.id,
        data=envelope.data,
        sent=envelope.sent,
        source=dict(envelope.source),
        target=envelope.target,
        in_reply_to_event=envelope.in_reply_to,
    )
    for key, value in payload.items():
        if key not in WIRE_KEYS:
            event[key] = value
    return event


def _local_keys(item: Mapping[str, Any]) -> dict[str, Any]:
    return {LOCAL_KEY if key == WIRE_KEY else key: value for key, value in item.items()}
