"""Events on their way to and from the server: plain JSON values, one key spelt differently, dates as text."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import ftrack_protocol
from ftrack_api.event.base import Event
from ftrack_protocol import json as protocol_json
from ftrack_protocol.event.names import WIRE_KEYS

# Event data is any JSON value: the Any below.

LOCAL_KEY = "in_reply_to_event"
WIRE_KEY = "inReplyToEvent"


class Plain(dict[str, Any]):
    """An event that was made plain, and is not made so again."""


def plain(value: Any, place: str = "event", convert: Callable[[Any], Any] | None = None) -> Any:
    """Return a value as plain JSON values: events with their keys as the server spells them, dates and times as text.

    Args:
        value: An event, or what it holds.
        place: Where the value stands, for the message.
        convert: Gives what stands for another object; TypeError where nothing does.

    Raises:
        TypeError: If something in it cannot be sent, with its place.
    """
    if value is None or isinstance(value, str | int) or type(value) is Plain:
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise TypeError(f"{place} is {value}, which JSON has no form for.")
        return value
    if isinstance(value, dict | Event | MappingProxyType):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{place} has the key {key!r}; only text can be a key of what is sent.")
        renamed = isinstance(value, Event)  # data that happen to have such a key keep it
        return {
            WIRE_KEY if renamed and key == LOCAL_KEY else key: plain(item, f"{place}[{key!r}]", convert)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [plain(item, f"{place}[{position}]", convert) for position, item in enumerate(value)]
    isoformat = getattr(value, "isoformat", None)
    if callable(isoformat):
        return str(isoformat())
    return plain(_converted(value, place, convert), place)


def _converted(value: Any, place: str, convert: Callable[[Any], Any] | None) -> Any:
    failure: TypeError | None = None
    if convert is not None:
        try:
            return convert(value)
        except TypeError as error:
            failure = error
    raise TypeError(
        f"{place} is a {type(value).__name__}, which cannot be sent; make it text, a number, a list or a dictionary."
    ) from failure


def encode(data: Any, convert: Callable[[Any], Any] | None = None) -> str:
    """Return data, events among it, as JSON text; characters beyond ASCII stay as they are.

    Args:
        data: Any value.
        convert: As for `plain`.

    Raises:
        TypeError: If something in it cannot be sent.
    """
    return protocol_json.dumps(plain(data, "data", convert))


def with_local_keys(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with its keys as events spell them here."""
    return {LOCAL_KEY if key == WIRE_KEY else key: value for key, value in item.items()}


def with_wire_keys(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with its keys as the server spells them."""
    return {WIRE_KEY if key == LOCAL_KEY else key: value for key, value in item.items()}


def decode(text: str, hook: Callable[[dict[str, Any]], Any] = with_local_keys) -> Any:
    """Return the value of JSON text.

    Args:
        text: The text.
        hook: Gives what stands for each object of it, the inner ones first.

    Raises:
        ValueError: If it is no JSON.
    """
    return json.loads(text, object_hook=hook)


def event_from_wire(payload: Any) -> Event:
    """Return the event that arrived as a JSON object; keys events do not have are kept.

    Raises:
        ValueError: If it is no event.
    """
    envelope = ftrack_protocol.Envelope.from_wire(payload)
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
