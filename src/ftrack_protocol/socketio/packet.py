"""Packets of socket.io 0.9: text frames to frozen packets and back (protocol: 7.3).

::

    TYPE ":" [ ID [ "+" ] ] ":" [ ENDPOINT ] [ ":" DATA ]

Some clients leave parts out (``2::``, ``2:::``, a bare ``5``), so everything but the type is optional when reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ftrack_protocol import json
from ftrack_protocol.event.names import EVENT_NAME
from ftrack_protocol.excerpt import described
from ftrack_protocol.patterns import lazy_pattern

MAX_PACKET_LENGTH = 16 * 1024 * 1024

_PACKET = lazy_pattern(
    r"(?P<type>[0-8])(?::(?P<id>\d{0,18}\+?)(?::(?P<endpoint>[^:]*)(?::(?P<data>.*))?)?)?", re.DOTALL | re.ASCII
)
_ACKNOWLEDGEMENT = lazy_pattern(r"(?P<id>\d{1,18})(?:\+(?P<arguments>.*))?", re.DOTALL | re.ASCII)
_SURROGATE = lazy_pattern("[\ud800-\udfff]")


class PacketType(IntEnum):
    """The number a packet starts with."""

    DISCONNECT = 0
    CONNECT = 1
    HEARTBEAT = 2
    MESSAGE = 3
    JSON = 4
    EVENT = 5
    ACKNOWLEDGE = 6
    ERROR = 7
    NOOP = 8


class PacketError(ValueError):
    """A frame that is no packet; the text says why and shows its beginning."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet.

    Attributes:
        type: Its kind.
        id: Number under which an acknowledgement is wanted, or that an acknowledgement is for.
        wants_data: Whether the acknowledgement shall carry data (the ``+``).
        endpoint: Name space; empty.
        data: The text behind the third colon.
    """

    type: PacketType
    id: int | None = None
    wants_data: bool = False
    endpoint: str = ""
    data: str = ""


def decode(text: str) -> Packet:
    """Return the packet of a frame.

    Raises:
        PacketError: If it is none, or longer than `MAX_PACKET_LENGTH` characters.
    """
    if len(text) > MAX_PACKET_LENGTH:
        raise PacketError(f"A packet of {len(text):,} characters; {MAX_PACKET_LENGTH:,} are allowed.")
    match = _PACKET.fullmatch(text)
    if match is None:
        raise PacketError(f"No packet: {described(text)}.")
    kind = PacketType(int(match["type"]))
    number = (match["id"] or "").rstrip("+")
    wants_data = (match["id"] or "").endswith("+")
    data = match["data"] or ""
    if kind is PacketType.ACKNOWLEDGE:
        found = _ACKNOWLEDGEMENT.fullmatch(data)
        if found is None:
            raise PacketError(f"No acknowledgement: {described(text)}.")
        return Packet(kind, int(found["id"]), found["arguments"] is not None, "", found["arguments"] or "")
    return Packet(kind, int(number) if number else None, wants_data, match["endpoint"] or "", data)


def encode(packet: Packet) -> str:
    """Return the frame of a packet, as short as old clients accept: they know ``2::`` and ``5:::`` to the letter."""
    if packet.type is PacketType.ACKNOWLEDGE:
        tail = f"+{packet.data}" if packet.wants_data else ""
        return f"6:::{packet.id}{tail}"
    number = "" if packet.id is None else str(packet.id)
    head = f"{int(packet.type)}:{number}{'+' if packet.wants_data and number else ''}:{packet.endpoint}"
    return f"{head}:{packet.data}" if packet.data else head


def event_packet(payload: dict[str, Any], number: int | None = None) -> Packet:
    """Return the packet of an event; with a number it asks for an acknowledgement.

    Raises:
        TypeError: For data that JSON has no form for.
        ValueError: For data that JSON cannot hold, or that is nested too deeply.
    """
    data = sendable(json.dumps({"name": EVENT_NAME, "args": [payload]}))
    return Packet(PacketType.EVENT, number, number is not None, "", data)


def event_frame(payload: str) -> str:
    """Return the frame of an event that is written as JSON already, in the one form that every old client reads."""
    return f'5:::{{"name":"{EVENT_NAME}","args":[{sendable(payload)}]}}'


def sendable(text: str) -> str:
    """Return JSON text that can be sent as UTF-8: half a character, which JSON allows as an escape, as its escape."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
    return text


def event_payload(packet: Packet) -> Any:
    """Return the event object that an event packet carries.

    Raises:
        PacketError: If it does not carry exactly one.
    """
    body = _json(packet.data)
    if not isinstance(body, dict) or body.get("name") != EVENT_NAME:
        raise PacketError(f"An event packet of another name: {described(packet.data)}.")
    arguments = body.get("args")
    if not isinstance(arguments, list) or len(arguments) != 1:
        raise PacketError(f"An event packet carries one event, got {described(packet.data)}.")
    return arguments[0]


def acknowledgement(number: int, *arguments: Any) -> Packet:
    """Return the answer to a packet that asked for one."""
    return Packet(
        PacketType.ACKNOWLEDGE, number, bool(arguments), "", sendable(json.dumps(arguments)) if arguments else ""
    )


def acknowledged_arguments(packet: Packet) -> list[Any]:
    """Return what an acknowledgement carries; nothing for one that cannot be read."""
    if not packet.data:
        return []
    try:
        found = _json(packet.data)
    except PacketError:
        return []
    return found if isinstance(found, list) else []


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise PacketError(f"A packet whose data is no JSON: {described(text)}.") from error
