"""Events: latency, a listener of everything, many clients, and dispatch inside a process against the official client.

``python -m benchmarks events``, or ``python benchmarks/events.py 200 5`` for 200 clients and 5 seconds.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import requests

from ftrack_api.event.base import Event
from ftrack_api.event.hub import EventHub
from ftrack_server.administration import create_key, first_username
from ftrack_server.app import open_database
from ftrack_server.events.connection import Connection
from ftrack_server.events.limits import EventLimits
from ftrack_server.events.subscriptions import Subscription, Subscriptions
from ftrack_server.settings import Settings

FOLDER = Path(__file__).parent
PROGRAMS = FOLDER / "event_programs"
OFFICIAL = FOLDER.parent / ".cache" / "official-client" / "bin" / "python"
RATE = 200
STREAM = 5000


class Server:
    """A server in a process of its own."""

    def __init__(self, folder: str) -> None:
        path = str(Path(folder) / "studio.sqlite3")
        database = open_database(Settings(database=path, seed="demo"))
        self.user = first_username(database)
        self.key = create_key(database, self.user, "Benchmark").secret
        database.close()
        command = [sys.executable, "-m", "ftrack_server", "serve", "--database", path, "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.url = line[line.index("http") :].split()[0].rstrip("/.")

    @property
    def megabytes(self) -> float:
        """Memory it holds now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def hub(self) -> EventHub:
        """Return a new connected hub."""
        hub = EventHub(self.url, self.user, self.key)
        hub.connect()
        return hub

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.communicate()


def latency(server: Server, count: int = 2000) -> None:
    """One event after the other from one hub to another, and back as a reply."""
    sender, listener = server.hub(), server.hub()
    arrived, replied = threading.Event(), threading.Event()
    moments: dict[str, float] = {}

    def hear(_event: Event) -> str:
        moments["arrived"] = time.perf_counter()
        arrived.set()
        return "yes"

    def hear_reply(_event: Event) -> None:
        moments["replied"] = time.perf_counter()
        replied.set()

    listener.subscribe("topic=ping", hear)
    waiting = [threading.Thread(target=hub.wait, daemon=True) for hub in (sender, listener)]
    for thread in waiting:
        thread.start()
    there, round_trip = [], []
    for number in range(count + 50):
        arrived.clear()
        replied.clear()
        started = time.perf_counter()
        sender.publish(Event("ping", data={"number": number}), on_reply=hear_reply)
        arrived.wait()
        replied.wait()
        if number >= 50:
            there.append((moments["arrived"] - started) * 1000)
            round_trip.append((moments["replied"] - started) * 1000)
    for hub in (sender, listener):
        hub.disconnect()
    show("publish to receive", there)
    show("publish to reply", round_trip)


def updates(server: Server, count: int = 300) -> None:
    """From the answer of a commit to the ``ftrack.update`` at a listener; below 0 when the event is there first."""
    listener = server.hub()
    arrived = threading.Event()
    moments: dict[str, float] = {}

    def hear(_event: Event) -> None:
        moments["arrived"] = time.perf_counter()
        arrived.set()

    listener.subscribe("topic=ftrack.update", hear)
    threading.Thread(target=listener.wait, daemon=True).start()
    session = requests.Session()
    headers = {"ftrack-user": server.user, "ftrack-api-key": server.key}
    found = []
    for number in range(count):
        arrived.clear()
        operation = {"action": "create", "entity_type": "User", "entity_data": {"username": f"bench-{number}"}}
        started = time.perf_counter()
        session.post(f"{server.url}/api", json=[operation], headers=headers)
        arrived.wait()
        found.append((moments["arrived"] - started) * 1000)
    listener.disconnect()
    show("commit to ftrack.update", found)


def everything(server: Server) -> None:
    """A listener of every topic while others publish as fast as they can."""
    leech = server.hub()
    senders = [server.hub() for _ in range(2)]
    count = [0]
    done = threading.Event()

    def hear(_event: Event) -> None:
        count[0] += 1
        if count[0] >= STREAM * len(senders):
            done.set()

    leech.subscribe("topic=*", lambda event: hear(event) if event["topic"] == "stream" else None)
    threading.Thread(target=leech.wait, daemon=True).start()
    time.sleep(0.5)

    def send(hub: EventHub) -> None:
        for number in range(STREAM):
            hub.publish(Event("stream", data={"number": number}))

    started = time.perf_counter()
    threads = [threading.Thread(target=send, args=(hub,)) for hub in senders]
    for thread in threads:
        thread.start()
    done.wait(120)
    taken = time.perf_counter() - started
    total = STREAM * len(senders)
    print(f"listener of topic=*: {count[0]} of {total} events in {taken:.1f} s, {count[0] / taken:.0f} a second")
    for hub in [leech, *senders]:
        hub.disconnect()


def crowd(server: Server, clients: int, seconds: float) -> None:
    """Many clients with ten subscriptions each; every event reaches ten of them."""
    before = server.megabytes
    command = [sys.executable, str(PROGRAMS / "crowd.py"), server.url, server.user, server.key]
    process = subprocess.Popen([*command, str(clients), str(RATE), str(seconds)], stdout=subprocess.PIPE, text=True)
    connected = json.loads(process.stdout.readline())
    middle = server.megabytes
    figures = json.loads(process.stdout.readline())
    after = server.megabytes
    process.wait()
    print(f"{clients} clients with 10 subscriptions each connected in {connected['seconds']:.1f} s")
    print(
        f"{figures['sent']} events in {figures['seconds']:.0f} s: {figures['received']} of {figures['expected']} "
        f"received, p50 {figures['p50']:.2f} ms, p99 {figures['p99']:.2f} ms"
    )
    print(f"memory of the server: {before:.0f} MB, with clients {middle:.0f} MB, at the end {after:.0f} MB")


def routing() -> None:
    """What it takes the server to find the receivers of an event, by the number of unrelated subscriptions."""

    class Anybody:
        user_id, username = "u", "kim"

    connection = Connection(Anybody(), EventLimits(), 0.0, "here")
    for unrelated in (10, 1000, 10_000):
        subscriptions = Subscriptions()
        for number in range(unrelated):
            subscriptions.add(Subscription.parse(connection, {"id": f"{number}"}, f"topic=other-{number}"))
        subscriptions.add(Subscription.parse(connection, {"id": "me"}, "topic=mine and data.x=1"))
        event = {"topic": "mine", "data": {"x": 1}}
        started = time.perf_counter()
        for _ in range(20_000):
            subscriptions.receivers(event)
        taken = (time.perf_counter() - started) / 20_000
        print(f"{unrelated:>6} unrelated subscriptions: {taken * 1e6:.2f} us to find the receivers of an event")


def dispatch() -> None:
    """The same program with the official client and with ours."""
    results = []
    for python in (str(OFFICIAL), sys.executable):
        command = [python, "-W", "ignore", str(PROGRAMS / "dispatch.py")]
        results.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    print(f"{'us per event':<34}{'official':>10}{'ours':>10}{'ratio':>8}")
    for name, official in results[0].items():
        ours = results[1][name]
        print(f"{name:<34}{official:>10.1f}{ours:>10.1f}{official / ours:>8.1f}")


def show(name: str, milliseconds: list[float]) -> None:
    """Print the median and the 99th percentile."""
    points = statistics.quantiles(milliseconds, n=100)
    print(f"{name:<28} p50 {points[49]:6.2f} ms   p99 {points[98]:6.2f} ms")


def main() -> None:
    """Run every part."""
    numbers = [word for word in sys.argv[1:] if word.replace(".", "").isdigit()]
    clients = int(numbers[0]) if numbers else 1000
    seconds = float(numbers[1]) if len(numbers) > 1 else 60.0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        try:
            latency(server)
            updates(server)
            everything(server)
            crowd(server, clients, seconds)
        finally:
            server.stop()
    routing()
    dispatch()


main()
