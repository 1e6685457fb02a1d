"""A small event server on loopback: a real web socket, the protocol's own machine, and hands to do harm with."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from typing import Any

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response
from websockets.sync.server import ServerConnection, serve

from ftrack_api import exception
from ftrack_api.event.hub import EventHub
from ftrack_protocol.event import expression
from ftrack_protocol.event.envelope import Envelope
from ftrack_protocol.event.names import SUBSCRIBE, UNSUBSCRIBE
from ftrack_protocol.socketio.machine import EventReceived, ServerMachine

SECONDS = 30


class Peer:
    """One connection and what it subscribed to."""

    def __init__(self, socket: ServerConnection, headers: dict[str, str]) -> None:
        self.socket = socket
        self.headers = headers
        self.machine = ServerMachine(time.monotonic(), interval=5.0)
        self.subscribers: dict[str, tuple[dict[str, Any], Any]] = {}
        self.frames: list[str] = []
        self._lock = threading.Lock()

    def flush(self) -> None:
        with self._lock, contextlib.suppress(ConnectionClosed):
            for text in self.machine.texts_to_send():
                self.socket.send(text)

    def deliver(self, envelope: Envelope) -> None:
        wire = envelope.to_wire()
        target = expression.parse(envelope.target) if envelope.target else None
        for metadata, wanted in list(self.subscribers.values()):
            if wanted.match(wire, "lenient") and (target is None or target.match(metadata, "lenient")):
                self.machine.send_event(wire)
                self.flush()
                return


class EventServer:
    """Routes events between its connections, as the protocol says (protocol: 7.8).

    Attributes:
        handshake: What is answered to the first request.
        status: With which HTTP status.
        refuse: Reason given in the acknowledgement of everything, when set.
        received: Every event that arrived, in order.
        peers: The open connections, oldest first.
    """

    def __init__(self) -> None:
        self.handshake = "s1:15:25:websocket"
        self.status = 200
        self.refuse = ""
        self.received: list[Envelope] = []
        self.peers: list[Peer] = []
        self.handshakes: list[dict[str, str]] = []
        self.changed = threading.Condition()
        self._server = serve(self._serve, "127.0.0.1", 0, process_request=self._first_request, close_timeout=0.1)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.port = self._server.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/prefix"

    def until(self, condition: Any, seconds: float = SECONDS) -> None:
        """Wait for a condition on what has arrived."""
        with self.changed:
            assert self.changed.wait_for(condition, seconds), f"not within {seconds} s"

    def topics(self) -> list[str]:
        return [envelope.topic for envelope in self.received]

    def send_text(self, text: str) -> None:
        """Send a frame to every connection."""
        for peer in self.peers:
            peer.socket.send(text)

    def send_event(self, event: dict[str, Any]) -> None:
        """Send an event to every connection, whatever it subscribed to."""
        self.send_text("5:::" + json.dumps({"name": "ftrack.event", "args": [event]}))

    def drop(self) -> None:
        """Close every connection without a word of the protocol."""
        dropped = list(self.peers)
        for peer in dropped:
            peer.socket.close()
        self.until(lambda: not any(peer in self.peers for peer in dropped))

    def close(self) -> None:
        self.drop()
        self._server.shutdown()
        self._thread.join(5)

    def _first_request(self, _connection: ServerConnection, request: Any) -> Any:
        if "/socket.io/1/websocket/" in request.path:
            return None
        self.handshakes.append({name.lower(): value for name, value in request.headers.raw_items()})
        self.handshakes[-1]["path"] = request.path
        body = self.handshake.encode()
        headers = Headers({"Content-Type": "text/plain", "Content-Length": str(len(body)), "Connection": "close"})
        return Response(self.status, "Scripted", headers, body)

    def _serve(self, socket: ServerConnection) -> None:
        peer = Peer(socket, {name.lower(): value for name, value in socket.request.headers.raw_items()})
        with self.changed:
            self.peers.append(peer)
            self.changed.notify_all()
        try:
            peer.flush()
            for text in socket:
                peer.frames.append(text)
                for item in peer.machine.receive(text, time.monotonic()):
                    if isinstance(item, EventReceived):
                        self._take(peer, item)
                peer.flush()
                with self.changed:
                    self.changed.notify_all()
        except ConnectionClosed:
            pass
        finally:
            with self.changed:
                if peer in self.peers:
                    self.peers.remove(peer)
                self.changed.notify_all()

    def _take(self, peer: Peer, item: EventReceived) -> None:
        envelope = Envelope.from_wire(item.payload)
        with self.changed:
            self.received.append(envelope)
            self.changed.notify_all()
        if item.number is not None:
            if self.refuse:
                peer.machine.acknowledge(item.number, success=False, message=self.refuse)
            else:
                peer.machine.acknowledge(item.number, success=True)
        if envelope.topic == SUBSCRIBE:
            subscriber = envelope.data["subscriber"]
            peer.subscribers[subscriber["id"]] = (subscriber, expression.parse(envelope.data["subscription"]))
        elif envelope.topic == UNSUBSCRIBE:
            peer.subscribers.pop(envelope.data["subscriber"]["id"], None)
        else:
            for other in list(self.peers):
                other.deliver(envelope)


@pytest.fixture
def event_server():
    server = EventServer()
    yield server
    server.close()


@pytest.fixture
def make_hub(event_server):
    """Make hubs for the server, which are disconnected afterwards and try again at once when they lose it."""
    hubs = []

    def make(url=None, user="kim", **more):
        hub = EventHub(url or event_server.url, user, "s3cr3t-key", **more)
        hub._delays = lambda: itertools.repeat(0.001)
        hubs.append(hub)
        return hub

    yield make
    for hub in hubs:
        with contextlib.suppress(exception.EventHubConnectionError):
            hub.disconnect()


@pytest.fixture
def hub(event_server, make_hub):
    """A connected hub, of which the server knows."""
    hub = make_hub()
    hub.connect()
    event_server.until(lambda: event_server.peers and event_server.peers[0].subscribers)
    return hub


@pytest.fixture
def collect():
    """Subscribe a hub and return the list of what it is called with."""

    def subscribe(hub, text, **more):
        arrived = []
        hub.subscribe(text, arrived.append, **more)
        return arrived

    return subscribe


@pytest.fixture
def wait_until():
    """Have a hub handle events one by one until a condition holds."""

    def handle(hub, condition):
        while not condition():
            hub._handle(hub._event_queue.get(timeout=SECONDS))

    return handle


@pytest.fixture
def subscribed():
    """Wait until a server knows a number of subscribers, the ones for replies included."""

    def wait(event_server, number):
        event_server.until(lambda: sum(len(peer.subscribers) for peer in event_server.peers) == number)

    return wait
