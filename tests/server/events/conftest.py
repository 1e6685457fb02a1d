"""A server, and clients of it that speak raw frames, so that a test sees what is really on the wire."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
import requests
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.testing import RunningServer

SECONDS = 30.0
"""How long a frame may take on a busy machine."""


class RawClient:
    """One connection that sends and reads frames as they are."""

    def __init__(
        self, server: RunningServer, stack: ExitStack, api_user: str = "", api_key: str = "", **options: Any
    ) -> None:
        headers = {"ftrack-user": api_user or server.api_user, "ftrack-api-key": api_key or server.api_key}
        answer = requests.get(f"{server.url}/socket.io/1/", headers=headers, timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        self.session_id = answer.text.partition(":")[0]
        url = f"{server.url.replace('http', 'ws', 1)}/socket.io/1/websocket/{self.session_id}"
        self.socket = stack.enter_context(connect(url, close_timeout=0.2, compression=None, max_size=None, **options))
        assert self.read() == "1::"
        self.number = 0

    def read(self) -> str:
        """Return the next frame."""
        frame = self.socket.recv(SECONDS)
        assert isinstance(frame, str)
        return frame

    def send(self, text: str) -> None:
        """Send a frame."""
        self.socket.send(text)

    def ask(self, topic: str, data: Any = None, **fields: Any) -> dict[str, Any]:
        """Send an event that wants an acknowledgement, and return what it says; events that come first are dropped."""
        self.number += 1
        event = {"id": f"{topic}-{self.number}", "topic": topic, "data": data, "source": {"id": "raw"}, **fields}
        self.send(f"5:{self.number}+::{json.dumps({'name': 'ftrack.event', 'args': [event]})}")
        start = f"6:::{self.number}+"
        while not (frame := self.read()).startswith(start):
            pass
        [answer] = json.loads(frame[len(start) :])
        return answer

    def subscribe(self, subscription: str, identifier: str = "listener", **metadata: Any) -> dict[str, Any]:
        """Subscribe, and return what the server says."""
        data = {"subscriber": {"id": identifier, **metadata}, "subscription": subscription}
        return self.ask("ftrack.meta.subscribe", data)

    def event(self) -> dict[str, Any]:
        """Return the next event; other frames are dropped."""
        while not (frame := self.read()).startswith("5:::"):
            pass
        [event] = json.loads(frame[4:])["args"]
        return event

    def events_until(self, topic: str) -> list[dict[str, Any]]:
        """Return the events up to the first of a topic, that one left out."""
        events = []
        while (event := self.event())["topic"] != topic:
            events.append(event)
        return events


@pytest.fixture(scope="module")
def server(run_server: Any) -> Iterator[RunningServer]:
    """A server with the demonstration data, on each engine."""
    with run_server(seed="demo") as server:
        yield server


@pytest.fixture
def client_of() -> Iterator[Callable[..., RawClient]]:
    """Open connections to a server, closed at the end of the test."""
    with ExitStack() as stack:
        yield lambda server, **options: RawClient(server, stack, **options)


@pytest.fixture
def client(server: RunningServer, client_of: Callable[..., RawClient]) -> RawClient:
    """One connection."""
    return client_of(server)
