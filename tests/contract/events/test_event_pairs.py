"""Hubs of both official clients and ours talk to each other through our server: every pair, and after a restart."""

from __future__ import annotations

import itertools
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftrack_server.testing import RunningServer

pytestmark = pytest.mark.contract

PROGRAMS = Path(__file__).parent / "programs"
JAVASCRIPT_PACKAGES = Path(__file__).resolve().parents[3] / ".cache" / "official-javascript"
CLIENTS = ("official", "javascript", "own")
PAIRS = tuple(itertools.product(CLIENTS, repeat=2))
SECONDS = 120.0
"""How long a client may take to tell something: official ones wait up to 10 s before they connect again."""


class Hub:
    """A process with a hub of some client, that tells what happens by lines of JSON."""

    def __init__(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        self.name = name
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()
        self._process = subprocess.Popen(
            [*command, name], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def publish(self, topic: str, text: str, target: str = "") -> None:
        """Have an event published."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"topic": topic, "data": {"text": text}, "target": target}) + "\n")
        self._process.stdin.flush()

    def wait_for(self, kind: str) -> Any:
        """Return what the process tells next of a kind."""
        while True:
            told = self._told.get(timeout=SECONDS)
            if kind in told:
                return told[kind]

    def heard(self) -> list[dict[str, Any]]:
        """Return what else was told so far."""
        return [self._told.get() for _ in range(self._told.qsize())]

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=SECONDS)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._told.put(json.loads(line))


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server(seed="demo") as server:
        yield server


@pytest.fixture(scope="module")
def hubs(
    server: RunningServer, official_python: Path, node: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Hub]]:
    """One connected hub of each client."""
    copy = JAVASCRIPT_PACKAGES / f"hub-{server.url.rpartition(':')[2]}.mjs"
    shutil.copy(PROGRAMS / "hub.mjs", copy)
    commands = {
        "official": [str(official_python), "-W", "ignore", str(PROGRAMS / "hub.py")],
        "javascript": [node, str(copy)],
        "own": [sys.executable, str(PROGRAMS / "hub.py")],
    }
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(tmp_path_factory.mktemp("home")),
        "FTRACK_SERVER": server.url,
        "FTRACK_API_KEY": server.api_key,
        "FTRACK_API_USER": server.api_user,
    }
    started = {name: Hub(name, command, environment) for name, command in commands.items()}
    try:
        for hub in started.values():
            assert hub.wait_for("connected") is True
        yield started
    finally:
        for hub in started.values():
            hub.close()
        copy.unlink()


@pytest.mark.parametrize(("sender", "receiver"), PAIRS)
def test_an_event_is_heard_and_answered(
    hubs: dict[str, Hub], sender: str, receiver: str, server: RunningServer
) -> None:
    text = f"Grüße von {sender} an {receiver}: 中文 «»"

    hubs[sender].publish(f"pair.{receiver}", text)

    assert hubs[receiver].wait_for("received") == {"text": text}
    assert hubs[sender].wait_for("reply") == {"from": receiver, "text": text}


@pytest.mark.parametrize("sender", CLIENTS)
def test_an_event_for_one_subscriber_reaches_that_one(hubs: dict[str, Hub], sender: str) -> None:
    for receiver in CLIENTS:
        hubs[sender].publish("pair.targeted", receiver, target=f"id={receiver} and role=listener")
        assert hubs[receiver].wait_for("targeted") == {"text": receiver}
    for receiver in CLIENTS:  # whatever was sent before this answer has arrived by now
        hubs[receiver].publish(f"pair.{receiver}", "done")
        hubs[receiver].wait_for("reply")

    assert [told for hub in hubs.values() for told in hub.heard() if "targeted" in told] == []


def test_every_hub_comes_back_with_its_subscriptions_when_the_server_does(
    hubs: dict[str, Hub], server: RunningServer
) -> None:
    server.restart()

    for hub in hubs.values():
        assert hub.wait_for("connected") is True
    for sender, receiver in PAIRS:
        hubs[sender].publish(f"pair.{receiver}", "still there?")
        assert hubs[receiver].wait_for("received") == {"text": "still there?"}
        assert hubs[sender].wait_for("reply")["from"] == receiver
