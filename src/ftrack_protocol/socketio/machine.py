"""Both ends of a socket.io 0.9 connection as machines without sockets, threads or clocks.

A driver feeds what it read and the time it read it, sends what `texts_to_send` returns and acts on the events it is
given. Times are seconds on any clock that only moves forward.

::

    ClientMachine                                    ServerMachine

    CONNECTING --receive "1::"--> OPEN               OPEN (has sent "1::")
    OPEN --receive "0::", silence, close--> CLOSED   OPEN --receive "0::", silence, close--> CLOSED

Odd frames never raise: they come out as `Malformed`, and the connection goes on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ftrack_protocol.excerpt import described
from ftrack_protocol.socketio import packet as packets
from ftrack_protocol.socketio.packet import Packet, PacketError, PacketType

HEARTBEAT_INTERVAL = 10.0
"""How often a server sends a heartbeat, in seconds: JavaScript clients give up after 15 without one."""

MISSED_HEARTBEATS = 6
"""How many heartbeats a client may leave unanswered: browsers slow down pages in the background."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What the server answers to the first request: session id, timeouts in seconds, transports."""

    session_id: str
    heartbeat_timeout: float
    close_timeout: float
    transports: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Handshake:
        """Return the handshake of a response body, ``9f3c0a:15:25:websocket``.

        Raises:
            PacketError: If it has not four parts, or times that are no durations.
        """
        parts = text.strip().split(":")
        if len(parts) < 4 or not parts[0]:
            raise PacketError(f"No handshake: {described(text)}; expected id:heartbeat:close:transports.")
        try:
            heartbeat, close = (float(part) if part else 0.0 for part in parts[1:3])
        except ValueError as error:
            raise PacketError(f"A handshake with odd timeouts: {described(text)}.") from error
        if not all(math.isfinite(time) and time >= 0 for time in (heartbeat, close)):
            raise PacketError(f"A handshake with odd timeouts: {described(text)}.")
        return cls(parts[0], heartbeat, close, tuple(parts[3].split(",")))

    def __str__(self) -> str:
        times = f"{self.heartbeat_timeout:g}:{self.close_timeout:g}"
        return f"{self.session_id}:{times}:{','.join(self.transports)}"


@dataclass(frozen=True, slots=True)
class Opened:
    """The server has accepted the connection."""


@dataclass(frozen=True, slots=True)
class EventReceived:
    """An event arrived; ``number`` is set when the sender waits for an acknowledgement."""

    payload: Any
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The other end has dealt with packet ``number``; ``arguments`` are what it says about it."""

    number: int
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Malformed:
    """A frame that made no sense, or in which the server reports an error; there is nothing to do but to tell."""

    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is over, for the reason given; nothing will be sent any more."""

    reason: str


MachineEvent: TypeAlias = "Opened | EventReceived | Acknowledged | Malformed | Closed"


class _Machine:
    """What both ends share: frames in, frames out, one closing."""

    def __init__(self, now: float) -> None:
        self._texts: list[str] = []
        self._closed = False
        self._last_heard = now

    @property
    def is_closed(self) -> bool:
        """Return whether the connection is over."""
        return self._closed

    def texts_to_send(self) -> list[str]:
        """Return the frames to send, oldest first, and forget them."""
        texts, self._texts = self._texts, []
        return texts

    def close(self, reason: str) -> Sequence[MachineEvent]:
        """End the connection because the driver says so: the socket broke, or nobody needs it."""
        if self._closed:
            return ()
        self._closed = True
        return (Closed(reason),)

    def receive(self, text: str, now: float) -> Sequence[MachineEvent]:
        """Take in a frame and return what it means; never raises for what others sent."""
        if self._closed:
            return ()
        self._last_heard = now
        try:
            return self._handle(packets.decode(text))
        except PacketError as error:
            return (Malformed(str(error)),)

    def _handle(self, packet: Packet) -> Sequence[MachineEvent]:
        if packet.type is PacketType.EVENT:
            return (EventReceived(packets.event_payload(packet), packet.id),) if packet.data else ()
        if packet.type is PacketType.ACKNOWLEDGE and packet.id is not None:
            return (Acknowledged(packet.id, tuple(packets.acknowledged_arguments(packet))),)
        if packet.type is PacketType.DISCONNECT:
            return self.close("the other end said goodbye")
        return ()

    def _send(self, packet: Packet) -> None:
        if not self._closed:
            self._texts.append(packets.encode(packet))


class ClientMachine(_Machine):
    """The client's end. It answers heartbeats, numbers its events and notices silence."""

    def __init__(self, now: float, heartbeat_timeout: float = 60.0) -> None:
        """Start unopened.

        Args:
            now: The time.
            heartbeat_timeout: Silence after which the connection counts as dead, in seconds.
        """
        super().__init__(now)
        self._timeout = heartbeat_timeout
        self._next_number = 1
        self._open = False

    @property
    def is_open(self) -> bool:
        """Return whether events can be sent."""
        return self._open and not self._closed

    @property
    def deadline(self) -> float:
        """Return the time at which silence ends the connection."""
        return self._last_heard + self._timeout

    def send_event(self, payload: dict[str, Any]) -> int:
        """Queue an event and return the number under which it will be acknowledged.

        It may be queued before the connection is open, servers take it. Once closed, nothing is queued any more.

        Raises:
            TypeError: For data that JSON has no form for; nothing is queued.
            ValueError: For data that JSON cannot hold; nothing is queued.
        """
        packet = packets.event_packet(payload, self._next_number)
        self._send(packet)
        return self.take_number()

    def take_number(self) -> int:
        """Return the number of a packet that the driver writes itself and wants to have acknowledged."""
        self._next_number += 1
        return self._next_number - 1

    def check(self, now: float) -> Sequence[MachineEvent]:
        """Return the end of the connection if the server was silent for too long, else nothing."""
        if now >= self.deadline:
            return self.close(f"no heartbeat for {self._timeout:g} s")
        return ()

    def _handle(self, packet: Packet) -> Sequence[MachineEvent]:
        if packet.type is PacketType.HEARTBEAT:
            self._send(Packet(PacketType.HEARTBEAT))
            return ()
        if packet.type is PacketType.CONNECT:
            first = not self._open
            self._open = True
            return (Opened(),) if first else ()
        if packet.type is PacketType.ERROR:
            return (Malformed(f"The server reports an error: {packet.data or packet.endpoint}"),)
        return super()._handle(packet)


class ServerMachine(_Machine):
    """The server's end. It opens at once, sends heartbeats and notices clients that no longer answer."""

    def __init__(
        self, now: float, interval: float = HEARTBEAT_INTERVAL, missed_heartbeats: int = MISSED_HEARTBEATS
    ) -> None:
        """Start open, with the opening packet ready to be sent.

        Args:
            now: The time.
            interval: Between heartbeats, in seconds.
            missed_heartbeats: Silence after which a client is gone, in intervals.
        """
        super().__init__(now)
        self._interval = interval
        self._timeout = interval * missed_heartbeats
        self._next_heartbeat = now + interval
        self._send(Packet(PacketType.CONNECT))

    @property
    def deadline(self) -> float:
        """Return the time at which `check` has something to do."""
        return min(self._next_heartbeat, self._last_heard + self._timeout)

    def send_event(self, payload: dict[str, Any]) -> None:
        """Queue an event, in the one form that every old client reads.

        Raises:
            TypeError: For data that JSON has no form for; nothing is queued.
            ValueError: For data that JSON cannot hold; nothing is queued.
        """
        self._send(packets.event_packet(payload))

    def send_frame(self, frame: str) -> None:
        """Queue an event that was written before, by `packets.encode`: what goes to many is written once."""
        if not self._closed:
            self._texts.append(frame)

    def acknowledge(self, number: int, **answer: Any) -> None:
        """Queue the answer to an event that asked for one: ``success`` and, if not, ``message``."""
        self._send(packets.acknowledgement(number, answer))

    def check(self, now: float) -> Sequence[MachineEvent]:
        """Queue a heartbeat when one is due; return the end of the connection if the client is gone."""
        if self._closed:
            return ()
        if now >= self._last_heard + self._timeout:
            return self.close(f"no answer for {self._timeout:g} s")
        if now >= self._next_heartbeat:
            self._send(Packet(PacketType.HEARTBEAT))
            self._next_heartbeat = now + self._interval
        return ()
