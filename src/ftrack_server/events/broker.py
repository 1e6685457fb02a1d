"""Routing: who is connected, what is done with an event that a client sends, and whom it reaches (protocol: 7.7)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftrack_protocol import json
from ftrack_protocol.event import names as topics
from ftrack_protocol.event.envelope import Envelope, EnvelopeError
from ftrack_protocol.event.expression import ExpressionSyntaxError
from ftrack_protocol.excerpt import described
from ftrack_protocol.socketio.machine import EventReceived
from ftrack_protocol.socketio.packet import encode, event_frame, event_packet
from ftrack_server.events.subscriptions import Subscription, Subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_server.auth.keys import Actor
    from ftrack_server.events.connection import Connection
    from ftrack_server.events.limits import EventLimits

LOCAL_TOPICS = frozenset({topics.CONNECTED, topics.DISCONNECTED})
"""Clients tell these to themselves; nobody sends them (protocol: 7.7)."""


class _RefusedError(Exception):
    """An event that a client must not send, in words for whoever sent it."""


class Broker:
    """All connections and what they subscribe to. Nothing here waits, so a slow client delays nobody.

    For the thread of the event loop. The order in which a publisher sends is the order in which everybody receives.

    Attributes:
        forward: Takes each event that a client has published, as JSON text, for other servers; None without any.
    """

    def __init__(self, limits: EventLimits) -> None:
        self.forward: Callable[[str], None] | None = None
        self._limits = limits
        self._connections: dict[Connection, None] = {}
        self._subscriptions = Subscriptions()
        self._meta: dict[str, Callable[[Connection, Mapping[str, Any]], None]] = {
            topics.SUBSCRIBE: self._subscribe,
            topics.UNSUBSCRIBE: self._unsubscribe,
        }

    def __len__(self) -> int:
        return len(self._connections)

    def add(self, connection: Connection) -> None:
        """Take in a connection."""
        self._connections[connection] = None

    def remove(self, connection: Connection) -> None:
        """Forget a connection and its subscriptions."""
        self._connections.pop(connection, None)
        for subscription in connection.subscriptions.values():
            self._subscriptions.remove(subscription)
        connection.subscriptions.clear()

    def check(self, now: float) -> None:
        """Send the heartbeats that are due and end the connections of clients that have gone."""
        for connection in list(self._connections):
            connection.check(now)

    def actors(self) -> dict[tuple[str, str], Actor]:
        """Return who is connected, each once, by key and user."""
        return {_identity(connection): connection.actor for connection in self._connections}

    def renew(self, actors: Mapping[tuple[str, str], Actor | None]) -> None:
        """Let connections act with the rights of now, and end those whose key or user is no longer good."""
        for connection in list(self._connections):
            actor = actors.get(_identity(connection), connection.actor)
            if actor is None:
                connection.end("its key or user was switched off")
            else:
                connection.actor = actor

    def receive(self, connection: Connection, text: str, now: float) -> None:
        """Deal with a frame of a client: route its event, and acknowledge it where that was asked for."""
        for item in connection.receive(text, now):
            if not isinstance(item, EventReceived):
                continue
            try:
                self._dispatch(connection, item.payload)
                answer: dict[str, Any] = {"success": True}
            except (_RefusedError, EnvelopeError, ExpressionSyntaxError) as error:
                connection.complain(f"an event is ignored: {error}")
                answer = {"success": False, "message": str(error)}
            if item.number is not None:
                connection.acknowledge(item.number, **answer)

    def publish(
        self, event: Envelope, narrowed: Callable[[Actor], Envelope | None] | None = None, written: str = ""
    ) -> int:
        """Send an event to whoever wants it, its publisher included.

        Args:
            event: The event.
            narrowed: Gives what somebody may see of it, None for nothing; everything when omitted. It is written once
                for all who get the same object.
            written: The whole event as JSON text, if it is at hand.

        Returns:
            How many connections it was queued for.

        Raises:
            ExpressionSyntaxError: If its target is no expression; nobody gets it then.
        """
        payload = event.to_wire()
        frames: dict[int, str] = {id(event): event_frame(written)} if written else {}
        count = 0
        for connection in self._subscriptions.receivers(payload, event.target):
            seen = event if narrowed is None else narrowed(connection.actor)
            if seen is not None:
                frame = frames.get(id(seen))
                if frame is None:
                    frame = frames[id(seen)] = encode(event_packet(payload if seen is event else seen.to_wire()))
                connection.send(frame)
                count += 1
        return count

    def _dispatch(self, connection: Connection, payload: Any) -> None:
        if isinstance(payload, Mapping) and payload.get("id") is None:
            payload = {**payload, "id": uuid.uuid4().hex}  # simple clients leave it out
        event = Envelope.from_wire(payload)
        handle = self._meta.get(event.topic)
        if handle is not None:
            if not isinstance(event.data, Mapping):
                raise _RefusedError(f"The data of {event.topic} is an object, got {described(event.data)}.")
            handle(connection, event.data)
            return
        if event.topic in LOCAL_TOPICS:
            raise _RefusedError(f"{event.topic} is told by clients to themselves and cannot be sent.")
        event = event.with_source(connection.actor.user_id, connection.actor.username)
        try:
            written = json.dumps(event.to_wire())
        except ValueError as error:  # what can be read is not all that can be written: 1e999, or one level too many
            raise _RefusedError(f"The event cannot be passed on: {error}.") from error
        self.publish(event, written=written)
        if self.forward is not None:
            self.forward(written)

    def _subscribe(self, connection: Connection, data: Mapping[str, Any]) -> None:
        metadata = _subscriber(data)
        text = data.get("subscription")
        if not isinstance(text, str):
            raise _RefusedError(f'"subscription" is an expression as text, got {described(text)}.')
        subscription = Subscription.parse(connection, metadata, text)
        known = connection.subscriptions.get(subscription.subscriber_id)
        if known is None and len(connection.subscriptions) >= self._limits.subscriptions:
            allowed = self._limits.subscriptions
            raise _RefusedError(f"A connection may have {allowed:,} subscriptions (event_subscriptions).")
        if known is not None:  # clients that connect again may tell their subscriptions twice
            self._subscriptions.remove(known)
        connection.subscriptions[subscription.subscriber_id] = subscription
        self._subscriptions.add(subscription)

    def _unsubscribe(self, connection: Connection, data: Mapping[str, Any]) -> None:
        known = connection.subscriptions.pop(str(_subscriber(data)["id"]), None)
        if known is not None:
            self._subscriptions.remove(known)


def _identity(connection: Connection) -> tuple[str, str]:
    return connection.actor.key_id, connection.actor.user_id


def _subscriber(data: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = data.get("subscriber")
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("id"), str) or not metadata["id"]:
        raise _RefusedError(f'"subscriber" is an object with an "id" as text, got {described(metadata)}.')
    return metadata
