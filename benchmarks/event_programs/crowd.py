"""Many clients in one process: each subscribes ten times; events go round at a fixed rate; prints figures as JSON.

Arguments: address, user, key, clients, events per second, seconds.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
import urllib.request

from websockets.asyncio.client import connect

SUBSCRIPTIONS = 10
ROOM = 10
"""Clients that share what they subscribe to, so that an event reaches ten of them."""


def shake_hands(url, user, key):
    request = urllib.request.Request(f"{url}/socket.io/1/", headers={"ftrack-user": user, "ftrack-api-key": key})
    return urllib.request.urlopen(request).read().decode().partition(":")[0]


def frame(topic, data):
    event = {"id": f"{time.monotonic_ns()}", "topic": topic, "data": data, "source": {"id": "crowd"}}
    return "5:::" + json.dumps({"name": "ftrack.event", "args": [event]})


class Client:
    """One connection that answers heartbeats and times what it hears."""

    def __init__(self, socket, number, latencies):
        self.socket = socket
        self.number = number
        self.latencies = latencies

    async def subscribe(self):
        """Subscribe to the ten parts of its room."""
        for number in range(SUBSCRIPTIONS):
            text = f"topic=room-{self.number // ROOM} and data.part={number}"
            data = {"subscriber": {"id": f"{self.number}-{number}"}, "subscription": text}
            await self.socket.send(frame("ftrack.meta.subscribe", data))

    async def listen(self):
        """Read until cancelled."""
        async for text in self.socket:
            if text.startswith("2"):
                await self.socket.send("2::")
            elif text.startswith("5"):
                sent = json.loads(text[4:])["args"][0]["data"]["sent"]
                self.latencies.append((time.perf_counter() - sent) * 1000)


async def main(url, user, key, count, rate, seconds):
    latencies = []
    loop = asyncio.get_running_loop()
    clients = []
    started = time.perf_counter()
    for number in range(count):
        session = await loop.run_in_executor(None, shake_hands, url, user, key)
        address = f"{url.replace('http', 'ws', 1)}/socket.io/1/websocket/{session}"
        clients.append(Client(await connect(address, compression=None, ping_interval=None), number, latencies))
        await clients[-1].subscribe()
    connecting = time.perf_counter() - started
    listening = [asyncio.ensure_future(client.listen()) for client in clients]
    print(json.dumps({"connected": count, "seconds": connecting}), flush=True)
    start, total = time.perf_counter(), int(rate * seconds)
    for number in range(total):
        await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
        sender = clients[number % count]
        room = (number * 7) % (count // ROOM)
        data = {"part": number % SUBSCRIPTIONS, "sent": time.perf_counter()}
        await sender.socket.send(frame(f"room-{room}", data))
    taken = time.perf_counter() - start
    for _ in range(300):
        if len(latencies) >= total * ROOM:
            break
        await asyncio.sleep(0.1)
    points = statistics.quantiles(latencies, n=100)
    figures = {"sent": total, "received": len(latencies), "expected": total * ROOM, "seconds": taken}
    print(json.dumps({**figures, "p50": points[49], "p99": points[98]}), flush=True)
    for task in listening:
        task.cancel()


address, user, key, *numbers = sys.argv[1:]
asyncio.run(main(address, user, key, int(numbers[0]), float(numbers[1]), float(numbers[2])))
