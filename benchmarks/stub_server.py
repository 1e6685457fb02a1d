"""A server that answers with pages encoded beforehand, so that a benchmark measures the client alone.

Run as a program it prints its port. ``--latency`` is added to each answer, in milliseconds. A query names the shape
and the number of rows: ``Task where name is nested_of_500``. A query for identifiers is answered with rows made for it;
creations and updates are echoed.
"""

from __future__ import annotations

import argparse
import json
import re
import socketserver
import sys
import threading
import time
from functools import cache
from typing import Any

import orjson

from ftrack_protocol.schema import schema_hash
from ftrack_server.model.load import load_model
from ftrack_server.model.publish import publish

SHAPE = re.compile(r"name is (\w+)")
CLAUSE = re.compile(r"(?:offset (\d+) )?limit (\d+)")
IDENTIFIER = re.compile(r"[0-9a-f]{8}-0000-4000-8000-[0-9a-f]{12}")
FROM = re.compile(r"(?:select (.*?) from )?(\w+)")
SIZE = 50_000
KINDS = {
    name: number for number, name in enumerate(("Task", "Shot", "Status", "Type", "Project", "User", "Appointment"))
}
REFERENCES = {"parent": ("Shot", 50), "status": ("Status", 5), "type": ("Type", 7), "project": ("Project", 1)}
MOMENT = {"__type__": "datetime", "value": "2024-05-06T07:08:09+00:00"}


def key(entity_type: str, number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{KINDS.get(entity_type, 99):012x}"


def flat(number: int) -> dict[str, Any]:
    return {
        "__entity_type__": "Task",
        "id": key("Task", number),
        "name": f"task {number}",
        "status_id": key("Status", number % 5),
        "type_id": key("Type", number % 7),
        "project_id": key("Project", 0),
        "parent_id": key("Shot", number % 50),
        "priority_id": key("Priority", 1),
        "bid": 1.5,
        "context_type": "task",
        "description": f"text {number}",
    }


def related(entity_type: str, number: int, written: set[tuple[str, int]] | None) -> dict[str, Any]:
    """Return an entity in full, or its stub when it was written before."""
    row: dict[str, Any] = {"__entity_type__": entity_type, "id": key(entity_type, number)}
    if written is None or (entity_type, number) not in written:
        told = "username" if entity_type == "User" else "name"
        row |= {told: f"{entity_type} {number}", "sort": 1.0, "color": "#ffffff"}
        if written is not None:
            written.add((entity_type, number))
    return row


def shaped(shape: str, number: int, written: set[tuple[str, int]]) -> dict[str, Any]:
    row = flat(number)
    if shape == "scalar_dt":
        row |= {"start_date": MOMENT, "end_date": MOMENT}
    elif shape in {"nested", "nested_full"}:
        row = {name: row[name] for name in ("__entity_type__", "id", "name", "project_id", "context_type")}
        for name, (entity_type, count) in REFERENCES.items():
            row[name] = related(entity_type, number % count, written if shape == "nested" else None)
    elif shape == "coll":
        row["assignments"] = [
            {
                "__entity_type__": "Appointment",
                "id": key("Appointment", number * 3 + place),
                "type": "assignment",
                "resource": related("User", (number + place) % 30, written),
            }
            for place in range(1 + number % 3)
        ]
    elif shape == "cattr":
        row["custom_attributes"] = [
            {
                "__entity_type__": "ContextCustomAttributeValue",
                "configuration_id": key("Configuration", place),
                "entity_id": row["id"],
                "key": f"key{place}",
                "value": place,
            }
            for place in range(10)
        ]
    elif shape == "ids":
        row = {name: row[name] for name in ("__entity_type__", "id", "context_type")}
    return row


@cache
def page(shape: str, size: int, offset: int, limit: int) -> bytes:
    end = min(size, offset + limit)
    written: set[tuple[str, int]] = set()
    rows = [shaped(shape, number, written) for number in range(offset, end)]
    following = {"offset": end} if end < size else {"offset": None}
    return orjson.dumps({"action": "query", "data": rows, "metadata": {"next": following}})


def asked_for(expression: str, keys: list[str]) -> bytes:
    """Return rows of entities by their keys with what the query projects; of relations, keys alone."""
    match = FROM.match(expression)
    projections = [name.strip() for name in (match[1] or "name").split(",")]
    rows = []
    for identifier in keys:
        number = int(identifier[:8], 16)
        row: dict[str, Any] = {"__entity_type__": match[2], "id": identifier}
        for name in projections:
            head, _, rest = name.partition(".")
            if head in REFERENCES:
                entity_type, count = REFERENCES[head]
                row.setdefault(head, {"__entity_type__": entity_type, "id": key(entity_type, number % count)})
                if rest and rest != "id":
                    row[head][rest] = f"{rest} {number % count}"
            elif name != "id":
                row[name] = f"{name} {number}"
        rows.append(row)
    return orjson.dumps({"action": "query", "data": rows, "metadata": {"next": {"offset": None}}})


class Answers:
    """What the server says to each action."""

    def __init__(self) -> None:
        self.requests = 0
        schemas = publish(load_model())
        self._schemas = orjson.dumps(schemas)
        self._information = orjson.dumps(
            {
                "version": "24.6.0.0",
                "schema_hash": schema_hash(schemas),
                "is_timezone_support_enabled": True,
                "storage_scenario": None,
            }
        )

    def to(self, body: bytes) -> bytes:
        self.requests += 1
        actions = orjson.loads(body)
        return b"[" + b",".join(map(self._to_one, actions if isinstance(actions, list) else [actions])) + b"]"

    def _to_one(self, action: dict[str, Any]) -> bytes:
        name = action["action"]
        if name == "query":
            return self._query(action["expression"])
        if name == "query_schemas":
            return self._schemas
        if name == "query_server_information":
            return self._information
        if name == "delete":
            return b'{"action":"delete","data":true}'
        values = action["entity_data"]
        values.pop("parent", None)  # the one relation that is sent
        values["id"] = action["entity_key"][0]
        return orjson.dumps({"action": name, "data": values})

    def _query(self, expression: str) -> bytes:
        found = SHAPE.search(expression)
        if found:
            clause = CLAUSE.search(expression)
            size = int(found[1].partition("_of_")[2] or 500)
            return page(found[1].partition("_of_")[0], size, int(clause[1] or 0), int(clause[2]))
        keys = IDENTIFIER.findall(expression)
        return (
            asked_for(expression, keys) if keys else b'{"action":"query","data":[],"metadata":{"next":{"offset":null}}}'
        )


class Handler(socketserver.StreamRequestHandler):
    """HTTP/1.1 as far as the two clients speak it."""

    disable_nagle_algorithm = True
    answers: Answers
    latency = 0.0

    def handle(self) -> None:
        while True:
            line = self.rfile.readline()
            if not line:
                return
            length = 0
            while (header := self.rfile.readline()) not in {b"\r\n", b""}:
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
            body = self.rfile.read(length)
            answer = json.dumps(self.answers.requests).encode() if line.startswith(b"GET") else self.answers.to(body)
            if self.latency and not line.startswith(b"GET"):
                time.sleep(self.latency)
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(answer)}\r\n\r\n"
            self.wfile.write(head.encode() + answer)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0)
    Handler.latency = parser.parse_args().latency / 1000
    Handler.answers = Answers()
    with Server(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()  # until the pipe is closed


if __name__ == "__main__":
    main()
